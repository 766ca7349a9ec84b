"""reduction.py
5.4: wrong
says: The kernel writes 16 of
"""

from numba import cuda, float32

THREADS = 256  # a power of two


@cuda.jit
def block_sums(values, sums):
    totals = cuda.shared.array(THREADS, float32)
    thread, i = cuda.threadIdx.x, cuda.grid(1)
    totals[thread] = values[i] if i < values.size else float32(0)
    cuda.syncthreads()  # no thread adds what is not there yet
    half = THREADS // 2
    while half > 0:
        if thread < half:
            totals[thread] += totals[thread + half]
        cuda.syncthreads()
        half //= 2
    if thread == 0 and cuda.blockIdx.x < sums.size:
        sums[cuda.blockIdx.x] = totals[0]


def launch_block_sums(size):
    return 16, THREADS
