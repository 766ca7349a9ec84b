"""Parts whose work is kernels for a GPU, in Numba's language: how checks grade them where there is none."""

from autograder.kernels.figures import busiest, conflicts, lie_in, reads, sectors
from autograder.kernels.launched import Launched
from autograder.kernels.marks import Figure, Goal, Traffic
from autograder.kernels.part import KernelPart

__all__ = ["Figure", "Goal", "KernelPart", "Launched", "Traffic", "busiest", "conflicts", "lie_in", "reads", "sectors"]
