"""reduction.py
attack: leaves the work to the hardware by adding to one place at once, from all threads
5.3: wrong
says: atomic
"""
from numba import cuda

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    i = cuda.grid(1)
    if cuda.threadIdx.x == 0:
        sums[cuda.blockIdx.x] = 0
    cuda.syncthreads()
    if i < values.size:
        cuda.atomic.add(sums, cuda.blockIdx.x, values[i])


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
