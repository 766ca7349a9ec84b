"""Grade one submission of a class: what a process of the pool, here or on another machine, is asked to do."""

import hashlib
import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from autograder import grading, results
from autograder.checks import assignment
from autograder.checks.part import Assignment, number, points
from autograder.reference import Reference
from autograder.report import html
from autograder.sandbox.answers import Answers, NotKept
from autograder.verdicts import Ungradable
from batch.records import GIVEN_UP, Record

RESULTS, REPORT, ANSWERS = FILES = "results.json", "report.html", "answers"


@dataclass(frozen=True)
class How:
    """By what a class is graded. options: the content of an assignment.toml, or None for the assignment's own."""

    assignment: str
    options: str | None
    seed: str
    backend: str = "numpy"

    def assigned(self) -> Assignment:
        """Return the assignment with these options. Raises UserError if there is none, or if they do not fit it."""
        return _assigned(self.assignment, self.options)

    def options_digest(self) -> str:
        """Return a name for the options: the same for equal ones."""
        return hashlib.sha256(repr(self.assigned().options).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Finished:
    """What comes back: the record, the files of the submission by name, and whether anything of it ran."""

    record: Record
    files: dict[str, bytes]
    ran: bool


def grade(source: Path, digest: str, how: How, kept: bytes | None = None) -> Finished:
    """Grade a submission as `convgrade grade` does. kept: answers of an earlier grading; where they suffice, nothing runs.

    Raises UserError for what is wrong here and not with the submission.
    """
    if kept:
        try:
            return _grade(source, digest, how, Answers.unpack(kept), replay=True)
        except (NotKept, ValueError):
            pass
    return _grade(source, digest, how, Answers(), replay=False)


def _grade(source: Path, digest: str, how: How, answers: Answers, replay: bool) -> Finished:
    assigned, reference = how.assigned(), _reference(how.backend)
    try:
        report = grading.grade(
            source, assignment=assigned, seed=how.seed, reference=reference, answers=answers, replay=replay
        )
    except Ungradable as error:
        reason = str(error).replace(str(source), "the submission")
        return Finished(*_without_checks(digest, how, reason), ran=not replay)
    files = {RESULTS: json.dumps(report.document, allow_nan=False).encode(), REPORT: _page(report, digest)}
    if packed := answers.pack():
        files[ANSWERS] = packed
    return Finished(Record.of(report, digest), files, ran=not replay)


def given_up(digest: str, how: How, error: BaseException) -> Finished:
    """Return what is known of a submission that has ended every process that graded it, or that no process could grade."""
    return Finished(*_without_checks(digest, how, f"{GIVEN_UP}: {error!r:.300}"), ran=True)


def _without_checks(digest: str, how: How, reason: str) -> tuple[Record, dict[str, bytes]]:
    assigned = how.assigned()
    checks = assigned.checks()
    most = sum(points(check) for check in checks if number(check))
    report = grading.Report(assigned, "", how.seed, False, most, remarks=[reason])
    document = results.skeleton(assigned, checks) | {"output": results.shorten(reason)}
    files = {RESULTS: json.dumps(document).encode(), REPORT: _page(report, digest)}
    return Record(digest, 0.0, most, 0.0, (), {}, (), reason), files


def _page(report: grading.Report, digest: str) -> bytes:
    report.source = f"Content {digest[:12]}"  # equal submissions share a report, which must name none of their students
    return html.render(report).encode("utf-8", "replace")


@cache
def _assigned(name: str, options: str | None) -> Assignment:
    if options is None:
        return assignment(name)
    with tempfile.TemporaryDirectory(prefix="convgrade-") as folder:
        file = Path(folder, "assignment.toml")
        file.write_text(options, encoding="utf-8")
        return assignment(name, file)


@cache
def _reference(backend: str) -> Reference:
    return Reference(backend)


@dataclass(frozen=True)
class Able:
    """A question to a worker on another machine: can it grade as this one would?"""

    how: How
    options_digest: str
    folder: Path

    def __call__(self) -> str:
        """Return why not, or ""."""
        if not self.folder.is_dir():
            return f"it does not see {self.folder}; export and output folder must lie on a disk that all machines share"
        if self.how.options_digest() != self.options_digest:
            return "its convgrade has other checks or options than the one here: install the same version"
        return ""
