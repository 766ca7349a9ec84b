"""Wrong programs of an assignment: files in its wrong/, each with the verdicts that it must get.

The docstring of such a file says what to expect, line by line:

    FILE.py function ...   the file that it replaces, whose master it can import as right_NAME; and the wrong functions,
                           if it also defines others
    checks: verdict        the checks that it does not pass; or "all: passed"
    says: text             optional: what the explanation of a failed check must contain
"""

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import ModuleType

from autograder import loading
from autograder.verdicts import Verdict
from common.errors import UserError

WRONG, RIGHT = "wrong", "right_"
_DOCSTRING = re.compile(r'\s*"""(?P<file>\S+\.py)(?P<functions>[ \w]*)\n(?P<checks>[^:\n]+): (?P<verdict>[^\n]+?)\n'
                        r'(?:says: (?P<says>[^\n]+?)\n)?\s*"""')  # fmt: skip


@dataclass(frozen=True)
class Program:
    """A wrong program, and the verdicts of the checks that it must not pass, by their numbers."""

    folder: Path  # the assignment's
    path: Path
    file: str
    verdicts: dict[str, Verdict]
    says: str
    named: tuple[str, ...]

    @property
    def name(self) -> str:
        """The file's name, without its ending."""
        return self.path.stem

    @cached_property
    def module(self) -> ModuleType:
        """The program as a module of this process: it comes from the assignment's author, not from a student."""
        with self.beside_its_master():
            return loading.module(self.folder, f"{WRONG}.{self.name}")

    @cached_property
    def _right(self) -> ModuleType:
        """A copy of the master that it replaces, which it may change."""
        return loading.copy(self.folder, self.file, f"{RIGHT}{self.file.removesuffix('.py')}")

    def beside_its_master(self) -> AbstractContextManager[None]:
        """Return a context in which the program can import its master as right_NAME, and the files beside that."""
        return loading.beside(self.folder, self._right)

    def does_wrong(self, function: str) -> bool:
        """Return whether a function of it is wrong: one that the docstring names or, if it names none, any it defines."""
        if self.named:
            return function in self.named
        return re.search(rf"^def {re.escape(function)}\b", self.path.read_text(), re.MULTILINE) is not None


def programs(folder: Path) -> list[Program]:
    """Return the wrong programs of an assignment; raises UserError for one without its expected verdicts."""
    return [_program(folder, path) for path in sorted((folder / WRONG).glob("*.py"))]


def _program(folder: Path, path: Path) -> Program:
    found = _DOCSTRING.match(path.read_text())
    if not found:
        raise UserError(f'{path} must begin with """FILE.py, then a line such as "1.1 1.2: wrong"')
    checks, verdict = found["checks"].split(), found["verdict"]
    if verdict not in (each.value for each in Verdict):
        raise UserError(f"{path}: unknown verdict {verdict!r}; expected one of {', '.join(Verdict)}")
    verdicts = {} if checks == ["all"] else dict.fromkeys(checks, Verdict(verdict))
    return Program(folder, path, found["file"], verdicts, found["says"] or "", tuple(found["functions"].split()))
