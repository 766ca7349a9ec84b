"""Exponentials in vectors: those of compiled code are not, and NumPy's cannot be had without Python's lock.

exp(x) = 2**k * exp(rest), where the rest is at most log(2) / 2 either way: a few terms of its series are enough. The error
is below one unit in the last place.
"""

from collections.abc import Sequence
from math import factorial, log

from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.cpu.compiled import inner
from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Floats

HIGH, LOW = 0.693359375, -2.1219444005469058e-4  # log(2): nine bits, which a whole number multiplies exactly, and the rest


@inner
def exponentiate(values: Floats) -> None:
    """Replace values, at most 0, by their exponentials."""
    for i in range(len(values)):
        values[i] = _exponential(values[i])


@intrinsic()
def _exponential(typing_context: Context, value: types.Float) -> Intrinsic:
    """Return the exponential of a value that is at most 0, or NaN."""
    digits, bias, terms, least = (23, 127, 8, -104) if value == types.float32 else (52, 1023, 14, -746)

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        number, bits = arguments[0].type, ir.IntType(value.bitwidth)
        floor = builder.module.declare_intrinsic("llvm.floor", [number])
        signature = ir.FunctionType(number, 3 * [number])
        multiply_add = builder.module.declare_intrinsic("llvm.fmuladd", [number], signature)

        def power_of_two(exponent: ir.Value) -> ir.Value:
            # A sum as large as this one ends in the whole number itself. Its last bits become those of an exponent.
            total = builder.fadd(exponent, number(1.5 * 2**digits + bias))
            return builder.bitcast(builder.shl(builder.bitcast(total, bits), bits(digits)), number)

        small = builder.fcmp_ordered("<", arguments[0], number(least))  # its exponential rounds to 0
        x = builder.select(small, number(least), arguments[0])
        k = builder.call(floor, [builder.call(multiply_add, [x, number(1 / log(2)), number(0.5)])])
        rest = builder.call(multiply_add, [k, number(-LOW), builder.call(multiply_add, [k, number(-HIGH), x])])
        total = number(1 / factorial(terms - 1))
        for term in reversed(range(terms - 1)):
            total = builder.call(multiply_add, [total, rest, number(1 / factorial(term))])
        half = builder.call(floor, [builder.fmul(k, number(0.5))])  # 2**k itself may be too small for a number
        return builder.fmul(builder.fmul(total, power_of_two(half)), power_of_two(builder.fsub(k, half)))

    return value(value), generate
