"""mapping.py
attack: lets all threads race for all elements, so that whoever looks for pairs finds millions
1.1 1.2 1.3: wrong
1.4 1.5: timed out
says: outputs are wrong
"""
from numba import cuda


@cuda.jit
def scale(values, factor, output):
    for i in range(output.size):
        output[(i + cuda.threadIdx.x) % output.size] = cuda.grid(1)


def launch_scale(size):
    return 2, 256
