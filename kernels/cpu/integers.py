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
        return build_smaller(builder, *arguments)

    return BINARY, generate


@intrinsic()
def larger(typing_context: Context, a: types.Integer, b: types.Integer) -> Intrinsic:
    """Return the larger one."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        return build_larger(builder, *arguments)

    return BINARY, generate


@intrinsic()
def up(typing_context: Context, a: types.Integer, b: types.Integer) -> Intrinsic:
    """Return a / b, rounded up, for b above 0."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        return build_up(builder, *arguments)

    return BINARY, generate


def build_smaller(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Build the smaller one."""
    return builder.select(builder.icmp_signed("<", a, b), a, b)


def build_larger(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Build the larger one."""
    return builder.select(builder.icmp_signed(">", a, b), a, b)


def build_up(builder: ir.IRBuilder, a: ir.Value, b: ir.Value) -> ir.Value:
    """Build a / b, rounded up, for b above 0."""
    rest = builder.icmp_signed(">", builder.srem(a, b), a.type(0))
    return builder.add(builder.sdiv(a, b), builder.zext(rest, a.type))
