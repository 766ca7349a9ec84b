"""Types of what misconceptions take and return, beside those of kernels/types.py."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from kernels.network import Layer

Number = int | float | Fraction
Table = Sequence[Sequence[Number]]  # rows of an answer
Pad = Literal["constant", "edge", "reflect", "symmetric", "wrap"]  # a mode of np.pad
Layers = Sequence[Layer]
