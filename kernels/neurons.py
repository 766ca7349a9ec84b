"""Neurons with a step function: 1 if the weighted sum of the inputs is at least the threshold, otherwise 0.

Tables have a row for each input of zeros and ones, in the order of counting: (0, 0), (0, 1), (1, 0), (1, 1).
"""

from collections.abc import Sequence
from itertools import product

import numpy as np

from kernels.types import Array


def layer(inputs: Array, weights: Array, thresholds: Array) -> tuple[Array, Array]:
    """Return the weighted sums and the outputs of neurons: (N, I), (I, O), (O,) -> (N, O), (N, O)."""
    sums = inputs @ weights
    return sums, (sums >= thresholds).astype(np.int64)


def neuron_table(weights: Sequence[int], threshold: int) -> Array:
    """Return the weighted sum and the output of one neuron: I weights -> (2 ** I, 2)."""
    sums, outputs = layer(_all_inputs(len(weights)), np.array(weights)[:, None], np.array([threshold]))
    return np.hstack([sums, outputs])


def two_layer_table(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: int
) -> Array:
    """Return the outputs of the hidden neurons, the weighted sum of the output neuron, and its output.

    hidden_weights: a row for each hidden neuron, (H, I). The table is (2 ** I, H + 2).
    """
    _, hidden = layer(_all_inputs(len(hidden_weights[0])), np.array(hidden_weights).T, np.array(hidden_thresholds))
    sums, outputs = layer(hidden, np.array(weights)[:, None], np.array([threshold]))
    return np.hstack([hidden, sums, outputs])


def threshold_range(sums: Sequence[int], outputs: Sequence[int]) -> tuple[int, int]:
    """Return the smallest and the largest whole threshold with which these sums give these outputs.

    Raises ValueError if no threshold does, or if all outputs are equal, so that the range is unbounded.
    """
    on = [total for total, output in zip(sums, outputs) if output]
    off = [total for total, output in zip(sums, outputs) if not output]
    if not on or not off:
        raise ValueError("all outputs are equal, so the range of thresholds is unbounded on one side")
    smallest, largest = max(off) + 1, min(on)
    if smallest > largest:
        raise ValueError(f"no threshold is above {max(off)} and at most {min(on)}")
    return smallest, largest


def _all_inputs(count: int) -> Array:
    return np.array(list(product((0, 1), repeat=count)))
