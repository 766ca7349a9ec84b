"""Grade with a progress bar, and run the public checks as students do."""

import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import click

from autograder import grading, recorded
from autograder.assignment import Assignment
from autograder.grading import Report
from autograder.levels import Level
from autograder.report import advice, failures, terminal
from command_line import last_run, selection
from command_line.exit_codes import CHECK_FAILED, DONE, OWN_FAULT, USER_ERROR
from command_line.options import is_debugging
from command_line.selection import Selection
from common.files import write_whole


def grade(path: Path, assigned: Assignment, *, meanwhile: Callable[[], object] = lambda: None, **options: Any) -> Report:
    """Grade with a progress bar.

    meanwhile: is called once, when the submission has begun to run. options: of grading.grade.
    """
    public_only, only = options.get("public_only", False), options.get("only")
    count = sum(only is None or check.number in only for check in assigned.checks(public_only))
    with click.progressbar(length=count, label="Checking", file=sys.stderr, show_eta=False) as bar:

        def progress(outcome: Any) -> None:
            if not bar.pos:
                meanwhile()
            bar.update(1)

        report = grading.grade(path, assigned, progress=progress, **options)
        bar.update(count)
    return report


def level(hint: bool, show: bool) -> Level:
    """Return how much a student asks to see of a failure."""
    return Level.NUMBERS if show else Level.MISTAKE if hint else Level.WRONG


def check_public(
    words: tuple[str, ...],
    assigned: Assignment,
    default: Path,
    asked: Level,
    command: str,
    tip: str = "",
    page: Path | None = None,
) -> int:
    """Run the public checks that the words of a command line select, and say what to look at; return the exit code.

    default: the homework's folder where no word names one. asked: how much to show where hints are given on request.
    command: what runs the checks again. tip: is said after the first run in a folder. page: the file for a page about what
    failed.
    """
    chosen = selection.read(words, assigned, default)
    report, before = run(chosen.path, assigned, chosen.numbers)
    again = command if chosen.path.resolve() == default.resolve() else f"{command} {shlex.quote(str(chosen.path))}"
    click.echo(terminal.summary(report, asked, before, again))
    for sentence in (_what_else(report, assigned, chosen, again), tip if chosen.is_whole and not before else ""):
        for line in terminal.wrapped(sentence, terminal.columns()):
            click.echo(line)
    failed = any(outcome.failure for outcome in report.outcomes)
    if page:
        write_whole(page, [failures.page(report, asked, again).encode("utf-8", "replace")], "--page")
        click.echo(f"{'What failed' if failed else 'The result'}, for your browser: {page}")
    if report.faults:
        what = "\n".join(report.faults) if is_debugging() else f"Send your instructor what `{command} --debug` prints."
        click.echo(what, err=True)
        return OWN_FAULT
    if report.obstacles:
        return USER_ERROR
    return CHECK_FAILED if failed else DONE


def run(path: Path, assigned: Assignment, numbers: Iterable[str] | None = None) -> tuple[Report, dict[str, float]]:
    """Run public checks; return the report, and the points that checks had when they ran before."""
    before = last_run.read(path, assigned.name)
    only = None if numbers is None else frozenset(numbers)
    report = grade(path, assigned, public_only=True, only=only, reference=recorded.load(assigned.folder))
    last_run.write(path, assigned.name, before | advice.scores(report))
    return report, before


def _what_else(report: Report, assigned: Assignment, chosen: Selection, command: str) -> str:
    """Say which checks did not run."""
    if not chosen.is_whole:
        public = len(assigned.checks(public_only=True))
        return f"{len(report.outcomes)} of {public} public checks ran. `{command}` runs all of them."
    hidden = assigned.points() - report.points
    return f"Hidden checks, worth {hidden:g} more points, run after you hand in." if hidden else ""
