"""Part 1: one thread for each number.

A kernel is a function that many threads run at the same time. Threads come in blocks, and all blocks of a launch have
the same number of threads. From its own number, a thread knows which part of the work to do:

    i = cuda.grid(1)    is short for    i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x

For 1000 numbers and blocks of 256 threads, three blocks are too few, and four have 1024 threads. The last 24 of these
have nothing to do. They must not touch the arrays, since the memory beyond the end belongs to something else.
"""

from numba import cuda

THREADS = 256  # of a block: a few warps of 32; yours to change


@cuda.jit
def scale(values, factor, output):
    """Write each value times the factor: output[i] = values[i] * factor, one i for each thread.

        values   (n,) float32, with any n from 1 on
        factor   float32
        output   (n,) float32

    The values 1, 2, 3 and the factor 10 give 10, 20, 30.

    Traffic, at best: 1.25 times the fewest sectors. Threads next to each other read and write numbers next to each
    other, so a warp of 32 threads reads its 128 bytes in 4 sectors of 32 bytes.
    """
    # BEGIN SOLUTION
    i = cuda.grid(1)
    if i < output.size:
        output[i] = values[i] * factor
    # END SOLUTION


def launch_scale(size):
    """Return (blocks, threads): how many blocks to start for `size` values, and how many threads each of them has.

    There must be enough threads for all values; in integers, a / b rounded up is (a + b - 1) // b.

    >>> blocks, threads = launch_scale(1000)
    >>> blocks * threads >= 1000
    True
    """
    # BEGIN SOLUTION
    return (size + THREADS - 1) // THREADS, THREADS
    # END SOLUTION
