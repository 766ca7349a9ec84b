"""indexing.py
2.1 2.2 2.3 2.4 2.5: wrong
says: 64
"""
from numba import cuda, float32

WIDE, DEEP = 4, 128


@cuda.jit
def darken(image, level, output):
    column = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    row = cuda.blockIdx.y * cuda.blockDim.z + cuda.threadIdx.z
    height, width = image.shape
    if row < height and column < width:
        output[row, column] = max(image[row, column] - level, float32(0))


def launch_darken(height, width):
    return ((width + WIDE - 1) // WIDE, (height + DEEP - 1) // DEEP), (WIDE, 1, DEEP)
