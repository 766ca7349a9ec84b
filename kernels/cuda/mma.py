"""The tensor core's instruction, which Numba does not have: a warp multiplies two small matrices and adds a third.

A warp holds the matrices in registers, each lane a few elements of each. With g = lane // 4 and t = lane % 4 it holds

    of A, 16 x 8    (g, t), (g + 8, t), (g, t + 4), (g + 8, t + 4)
    of B, 8 x 8     (t, g), (t + 4, g)
    of C, 16 x 8    (g, 2 t), (g, 2 t + 1), (g + 8, 2 t), (g + 8, 2 t + 1)

Elements of A and B are TF32: float32 of whose fraction the first 10 bits count. Numba's simulator runs what
kernels/cuda/simulated_mma.py says instead. Source: PTX ISA, mma.m16n8k8; GPUs of compute capability 8.0 (Ampere) and later.
"""

from collections.abc import Sequence

from llvmlite import ir
from numba import types
from numba.core import cgutils, typing
from numba.core.base import BaseContext
from numba.core.typing import Signature

from kernels.cuda.device import simulated
from kernels.intrinsics import Intrinsic, intrinsic

__all__ = ["mma"]

NUMBER, BITS = ir.FloatType(), ir.IntType(32)
INSTRUCTION = (
    "mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {$0, $1, $2, $3}, {$4, $5, $6, $7}, {$8, $9}, {$10, $11, $12, $13};"
)


@intrinsic()
def mma(typing: typing.Context, a: types.BaseTuple, b: types.BaseTuple, c: types.BaseTuple) -> Intrinsic:
    """Return this lane's part of A B + C: four float32. a, b, c: its parts of the matrices, tuples of 4, 2 and 4."""

    def generate(
        context: BaseContext, builder: ir.IRBuilder, signature: Signature, arguments: Sequence[ir.Value]
    ) -> ir.Value:
        a, b, c = (cgutils.unpack_tuple(builder, each) for each in arguments)
        operands = [*(builder.bitcast(each, BITS) for each in (*a, *b)), *c]
        function = ir.FunctionType(ir.LiteralStructType([NUMBER] * 4), [BITS] * 6 + [NUMBER] * 4)
        constraints = ",".join(["=f"] * 4 + ["r"] * 6 + ["f"] * 4)
        instruction = ir.InlineAsm(function, INSTRUCTION, constraints)
        found = builder.call(instruction, operands, attrs=["convergent"])  # not to be moved to where a lane may be missing
        return cgutils.pack_array(builder, [builder.extract_value(found, place) for place in range(4)])

    return c(a, b, c), generate


if simulated():
    from kernels.cuda.simulated_mma import mma
