"""Pooling on the CPU: one channel of one image per task."""

from numba import njit, prange

from kernels.reductions import REDUCTIONS


def pool2d(images, size, stride, mode, output):
    """Write the pooled (N, C, H, W) to output, (N, C, OH, OW)."""
    _POOLS[mode](images, *size, *stride, output)


def _pool(reduce_window):
    reduce_window = njit(reduce_window)

    @njit(parallel=True)
    def pool(images, height, width, down, right, output):
        batch, channels, rows, columns = output.shape
        for plane in prange(batch * channels):
            n, c = plane // channels, plane % channels
            for row in range(rows):
                for column in range(columns):
                    output[n, c, row, column] = reduce_window(images, n, c, row * down, column * right, height, width)

    return pool


_POOLS = {mode: _pool(reduce_window) for mode, reduce_window in REDUCTIONS.items()}
