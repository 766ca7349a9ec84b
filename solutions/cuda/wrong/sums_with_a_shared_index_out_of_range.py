"""reduction.py
5.2 5.3 5.5: wrong
says: ends at
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
    half = THREADS // 2
    while half > 0:
        other = partial[t + half]
        cuda.syncthreads()
        if t < half:
            partial[t] += other
        cuda.syncthreads()
        half //= 2
    if t == 0:
        sums[cuda.blockIdx.x] = partial[0]


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
