"""metrics.py
1.2 1.4: wrong
says: outputs
"""
# A wrong program. It replaces the file that the first line names, and must fail exactly the checks in the second line, each
# with this verdict. One of the failures must contain the text in the third line, which you may omit. Import what is
# right from your master, under the name right_metrics.

import numpy as np
from right_metrics import accuracy


def confusion(predictions, labels, classes):
    table = np.zeros((classes, classes), dtype=int)
    table[labels, predictions] += 1  # NumPy adds 1 only once, however often a pair occurs
    return table
