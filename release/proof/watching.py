"""A reference that also notes what checks draw their cases for."""

from collections.abc import Collection

from autograder.assignment import Assignment
from autograder.cases import Case
from autograder.reference import Function, Reference
from misconceptions import Misconception


class Watching(Reference):
    """Notes for each check which wrong behaviours its draws must catch."""

    def __init__(self, assigned: Assignment) -> None:
        super().__init__(assigned.folder, [part.file for part in assigned.parts])
        self.named: dict[tuple[str, str], set[str]] = {}  # by check and function, if self.draw names its catches

    @property
    def references(self) -> list[str]:
        """The functions for which reference.py has a reference."""
        return [name for name, value in self._said.items() if isinstance(value, Function)]

    @property
    def own(self) -> list[Misconception]:
        """The misconceptions that reference.py registers."""
        return self._misconceptions

    def undetected(self, check: str, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return what none of the cases detects, and note what they should catch."""
        function = cases[0].function
        self.named.setdefault((check, function), set()).update(catches)
        return super().undetected(check, cases, catches)

    def wanted(self, check: str, function: str) -> list[Misconception]:
        """Return the misconceptions of a function that a check is about: those that self.draw names, or all."""
        every, named = self.function(function).misconceptions, self.named.get((check, function), set())
        return [one for one in every if not named or one.name in named]
