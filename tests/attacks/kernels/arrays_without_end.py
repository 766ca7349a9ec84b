"""submission
attack: asks for terabytes of shared memory, and of local memory, in so many bytes that their number wraps around to none
1.1 1.2 1.3 1.4 1.5: wrong
2.1 2.2 2.3 2.4 2.5: timed out
says: but only 49,152 are available
says: local arrays
"""

KERNEL = """
from numba import cuda, float64


@cuda.jit
def {name}(values, factor, output):
    cells = cuda.{space}.array((4294967296, 4294967296), float64)
    cells[cuda.threadIdx.x, 0] = factor
    cuda.syncthreads()
    output[{index}] = cells[cuda.threadIdx.x, 1]


def launch_{name}({sizes}):
    return 4, 256
"""


def make(folder, solution):
    (solution / "mapping.py").write_text(
        KERNEL.format(name="scale", space="shared", sizes="size", index="cuda.grid(1)")
    )
    (solution / "indexing.py").write_text(
        KERNEL.format(name="darken", space="local", sizes="height, width", index="0, 0")
    )
    return solution
