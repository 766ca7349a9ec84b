"""reduction.py
5.1 5.2 5.3 5.4 5.5: wrong
says: barrier
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    total = cuda.shared.array(1, float32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    if t == 0:
        total[0] = float32(0)
    if i < values.size:
        cuda.atomic.add(total, 0, values[i])
    cuda.syncthreads()
    if t == 0:
        sums[cuda.blockIdx.x] = total[0]


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
