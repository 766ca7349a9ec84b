"""The text of a submission's files, and what stands where in it. A worker finds that, which runs none of it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox.limits import Harness, Limits
from autograder.sandbox.replay import Replaying
from autograder.sandbox.replies import Returned
from autograder.sandbox.worker import Sandbox
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
    """A file of a submission. definitions: none where it is not valid Python."""

    lines: tuple[str, ...]
    definitions: tuple[Definition, ...] = ()


@dataclass(frozen=True)
class Ranges:
    """Lines of an earlier text, and what stands in their place in a later one: the same, or what they were changed to.

    From line, to line (not included), counted from 0.
    """

    before: tuple[int, int]
    after: tuple[int, int]


class Reader:
    """Reads files of submissions in a worker, which comes up meanwhile."""

    def __init__(self, sandbox: Sandbox | Replaying, folder: Path, seconds: float = 60.0) -> None:
        """folder: of the submission. seconds: of processor time for all that it is asked."""
        limits = Limits(SECONDS, seconds, harness=Harness("sources"))
        self._worker = sandbox.worker(folder / "any file", limits)

    def of(self, submission: Submission, names: Iterable[str]) -> dict[str, Source]:
        """Return those of a submission's Python files that are there and can be read."""
        return dict(self._of(submission, names))

    def _of(self, submission: Submission, names: Iterable[str]) -> Iterator[tuple[str, Source]]:
        for name in names:
            try:
                path = submission.find(name) if name.endswith(".py") else None
            except UserError:  # several, which its check says
                path = None
            if path is None:
                continue
            here = path.relative_to(submission.folder).as_posix()  # the same wherever it lies, so that answers can be kept
            if (lines := self._ask("lines", here)) and _are_texts(lines):
                yield name, Source(tuple(lines), tuple(_definitions(self._ask("definitions", here), len(lines))))

    def hunks(self, before: Sequence[str], after: Sequence[str]) -> list[list[Ranges]] | None:
        """Return what differs between two texts, each place with a few lines around it; None if that takes too long."""
        found = self._ask("hunks", list(before), list(after))
        if found is None:
            return None
        return [list(_ranges(hunk, len(before), len(after))) for hunk in found]

    def stop(self) -> None:
        """End the worker."""
        self._worker.stop()

    def _ask(self, function: str, *arguments: Any) -> list | None:
        reply = self._worker.call(function, *arguments, harness=True)
        found = reply.result if isinstance(reply, Returned) else None
        return found if isinstance(found, list) else None


def _are_texts(lines: list) -> bool:
    return all(type(line) is str for line in lines)


def _definitions(found: list | None, last_line: int) -> Iterator[Definition]:
    for one in found or ():
        match one:
            case [str(name), int(first), int(last), list(uses)] if 1 <= first <= last <= last_line and _are_texts(uses):
                yield Definition(name[:LONGEST_NAME], first, last, tuple(uses))


def _ranges(hunk: Any, before: int, after: int) -> Iterator[Ranges]:
    if isinstance(hunk, np.ndarray) and hunk.dtype == np.int64 and hunk.ndim == 2 and hunk.shape[1] == 4:
        for start, end, other_start, other_end in hunk.tolist():
            if 0 <= start <= end <= before and 0 <= other_start <= other_end <= after:
                yield Ranges((start, end), (other_start, other_end))
