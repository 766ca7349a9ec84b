"""The plausible wrong answers, as runnable code: the autograder reads them for hints, the quizzes for distractors."""

from misconceptions import convolution, counting, pooling, shapes  # noqa: F401  (each enters its own into the bank)
from misconceptions.bank import Misconception, about, everything

__all__ = ["Misconception", "about", "everything"]
