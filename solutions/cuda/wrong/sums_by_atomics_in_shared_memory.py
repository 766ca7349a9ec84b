"""reduction.py
5.3: wrong
says: Atomic additions wait for each other
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    total = cuda.shared.array(1, float32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    if t == 0:
        total[0] = float32(0)
    cuda.syncthreads()
    if i < values.size:
        cuda.atomic.add(total, 0, values[i])
    cuda.syncthreads()
    if t == 0:
        sums[cuda.blockIdx.x] = total[0]


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
