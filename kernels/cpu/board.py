"""The board: numbers at one place in memory that the threads of this process read and write while they compute.

Compiled code knows it by name, so no call hands it over. Each of these functions is one step, whatever other threads do at
the time, and all threads see all steps in one order.
"""

from collections.abc import Callable, Sequence
from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba import types
from numba.core.base import BaseContext
from numba.core.typing import Context, Signature

from kernels.intrinsics import Intrinsic, intrinsic
from kernels.types import Integers

LINE = 16  # numbers: two lines of the cache, which some processors fetch together
LINES = 260
NAME = "convgrade_board"
NUMBER = ir.IntType(64)

_numbers = np.zeros((LINES + 1) * LINE, np.int64)
board: Integers = _numbers[-(_numbers.ctypes.data // 8) % LINE :][: LINES * LINE]
llvmlite.binding.add_symbol(NAME, board.ctypes.data)


@intrinsic()
def load(typing_context: Context, place: types.Integer) -> Intrinsic:
    """Return the number at a place."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        return builder.load_atomic(_pointer(context, builder, arguments[0]), "seq_cst", align=8)

    return types.int64(types.intp), generate


@intrinsic()
def store(typing_context: Context, place: types.Integer, number: types.Integer) -> Intrinsic:
    """Write a number to a place. Other threads may see it late, but not later than what this thread writes after it."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        builder.store_atomic(arguments[1], _pointer(context, builder, arguments[0]), "release", align=8)
        return context.get_dummy_value()

    return types.void(types.intp, types.int64), generate


def _step(operation: str) -> Callable[..., Any]:
    """Return the function (place, number) that changes the number at a place, and returns the one that was there."""

    @intrinsic()
    def step(typing_context: Context, place: types.Integer, number: types.Integer) -> Intrinsic:
        def generate(
            context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
        ) -> ir.Value:
            return builder.atomic_rmw(operation, _pointer(context, builder, arguments[0]), arguments[1], "seq_cst")

        return types.int64(types.intp, types.int64), generate

    return step


add, swap = _step("add"), _step("xchg")


def _pointer(context: BaseContext, builder: ir.IRBuilder, place: ir.Value) -> ir.Value:
    numbers = context.get_c_value(builder, ir.ArrayType(NUMBER, LINES * LINE), NAME)
    return builder.gep(numbers, [NUMBER(0), place])
