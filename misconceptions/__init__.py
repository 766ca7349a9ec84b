"""The plausible wrong answers, as runnable code: the autograder reads them for hints, the quizzes for distractors."""

# Each of them enters its misconceptions into the bank.
from misconceptions import convolution, cost, counting, dense, images, neurons, pooling, shapes  # noqa: F401
from misconceptions.bank import Misconception, about, everything

__all__ = ["Misconception", "about", "everything"]
