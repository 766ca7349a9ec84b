"""ReLU, dense layers and the loss in NumPy, whose matrix product runs on all cores."""

import numpy as np

from kernels.types import Floats, Integers


def relu(values: Floats, output: Floats) -> None:
    """Write max(values, 0) to output."""
    np.maximum(values, 0, out=output)


def relu_gradient(values: Floats, upstream: Floats, output: Floats) -> None:
    """Write upstream to output where values are positive, or NaN; 0 elsewhere."""
    output[:] = np.where(values <= 0, 0, upstream)


@np.errstate(invalid="ignore", over="ignore")  # NaN and infinities are answers too
def dense(inputs: Floats, weights: Floats, bias: Floats, output: Floats) -> None:
    """Write inputs (N, I) times transposed weights (O, I), plus bias (O,), to output (N, O)."""
    np.matmul(inputs, weights.T, out=output)
    output += bias


@np.errstate(invalid="ignore", over="ignore")
def dense_gradients(
    inputs: Floats, weights: Floats, upstream: Floats, for_inputs: Floats, for_weights: Floats, for_bias: Floats
) -> None:
    """Write the gradients by (N, I), (O, I) and (O,), given upstream (N, O)."""
    np.matmul(upstream, weights, out=for_inputs)
    np.matmul(upstream.T, inputs, out=for_weights)
    for_bias[:] = upstream.sum(axis=0)


@np.errstate(invalid="ignore", over="ignore", divide="ignore")
def softmax_cross_entropy(logits: Floats, labels: Integers, losses: Floats, for_logits: Floats) -> None:
    """Write the loss of each row of logits (N, M) to losses (N,), and the gradient of their mean to for_logits (N, M)."""
    rows = np.arange(len(logits))
    shifted = logits - logits.max(axis=1, keepdims=True)  # then the largest exponential is 1, and none overflows
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=1)
    losses[:] = np.log(totals) - shifted[rows, labels]
    for_logits[:] = exponentials / totals[:, None]
    for_logits[rows, labels] -= 1
    for_logits /= len(logits)
