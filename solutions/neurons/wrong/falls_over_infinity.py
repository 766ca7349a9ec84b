"""search.py
4.1 4.2 4.3 4.4: crashed
says: OverflowError
"""
from right_search import *

from right_search import propose as right


def propose(history):
    """Averages losses as if all trainings had ended well."""
    if history and int(sum(loss for _, loss in history)) < 0:
        return 0.1, 1, 0.1
    return right(history)
