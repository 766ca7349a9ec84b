"""Parts in which students write GPU kernels in Numba: how checks grade them without a GPU."""

from autograder.kernels.figures import busiest, conflicts, lie_in, reads, sectors
from autograder.kernels.goals import Figure, Goal, Traffic
from autograder.kernels.launches import Launched
from autograder.kernels.part import KernelPart

__all__ = ["Figure", "Goal", "KernelPart", "Launched", "Traffic", "busiest", "conflicts", "lie_in", "reads", "sectors"]
