"""Whole numbers in compiled functions: Python's own functions, where Numba has them, take it long to compile."""

from collections.abc import Sequence

from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.intrinsics import Intrinsic, intrinsic

BINARY = types.intp(types.intp, types.intp)


@intrinsic()
def smaller(typing_context: Context, a: types.Integer, b: types.Integer) -> Intrinsic:
    """Return the smaller one."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        return builder.select(builder.icmp_signed("<", *arguments), *arguments)

    return BINARY, generate


@intrinsic()
def larger(typing_context: Context, a: types.Integer, b: types.Integer) -> Intrinsic:
    """Return the larger one."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        return builder.select(builder.icmp_signed(">", *arguments), *arguments)

    return BINARY, generate


@intrinsic()
def up(typing_context: Context, a: types.Integer, b: types.Integer) -> Intrinsic:
    """Return a / b, rounded up, for b above 0."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        rest = builder.icmp_signed(">", builder.srem(*arguments), arguments[0].type(0))
        return builder.add(builder.sdiv(*arguments), builder.zext(rest, arguments[0].type))

    return BINARY, generate
