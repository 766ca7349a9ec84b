"""Part 1: how good is a classifier?

Predictions and labels are integer arrays of the same length: the predicted and the true class of each example.
"""

# BEGIN SOLUTION
# This is the master: your full solution. Students receive it without the lines between the markers, so they do not see this
# comment. Inside a function, `raise NotImplementedError` replaces these lines. The docstrings are the task: say exactly
# what goes in and what comes out, and give an example.
# END SOLUTION

import numpy as np


def accuracy(predictions, labels):
    """Return the share of right predictions, a float from 0 to 1.

    predictions, labels: integer arrays, (N,), with at least one example.

    >>> accuracy(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]))
    0.75
    """
    # BEGIN SOLUTION
    return float(np.mean(predictions == labels))
    # END SOLUTION


def confusion(predictions, labels, classes):
    """Count how often each class was predicted for each true class.

    predictions, labels: integer arrays, (N,), of numbers from 0 to classes - 1. Returns an array, (classes, classes): the
    number in row i and column j says how many examples of class i were predicted to be of class j. A class that does not
    occur has a row or column of zeros.

    >>> confusion(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]), classes=3)
    array([[1, 0, 0],
           [0, 1, 0],
           [0, 1, 1]])
    """
    # BEGIN SOLUTION
    table = np.zeros((classes, classes), dtype=int)
    np.add.at(table, (labels, predictions), 1)
    return table
    # END SOLUTION
