"""How a right number comes about, and which step of the way a wrong one got wrong."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from autograder.feedback import Grid


@dataclass(frozen=True)
class Step:
    """A row of a sum: what its table says of it, and what it adds.

    instead: what the whole sum is when this row goes wrong, by the mistake, as a sentence goes on after "5 comes out when".
    """

    cells: list[str]
    adds: int
    instead: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Working:
    """How a right number comes about: written out, or as a sum of steps, whose table has columns called `head`."""

    text: str = ""
    head: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    @property
    def total(self) -> int:
        """The sum of the steps."""
        return sum(step.adds for step in self.steps)

    def beside(self, received: Any) -> tuple[str, list[Grid]]:
        """Return it as a text and a table. The first step that explains a wrong number is marked."""
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
        """Yield what can go wrong in each row: the row, the sum that then comes out, and what is wrong."""
        so_far = 0
        for row, step in enumerate(self.steps):
            if step.adds:
                yield row, self.total - step.adds, "the marked row is left out."
                yield row, so_far, "the marked row and those below it are left out."
            for mistake, number in step.instead.items():
                yield row, number, mistake
            so_far += step.adds

    def plain(self) -> dict[str, Any]:
        """Return it as what can be recorded."""
        return asdict(self)

    @classmethod
    def of_plain(cls, recorded: dict[str, Any]) -> "Working":
        """Return what was recorded."""
        return cls(recorded["text"], recorded["head"], [Step(**step) for step in recorded["steps"]])
