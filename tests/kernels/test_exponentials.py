"""Exponentials in vectors, beside those of decimal numbers."""

from decimal import Decimal

import numpy as np
import pytest
from numba import njit

from kernels.cpu.exponentials import exponentiate


@njit
def exponentiate_all(values):
    exponentiate(values)


@pytest.mark.parametrize(("dtype", "least"), [(np.float32, -110), (np.float64, -760)])
def test_the_error_is_below_one_unit_in_the_last_place(dtype, least):
    random = np.random.default_rng(0)
    values = np.concatenate(
        [random.uniform(least, 0, 1000), random.uniform(-1, 0, 1000), -np.exp(random.uniform(-90, 0, 200))]
    )
    values = values.astype(dtype)
    results = values.copy()
    exponentiate_all(results)
    for value, result in zip(values, results):
        assert abs(Decimal(float(result)) - Decimal(float(value)).exp()) < Decimal(float(np.spacing(result)))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_special_numbers(dtype):
    values = np.array([0, -0.0, -np.inf, np.finfo(dtype).min, np.nan, -np.nan], dtype)
    exponentiate_all(values)
    np.testing.assert_array_equal(values, np.array([1, 1, 0, 0, np.nan, np.nan], dtype))
