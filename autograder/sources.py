"""The text of a submission's files, and where each definition is. A worker finds the definitions and runs none of them."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autograder.sandbox.child.main import SOURCES
from autograder.sandbox.child.wire import Value
from autograder.sandbox.replay import Replier
from autograder.sandbox.replies import Returned, Stopped
from autograder.submission import Submission
from common.errors import UserError

SECONDS = 5.0  # of processor time for each question
LONGEST_NAME = 200


@dataclass(frozen=True)
class Definition:
    """What a file defines at its top. first, last: its lines, counted from 1. uses: the names in it."""

    name: str
    first: int
    last: int
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """A file of a submission. definitions: none if it is not valid Python."""

    lines: tuple[str, ...]
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True)
class Ranges:
    """Lines of an earlier text, and the lines in their place in a later one: the same, or what replaced them.

    Each is a first line and an end (not included), counted from 0.
    """

    before: tuple[int, int]
    after: tuple[int, int]


class Reader:
    """Reads files of submissions in a worker, which imports none of them for that."""

    def __init__(self, worker: Replier, folder: Path) -> None:
        """folder: in which the worker runs."""
        self._worker, self._folder = worker, folder
        self.met_trouble = False  # whether the worker was stopped, and may have little time left

    def of(self, submission: Submission, names: Iterable[str]) -> dict[str, Source]:
        """Return those of a submission's Python files that are there and can be read."""
        return dict(self._of(submission, names))

    def _of(self, submission: Submission, names: Iterable[str]) -> Iterator[tuple[str, Source]]:
        for name in names:
            try:
                path = submission.find(name) if name.endswith(".py") else None
            except UserError:  # there are several; its check says so
                path = None
            if path is None:
                continue
            here = Path(os.path.relpath(path, self._folder)).as_posix()  # wherever that is, so that replies can be kept
            if (lines := self._ask("lines", here)) and _are_texts(lines):
                yield name, Source(tuple(lines), tuple(_definitions(self._ask("definitions", here), len(lines))))

    def hunks(self, before: Sequence[str], after: Sequence[str]) -> list[list[Ranges]] | None:
        """Return what differs between two texts, each place with a few lines of context; None if that takes too long."""
        found = self._ask("hunks", list(before), list(after))
        if found is None:
            return None
        return [list(_ranges(hunk, len(before), len(after))) for hunk in found]

    def _ask(self, function: str, *arguments: Value) -> list[Value] | None:
        reply = self._worker.call(function, *arguments, harness=SOURCES, seconds=SECONDS)
        self.met_trouble |= isinstance(reply, Stopped)
        found = reply.result if isinstance(reply, Returned) else None
        return found if isinstance(found, list) else None


def _are_texts(lines: list[Value]) -> bool:
    return all(type(line) is str for line in lines)


def _definitions(found: list[Value] | None, last_line: int) -> Iterator[Definition]:
    for one in found or ():
        match one:
            case [str(name), int(first), int(last), list(uses)] if 1 <= first <= last <= last_line and _are_texts(uses):
                yield Definition(name[:LONGEST_NAME], first, last, tuple(uses))


def _ranges(hunk: Value, before: int, after: int) -> Iterator[Ranges]:
    if isinstance(hunk, np.ndarray) and hunk.dtype == np.int64 and hunk.ndim == 2 and hunk.shape[1] == 4:
        for start, end, other_start, other_end in hunk.tolist():
            if 0 <= start <= end <= before and 0 <= other_start <= other_end <= after:
                yield Ranges((start, end), (other_start, other_end))
