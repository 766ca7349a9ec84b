"""ReLU, dense layers and the loss, in front of the backends: with convolution and pooling, all that learns in a network."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kernels.arrays import gather, host, require_shape
from kernels.types import Array, Shape


class DenseGradients(NamedTuple):
    """The gradients of a loss by what went into a dense layer, each of the shape of what it belongs to."""

    inputs: Array
    weights: Array
    bias: Array


def relu(values: Array, backend: str | None = None) -> Array:
    """Return the values, with 0 in place of those that are negative. Any shape; NaN stays NaN.

    Float32 stays float32; any other type is computed in float64. Arrays on a GPU stay there: kernels/arrays.py.
    """
    place, (values,) = gather(backend, ("values",), values)
    output = flat = place.empty(values.shape)
    if values.ndim != 1:
        values, flat = _flat(values), _flat(output)
    if output.size:
        place.backend.relu(values, flat)
    return output


def relu_gradient(values: Array, upstream: Array, backend: str | None = None) -> Array:
    """Return the gradient of a loss by the values that ReLU got: upstream where they are positive, 0 elsewhere and at 0.

    upstream is the loss's gradient by ReLU's output, of the same shape. At a NaN it goes through, as in torch.
    Raises ValueError when shapes do not fit. Types and arrays on a GPU as for relu.
    """
    place, (values, upstream) = gather(backend, ("values", "upstream"), values, upstream)
    require_shape(upstream, "upstream", values.shape)
    output = flat = place.empty(values.shape)
    if values.ndim != 1:
        values, upstream, flat = _flat(values), _flat(upstream), _flat(output)
    if output.size:
        place.backend.relu_gradient(values, upstream, flat)
    return output


def dense(inputs: Array, weights: Array, bias: Array | None = None, backend: str | None = None) -> Array:
    """Return the weighted sums of the inputs, one for each neuron: inputs times transposed weights, plus bias.

    (N, I), (O, I), (O,) -> (N, O): a row of weights for each neuron, as torch.nn.functional.linear has it. Float32 in gives
    float32 arithmetic and result; any other type is computed in float64. Arrays on a GPU stay there: kernels/arrays.py.
    Raises ValueError when shapes do not fit, BackendUnavailable when the backend cannot run here.
    """
    place, (inputs, weights, bias) = gather(backend, ("inputs", "weights", "bias"), inputs, weights, bias)
    shape = _fit(inputs.shape, weights.shape)
    if bias is None:
        bias = place.zeros(shape[1:])
    require_shape(bias, "bias", shape[1:])
    output = place.empty(shape)
    if output.size:
        place.backend.dense(inputs, weights, bias, output)
    return output


def dense_gradients(inputs: Array, weights: Array, upstream: Array, backend: str | None = None) -> DenseGradients:
    """Return the gradients of a loss by a dense layer's inputs, weights and bias.

    upstream is the loss's gradient by the layer's output: (N, I), (O, I), (N, O) -> gradients of the shapes (N, I), (O, I),
    (O,). Types and arrays on a GPU as for dense.
    Raises ValueError when shapes do not fit, BackendUnavailable when the backend cannot run here.
    """
    place, (inputs, weights, upstream) = gather(backend, ("inputs", "weights", "upstream"), inputs, weights, upstream)
    shape = _fit(inputs.shape, weights.shape)
    require_shape(upstream, "upstream", shape)
    if not inputs.size:
        return DenseGradients(place.zeros(inputs.shape), place.zeros(weights.shape), place.zeros(shape[1:]))
    gradients = DenseGradients(place.empty(inputs.shape), place.empty(weights.shape), place.empty(shape[1:]))
    place.backend.dense_gradients(inputs, weights, upstream, *gradients)
    return gradients


def softmax_cross_entropy(logits: Array, labels: Array, backend: str | None = None) -> tuple[float, Array]:
    """Return the mean over a batch of -log softmax(logits)[label], and its gradient by the logits.

    (N, M) and N whole numbers from 0 to M - 1 -> a float and (N, M). The largest logit of each row is subtracted first, so
    that no exponential overflows. A logit of -infinity is a class of probability 0; a label that names one makes the mean
    infinite. A row with NaN or +infinity, or of -infinity alone, makes the mean NaN, and NaN of its row of the gradient.
    Labels may be in either memory. Types and logits on a GPU as for relu.
    Raises ValueError when shapes do not fit, for an empty batch, which has no mean, and for labels that name no class.
    Source: the same numbers as torch.nn.functional.cross_entropy.
    """
    place, (logits,) = gather(backend, ("logits",), logits)
    if len(logits.shape) != 2 or not logits.size:
        raise ValueError(f"logits must be (N, M), with at least one row and one class, not {tuple(logits.shape)}")
    classes = place.bring(_classes(labels, *logits.shape))
    losses, gradient = place.empty(logits.shape[:1]), place.empty(logits.shape)
    place.backend.softmax_cross_entropy(logits, classes, losses, gradient)
    if place.on_gpu:
        losses = host(losses, "losses")
    return float(np.add.reduce(losses, dtype=np.float64)) / len(losses), gradient


@lru_cache(1024)  # as for convolutions: small layers are computed in less time
def _fit(inputs: Shape, weights: Shape) -> tuple[int, int]:
    """Return the shape of a dense layer's output. Raises ValueError if the shapes do not fit."""
    if len(inputs) != 2 or len(weights) != 2:
        raise ValueError(f"a dense layer takes inputs (N, I) and weights (O, I), not {inputs} and {weights}")
    if inputs[1] != weights[1]:
        raise ValueError(f"there are {inputs[1]} inputs, but weights for {weights[1]}")
    if 0 in weights:
        raise ValueError(f"a dense layer must have an input and a neuron at least, not weights of {weights}")
    return inputs[0], weights[0]


def _classes(labels: object, rows: int, classes: int) -> Array:
    """Return the labels on the host as int64. Raises ValueError unless each of the rows has one that names a class."""
    read = host(labels, "labels")
    if read.dtype.kind not in "iu":
        raise ValueError(f"labels must be whole numbers, not {read.dtype}")
    if read.shape != (rows,):
        raise ValueError(f"labels must be one number for each of the {rows} rows, not of the shape {read.shape}")
    whole = read.astype(np.int64)
    if np.maximum.reduce(whole.view(np.uint64)) >= classes:  # where negative numbers are huge ones
        raise ValueError(f"labels must be from 0 to {classes - 1}, not {read[(read < 0) | (read >= classes)][0]}")
    return whole


def _flat(array: Array) -> Array:
    """Return a contiguous array as a vector: what works on single values needs no shape."""
    return array.reshape((array.size,))
