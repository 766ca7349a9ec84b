"""Grade one submission: take it in, run the checks, and write the results after each of them."""

import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder import results
from autograder.assignment import Assignment
from autograder.config import PartConfig
from autograder.part import Check, CheckFailed, Grading, Retraining
from autograder.renames import Rename
from autograder.runner import Outcome, Runner
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.meter import PATIENCE
from autograder.sandbox.replay import KeptReplies, Replaying
from autograder.sources import Reader, Source
from autograder.submission import Submission, take_in
from autograder.verdicts import Ungradable
from common.errors import UserError

if TYPE_CHECKING:
    from autograder.expected_answers import Recorded
    from autograder.reference import Reference

MOST_NAMED = 10  # files to list in a sentence


@dataclass
class Report:
    """Everything that is known about a graded submission."""

    assignment: Assignment
    seed: str
    public_only: bool
    points: float
    outcomes: list[Outcome] = field(default_factory=list)
    leaderboard: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lacked: set[str] = field(default_factory=set)  # missing data sets: with them the grade may differ
    renamed: list[Rename] = field(default_factory=list)
    missing_layers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)  # at home: what is wrong with the machine, not with the code
    sources: dict[str, Source] = field(default_factory=dict)  # the parts' files, if the caller asked for them
    seconds: float = 0.0
    document: dict[str, Any] = field(default_factory=dict)  # results.json so far

    @property
    def score(self) -> float:
        """The total points."""
        return round(sum(outcome.score for outcome in self.outcomes), 2)

    def parts(self) -> list[tuple[PartConfig, list[Outcome]]]:
        """Return each part with its outcomes."""
        return [(part, [each for each in self.outcomes if each.part is part]) for part in self.assignment.parts]


Progress = Callable[[Outcome], None]
Adjust = Callable[[dict[str, Any]], dict[str, Any]]


def grade(
    source: Path,
    assigned: Assignment,
    results_file: Path | None = None,
    *,
    seed: str | None = None,
    reference: "Reference | Recorded | None" = None,
    seconds: float | None = None,
    public_only: bool = False,
    only: Collection[str] | None = None,
    retraining: Retraining | None = None,
    without: Collection[str] = (),
    replies: KeptReplies | None = None,
    replay: bool = False,
    with_sources: bool = False,
    renames: Sequence[Rename] = (),
    adjust: Adjust = lambda document: document,
    progress: Progress = lambda outcome: None,
) -> Report:
    """Grade a folder or zip and return the report; update results_file after each check.

    seed: the secret for drawing hidden cases, a new one by default.
    reference: computes the expected answers; by default, the assignment's own. seconds: for the whole run, by the clock,
    however busy the machine is; by default, many times the assignment's limit. public_only: only the checks that students
    can run. only: the numbers of the checks to run; all by default.
    retraining: retrain the network as well, in additional time. without: sandbox layers to disable.
    replies: records those of the submission; with replay, it provides recorded ones, and nothing of the submission runs.
    with_sources: include the text of the submission's files in the report. renames: files that count under another name.
    adjust: changes each document before it is written.
    Raises UserError for the caller's mistakes: a missing path, no submission (Ungradable), a file that cannot be written;
    NotKept if the recorded replies are not enough.
    """
    started = time.monotonic()
    deadline = started + (seconds or PATIENCE * (assigned.config.seconds + (retraining.seconds if retraining else 0.0)))
    checks = [check for check in assigned.checks(public_only) if only is None or check.number in only]
    document = results.skeleton(assigned, checks)
    points = sum(check.points for check in checks)
    report = Report(assigned, seed or secrets.token_hex(8), public_only, points)
    report.document = document

    def save() -> None:
        if results_file:
            results.write(results_file, adjust(document))

    def finished(outcome: Outcome, entry: dict[str, Any], extra: float) -> None:
        report.outcomes.append(outcome)
        results.put(document, entry, extra)
        save()
        progress(outcome)

    save()
    try:
        with Sandbox(deadline, strict=not public_only, without=without, replies=None if replay else replies) as sandbox:
            submission = take_in(source, sandbox, assigned.config.leave_out, renames)
            _require_any_file(submission, assigned, source)
            asked = Replaying(replies) if replies and replay else sandbox
            known = reference or assigned.reference()
            grading = Grading(submission, asked, report.seed, known, retraining, at_home=public_only)
            grading.remarks += submission.remarks
            report.renamed = submission.renamed
            if asked is sandbox:
                _start_ahead(checks, submission)
            _draw_ahead(checks, submission, known, report.seed)
            if with_sources:
                reader = _reader(checks, grading)
                report.sources = reader.of(submission, [part.file for part in assigned.parts])
                if reader.met_trouble:  # which costs no part anything
                    grading.end_workers()
            report.leaderboard = Runner(finished).run_checks(checks, grading)
            report.lacked = grading.lacked
            report.remarks, report.faults, report.obstacles = grading.remarks, grading.faults, grading.obstacles
            report.missing_layers = asked.missing_layers
    except UserError as error:
        document["output"] = results.shorten(f"This submission could not be graded: {error}")
        save()
        raise
    report.seconds = time.monotonic() - started
    document["leaderboard"] = report.leaderboard
    document["execution_time"] = round(report.seconds, 2)
    document["output"] = results.shorten("\n\n".join([_in_one_sentence(report), *report.remarks]))
    save()
    return report


def _reader(checks: list[Check], grading: Grading) -> Reader:
    """Return a reader in the worker of the first part that is there: nothing of the submission has run in it."""
    for check in checks:
        with contextlib.suppress(CheckFailed):
            return check.on(grading).reader()
    folder = grading.submission.folder
    return Reader(grading.worker(folder / "any file", Limits()), folder)


def _start_ahead(checks: list[Check], submission: Submission) -> None:
    """Start the workers that the parts will need, in parallel: on some systems that takes long."""
    parts = {check.part.file: check for check in checks if check.case.needs is None and submission.has(check.part.file)}
    for started, count in Counter(check.part.limits().template() for check in parts.values()).items():
        started.start_ahead(count)


def _draw_ahead(checks: list[Check], submission: Submission, reference: "Reference | Recorded", seed: str) -> None:
    """Draw the cases of the hidden checks that will run, while the sandbox is starting on another processor.

    Other submissions that are graded with the same seed and reference use them again.
    """
    for check in checks:
        is_new = (seed, check.number) not in reference.ahead
        if is_new and check.number and not check.public and check.case.needs is None and submission.has(check.part.file):
            reference.ahead.add((seed, check.number))
            with contextlib.suppress(Exception):  # a check that breaks will break again when it runs, and be reported
                check.cases(reference, seed)


def _require_any_file(submission: Submission, assigned: Assignment, source: Path) -> None:
    files = [part.file for part in assigned.parts]
    if not any(map(submission.has, files)):
        names = [path.relative_to(submission.folder).as_posix() for path in submission.files[:MOST_NAMED]]
        where = source if source.name else "this folder"
        none = f"{where} has none of the files of the assignment {assigned.name}: {', '.join(files)}."
        there = f"It has {', '.join(names)}." if names else "It is empty."
        near_misses = [*filter(None, map(submission.near_miss, files))]
        advice = near_misses or ["Submit the files that you have written, with exactly these names."]
        raise Ungradable(" ".join([none, there, *advice, *(f"{remark}." for remark in submission.remarks)]))


def _in_one_sentence(report: Report) -> str:
    passed = sum(outcome.failure is None for outcome in report.outcomes)
    return f"{report.score:g} of {report.points:g} points: {passed} of {len(report.outcomes)} checks passed."
