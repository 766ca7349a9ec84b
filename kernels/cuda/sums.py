"""One number for the many threads of a block: the sum of what each has, or the largest."""

from collections.abc import Callable

from kernels.cuda.device import cuda
from kernels.cuda.types import cache


@cuda.jit(device=True)
def thread_of_block() -> int:
    """Return the number of this thread in its block."""
    return cuda.threadIdx.x + cuda.blockDim.x * (cuda.threadIdx.y + cuda.blockDim.y * cuda.threadIdx.z)


@cuda.jit(device=True)
def add(one: float, other: float) -> float:
    """Return the sum."""
    return one + other


@cache
def over_block(combine: Callable[[float, float], float], threads: int, number: type) -> Callable[[float], float]:
    """Return a device function that combines one value of each of a block's threads, a power of two of them.

    In each step half of the threads combine their value with one of the other half. All threads get the result. The order
    is always the same, and so are the bits.
    """

    @cuda.jit(device=True)
    def reduce(value: float) -> float:
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
        result: float = values[0]
        cuda.syncthreads()  # or the next reduction would overwrite what a slower thread has yet to read
        return result

    return reduce
