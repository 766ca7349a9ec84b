"""What the machine in gpu/ does for the instruction of kernels/cuda/mma.py: the product of a warp, of all warps at once."""

import ast
from types import ModuleType

import numpy as np

from gpu.faults import KernelError
from gpu.machine.actions import Walk
from gpu.machine.names import Action
from gpu.machine.numbers import Number
from gpu.machine.threads import Active
from gpu.recording import WARP
from kernels.cuda.simulated_mma import of_warps


def _mma(walk: Walk, node: ast.Call, arguments: list[tuple[Number, ...]], active: Active) -> tuple[Number, ...]:
    """mma(a, b, c): each lane's part of A B + C."""
    size = walk.group.size
    if active.count < size:
        raise KernelError("mma is for whole warps, but not all threads come there", walk.place(node))
    parts = [np.stack([np.broadcast_to(each, size) for each in of_lane], axis=-1) for of_lane in arguments]
    missing = -size % WARP
    whole = [np.pad(part, [(0, missing), (0, 0)]).reshape(-1, WARP, part.shape[-1]) for part in parts]
    return tuple(of_warps(*whole).reshape(-1, 4)[:size].T)


def mma() -> ModuleType:
    """Return the replacement of kernels.cuda.mma for kernels that the machine runs."""
    module = ModuleType("kernels.cuda.mma")
    vars(module)["mma"] = Action("mma", _mma, ("a", "b", "c"))
    return module
