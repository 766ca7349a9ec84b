"""metrics.py
all: passed
"""
# A program that is right in another way than the master, and must get full marks.

import numpy as np


def accuracy(predictions, labels):
    return sum(1 for prediction, label in zip(predictions, labels) if prediction == label) / len(labels)


def confusion(predictions, labels, classes):
    return np.array(
        [
            [sum(1 for pair in zip(labels, predictions) if pair == (row, column)) for column in range(classes)]
            for row in range(classes)
        ]
    )
