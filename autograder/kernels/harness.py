"""The machine as a harness: the room gpu/, copied beside what a worker imports before it is confined."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from autograder.sandbox.limits import Harness

MACHINE = "kernels_inside"  # inside.py, as the worker calls it


@cache
def of_machine() -> Harness:
    """Return what launches kernels. Nothing in it runs anything of a submission."""
    inside = (files(__package__) / "inside.py").read_bytes()
    return Harness(MACHINE, ((f"{MACHINE}.py", inside), *_modules(files("gpu"), "gpu")))


def _modules(folder: Any, name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the modules of a room, each with its path."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry.read_bytes()
