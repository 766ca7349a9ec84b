"""The room gpu/ as harnesses: its modules are copied beside what a worker imports before it is confined."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from autograder.sandbox.limits import Harness


@cache
def of_machine() -> Harness:
    """Return what launches kernels. It executes nothing of a submission as Python."""
    return _with_the_room("launching")


@cache
def of_compiler() -> Harness:
    """Return what compiles kernels, for which it executes their file."""
    return _with_the_room("compiling")


def _with_the_room(module: str) -> Harness:
    """Return a module of inside/, under a name that tells it from earlier versions: kept answers are known by it."""
    source, room = (files(__package__) / "inside" / f"{module}.py").read_bytes(), tuple(_modules(files("gpu"), "gpu"))
    name = f"{module}_{sha256(repr((source, room)).encode()).hexdigest()[:12]}"
    return Harness(name, ((f"{name}.py", source), *room))


def _modules(folder: Any, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the modules of a room, and of the folders in it, each with its path."""
    for entry in sorted(folder.iterdir(), key=lambda entry: (entry.is_dir(), entry.name)):
        if entry.is_dir():
            yield from _modules(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry.read_bytes()
