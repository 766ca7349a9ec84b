"""An assignment is a folder. Find it and load its parts, checks and settings."""

import os
import unittest
import zipfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import config, loading
from autograder.config import Config, PartConfig
from autograder.part import Check, Part
from autograder.sandbox.limits import Harness
from common.errors import UserError

if TYPE_CHECKING:
    from autograder.reference import Reference

Folder = Path | zipfile.Path  # the latter in check.pyz
SOLUTIONS = Path(__file__).resolve().parent.parent / "solutions"  # convgrade's own assignments, by name
CHECKS, HARNESS = "checks", "harness.py"


@dataclass(frozen=True)
class Assignment:
    """A homework: its folder, its assignment.toml, and the checks of each part, by the part's name."""

    folder: Any  # a Folder; what zipfile.Path lacks is used only where it is a Path
    config: Config
    cases: dict[str, type[Part]]

    @property
    def name(self) -> str:
        """The folder's name."""
        return str(self.folder.name)

    @property
    def address(self) -> str | Path:
        """Its name if it is one of convgrade's own, which works on other machines too; otherwise its folder."""
        return self.name if self.folder.parent == SOLUTIONS else self.folder

    @property
    def title(self) -> str:
        """The homework's title."""
        return self.config.title

    @property
    def parts(self) -> list[PartConfig]:
        """The parts in their order."""
        return list(self.config.parts.values())

    @property
    def files(self) -> list[str]:
        """The names of all files that a submission may have, in the order of the parts."""
        return [part.module + ending for name, part in self.config.parts.items() for ending in self.cases[name].endings]

    @property
    def rooms(self) -> list[str]:
        """The packages of convgrade that grading it needs, besides the autograder and its own imports."""
        return sorted({room for case in self.cases.values() for room in case.rooms})

    @property
    def helpers(self) -> list[str]:
        """The optional packages that grading uses if they are installed."""
        return sorted({package for case in self.cases.values() for package in case.helpers})

    @cached_property
    def harnesses(self) -> dict[str, Harness]:
        """The modules that call the student's code where checks need more than single functions, by part.

        A part's own module in harness/, which may import the others there; otherwise harness.py.
        """
        folder, file = self.folder / HARNESS.removesuffix(".py"), self.folder / HARNESS
        modules = [path for path in folder.iterdir() if path.name.endswith(".py")] if folder.is_dir() else []
        sources = {path.name: path.read_bytes() for path in modules}
        asking = [name for name, case in self.cases.items() if case.harness]
        found = {name: Harness.of_package(sources, name) for name in asking if f"{name}.py" in sources}
        shared = Harness.of(file.read_bytes()) if file.is_file() else None
        return found | {name: shared for name in asking if shared and name not in found}

    @cached_property
    def _checks(self) -> list[Check]:
        """All checks, ordered by number; leaderboard entries follow the checks of their part."""
        found = []
        for name, part in self.config.parts.items():
            case = self.cases[name]
            methods = unittest.defaultTestLoader.getTestCaseNames(case)
            checks = [self._check(part, case, method, self.harnesses.get(name)) for method in methods]
            found += sorted(checks, key=lambda check: (check.number is None, _in_order(check.number)))
        return found

    def checks(self, public_only: bool = False) -> list[Check]:
        """Return the checks, or only those that students can run themselves."""
        wanted = [check for check in self._checks if check.number or self.config.leaderboard]
        return [check for check in wanted if check.public or not public_only]

    def points(self, public_only: bool = False) -> float:
        """Return the total points of the checks."""
        return sum(check.points for check in self.checks(public_only))

    def reference(self, backend: str = "numpy") -> "Reference":
        """Return the reference, which computes expected answers with the assignment's reference functions or masters."""
        from autograder.reference import Reference  # not in check.pyz, which has recorded answers instead

        return Reference(self.folder, [part.file for part in self.parts], backend)

    def _check(self, part: PartConfig, case: type[Part], method: str, harness: Harness | None) -> Check:
        function = getattr(case, method)
        number = getattr(function, "__number__", None)
        stays_home = tuple(name for name in self.config.leave_out if name.endswith(".py"))
        title = ((function.__doc__ or "").strip() or method).splitlines()[0]
        if number is None:
            shown = self.config.hidden_checks_show
            return Check(part, case, method, None, title, 0.0, False, shown, harness, stays_home)
        said = self.config.checks[number]
        visibility, at_once = self.config.visibility(number), self.config.hints_at_once(number)
        return Check(part, case, method, number, title, said.points, said.public, visibility, harness, stays_home, at_once)

    def plain_config(self) -> Config:
        """Return the config with settings as plain values, which can be pickled without the assignment's modules."""
        return replace(self.config, parts={name: part.plain() for name, part in self.config.parts.items()})

    def __reduce__(self) -> tuple[object, ...]:
        return load_at, (self.address, self.plain_config())  # each process loads the folder's modules again


