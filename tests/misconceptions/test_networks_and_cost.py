"""Misconceptions about what only quizzes ask: each is wrong somewhere, gives what could be an answer, and reads well."""

from fractions import Fraction

import numpy as np
import pytest

import kernels
import misconceptions

NETWORK = [
    {"type": "conv", "out_channels": 4, "kernel_size": 3, "stride": 2, "padding": 1},
    {"type": "pool", "size": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 7},
]
CASES = {
    "neuron_table": [((7, -4), 3), ((2, 5), 5), ((3, 4), 9)],
    "two_layer_table": [
        (((3, 5), (4, 6)), (3, 9), (7, -9), 4),
        (((3, -5), (-4, 6)), (3, 2), (7, 9), 7),
    ],
    "threshold_range": [((0, 7, 9, 16), (0, 0, 1, 1)), ((-5, 7, 9, 3), (0, 1, 1, 0)), ((5, 7, 9, -3), (0, 1, 1, 0))],
    "dense_layers": [([15, 10, 5, 2],)],
    "count_neurons": [([15, 10, 5, 2],)],
    "input_size": [(20, 30, 3), (20, 30, 4)],
    "image_bytes": [(50, 20, 30, 3, 4), (50, 20, 30, 3, 1)],
    "standardised": [([[10, 140, 90], [200, 60, 120]], [100, 120, 110], [50, 25, 20])],
    "multiply_adds": [((2, 20, 24), NETWORK), ((2, 21, 25), [{**NETWORK[0], "padding": 0}, *NETWORK[1:]])],
    "training_memory": [((3, 20, 24), NETWORK, 32)],
    "training_steps": [(1000, 64, 5)],
    "training_time": [(45_000, 10, 500)],
}
ALL = [one for operation in CASES for one in misconceptions.about(operation)]


def as_numbers(answer):
    return np.asarray(answer, dtype=object).tolist()


def test_every_operation_has_misconceptions():
    assert all(len(misconceptions.about(operation)) >= 5 for operation in CASES)


@pytest.mark.parametrize("one", ALL, ids=lambda one: f"{one.operation}: {one.name}")
def test_each_misconception_is_wrong_somewhere_and_shaped_like_the_truth(one):
    differs = []
    for arguments in CASES[one.operation]:
        truth = as_numbers(getattr(kernels, one.operation)(*arguments))
        try:
            answer = as_numbers(one.answer(*arguments))
        except ValueError:
            continue
        assert np.shape(answer) == np.shape(truth)
        assert all(isinstance(value, int | Fraction) for value in np.ravel(np.asarray(answer, dtype=object)))
        differs.append(answer != truth)
    assert any(differs)


@pytest.mark.parametrize("operation", CASES)
def test_misconceptions_about_an_operation_are_told_apart_somewhere(operation):
    bank = misconceptions.about(operation)
    answers = {one.name: [] for one in bank}
    for arguments in CASES[operation]:
        for one in bank:
            try:
                answers[one.name].append(as_numbers(one.answer(*arguments)))
            except ValueError:
                answers[one.name].append(None)
    assert len({str(answer) for answer in answers.values()}) == len(bank)


@pytest.mark.parametrize("operation", CASES)
def test_names_and_sentences_are_unique(operation):
    bank = misconceptions.about(operation)
    assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank)
    assert all(one.sentence.endswith(".") and one.sentence[0].islower() for one in bank)
