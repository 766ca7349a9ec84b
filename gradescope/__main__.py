"""Started by run_autograder: run the homework's autograder, or the quiz's."""

from importlib import import_module

from gradescope import paths

import_module("gradescope.quiz" if paths.here().quiz.exists() else "gradescope.run").main()
