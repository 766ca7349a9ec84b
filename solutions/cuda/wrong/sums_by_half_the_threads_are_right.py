"""reduction.py
all: passed
"""
from numba import cuda, float32

THREADS = 256
HALF = THREADS // 2


@cuda.jit
def block_sums(values, sums):
    partial = cuda.shared.array(HALF, float32)
    t = cuda.threadIdx.x
    first = cuda.blockIdx.x * THREADS
    total = float32(0)
    for i in range(first + t, min(first + THREADS, values.size), HALF):
        total += values[i]
    partial[t] = total
    cuda.syncthreads()
    half = HALF // 2
    while half > 0:
        if t < half:
            partial[t] += partial[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        sums[cuda.blockIdx.x] = partial[0]


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, HALF
