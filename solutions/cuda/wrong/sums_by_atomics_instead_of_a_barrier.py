"""reduction.py
5.1 5.3 5.4: wrong
says: This comes out when threads run one after another
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    cells = cuda.shared.array(32, float32)
    lane, b = cuda.threadIdx.x, cuda.blockIdx.x
    total = float32(0)
    for turn in range(8):
        i = b * THREADS + turn * 32 + lane
        if i < values.size:
            total += values[i]
    cells[lane] = float32(0)
    cuda.syncthreads()
    cuda.atomic.add(cells, lane, total)
    if lane == 0:
        whole = float32(0)
        for k in range(32):
            whole += cuda.atomic.add(cells, k, float32(0))
        sums[b] = whole


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, 32
