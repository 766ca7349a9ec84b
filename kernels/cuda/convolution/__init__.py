"""Convolution forward, as a ladder: each rung is one file, states its idea, and takes away what limits the rung below.

    direct          one thread per output, straight from the definition
    tiled           a block shares pixels in shared memory
    blocked         a thread keeps many feature maps in registers, so that a pixel is fetched once for all of them
    implicit_gemm   a product of matrices, 8 x 8 totals per thread, loading behind computing
    pipelined       the same, copied past the registers, so that more instructions are multiply-adds
    tensor_cores    the same product on tensor cores, each number split into two that they take; by name only, so far

`choose` in ladder.py picks the rung by shape, and its name says which.
"""

from kernels.cuda.convolution.ladder import LADDER, RUNGS, Rung, choose
from kernels.cuda.transfer import through_gpu
from kernels.shapes import Geometry
from kernels.types import Float, Floats

__all__ = ["LADDER", "RUNGS", "Rung", "choose", "conv2d"]


def conv2d(
    images: Floats,
    kernels: Floats,
    bias: Floats,
    geometry: Geometry,
    padding_value: Float,
    output: Floats,
    rung: str | None = None,
) -> None:
    """Write the convolution of (N, C, H, W) with (K, C / groups, KH, KW) to output, (N, K, OH, OW).

    rung is a name in RUNGS, or None. Raises ValueError when the rung does not take these shapes.
    """
    problem = images.shape, kernels.shape, geometry, output.dtype
    chosen = RUNGS[rung] if rung else choose(*problem)
    if not chosen.takes(*problem):
        raise ValueError(
            f"the rung {rung} does not take images {images.shape} and kernels {kernels.shape} in {output.dtype}"
        )
    through_gpu(outputs=1)(chosen.launch)(images, kernels, bias, geometry, padding_value, output)
