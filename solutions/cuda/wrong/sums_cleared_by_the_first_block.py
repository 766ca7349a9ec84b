"""reduction.py
5.1 5.2 5.3 5.4 5.5: wrong
says: blocks
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    """One thread clears all sums. Its barrier holds up its own block only."""
    i = cuda.grid(1)
    if i == 0:
        for b in range(sums.size):
            sums[b] = float32(0)
    cuda.syncthreads()
    if i < values.size:
        cuda.atomic.add(sums, cuda.blockIdx.x, values[i])


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
