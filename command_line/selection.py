"""What a student wants to check: a folder, and checks by number, by their part's number or by its file."""

from dataclasses import dataclass
from pathlib import Path

from autograder.assignment import Assignment
from autograder.report.numbering import in_short
from common.errors import UserError


@dataclass(frozen=True)
class Selection:
    """A homework's folder, and the numbers of the checks to run; None for all public ones."""

    path: Path
    numbers: frozenset[str] | None

    @property
    def is_whole(self) -> bool:
        """Whether all public checks will run."""
        return self.numbers is None


def read(words: tuple[str, ...], assigned: Assignment, default: Path) -> Selection:
    """Return what the words of a command line select. default: the homework's folder if no word names one.

    A word that names checks always means those: for a folder called 1.2, write ./1.2. A path to a part's file means that
    part, in that folder. Raises UserError for an unknown word, and for a second folder.
    """
    paths: list[Path] = []
    numbers: set[str] = set()
    for word in words:
        path = Path(word)
        if named := _named(word, assigned):
            numbers |= named
        elif path.is_file() and (named := _named(path.name, assigned)):
            paths.append(path.parent)
            numbers |= named
        elif path.exists():
            paths.append(path)
        else:
            raise UserError(_unknown(word, assigned))
    if len({path.resolve() for path in paths}) > 1:
        raise UserError(f"{paths[0]} and {paths[1]} are two folders: check one at a time")
    return Selection(paths[0] if paths else default, frozenset(numbers) or None)


def _named(word: str, assigned: Assignment) -> set[str]:
    """Return the numbers of the public checks that a word names."""
    return {
        check.number
        for check in assigned.checks(public_only=True)
        if check.number and (word in (check.number, check.part.file) or check.number.startswith(f"{word}."))
    }


def _unknown(word: str, assigned: Assignment) -> str:
    public = [check.number or "" for check in assigned.checks(public_only=True)]
    choices = f"the public checks are {in_short(public)}"
    if word in [check.number for check in assigned.checks()]:
        return f"{word} is a hidden check, which runs after you submit; {choices}"
    return f"there is no check, folder or file called {word}; {choices}; a part's number or file runs all of its checks"
