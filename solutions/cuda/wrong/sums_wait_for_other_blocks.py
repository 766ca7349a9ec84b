"""reduction.py
5.1 5.2 5.3 5.4 5.5: forbidden
says: threadfence
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    i = cuda.grid(1)
    if cuda.threadIdx.x == 0:
        sums[cuda.blockIdx.x] = float32(0)
    cuda.threadfence()
    if i < values.size:
        cuda.atomic.add(sums, cuda.blockIdx.x, values[i])


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
