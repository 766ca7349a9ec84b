"""What a name means in its scope."""

import ast
import builtins
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum
from typing import Any

from gpu.language.left_out import OF_ARRAYS, OF_MODULES, OF_PYTHON
from gpu.language.refusals import Forbidden
from gpu.machine.names import BUILT_IN, MODULES, Action, Function, Module

IMPORTS = {"math": "import math", "numba": "import numba", "np": "import numpy as np"}  # by the name that each sets
FUNCTIONS = sorted(name for name, meaning in BUILT_IN.items() if isinstance(meaning, (Action, Function)))
OF_VALUES = ("shape", "size", "ndim")  # members of arrays
TRY_OUT = 'Try kernels out in the notebook, or below `if __name__ == "__main__":`.'


class Role(Enum):
    """What a function of a file is for; FILE is the file itself, with its constants."""

    KERNEL = "kernel"
    DEVICE = "device"
    HOST = "host"
    FILE = "file"


class Value:
    """The meaning of a name whose value the machine finds out: a variable, or a constant of the file."""


VALUE = Value()


@dataclass(eq=False)
class Defined:
    """What the name of a function of the file means."""

    tree: ast.FunctionDef
    role: Role
    has_barrier: bool = False  # or calls a function that has one


@dataclass(frozen=True)
class Scope:
    """The names that can be used in one function of a file, or in its constants."""

    role: Role
    meanings: Mapping[str, Any]  # of the names of the file
    variables: Collection[str] = ()

    def name(self, node: ast.Name) -> object:
        """Return what a name means: something of gpu.machine.names, VALUE, or a function of the file."""
        if node.id in self.variables:
            return VALUE
        if node.id not in self.meanings:
            raise Forbidden(self._of_unknown(node.id), node.lineno)
        return self._here(self.meanings[node.id], node)

    def member(self, node: ast.Attribute, owner: object) -> object:
        """Return what a member means of something that means owner."""
        if isinstance(owner, Module) and node.attr in owner.members:
            return self._here(owner.members[node.attr], node)
        if isinstance(owner, Value) and node.attr in OF_VALUES:
            return VALUE
        if isinstance(owner, Module):
            raise Forbidden(_of_unknown_member(ast.unparse(node), node.attr, owner, self.role), node.lineno)
        advice = OF_ARRAYS.get(node.attr, "Arrays have shape, size and ndim.")
        raise Forbidden(f".{node.attr} cannot be used here. {advice}", node.lineno)

    def _here(self, found: object, node: ast.expr) -> object:
        """Return what was found, unless it is for kernels only and this is not a kernel."""
        if found is MODULES["cuda"] and self.role is Role.HOST:
            raise Forbidden(
                "cuda is for kernels, but this function runs on the CPU. Is @cuda.jit missing above it?", node.lineno
            )
        if found is MODULES["cuda"] and self.role is Role.FILE:
            raise Forbidden(f"cuda is for kernels: make shared and local arrays in them. {TRY_OUT}", node.lineno)
        return found

    def _of_unknown(self, name: str) -> str:
        """Return what is wrong with an unknown name."""
        if name in OF_PYTHON:
            return f"{name} cannot be used here. {OF_PYTHON[name]}"
        if name in IMPORTS:
            return f"{name} is not defined. Write `{IMPORTS[name]}` at the top."
        if name in MODULES["numba"].members:
            return f"{name} is not defined. Write `from numba import {name}` at the top."
        if name in MODULES["cuda"].members:  # as in C
            return f"{name} is not defined. Write cuda.{name}."
        if hasattr(builtins, name):
            return f"{name} cannot be used here. Of Python's own functions kernels have {', '.join(FUNCTIONS)}."
        return f"{name} is not defined.{_did_you_mean(name, [*self.variables, *self.meanings])}"


def _of_unknown_member(written: str, member: str, owner: Module, role: Role) -> str:
    """Return what is wrong with a member that a module does not have. role: of the scope."""
    if owner is MODULES["numpy"] and member in MODULES["math"].members:
        return f"{written} cannot be used here. Write math.{member}."
    if member in OF_MODULES.get(owner.name, {}):
        return f"{written} cannot be used here. {TRY_OUT if role is Role.FILE else OF_MODULES[owner.name][member]}"
    if member in MODULES["numba"].members:
        return f"{written} is not in the language. Write `from numba import {member}`, and {member}."
    prefix = written.removesuffix(member)
    return f"{written} is not in the language.{_did_you_mean(written, [prefix + each for each in owner.members])}"


def _did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question about the most similar known name, if one is similar."""
    by_lower = {each.lower(): each for each in known}
    alike = get_close_matches(name.lower(), by_lower, n=1, cutoff=0.75)
    return f" Did you mean {by_lower[alike[0]]}?" if alike else ""
