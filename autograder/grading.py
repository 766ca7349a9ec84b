"""Grade one submission: take it in, run the checks, write what was found after each of them."""

import contextlib
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder import results
from autograder.assignment import Assignment
from autograder.config import PartConfig
from autograder.part import Check, Grading, Retraining
from autograder.renames import Rename
from autograder.runner import Outcome, Runner
from autograder.sandbox.meter import PATIENCE
from autograder.sandbox.replay import Answers, Replaying
from autograder.sandbox.worker import Sandbox
from autograder.sources import Reader, Source
from autograder.submission import Submission, take_in
from autograder.verdicts import Ungradable
from common.errors import UserError

MOST_NAMED = 10  # files that a sentence lists


@dataclass
class Report:
    """Everything that is known of a graded submission."""

    assignment: Assignment
    seed: str
    public_only: bool
    points: float
    outcomes: list[Outcome] = field(default_factory=list)
    leaderboard: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lacked: set[str] = field(default_factory=set)  # data sets that are not here: with them the grade may differ
    renamed: list[Rename] = field(default_factory=list)
    missing_layers: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)  # at home: what is wrong with the machine, not with the code
    sources: dict[str, Source] = field(default_factory=dict)  # the parts' files, where they were asked for
    seconds: float = 0.0
    document: dict[str, Any] = field(default_factory=dict)  # results.json, as it stands

    @property
    def score(self) -> float:
        """The points of all checks together."""
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
    reference: Any = None,
    seconds: float | None = None,
    public_only: bool = False,
    only: Collection[str] | None = None,
    retraining: Retraining | None = None,
    without: Collection[str] = (),
    answers: Answers | None = None,
    replay: bool = False,
    with_sources: bool = False,
    renames: Sequence[Rename] = (),
    adjust: Adjust = lambda document: document,
    progress: Progress = lambda outcome: None,
) -> Report:
    """Grade a folder or zip and return the report; keep results_file up to date after each check.

    seed: the secret from which hidden cases are drawn, a new one by default.
    reference: makes the cases; by default the assignment's own. seconds: for the whole run by the clock, however
    busy the machine is; by default what the assignment says, many times over. public_only: what students run themselves.
    only: the numbers of the checks that run; all by default.
    retraining: train the network again as well, in time of its own. without: sandbox layers to disable.
    answers: keeps what the submission answers; with replay, what it has answered before, and nothing of it runs.
    with_sources: the report holds the text of the submission's files. renames: files that count under another name.
    adjust: has the last word on each document that is written.
    Raises UserError for the caller's mistakes: nothing there, no submission (Ungradable), a file that cannot be written;
    NotKept when kept answers do not suffice.
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
        with Sandbox(deadline, strict=not public_only, without=without, answers=None if replay else answers) as sandbox:
            submission = take_in(source, sandbox, assigned.config.leave_out, renames)
            _require_any_file(submission, assigned, source)
            asked = Replaying(answers) if answers and replay else sandbox
            reader = Reader(asked, submission.folder) if with_sources else None  # it comes up while cases are drawn
            known = reference or assigned.reference()
            grading = Grading(submission, asked, report.seed, known, retraining, at_home=public_only)
            grading.remarks += submission.remarks
            report.renamed = submission.renamed
            if asked is sandbox:
                _start_ahead(checks, submission)
            _draw_ahead(checks, submission, known, report.seed)
            if reader:
                report.sources = reader.of(submission, [part.file for part in assigned.parts])
                reader.stop()  # before anything of the submission runs
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


def _start_ahead(checks: list[Check], submission: Submission) -> None:
    """Let the workers come up that the parts are going to ask for, side by side: on some systems that takes long."""
    parts = {check.part.file: check for check in checks if check.case.needs is None and submission.has(check.part.file)}
    for started, count in Counter(check.part.limits().template() for check in parts.values()).items():
        started.start_ahead(count)


def _draw_ahead(checks: list[Check], submission: Submission, reference: Any, seed: str) -> None:
    """Draw the cases of the hidden checks that are going to run, while the sandbox still comes up on another processor.

    The next submission to be graded by the same seed and reference finds them.
    """
    for check in checks:
        is_new = (seed, check.number) not in reference.ahead
        if is_new and check.number and not check.public and check.case.needs is None and submission.has(check.part.file):
            reference.ahead.add((seed, check.number))
            with contextlib.suppress(Exception):  # a check that breaks does so again when it runs, and is reported then
                check.cases(reference, seed)


def _require_any_file(submission: Submission, assigned: Assignment, source: Path) -> None:
    files = [part.file for part in assigned.parts]
    if not any(map(submission.has, files)):
        names = [path.relative_to(submission.folder).as_posix() for path in submission.files[:MOST_NAMED]]
        where = source if source.name else "this folder"
        none = f"{where} holds none of the files of the assignment {assigned.name}: {', '.join(files)}."
        there = f"It holds {', '.join(names)}." if names else "It is empty."
        near_misses = [*filter(None, map(submission.near_miss, files))]
        advice = near_misses or ["Hand in what you have written of them, under exactly these names."]
        raise Ungradable(" ".join([none, there, *advice, *(f"{remark}." for remark in submission.remarks)]))


def _in_one_sentence(report: Report) -> str:
    passed = sum(outcome.failure is None for outcome in report.outcomes)
    return f"{report.score:g} of {report.points:g} points: {passed} of {len(report.outcomes)} checks passed."
