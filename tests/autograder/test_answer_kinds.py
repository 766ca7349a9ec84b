"""What answers of any kind are worth, as a student's worker hands them over."""

import collections

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from autograder import compare, feedback
from autograder.cases import Case
from autograder.recorded import Known
from autograder.reference import Computed, Function
from autograder.sandbox.child import wire

numbers = st.floats(-1e6, 1e6)
not_finite = st.sampled_from([np.inf, -np.inf, np.nan])


def expected(answer, tolerance=None):
    """Return what a reference that answers so says is right."""
    return Computed(Function(lambda: answer, tolerance), (), {}, "numpy")


def sentence(right, answer, tolerance=None):
    """Return what is wrong with a student's answer; "" if nothing is. Recorded answers must judge alike."""
    computed = expected(right, tolerance)
    recorded = Known(*wire.unpack(wire.pack((computed.expected, computed.tolerance))), [])
    received = wire.unpack(wire.pack(answer))
    found = [
        compare.failure(Case("f", (), {}, answers, feedback.outputs), received, [], {}) for answers in (computed, recorded)
    ]
    one, other = (each.sentence if each else "" for each in found)
    assert one == other
    return one


@given(not_finite, numbers, st.sampled_from([None, 0.5]))
def test_no_number_is_near_infinity_or_nan(right, other, tolerance):
    assert not sentence(right, right, tolerance)
    assert sentence(right, other, tolerance)
    assert sentence(right, -right, tolerance) or np.isnan(right)


@given(arrays.arrays(float, 5, elements=numbers), not_finite, st.integers(0, 3), st.floats(0.01, 1e6))
def test_infinity_in_an_array_makes_nothing_else_right(values, odd, place, off):
    right = np.append(values, odd)
    assert not sentence(right, right)
    wrong = right.copy()
    wrong[place] += max(off, 0.01 * abs(values).max())
    assert sentence(right, wrong)
    assert sentence([right], [wrong])
    wrong = right.copy()
    wrong[-1] = 0.0
    assert sentence(right, wrong)


def test_an_integer_beyond_all_floats_is_a_wrong_float():
    assert compare.is_right(10**400, expected(1.5)) is False


@given(arrays.arrays(np.int64, 4, elements=st.integers(-(10**9), 10**9)), st.integers(0, 3), st.integers(1, 9))
def test_integers_in_arrays_are_met_exactly_however_deep_they_are(right, place, off):
    wrong = right.copy()
    wrong[place] += off
    for nest in (lambda array: array, lambda array: [array], lambda array: {"counts": (1, array)}):
        assert not sentence(nest(right), nest(right.astype(float)))
        assert sentence(nest(right), nest(wrong))
