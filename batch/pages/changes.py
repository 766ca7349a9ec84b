"""changes.html: what a student changed between two attempts."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sources import Ranges, Reader
from batch.display_names import called, submitted_by
from batch.grades import Grade
from batch.grading.task import SOURCES
from batch.pages.html import page
from common.files import write_whole

Plain = list[list[list[tuple[int, int]]]]  # places, of ranges, of before and after, in JSON

SECONDS_IN_ALL = 3600.0  # of processor time for all files of a class


@dataclass(frozen=True)
class Line:
    """A line of either text. before, after: its number there, from 1, or 0 if it is not in that text."""

    before: int
    after: int
    text: str


@dataclass(frozen=True)
class File:
    """The changes in a file. hunks: each with a few lines of context; None if they could not be found in time."""

    name: str
    before: list[str]
    after: list[str]
    hunks: list[list[Ranges]] | None

    def places(self) -> list[list[Line]]:
        """Return the lines of each hunk, removed lines before added ones."""
        return [[line for ranges in hunk for line in self._lines(ranges)] for hunk in self.hunks or ()]

    def _lines(self, ranges: Ranges) -> list[Line]:
        (start, end), (other, other_end) = ranges.before, ranges.after
        before, after = self.before[start:end], self.after[other:other_end]
        if before == after:
            return [Line(start + place, other + place, text) for place, text in enumerate(before, start=1)]
        gone = [Line(place, 0, text) for place, text in enumerate(before, start=start + 1)]
        return gone + [Line(0, place, text) for place, text in enumerate(after, start=other + 1)]


class Finder:
    """Finds and caches the differences between contents, in a sandbox worker that starts when it is needed."""

    def __init__(self, contents: Path) -> None:
        """contents: the folder of all contents of a class, by their digests."""
        self._contents, self._opened = contents, ExitStack()

    def find(self, before: str, after: str) -> list[File]:
        """Return what changed in each file. before, after: the digests of two contents."""
        one, other = (sources(self._contents / digest) for digest in (before, after))
        names = [name for name in {**one, **other} if one.get(name) != other.get(name)]
        # The texts also change if a file is graded under another name now, or could not be read before.
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
        limits = Limits(part_seconds=SECONDS_IN_ALL)
        return Reader(sandbox.worker(sandbox.submission / "any file", limits), sandbox.submission)

    def __enter__(self) -> "Finder":
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()


def sources(content: Path) -> dict[str, list[str]]:
    """Return the lines of the homework's files in a content, if they could be read. content: its folder."""
    try:
        known: dict[str, list[str]] = json.loads((content / SOURCES).read_bytes())
        return known
    except (OSError, ValueError):
        return {}


def render(before: Grade, after: Grade, files: Sequence[File]) -> str:
    """Return the page that compares two attempts."""
    return page(
        "changes.html.jinja",
        who=called(after.handed_in),
        attempts=[(each.attempt, submitted_by(each.handed_in)) for each in (before, after)],
        changed=list(_other_scores(before, after)),
        after=after,
        files=files,
    )


def _other_scores(before: Grade, after: Grade) -> Iterator[tuple[str, float, float]]:
    """Yield each check with a different result, with its points before and after.

    If only the points that the check is worth have changed, the student has not changed anything.
    """
    old = {check.number: check for check in before.result.checks}
    for check in after.result.checks:
        if (was := old.get(check.number)) and was.score * (check.points or 1) != check.score * (was.points or 1):
            yield f"{check.number} {check.name}", was.score, check.score


def _plain(hunks: list[list[Ranges]] | None) -> Plain | None:
    return None if hunks is None else [[list(asdict(ranges).values()) for ranges in hunk] for hunk in hunks]


def _of_plain(kept: Plain | None) -> list[list[Ranges]] | None:
    if kept is None:
        return None
    return [[Ranges((start, end), (other, other_end)) for (start, end), (other, other_end) in hunk] for hunk in kept]
