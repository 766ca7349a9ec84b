"""reduction.py
5.2 5.5: wrong
says: but not all of its threads come there
"""
from numba import cuda, float32

THREADS = 256


@cuda.jit
def block_sums(values, sums):
    totals = cuda.shared.array(8, float32)
    thread, i = cuda.threadIdx.x, cuda.grid(1)
    total = values[i] if i < values.size else float32(0)
    offset = 16
    while offset > 0:
        total += cuda.shfl_down_sync(0xFFFFFFFF, total, offset)
        offset //= 2
    if thread % 32 == 0:
        totals[thread // 32] = total
    
    cuda.syncthreads()
    if thread < 8:
        total = totals[thread]
        offset = 4
        while offset > 0:
            total += cuda.shfl_down_sync(0xFFFFFFFF, total, offset)
            offset //= 2
        if thread == 0:
            sums[cuda.blockIdx.x] = total


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
