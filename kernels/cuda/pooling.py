"""Pooling: one thread per output.

Traffic: each output reads its window once (the median once per value of the window, from the cache) and writes one value.
"""

from kernels.cuda.device import THREADS, blocks, cuda
from kernels.reductions import REDUCTIONS


def pool2d(images, size, stride, mode, output):
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW)."""
    result = cuda.device_array(output.shape, output.dtype)
    POOLS[mode][blocks(output), THREADS](cuda.to_device(images), *size, *stride, result)
    result.copy_to_host(output)


def _pool(reduce_window):
    reduce_window = cuda.jit(device=True)(reduce_window)

    @cuda.jit
    def pool(images, height, width, down, right, output):
        column, row, first = cuda.grid(3)
        batch, channels, rows, columns = output.shape
        if row >= rows or column >= columns:
            return
        for plane in range(first, batch * channels, cuda.gridDim.z):
            n, c = plane // channels, plane % channels
            output[n, c, row, column] = reduce_window(images, n, c, row * down, column * right, height, width)

    return pool


POOLS = {mode: _pool(reduce_window) for mode, reduce_window in REDUCTIONS.items()}
