"""reduction.py
5.1 5.2 5.3 5.4 5.5: wrong
says: which nobody has written yet
"""
from numba import cuda

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    """Adds atomically, but to what happens to be there."""
    i = cuda.grid(1)
    if i < values.size:
        cuda.atomic.add(sums, cuda.blockIdx.x, values[i])


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
