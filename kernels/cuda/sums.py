"""One number for the many threads of a block: the sum of what each has, or the largest."""

from functools import cache

from kernels.cuda.device import cuda


@cuda.jit(device=True)
def thread_of_block():
    """Return the number of this thread in its block."""
    return cuda.threadIdx.x + cuda.blockDim.x * (cuda.threadIdx.y + cuda.blockDim.y * cuda.threadIdx.z)


@cuda.jit(device=True)
def add(one, other):
    """Return the sum."""
    return one + other


@cache
def over_block(combine, threads, number):
    """Return a device function that combines one value of each of a block's threads, a power of two of them.

    In each step half of the threads combine their value with one of the other half. All threads get the result. The order
    is always the same, and so are the bits.
    """

    @cuda.jit(device=True)
    def reduce(value):
        values = cuda.shared.array(threads, number)
        thread = thread_of_block()
        values[thread] = value
        cuda.syncthreads()
        half = threads // 2
        while half > 0:
            if thread < half:
                values[thread] = combine(values[thread], values[thread + half])
            cuda.syncthreads()
            half //= 2
        result = values[0]
        cuda.syncthreads()  # or the next reduction would overwrite what a slower thread has yet to read
        return result

    return reduce
