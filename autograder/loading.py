"""Load the masters and wrong programs of an assignment's folder, which import the files beside them."""

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from common.loading import module

__all__ = ["beside", "copy", "master", "module"]


def master(folder: Path, file: str) -> ModuleType:
    """Return a master as a module. As in the sandbox, it imports the files beside it by their bare names."""
    with _siblings(folder):
        return module(folder, file.removesuffix(".py"))


def copy(folder: Path, file: str, name: str) -> ModuleType:
    """Load a master again, as a new module under another name, even if it is loaded already."""
    spec = importlib.util.spec_from_file_location(name, folder / file)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    with _siblings(folder):
        spec.loader.exec_module(loaded)
    return loaded


@contextmanager
def beside(folder: Path, right: ModuleType) -> Iterator[None]:
    """Let a wrong program import the copy of a master, and the files beside it, by their bare names."""
    with _siblings(folder):
        sys.modules[right.__name__] = right
        try:
            yield
        finally:
            del sys.modules[right.__name__]


@contextmanager
def _siblings(folder: Path) -> Iterator[None]:
    """Let modules of a folder be imported by their bare names, and forget them afterwards."""
    sys.path.insert(0, str(folder))
    before = set(sys.modules)
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if (getattr(sys.modules[name], "__file__", None) or "").startswith(f"{folder}/") and "." not in name:
                del sys.modules[name]
