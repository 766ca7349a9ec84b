"""What run_autograder starts: the homework's autograder, or the quiz's."""

from importlib import import_module

from gradescope import places

import_module("gradescope.quiz" if places.here().quiz.exists() else "gradescope.run").main()
