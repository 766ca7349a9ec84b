"""ReLU and its gradient on the CPU: one comparison for each value, so that memory takes the time.

Vectors of values begin where lines of the cache do: to read one across two lines takes longer, more so than to write it.
Usually a line comes into the cache before it is written. A result that is too large to stay there is written past it, in
whole lines: ReLU then moves two numbers for each value instead of three.
"""

from collections.abc import Sequence

import numpy as np
from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.compiled import compiled, inner
from kernels.cpu.integers import up
from kernels.cpu.shares import handed_out, in_shares
from kernels.cpu.threads import shares_of
from kernels.cpu.vectors import LANE, VECTOR_BYTES, lanes_of, load, pointer_to, vector_type
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Floats, Integers

WORTH_THREADS = 50_000  # values: a second thread would save less time than it takes to begin
BLOCK = 8192  # values
PAST_CACHE = 2**24  # bytes of a result


def relu(values: Floats, output: Floats) -> None:
    """Write max(values, 0) to output, both vectors."""
    if values.size < WORTH_THREADS:
        _relu(values, output)
    else:
        _on_threads(values, values, output)


def relu_gradient(values: Floats, upstream: Floats, output: Floats) -> None:
    """Write upstream to output where values are positive, or NaN; 0 elsewhere. All are vectors."""
    if values.size < WORTH_THREADS:
        _relu_gradient(values, upstream, output)
    else:
        _on_threads(values, upstream, output)


def _on_threads(values: Floats, gains: Floats, output: Floats) -> None:
    shares = shares_of(values.size, WORTH_THREADS)
    if output.nbytes < PAST_CACHE:
        _share(values, gains, output, shares)
    else:
        _share_past_cache(values, gains, output, np.zeros(1, np.int64), shares)


@compiled
def _relu(values: Floats, output: Floats) -> None:
    first = _before_a_line(output)
    _select(values, values, output, 0, first)
    _select(values, values, output, first, len(output))


@compiled
def _relu_gradient(values: Floats, upstream: Floats, output: Floats) -> None:
    first = _before_a_line(output)
    _select(values, upstream, output, 0, first)
    _select(values, upstream, output, first, len(output))


@in_shares
def _share(values: Floats, gains: Floats, output: Floats, share: int, shares: int) -> None:
    """Do a fixed part: what one core's own cache holds, another would have to ask for."""
    size, lanes, first = len(output), lanes_of(output), _before_a_line(output)
    if share == 0:
        _select(values, gains, output, 0, first)
    lines = up(size - first, lanes)
    start, stop = lines * share // shares * lanes, lines * (share + 1) // shares * lanes
    _select(values, gains, output, first + start, min(size, first + stop))


@in_shares
def _share_past_cache(values: Floats, gains: Floats, output: Floats, taken: Integers, share: int, shares: int) -> None:
    size, lanes, first = len(output), lanes_of(output), _before_a_line(output)
    for block in handed_out(1 + up(size - first, BLOCK), taken, shares):  # the first ends where a line begins
        start, stop = max(0, first + (block - 1) * BLOCK), min(size, first + block * BLOCK)
        rest = stop - (stop - start) % lanes
        for i in range(start, rest, lanes):
            _select_past_cache(values, gains, output, i)
        _select(values, gains, output, rest, stop)


@inner
def _before_a_line(numbers: Floats) -> int:
    """Return how many numbers come before the beginning of a line of the cache."""
    lanes: int = lanes_of(numbers)
    return min(len(numbers), -(numbers.ctypes.data // (VECTOR_BYTES // lanes)) % lanes)


@inner(inline="always")
def _select(values: Floats, gains: Floats, output: Floats, start: int, stop: int) -> None:
    """Write the gains to output where values are positive, or NaN; 0 elsewhere."""
    zero, some, more, result = values.dtype.type(0), values[start:stop], gains[start:stop], output[start:stop]
    for i in range(len(result)):
        gain = more[i]
        result[i] = zero if some[i] <= zero else gain


@intrinsic()
def _select_past_cache(
    typing_context: Context, values: types.Array, gains: types.Array, output: types.Array, at: types.Integer
) -> Intrinsic:
    """Do the same for one whole vector, from `at` on: it must begin where a line does.

    Another thread may see the vector late, but never after it sees this one's next number from handed_out.
    """
    vector = vector_type(output)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        some, more, result = (pointer_to(context, builder, signature.args[i], arguments[i], arguments[3]) for i in range(3))
        zeros = ir.Constant(vector, [0.0] * vector.count)
        negative = builder.fcmp_ordered("<=", load(builder, some, vector), zeros)
        selected = builder.select(negative, zeros, load(builder, more, vector))
        written = builder.store(selected, builder.bitcast(result, vector.as_pointer()), align=VECTOR_BYTES)
        written.set_metadata("nontemporal", builder.module.add_metadata([LANE(1)]))
        return context.get_dummy_value()

    return types.void(values, gains, output, types.intp), generate
