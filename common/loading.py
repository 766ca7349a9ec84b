"""Load the Python of an author's folder, wherever it is, under names that no other folder's modules have."""

import importlib
import sys
import traceback
from hashlib import sha256
from types import ModuleType

from common.errors import UserError


def module(folder: object, name: str) -> ModuleType:
    """Return a module of a folder, such as "checks.NAME". folder: a path, or one within a zip.

    Raises UserError, with the file and the line, if it cannot be loaded.
    """
    package = f"folder_{sha256(str(folder).encode()).hexdigest()[:12]}"
    if package not in sys.modules:
        sys.modules[package] = ModuleType(package)
        sys.modules[package].__path__ = [str(folder).rstrip("/")]
    try:
        return importlib.import_module(f"{package}.{name}")
    except UserError:
        raise
    except (Exception, SystemExit) as error:
        raise UserError(f"{folder}/{name.replace('.', '/')}.py cannot be loaded: {said(error, folder)}") from error


def said(error: BaseException, folder: object) -> str:
    """Say what was raised, and on which line of the folder's files."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(str(folder))]
    where = f" ({frames[-1].filename.removeprefix(str(folder)).lstrip('/')}, line {frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{where}"
