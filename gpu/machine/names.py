"""What the names of the language mean: Numba's cuda and types, math, a few of Python's own functions."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from gpu.machine import actions, numbers
from gpu.machine.memories import Change
from gpu.machine.numbers import TYPES, Number, Type
from gpu.recording import WARP

__all__ = ["BUILT_IN", "MODULES", "SYNCTHREADS", "TYPES", "Action", "Function", "Meaning", "Module", "Own", "Type"]


Of = Callable[[Any, Any], Any]  # of the launch and the group


class Meaning:
    """What a name means, if it is not a number, a tuple, an array or a function of the file."""


@dataclass(frozen=True)
class Module(Meaning):
    """Something with members: a module, or a part of one such as cuda.atomic."""

    name: str
    members: dict[str, Any] = field(repr=False, hash=False)


@dataclass(frozen=True)
class Function(Meaning):
    """A function of numbers only, with this many arguments."""

    name: str
    compute: Callable[..., Number] = field(repr=False)
    least: int = 1
    most: int = 1


@dataclass(frozen=True)
class Action(Meaning):
    """A function that does something to threads or memory. act: one of the module actions."""

    name: str
    act: Callable[..., Any] = field(repr=False)
    parameters: tuple[str, ...] = ()
    least: int | None = None  # arguments that must be there; by default all

    @property
    def needed(self) -> int:
        """How many arguments must be there."""
        return len(self.parameters) if self.least is None else self.least


@dataclass(frozen=True)
class Own(Meaning):
    """A number that each thread has of its own, or that all have by the launch. of: takes the launch and the group."""

    name: str
    of: Of = field(repr=False)


def _axes(name: str, of: Of) -> Module:
    """Return something with x, y and z."""

    def of_axis(axis: int) -> Of:
        return lambda launch, group: of(launch, group)[axis]

    return Module(f"cuda.{name}", {axis: Own(f"cuda.{name}.{axis}", of_axis(i)) for i, axis in enumerate("xyz")})


def _members(module: str, actions: list[Action]) -> Module:
    return Module(module, {action.name.rpartition(".")[2]: action for action in actions})


SYNCTHREADS = Action("cuda.syncthreads", actions.syncthreads)
_SHUFFLES = {
    "shfl_sync": (actions.shfl, "src_lane"),
    "shfl_up_sync": (actions.shfl_up, "delta"),
    "shfl_down_sync": (actions.shfl_down, "delta"),
    "shfl_xor_sync": (actions.shfl_xor, "lane_mask"),
}
_CHANGES: dict[str, Change] = {
    "add": np.add,
    "sub": np.subtract,
    "max": np.fmax,
    "min": np.fmin,
}
_CUDA: dict[str, Any] = {
    "threadIdx": _axes("threadIdx", lambda launch, group: group.thread_index),
    "blockIdx": _axes("blockIdx", lambda launch, group: group.block_index),
    "blockDim": _axes("blockDim", lambda launch, group: launch.threads),
    "gridDim": _axes("gridDim", lambda launch, group: launch.blocks),
    "laneid": Own("cuda.laneid", lambda launch, group: group.lane_of_warp),
    "warpsize": np.int64(WARP),
    "grid": Action("cuda.grid", actions.grid, ("ndim",)),
    "gridsize": Action("cuda.gridsize", actions.gridsize, ("ndim",)),
    "syncthreads": SYNCTHREADS,
    "syncwarp": Action("cuda.syncwarp", actions.syncwarp, ("mask",), 0),
    "fma": Function("cuda.fma", numbers.fused, 3, 3),
    "selp": Action("cuda.selp", actions.selp, ("condition", "a", "b")),
    "shared": Module("cuda.shared", {"array": Action("cuda.shared.array", actions.shared_array, ("shape", "dtype"))}),
    "local": Module("cuda.local", {"array": Action("cuda.local.array", actions.local_array, ("shape", "dtype"))}),
    "atomic": Module(
        "cuda.atomic",
        {name: Action(f"cuda.atomic.{name}", actions.atomic(change), ("array", "index", "value"))
         for name, change in _CHANGES.items()},
    ),
    **{name: Action(f"cuda.{name}", act, ("mask", "value", said)) for name, (act, said) in _SHUFFLES.items()},
}  # fmt: skip
_OF_TWO = ("atan2", "copysign", "fmod", "hypot", "pow")
_NUMPY = {"inf": numbers.CONSTANTS["inf"], "nan": numbers.CONSTANTS["nan"], "pi": numbers.CONSTANTS["pi"]}
_TYPES = {name: Type(np.dtype(name)) for name in TYPES}
MODULES: dict[str, Any] = {
    "cuda": Module("cuda", _CUDA),
    "math": Module(
        "math",
        numbers.CONSTANTS
        | {
            name: Function(
                f"math.{name}", compute, *([2, 2] if name in ("hypot", "copysign", "fmod", "atan2", "pow") else [])
            )
            for name, compute in numbers.MATH.items()
        },
    ),
    "numpy": Module("numpy", _NUMPY | _TYPES),
}
MODULES["numba"] = Module("numba", {"cuda": MODULES["cuda"], **_TYPES})
MODULES["numba.cuda"] = MODULES["cuda"]
BUILT_IN: dict[str, Any] = {
    "min": Function("min", lambda *values: reduce(numbers.smallest, values), 2, 32),
    "max": Function("max", lambda *values: reduce(numbers.largest, values), 2, 32),
    "abs": Function("abs", numbers.absolute),
    "int": Function("int", numbers.as_int),
    "float": Function("float", numbers.as_float),
    "bool": Function("bool", numbers.truth),
    "round": Function("round", numbers.rounded),
    "len": Action("len", actions.length, ("values",)),
    "range": Action("range", actions.ranged, ("start", "stop", "step"), 1),
    "True": np.bool_(True),
    "False": np.bool_(False),
}
