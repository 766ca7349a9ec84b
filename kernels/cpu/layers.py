"""Dense layers, ReLU and the loss on the CPU.

Products of matrices are left to the BLAS of NumPy, which has threads of its own. With a batch of one, each
weight is used once, and what takes time is to read them.
"""

import math

import numpy as np

from kernels.cpu.compiled import compiled
from kernels.cpu.threads import in_shares, shares_of
from kernels.cpu.windows import largest

LANES = 8
WORTH_THREADS = 500_000  # values or weights: fewer are done before a second thread has begun
ROWS = 4  # of weights, read at once: memory answers several requests sooner than one after the other


def relu(values, output):
    """Write max(values, 0) to output, both vectors."""
    in_shares(_relu, _shares(values), values, output)


def relu_gradient(values, upstream, output):
    """Write upstream to output where values are positive, or NaN; 0 elsewhere. All are vectors."""
    in_shares(_relu_gradient, _shares(values), values, upstream, output)


def dense(inputs, weights, bias, output):
    """Write inputs (N, I) times transposed weights (O, I), plus bias (O,), to output (N, O)."""
    if len(inputs) == 1:
        in_shares(_weigh, _shares(weights), inputs, weights, bias, output)
    else:
        _products(inputs, weights, bias, output)


def dense_gradients(inputs, weights, upstream, for_inputs, for_weights, for_bias):
    """Write the gradients by (N, I), (O, I) and (O,), given upstream (N, O)."""
    if len(inputs) == 1:
        in_shares(_weigh_back, _shares(weights), inputs, weights, upstream, for_inputs, for_weights)
    else:
        _products_back(inputs, weights, upstream, for_inputs, for_weights)
    _sum_rows(upstream, for_bias)


@np.errstate(invalid="ignore", over="ignore")  # NaN and infinities are answers too
def _products(inputs, weights, bias, output):
    np.matmul(inputs, weights.T, out=output)
    _add_to_rows(bias, output)


@np.errstate(invalid="ignore", over="ignore")
def _products_back(inputs, weights, upstream, for_inputs, for_weights):
    np.matmul(upstream, weights, out=for_inputs)
    np.matmul(upstream.T, inputs, out=for_weights)


def softmax_cross_entropy(logits, labels, losses, for_logits):
    """Write the loss of each row of logits (N, M) to losses (N,), and the gradient of their mean to for_logits (N, M)."""
    in_shares(_lose, _shares(logits), logits, labels, losses, for_logits)


def _lose(logits, labels, losses, for_logits, share, shares):
    """Do one share of the rows."""
    rows = slice(len(logits) * share // shares, len(logits) * (share + 1) // shares)
    labels, losses, exponentials = labels[rows], losses[rows], for_logits[rows]
    _shift(logits[rows], labels, losses, exponentials)
    with np.errstate(over="ignore"):  # in a row with NaN, whose gradient is NaN
        np.exp(exponentials, out=exponentials)  # in vectors, which compiled code has not for exponentials
    _normalise(labels, losses, exponentials, len(logits))


def _shares(values) -> int:
    return shares_of(values.size, WORTH_THREADS)


@compiled
def _relu(values, output, share, shares):
    first, last = len(values) * share // shares, len(values) * (share + 1) // shares
    some, result, zero = values[first:last], output[first:last], values.dtype.type(0)
    for i in range(len(some)):
        value = some[i]
        result[i] = zero if value <= zero else value


@compiled
def _relu_gradient(values, upstream, output, share, shares):
    first, last = len(values) * share // shares, len(values) * (share + 1) // shares
    some, gains, result, zero = values[first:last], upstream[first:last], output[first:last], values.dtype.type(0)
    for i in range(len(some)):
        gain = gains[i]
        result[i] = zero if some[i] <= zero else gain


@compiled(fastmath={"reassoc", "contract"})  # sums in vectors
def _weigh(inputs, weights, bias, output, share, shares):
    """Write a share of the only row of output."""
    values, last = inputs[0], len(weights) * (share + 1) // shares
    for o in range(len(weights) * share // shares, last, ROWS):
        most = last - 1 - o
        a, b, c, d = weights[o], weights[o + min(1, most)], weights[o + min(2, most)], weights[o + min(3, most)]
        first = second = third = fourth = values.dtype.type(0)
        for i in range(len(values)):
            first += a[i] * values[i]
            second += b[i] * values[i]
            third += c[i] * values[i]
            fourth += d[i] * values[i]
        for k, total in enumerate((first, second, third, fourth)):
            if k <= most:
                output[0, o + k] = total + bias[o + k]


@compiled(fastmath={"contract"})
def _weigh_back(inputs, weights, upstream, for_inputs, for_weights, share, shares):
    """Write a share of the columns of both gradients, given the only row of upstream."""
    size, count = inputs.shape[1], len(weights)
    first, last = size * share // shares, size * (share + 1) // shares
    values, sums = inputs[0, first:last], for_inputs[0, first:last]
    sums[:] = 0
    for o in range(0, count - count % ROWS, ROWS):
        a, b, c, d = weights[o], weights[o + 1], weights[o + 2], weights[o + 3]
        a, b, c, d = a[first:last], b[first:last], c[first:last], d[first:last]
        p, q, r, s = upstream[0, o], upstream[0, o + 1], upstream[0, o + 2], upstream[0, o + 3]
        for i in range(len(values)):
            sums[i] += p * a[i] + q * b[i] + r * c[i] + s * d[i]
    for o in range(count - count % ROWS, count):
        gain, row = upstream[0, o], weights[o, first:last]
        for i in range(len(values)):
            sums[i] += gain * row[i]
    for o in range(count):
        gain, result = upstream[0, o], for_weights[o, first:last]
        for i in range(len(values)):
            result[i] = gain * values[i]


@compiled
def _add_to_rows(bias, matrix):
    for n in range(len(matrix)):
        row = matrix[n]
        for i in range(len(row)):
            row[i] += bias[i]


@compiled
def _sum_rows(matrix, sums):
    sums[:] = 0
    for n in range(len(matrix)):
        row = matrix[n]
        for i in range(len(row)):
            sums[i] += row[i]


@compiled
def _shift(logits, labels, losses, shifted):
    """Subtract its largest logit from each row, so that no exponential overflows, and start its loss with the label's."""
    values, classes = logits.reshape(logits.size), logits.shape[1]
    most = np.empty(LANES, logits.dtype)
    for n in range(len(logits)):
        row, result, best = logits[n], shifted[n], logits[n, 0]
        steps = classes // LANES
        largest(values, n * classes, LANES, (steps, 1), 1, most, 0, LANES)  # in each lane, that of every eighth logit
        for i in range(LANES if steps else 0):
            best = most[i] if most[i] > best else best  # a NaN passed over makes the sum of exponentials NaN
        for i in range(steps * LANES, classes):
            best = row[i] if row[i] > best else best
        for i in range(len(row)):
            result[i] = row[i] - best
        losses[n] = -result[labels[n]]


@compiled(fastmath={"reassoc"})
def _normalise(labels, losses, exponentials, batch):
    """Add the logarithm of each row's sum to its loss, and make of its exponentials the gradient."""
    rows = exponentials.dtype.type(batch)
    for n in range(len(losses)):
        row, total = exponentials[n], exponentials.dtype.type(0)
        for i in range(len(row)):
            total += row[i]
        losses[n] += math.log(total)
        scale = exponentials.dtype.type(1) / total / rows
        for i in range(len(row)):
            row[i] *= scale
        row[labels[n]] -= exponentials.dtype.type(1) / rows
