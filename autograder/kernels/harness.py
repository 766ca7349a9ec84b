"""Harnesses with the package gpu/, whose modules are copied to where workers import from before they are confined."""

from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from autograder.sandbox.limits import Harness

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable  # new in Python 3.11


@cache
def of_machine() -> Harness:
    """Return the harness that launches kernels. It executes nothing of a submission as Python."""
    return _with_gpu("launching")


@cache
def of_compiler() -> Harness:
    """Return the harness that compiles kernels, for which it executes their file."""
    return _with_gpu("compiling")


def _with_gpu(module: str) -> Harness:
    """Return a module of child/ under a name that depends on its version, because saved replies are looked up by it."""
    source, gpu = (files(__package__) / "child" / f"{module}.py").read_bytes(), tuple(_modules(files("gpu"), "gpu"))
    name = f"{module}_{sha256(repr((source, gpu)).encode()).hexdigest()[:12]}"
    return Harness(name, ((f"{name}.py", source), *gpu))


def _modules(folder: "Traversable", name: str) -> Iterator[tuple[str, bytes]]:
    """Yield the modules of a package and its subpackages, each with its path."""
    for entry in sorted(folder.iterdir(), key=lambda entry: (entry.is_dir(), entry.name)):
        if entry.is_dir():
            yield from _modules(entry, f"{name}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{name}/{entry.name}", entry.read_bytes()
