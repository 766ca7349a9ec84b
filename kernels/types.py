"""Types of what the operations take and return."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]  # of numbers
Floats = NDArray[np.floating[Any]]  # float32 or float64
Float = np.floating[Any]  # one of its numbers
DType = np.dtype[Float]
Integers = NDArray[np.integer[Any]]

Size = tuple[int, int]  # (vertical, horizontal), as are strides, paddings and dilations
Shape = tuple[int, ...]
