"""reduction.py
all: passed
"""
from numba import cuda, float32

THREADS = 256
WARPS = THREADS // 32


@cuda.jit(device=True)
def over_warp(value):
    step = 16
    while step > 0:
        value += cuda.shfl_down_sync(0xFFFFFFFF, value, step)
        step //= 2
    return value


@cuda.jit
def block_sums(values, sums):
    partial = cuda.shared.array(WARPS, float32)
    i, t = cuda.grid(1), cuda.threadIdx.x
    value = float32(0)
    if i < values.size:
        value = values[i]
    value = over_warp(value)
    if t % 32 == 0:
        partial[t // 32] = value
    cuda.syncthreads()
    if t < 32:
        value = float32(0)
        if t < WARPS:
            value = partial[t]
        value = over_warp(value)
        if t == 0:
            sums[cuda.blockIdx.x] = value


def launch_block_sums(size):
    return (size + THREADS - 1) // THREADS, THREADS
