"""mapping.py
1.1 1.2 1.3 1.4 1.5: forbidden
says: 16 bits
"""
from numba import cuda, float16, float32

THREADS = 128


@cuda.jit
def scale(values, factor, output):
    i = cuda.grid(1)
    if i < values.size:
        output[i] = float32(float16(values[i]) * float16(factor))


def launch_scale(size):
    return (size + THREADS - 1) // THREADS, THREADS
