"""Part 5: one sum for many threads.

Threads of a block can work together. Shared memory is theirs alone, small and fast:

    cells = cuda.shared.array(THREADS, float32)    the size must be a constant

It holds nothing useful until a thread has written it. Threads run at their own pace: one that reads what another writes
may come before it or after it. That is a race, and the result is a matter of luck. `cuda.syncthreads()` is a barrier: no
thread goes on until all threads of its block have arrived, and then all can read what any of them has written. So every
thread must reach it: put no barrier inside an `if` that only some threads enter, or after a `return` that some take.

One thread that adds 256 values needs 256 steps. Many threads need 8: half of them add a value of the other half to
their own, then half of these, and so on. Sums are kept in shared memory, and a barrier separates each step from the next.
"""

from numba import cuda, float32

THREADS = 256  # a power of two


@cuda.jit
def block_sums(values, sums):
    """Add up blocks of THREADS values: sums[b] is the sum of values[b * THREADS] to values[b * THREADS + THREADS - 1].

        values   (n,) float32, with any n from 1 on; values missing from the last block count as 0
        sums     (m,) float32: m = n / THREADS, rounded up

    If THREADS were 4, the values 1, 2, 3, 4, 5, 6 would give 10, 11. Add in float32 and in any order; your rounding
    may differ a little from ours. Write the steps yourself: with atomic additions, which wait for each other, there
    are no points for traffic.

    Traffic, at best: each value read once from global memory, 1.25 times the fewest sectors, log2(THREADS) + 2 = 10
    barriers, and 20 numbers read by the busiest thread, from shared and global memory together.
    """
    raise NotImplementedError


def launch_block_sums(size):
    """Return (blocks, threads) for `size` values: a block for each sum.

    >>> blocks, threads = launch_block_sums(1000)
    >>> blocks
    4
    """
    raise NotImplementedError