def find(name: str | Path, options: Path | None = None) -> Assignment:
    """Return the assignment with this name or folder. options: a file that replaces its assignment.toml.

    Raises UserError if there is none, or if its folder's contents are inconsistent.
    """
    folder = folder_of(name)
    if not os.path.isfile(folder / config.FILE):  # Path.is_file raises OSError for names that are too long
        available = ", ".join(sorted(path.parent.name for path in SOLUTIONS.glob(f"*/{config.FILE}")))
        raise UserError(
            f"unknown assignment {str(name)!r}: no folder with this name has an {config.FILE}; available: {available}"
        )
    return load(folder, _read(options) if options else None, str(options or folder / config.FILE))


def folder_of(name: str | Path) -> Path:
    """Return the folder of convgrade's assignment with this name, or the folder itself. ./NAME is always a folder."""
    ours = SOLUTIONS / name
    is_bare = str(name) == ours.name
    return ours if is_bare and os.path.isfile(ours / config.FILE) else Path(name).resolve()


def load_at(address: str | Path, said: Config) -> Assignment:
    """Return the assignment at this address again, with the config it had."""
    return load(folder_of(address), said)


def load(folder: Folder, said: Config | None = None, file: str = "") -> Assignment:
    """Load the assignment in a folder. said: replaces its assignment.toml. file: where that comes from, for messages."""
    file = file or f"{folder}/{config.FILE}"
    said = said or config.parse((folder / config.FILE).read_bytes(), file)
    cases = {name: _case(folder, name, file) for name in said.parts}
    assigned = Assignment(
        folder, config.with_settings(said, {name: case.Settings for name, case in cases.items()}, file), cases
    )
    _require_numbers(assigned, file)
    return assigned


def _read(file: Path) -> Config:
    try:
        return config.parse(file.read_bytes(), str(file))
    except OSError as error:
        raise UserError(f"{file} cannot be read: {error.strerror}") from None


def _case(folder: Folder, part: str, file: str) -> type[Part]:
    """Return the class of a part's checks. file: the one that names the part, for messages."""
    if not (folder / CHECKS / f"{part}.py").is_file():
        raise UserError(f"{file}: parts.{part} has no checks: {folder}/{CHECKS}/{part}.py is missing")
    module = loading.module(folder, f"{CHECKS}.{part}")
    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Part) and value.__module__ == module.__name__
    ]
    if len(found) != 1:
        raise UserError(f"{folder}/{CHECKS}/{part}.py must define one class of checks, a Part, but defines {len(found)}")
    return found[0]


def _require_numbers(assigned: Assignment, file: str) -> None:
    methods = [
        getattr(case, method)
        for case in assigned.cases.values()
        for method in unittest.defaultTestLoader.getTestCaseNames(case)
    ]
    for method in methods:
        if not getattr(method, "__number__", "") and not hasattr(method, "__leaderboard_column__"):
            raise UserError(
                f'{assigned.folder}/{CHECKS}: {method.__qualname__} has no number: decorate it, as in @number("1.2")'
            )
    numbers = [method.__number__ for method in methods if hasattr(method, "__number__")]
    if missing := [number for number in numbers if number not in assigned.config.checks]:
        raise UserError(f"{file}: checks.{missing[0]} is missing: how many points does it give?")
    if twice := sorted({number for number in numbers if numbers.count(number) > 1}):
        raise UserError(f"{assigned.folder}/{CHECKS}: several checks have the number {twice[0]}")
    if unknown := sorted(assigned.config.checks.keys() - set(numbers)):
        raise UserError(f"{file}: checks.{unknown[0]} has points, but no check has this number")


def _in_order(number: str | None) -> list[tuple[int, str]]:
    """Return a sort key that puts 1.10 after 1.9."""
    return [(int(each), "") if each.isdecimal() else (0, each) for each in (number or "").split(".")]
