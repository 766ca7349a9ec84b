"""The expected answers, and what students are likely to get wrong. Students never receive this file."""

import numpy as np

from autograder.authoring import misconception, reference

# A function marked with @reference computes the expected answer for the student's function of the same name. Compute it in
# another way than your master does: then a mistake in one of them shows, because `convgrade verify` grades your master.
# tolerance: how far an answer may be from the expected number; without it, as far as rounding errors explain.


@reference(tolerance=1e-6)
def accuracy(predictions, labels):
    right = sum(int(prediction) == int(label) for prediction, label in zip(predictions, labels))
    return right / len(labels)


# `confusion` has no reference here, so your master in metrics.py computes the expected answers.

# A misconception is a plausible wrong answer, as code. If it gives exactly what a student's function returned, the student
# reads: "This is what you get when ...". Its first argument names the function that it gets wrong.


@misconception("accuracy", says="the right predictions are counted, but not divided by the number of examples.")
def count_for_share(predictions, labels):
    return float(np.sum(predictions == labels))


@misconception("confusion", says="rows and columns are swapped. The true class is the row, the predicted class the column.")
def rows_and_columns_swapped(predictions, labels, classes):
    table = np.zeros((classes, classes), dtype=int)
    for prediction, label in zip(predictions, labels):
        table[prediction, label] += 1
    return table
