"""changes.html: what a student changed between two attempts."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from autograder.sandbox.worker import Sandbox
from autograder.sources import Ranges, Reader
from batch.display_names import called, handed_in_by
from batch.grades import Grade
from batch.grading.task import SOURCES
from batch.pages.html import page
from common.files import write_whole

SECONDS_IN_ALL = 3600.0  # of processor time for all files of a class


@dataclass(frozen=True)
class Line:
    """A line of either text. before, after: its number there, from 1, or 0 where it is not in that one."""

    before: int
    after: int
    text: str


@dataclass(frozen=True)
class File:
    """What changed in a file: places, each with a few lines around it; None where that could not be found in time."""

    name: str
    before: list[str]
    after: list[str]
    hunks: list[list[Ranges]] | None

    def places(self) -> list[list[Line]]:
        """Return the lines of each place, those that went before those that came."""
        return [[line for ranges in hunk for line in self._lines(ranges)] for hunk in self.hunks or ()]

    def _lines(self, ranges: Ranges) -> list[Line]:
        (start, end), (other, other_end) = ranges.before, ranges.after
        before, after = self.before[start:end], self.after[other:other_end]
        if before == after:
            return [Line(start + place, other + place, text) for place, text in enumerate(before, start=1)]
        gone = [Line(place, 0, text) for place, text in enumerate(before, start=start + 1)]
        return gone + [Line(0, place, text) for place, text in enumerate(after, start=other + 1)]


class Finder:
    """Finds what differs between contents, each two once. A worker does so, which comes up when it is needed."""

    def __init__(self, contents: Path) -> None:
        """contents: the folder of all contents of a class, by their digests."""
        self._contents, self._opened = contents, ExitStack()

    def find(self, before: str, after: str) -> list[File]:
        """Return what changed in each file. before, after: the digests of two contents."""
        one, other = (sources(self._contents / digest) for digest in (before, after))
        names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
        # A file that now counts under another name, or one that could not be read before, makes the texts others.
        texts = sha256(json.dumps([one, other]).encode()).hexdigest()
        kept = self._contents / after / f"since-{before[:12]}-{texts[:12]}.json"
        try:
            known = json.loads(kept.read_bytes())
        except (OSError, ValueError):
            known = {name: _plain(self._reader.hunks(one.get(name, []), other.get(name, []))) for name in names}
            write_whole(kept, [json.dumps(known).encode()])
        return [File(name, one.get(name, []), other.get(name, []), _of_plain(known[name])) for name in names]

    @cached_property
    def _reader(self) -> Reader:
        sandbox = self._opened.enter_context(Sandbox())
        return Reader(sandbox, sandbox.submission, SECONDS_IN_ALL)

    def __enter__(self) -> "Finder":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def sources(content: Path) -> dict[str, list[str]]:
    """Return the lines of the homework's files in a content, as far as they could be read. content: its folder."""
    try:
        return json.loads((content / SOURCES).read_bytes())
    except (OSError, ValueError):
        return {}


def render(before: Grade, after: Grade, files: Sequence[File]) -> str:
    """Return the page about two attempts of a student."""
    return page(
        "changes.html.jinja",
        who=called(after.handed_in),
        attempts=[(each.attempt, handed_in_by(each.handed_in)) for each in (before, after)],
        changed=list(_other_scores(before, after)),
        after=after,
        files=files,
    )


def _other_scores(before: Grade, after: Grade) -> Iterator[tuple[str, float, float]]:
    """Yield each check that came out otherwise, with its points before and after.

    A check may have been worth other points when the attempt before was graded: that is not the student's doing.
    """
    old = {check.number: check for check in before.record.checks}
    for check in after.record.checks:
        if (was := old.get(check.number)) and was.score * (check.points or 1) != check.score * (was.points or 1):
            yield f"{check.number} {check.name}", was.score, check.score


def _plain(hunks: list[list[Ranges]] | None) -> list | None:
    return None if hunks is None else [[list(asdict(ranges).values()) for ranges in hunk] for hunk in hunks]


def _of_plain(kept: list | None) -> list[list[Ranges]] | None:
    return None if kept is None else [[Ranges(tuple(before), tuple(after)) for before, after in hunk] for hunk in kept]
