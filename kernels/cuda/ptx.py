"""Instructions of NVIDIA's GPUs that Numba does not have: in a kernel, each call becomes one instruction of PTX.

Asynchronous copies, from global to shared memory, pass no register, and go on while the thread that started them computes.
`copy4` and `copy16` start one, `wait` waits for all of this thread's. Then the thread sees what was copied; the others of
its block see it behind the next barrier.

Numba's simulator runs the functions of simulated_ptx.py instead.
Source: PTX ISA, cp.async. GPUs of compute capability 8.0 (Ampere) and later have it.
"""

from collections.abc import Iterable, Sequence

from llvmlite import ir
from numba import types
from numba.core import cgutils, typing
from numba.core.base import BaseContext
from numba.core.typing import Signature

from kernels.cuda.device import simulated
from kernels.intrinsics import Intrinsic, intrinsic

__all__ = ["copy4", "copy16", "wait"]

SHARED = 3  # the number of shared memory among NVVM's address spaces
WORD, ADDRESS = ir.IntType(32), ir.IntType(64)


@intrinsic()
def copy4(
    typing: typing.Context,
    target: types.Array,
    at: types.BaseTuple,
    source: types.Array,
    start: types.Integer,
    inside: types.Boolean,
) -> Intrinsic:
    """Start a copy of source[start], 4 bytes, to target[at], at a tuple; where not inside, of 0, reading nothing."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        size = builder.select(arguments[4], WORD(4), WORD(0))  # of what is read; zeros fill up the rest
        operands = [*_addresses(context, builder, signature, arguments), size]
        _assemble(builder, "cp.async.ca.shared.global [$0], [$1], 4, $2;", "r,l,r", operands)
        return context.get_dummy_value()

    return types.void(target, at, source, start, types.boolean), generate


@intrinsic()
def copy16(
    typing: typing.Context, target: types.Array, at: types.BaseTuple, source: types.Array, start: types.Integer
) -> Intrinsic:
    """Start a copy of 16 bytes, from source[start] on to target[at] on; both must lie at multiples of 16 bytes."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        _align_shared_arrays(builder, 16)
        operands = _addresses(context, builder, signature, arguments)
        _assemble(builder, "cp.async.cg.shared.global [$0], [$1], 16;", "r,l", operands)
        return context.get_dummy_value()

    return types.void(target, at, source, start), generate


@intrinsic()
def wait(typing: typing.Context) -> Intrinsic:
    """Wait until all copies that this thread has started are done."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        _assemble(builder, "cp.async.wait_all;", "", [])
        return context.get_dummy_value()

    return types.void(), generate


def _assemble(builder: ir.IRBuilder, text: str, constraints: str, operands: Sequence[ir.Value]) -> None:
    """Add an instruction that returns nothing and that no access to memory moves across."""
    function = ir.FunctionType(ir.VoidType(), [operand.type for operand in operands])
    clobbers = ",".join(filter(None, [constraints, "~{memory}"]))
    builder.call(ir.InlineAsm(function, text, clobbers, side_effect=True), operands)


def _addresses(
    context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
) -> tuple[ir.Value, ir.Value]:
    """Return where a copy goes in shared memory and where it comes from in global memory, as PTX takes them."""
    (to_array, to_index, from_array, from_index), (target, at, source, start) = signature.args[:4], arguments[:4]
    target = _element(context, builder, to_array, target, to_index, cgutils.unpack_tuple(builder, at))
    source = _element(context, builder, from_array, source, [from_index], [start])
    in_shared = builder.addrspacecast(target, ir.PointerType(target.type.pointee, SHARED))
    return builder.ptrtoint(in_shared, WORD), builder.ptrtoint(source, ADDRESS)


def _element(
    context: BaseContext,
    builder: ir.IRBuilder,
    array_type: types.Array,
    array: ir.Value,
    index_types: Iterable[types.Type],
    indices: Iterable[ir.Value],
) -> ir.Value:
    """Return the pointer to an array's element; indices do not count from the end."""
    indices = [context.cast(builder, index, each, types.intp) for index, each in zip(indices, index_types)]
    whole = context.make_array(array_type)(context, builder, array)
    return cgutils.get_item_pointer(context, builder, array_type, whole, indices)


def _align_shared_arrays(builder: ir.IRBuilder, size: int) -> None:
    """Let all shared arrays of the kernel begin at multiples of this many bytes: Numba itself aligns them as one number."""
    for variable in builder.module.global_values:
        if isinstance(variable, ir.GlobalVariable) and variable.addrspace == SHARED:
            variable.align = size


if simulated():
    from kernels.cuda.simulated_ptx import copy4, copy16, wait
