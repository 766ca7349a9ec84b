"""The student's code behind a failed check: what the check calls, and what that uses, with the failing lines marked."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from autograder.feedback import Failure
from autograder.report.advice import NOT_BEGUN, NOT_RUN
from autograder.sources import Definition, Source

FRAME = re.compile(r"(?P<file>.+) line (?P<line>\d{1,7}): ")  # the start of a frame, no matter who wrote it
CALLED = re.compile(r"(\w+)[(\[]")  # function(arguments), and kernel[sizes](arguments)
AROUND = 4  # lines above and below one that is outside of all definitions
MOST_LINES = 400  # of one file, beside one check
LONG = 40  # lines; longer code is folded


@dataclass(frozen=True)
class Excerpt:
    """Consecutive lines of a file. first: the number of the first, from 1; marked: the numbers of those to look at."""

    file: str
    first: int
    lines: tuple[str, ...]
    marked: frozenset[int] = frozenset()

    @property
    def is_long(self) -> bool:
        """Whether the page folds it until somebody opens it."""
        return len(self.lines) > LONG and not self.marked

    @property
    def title(self) -> str:
        """The file and the lines, in words."""
        last = self.first + len(self.lines) - 1
        return f"{self.file}, line {self.first}" if last == self.first else f"{self.file}, lines {self.first} to {last}"


def beside(failure: Failure, file: str, sources: Mapping[str, Source]) -> list[Excerpt]:
    """Return the code to show beside a failure. file: the one that its check is about.

    That is: the definitions that the call names and all that these use, and the surroundings of the lines that the failure
    names; or the whole file, if there are none.
    """
    if file not in sources or failure.verdict in (*NOT_BEGUN, *NOT_RUN):
        return []
    source, marked = sources[file], _marked(failure, file, sources[file])
    wanted: set[int] = set()
    for one in _reached(source, CALLED.findall(failure.call)):
        wanted.update(range(one.first, one.last + 1))
    for line in set(marked) - wanted:
        wanted.update(_around(line, source))
    numbers = sorted(wanted or range(1, len(source.lines) + 1))[:MOST_LINES]
    return [
        Excerpt(file, run[0], source.lines[run[0] - 1 : run[-1]], frozenset(marked).intersection(run))
        for run in _runs(numbers)
    ]


def _marked(failure: Failure, file: str, source: Source) -> list[int]:
    """Return the lines of a file that a failure names. They come from the sandbox, so they may be made up."""
    found = [frame for frame in map(FRAME.match, failure.frames) if frame and frame["file"] == file]
    return [line for line in (int(frame["line"]) for frame in found) if 1 <= line <= len(source.lines)]


def _around(line: int, source: Source) -> range:
    """Return the lines of the definition that contains a line, or the lines next to it."""
    for one in source.definitions:
        if one.first <= line <= one.last:
            return range(one.first, one.last + 1)
    return range(max(line - AROUND, 1), min(line + AROUND, len(source.lines)) + 1)


def _reached(source: Source, names: Iterable[str]) -> Iterable[Definition]:
    """Return the definitions of these names, and of all names that they use, directly or indirectly."""
    known = {one.name: one for one in source.definitions}  # of two with the same name, the last counts
    found: dict[str, Definition] = {}
    left = [name for name in names if name in known]
    while left:
        name = left.pop()
        if name not in found:
            found[name] = known[name]
            left += [used for used in known[name].uses if used in known]
    return found.values()


def _runs(numbers: Iterable[int]) -> Iterator[list[int]]:
    """Yield runs of consecutive numbers. The two empty lines between definitions do not end a run."""
    run: list[int] = []
    for number in numbers:
        if run and number > run[-1] + 3:
            yield run
            run = []
        run.append(number)
    if run:
        yield run
