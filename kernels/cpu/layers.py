"""Dense layers and the loss on the CPU.

A dense layer of a batch is a product of matrices (matrices.py). With a batch of one, each weight is used once, and reading
them takes the time.
"""

import math

from kernels.cpu.compiled import compiled, inner
from kernels.cpu.exponentials import exponentiate
from kernels.cpu.matrices import write_product
from kernels.cpu.shares import in_shares
from kernels.cpu.threads import shares_of
from kernels.cpu.vectors import aligned, flat
from kernels.cpu.windows import largest
from kernels.types import Floats, Integers

LANES = 8
WORTH_THREADS = 100_000  # weights: with fewer, a second thread saves no time
WORTH_LOSS = 10_000  # logits
ROWS = 4  # of weights, read at once: memory answers several requests sooner than one after the other


def dense(inputs: Floats, weights: Floats, bias: Floats, output: Floats) -> None:
    """Write inputs (N, I) times transposed weights (O, I), plus bias (O,), to output (N, O)."""
    if len(inputs) == 1:
        _weigh(inputs, weights, bias, output, shares_of(weights.size, WORTH_THREADS))
    else:
        write_product(inputs, False, weights, True, output, bias)


def dense_gradients(
    inputs: Floats, weights: Floats, upstream: Floats, for_inputs: Floats, for_weights: Floats, for_bias: Floats
) -> None:
    """Write the gradients by (N, I), (O, I) and (O,), given upstream (N, O)."""
    if len(inputs) == 1:
        _weigh_back(inputs, weights, upstream, for_inputs, for_weights, shares_of(weights.size, WORTH_THREADS))
    else:
        write_product(upstream, False, weights, False, for_inputs)
        write_product(upstream, True, inputs, False, for_weights)
    _sum_rows(upstream, for_bias)


def softmax_cross_entropy(logits: Floats, labels: Integers, losses: Floats, for_logits: Floats) -> None:
    """Write the loss of each row of logits (N, M) to losses (N,), and the gradient of their mean to for_logits (N, M)."""
    _lose(logits, labels, losses, for_logits, shares_of(logits.size, WORTH_LOSS))


@in_shares
def _lose(logits: Floats, labels: Integers, losses: Floats, for_logits: Floats, share: int, shares: int) -> None:
    """Do one share of the rows."""
    first, last = len(logits) * share // shares, len(logits) * (share + 1) // shares
    gradient = for_logits[first:last]
    _shift(logits[first:last], labels[first:last], losses[first:last], gradient)
    exponentiate(flat(gradient))
    _normalise(labels[first:last], losses[first:last], gradient, len(logits))


@in_shares(fastmath={"reassoc", "contract"})  # sums in vectors
def _weigh(inputs: Floats, weights: Floats, bias: Floats, output: Floats, share: int, shares: int) -> None:
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


@in_shares(fastmath={"contract"})
def _weigh_back(
    inputs: Floats, weights: Floats, upstream: Floats, for_inputs: Floats, for_weights: Floats, share: int, shares: int
) -> None:
    """Write a share of the inputs' gradient and of the rows of the weights', given the only row of upstream."""
    size, count = inputs.shape[1], len(weights)
    first, last = size * share // shares, size * (share + 1) // shares
    sums = for_inputs[0, first:last]
    sums[:] = 0
    for o in range(0, count - count % ROWS, ROWS):
        a, b, c, d = weights[o], weights[o + 1], weights[o + 2], weights[o + 3]
        a, b, c, d = a[first:last], b[first:last], c[first:last], d[first:last]
        p, q, r, s = upstream[0, o], upstream[0, o + 1], upstream[0, o + 2], upstream[0, o + 3]
        for i in range(len(sums)):
            sums[i] += p * a[i] + q * b[i] + r * c[i] + s * d[i]
    for o in range(count - count % ROWS, count):
        gain, row = upstream[0, o], weights[o, first:last]
        for i in range(len(sums)):
            sums[i] += gain * row[i]
    values = inputs[0]
    for o in range(count * share // shares, count * (share + 1) // shares):
        gain, result = upstream[0, o], for_weights[o]
        for i in range(len(values)):
            result[i] = gain * values[i]


@compiled
def _sum_rows(matrix: Floats, sums: Floats) -> None:
    sums[:] = 0
    for n in range(len(matrix)):
        row = matrix[n]
        for i in range(len(row)):
            sums[i] += row[i]


@inner
def _shift(logits: Floats, labels: Integers, losses: Floats, shifted: Floats) -> None:
    """Subtract its largest logit from each row, so that no exponential overflows, and start its loss with the label's."""
    classes = logits.shape[1]
    most, zero = aligned(LANES, logits.dtype), logits.dtype.type(0)
    for n in range(len(logits)):
        row, result, best = logits[n], shifted[n], logits[n, 0]
        steps = classes // LANES
        largest(logits, n * classes, LANES, steps, 1, 1, most, 0, LANES)  # in each lane, that of every eighth logit
        for i in range(LANES if steps else 0):
            best = most[i] if most[i] > best else best  # a NaN passed over makes the sum of exponentials NaN
        for i in range(steps * LANES, classes):
            best = row[i] if row[i] > best else best
        for i in range(len(row)):
            below = row[i] - best
            result[i] = zero if below > zero else below  # above it only beside a NaN: there, no exponential may overflow
        losses[n] = -result[labels[n]]


@inner(fastmath={"reassoc"})
def _normalise(labels: Integers, losses: Floats, exponentials: Floats, batch: int) -> None:
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
