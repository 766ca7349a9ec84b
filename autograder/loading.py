"""Load the Python of an assignment's folder, which may lie anywhere, under names that no other folder's modules have."""

import importlib.util
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

from common.errors import UserError


def module(folder: Any, name: str) -> ModuleType:
    """Return a module of a folder, such as "checks.NAME". folder: a path, or one within a zip.

    Raises UserError, with the file and the line, where it cannot be loaded.
    """
    package = f"assignment_{sha256(str(folder).encode()).hexdigest()[:12]}"
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [str(folder).rstrip("/")]
    try:
        return importlib.import_module(f"{package}.{name}")
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        raise UserError(f"{folder}/{name.replace('.', '/')}.py cannot be loaded: {said(error, folder)}") from error


def master(folder: Path, file: str) -> ModuleType:
    """Return a master as a module. As where students' work runs, it imports the files beside it by their bare names."""
    with _siblings(folder):
        return module(folder, file.removesuffix(".py"))


def copy(folder: Path, file: str, name: str) -> ModuleType:
    """Return a master as a module of its own, under another name, however often it is loaded elsewhere."""
    spec = importlib.util.spec_from_file_location(name, folder / file)
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    with _siblings(folder):
        spec.loader.exec_module(loaded)
    return loaded


@contextmanager
def beside(folder: Path, right: ModuleType) -> Iterator[None]:
    """Let a wrong program import the copy of a master, and the files beside that, by their bare names."""
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


def said(error: BaseException, folder: Any) -> str:
    """Say what was raised, and in which line of the folder."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(folder))]
    where = f" ({frames[-1].filename.removeprefix(str(folder)).lstrip('/')}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
