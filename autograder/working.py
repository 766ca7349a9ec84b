"""How to compute the right number step by step, and which step a wrong number got wrong."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.feedback import Grid


@dataclass(frozen=True)
class Step:
    """A row of a sum: its cells in the table, and what it adds.

    instead: the whole sum if this row goes wrong, for each mistake; the mistake completes the sentence "5 comes out when".
    """

    cells: list[str]
    adds: int
    instead: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Working:
    """How to compute the right number: as a text, or as a sum of steps in a table with the columns `head`."""

    text: str = ""
    head: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The sum of the steps."""
        return sum(step.adds for step in self.steps)

    def beside(self, received: object) -> tuple[str, list[Grid]]:
        """Return the working as a text and a table, with the first step marked that explains a wrong number."""
        if not self.steps:
            return self.text, []
        found = next(((row, what) for row, number, what in self._mistakes() if number == received), None)
        rows, so_far = [[*self.head, "so far"]], 0
        for step in self.steps:
            so_far += step.adds
            rows.append([*step.cells, f"{step.adds:,}", f"{so_far:,}"])
        marked = {(found[0] + 1, column) for column in range(len(rows[0]))} if found else set()
        text = f"{received:,} comes out when {found[1]}" if found else ""
        return "\n".join(filter(None, [self.text, text])), [Grid("Step by step", rows, marked, wrong=True)]

    def _mistakes(self) -> Iterator[tuple[int, int, str]]:
        """Yield what can go wrong in each row: the row, the sum that then comes out, and the mistake."""
        so_far = 0
        for row, step in enumerate(self.steps):
            if step.adds:
                yield row, self.total - step.adds, "the marked row is left out."
                yield row, so_far, "the marked row and those below it are left out."
            for mistake, number in step.instead.items():
                yield row, number, mistake
            so_far += step.adds

    def plain(self) -> dict[str, Any]:
        """Return the working as JSON can hold it."""
        return asdict(self)

    @classmethod
    def of_plain(cls, recorded: dict[str, Any]) -> "Working":
        """Return the working that `plain` recorded."""
        return cls(recorded["text"], recorded["head"], [Step(**step) for step in recorded["steps"]])
