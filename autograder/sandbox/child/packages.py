"""The packages that a part allows, and no others: what a worker can import besides Python's standard library.

They are linked into a folder that takes the place of site-packages, or found by name if links cannot be made.
"""

import contextlib
import importlib.machinery
import importlib.metadata
import os
import re
import sys
from collections.abc import Iterable, Sequence
from importlib.machinery import ModuleSpec
from types import ModuleType

NAME = re.compile(r"[^\s;<>=!~(\[]+")  # at the start of a requirement: "numpy>=2; python_version >= ..."


def places(names: Iterable[str], libraries: list[str]) -> list[str]:
    """Return the files and folders of the packages with these names, as pip knows them, and of all that they need.

    libraries: the folders in which packages are installed.
    """
    found: dict[str, str] = {}
    for name in _with_dependencies(names, libraries):
        for entry in _entries(name, libraries):
            found.setdefault(os.path.basename(entry), entry)
    return sorted(found.values())


def link(places: Iterable[str], folder: str) -> None:
    """Link the places into the folder; raises OSError if the system makes no links, whether it says so or not."""
    os.makedirs(folder, exist_ok=True)
    os.chmod(folder, 0o755)  # whatever the grader's own umask is
    for place in places:
        name = os.path.join(folder, os.path.basename(place))
        with contextlib.suppress(FileExistsError):  # another worker of the same template has made it
            os.symlink(place, name, target_is_directory=os.path.isdir(place))
        if not os.path.exists(name):
            raise OSError(f"no link is made to {place}")


def find_by_name(places: Iterable[str]) -> None:
    """Let imports find these places where they are, and nothing else beside them."""
    sys.meta_path.append(_ByName(places))


class _ByName:
    """Finds modules by the names of their files and folders, as Python's own finder does for a whole folder."""

    def __init__(self, places: Iterable[str]) -> None:
        self.folders = {os.path.basename(place).partition(".")[0]: os.path.dirname(place) for place in places}

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return where a top-level module is, if it is one of them."""
        if path is None and name in self.folders:
            return importlib.machinery.PathFinder.find_spec(name, [self.folders[name]], target)
        return None


def groups(places: Iterable[str]) -> list[int]:
    """Return the groups that may enter the places that not everyone can enter.

    An instructor closes a package to the parts that must not use it by `chgrp` and `chmod o=`.
    """
    status = (os.stat(place) for place in places)
    return sorted({each.st_gid for each in status if not each.st_mode & 0o001 and each.st_gid != 0})


def _with_dependencies(names: Iterable[str], libraries: list[str]) -> list[str]:
    found: dict[str, str] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if _normal(name) not in found:
            found[_normal(name)] = name
            distribution = _distribution(name, libraries)
            needed = (distribution.requires if distribution else None) or []
            waiting += [found for each in needed if "extra ==" not in each for found in NAME.findall(each)[:1]]
    return list(found.values())


def _entries(name: str, libraries: list[str]) -> list[str]:
    """Return the files and folders right in a library folder that belong to a package."""
    distribution = _distribution(name, libraries)
    record = distribution.read_text("RECORD") if distribution else None
    if distribution and record:
        names = {line.split(",")[0].split("/")[0] for line in record.splitlines()}
        library = str(distribution.locate_file(""))
        # A package's commands and its own cache of compiled code are not packages.
        names = {each for each in names if each not in ("", "..", "__pycache__")}
        return [path for path in (os.path.join(library, each) for each in sorted(names)) if os.path.exists(path)]
    # It was installed by a system's package manager, which keeps no such list.
    paths = (os.path.join(library, each) for library in libraries for each in (name, f"{name}.py", f"{name}.libs"))
    return [path for path in paths if os.path.exists(path)]


def _distribution(name: str, libraries: list[str]) -> importlib.metadata.Distribution | None:
    return next(iter(importlib.metadata.distributions(name=name, path=libraries)), None)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
