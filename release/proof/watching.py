"""A reference that notes what checks draw for, while it answers as any other."""

from collections.abc import Collection

from autograder.assignment import Assignment
from autograder.cases import Case
from autograder.reference import Function, Reference
from misconceptions import Misconception


class Watching(Reference):
    """Notes for each check what its draws must catch, and what they have not caught."""

    def __init__(self, assigned: Assignment):
        super().__init__(assigned.folder, [part.file for part in assigned.parts])
        self.named: dict[tuple[str, str], set[str]] = {}  # by check and function, where self.draw names its catches

    @property
    def references(self) -> list[str]:
        """The functions that reference.py answers itself."""
        return [name for name, value in self._said.items() if isinstance(value, Function)]

    @property
    def own(self) -> list[Misconception]:
        """The misconceptions that reference.py enters itself."""
        return self._misconceptions

    def undetected(self, check: str, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return what none of the cases detects, and note what matters."""
        function = cases[0].function
        self.named.setdefault((check, function), set()).update(catches)
        return super().undetected(check, cases, catches)

    def wanted(self, check: str, function: str) -> list[Misconception]:
        """Return the misconceptions of a function that a check is about: all, but where self.draw names some."""
        every, named = self.function(function).misconceptions, self.named.get((check, function), set())
        return [one for one in every if not named or one.name in named]
