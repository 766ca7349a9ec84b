"""The Python files in a folder: which have changed, and which can import which."""

import ast
import contextlib
import os
import time
import warnings
from collections.abc import Collection
from pathlib import Path

from autograder.sandbox.child import rules
from common.errors import UserError

SETTLE_SECONDS, MOST_LOOKS = 0.1, 20  # between looks at a folder that is changing, until it stops changing
BY_TEXT = "importlib"  # imports modules named in strings
Stamps = dict[Path, tuple[int, int, int]]


class Sources:
    """The Python files in a homework's folder, as of the last look.

    The constructor and `changed` raise UserError if the folder holds too many files to look at repeatedly.
    """

    def __init__(self, folder: Path, leave_out: Collection[str]) -> None:
        self.folder, self.leave_out = folder, leave_out
        self._stamps = self._look()

    def changed(self) -> set[Path]:
        """Return the files that were written, added or removed since the last call.

        An editor may take several steps to save a file, so wait until nothing changes any more.
        """
        before, self._stamps = self._stamps, self._look()
        if before == self._stamps:
            return set()
        for _ in range(MOST_LOOKS):
            time.sleep(SETTLE_SECONDS)
            last, self._stamps = self._stamps, self._look()
            if last == self._stamps:
                break
        return {path for path in before.keys() | self._stamps.keys() if before.get(path) != self._stamps.get(path)}

    def reach(self, file: str, changed: Collection[Path]) -> bool:
        """Return whether a changed file is the file of this name, or one that it may import, directly or not."""
        files: dict[str, list[Path]] = {}
        for path in self._stamps:
            files.setdefault(_module(path), []).append(path)
        start = Path(file).stem
        seen, waiting = {start}, [start]
        while waiting:
            for path in files.get(waiting.pop(), []):
                imported = _imported(path)
                waiting += imported - seen
                seen |= imported
        return any(_module(path) in seen for path in changed)

    def _look(self) -> Stamps:
        stamps: Stamps = {}
        seen = 0
        for parent, folders, names in os.walk(self.folder):
            if rules.ENVIRONMENT in names and Path(parent) != self.folder:
                folders.clear()
                continue
            folders[:] = [name for name in folders if not rules.is_left_out([name], self.leave_out)]
            seen += len(folders) + len(names)
            if seen > rules.MOST_FILES:
                raise UserError(
                    f"there are more than {rules.MOST_FILES} files in {self.folder.resolve()}: "
                    "give check.pyz and the homework a folder of their own"
                )
            for name in names:
                if name.endswith(".py") and not rules.is_left_out([name], self.leave_out):
                    with contextlib.suppress(OSError):  # it was deleted meanwhile
                        status = os.stat(os.path.join(parent, name))
                        stamps[Path(parent, name)] = status.st_mtime_ns, status.st_size, status.st_ino
        return stamps


def _module(path: Path) -> str:
    """Return the last part of the name that a file is imported by."""
    return path.parent.name if path.stem == "__init__" else path.stem


def _imported(path: Path) -> set[str]:
    """Return the parts of all names that a file may import; none if it is not valid Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            nodes = list(ast.walk(ast.parse(path.read_bytes())))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names = [alias.name for node in nodes if isinstance(node, (ast.Import, ast.ImportFrom)) for alias in node.names]
    names += [node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module]
    if BY_TEXT in names:
        names += [node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return {part for name in names for part in name.split(".")}
