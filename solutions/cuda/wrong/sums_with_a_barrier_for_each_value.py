"""reduction.py
5.3: wrong
says: The busiest thread reads
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    partial = cuda.shared.array(THREADS, float32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    value = float32(0)
    if i < values.size:
        value = values[i]
    partial[t] = value
    cuda.syncthreads()
    for other in range(1, THREADS):
        if t == 0:
            partial[0] += partial[other]
        cuda.syncthreads()
    if t == 0:
        sums[cuda.blockIdx.x] = partial[0]


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
