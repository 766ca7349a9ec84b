"""The progress bar of a grading, and the public checks as students run them."""

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import click

from autograder import expected_answers, grading
from autograder.assignment import Assignment
from autograder.grading import Progress, Report
from autograder.levels import Level
from autograder.report import advice, failures, terminal
from autograder.runner import Outcome
from command_line import last_run, selection
from command_line.exit_codes import CHECK_FAILED, DONE, OWN_FAULT, USER_ERROR
from command_line.options import is_debugging
from command_line.selection import Selection
from common.files import write_whole


@contextlib.contextmanager
def progress_bar(checks: int, meanwhile: Callable[[], object] = lambda: None) -> Iterator[Progress]:
    """Yield a function that advances a progress bar by one check. meanwhile: called after the first one."""
    with click.progressbar(length=checks, label="Checking", file=sys.stderr, show_eta=False) as bar:

        def progress(outcome: Outcome) -> None:
            if not bar.pos:
                meanwhile()
            bar.update(1)

        yield progress
        bar.update(checks)


def level(hint: bool, show: bool) -> Level:
    """Return how much of a failure the student asks to see."""
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
    """Run the public checks that a command line selects, show what to fix, and return the exit code.

    default: the homework's folder if no word names one. asked: how much to show if hints are given on request. command: to
    run the checks again. tip: shown after the first run in a folder. page: the file for a page about the failures.
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
        click.echo(f"{'Failed checks' if failed else 'The result'} as a page for your browser: {page}")
    if report.faults:
        what = "\n".join(report.faults) if is_debugging() else f"Send your instructor what `{command} --debug` prints."
        click.echo(what, err=True)
        return OWN_FAULT
    if report.obstacles:
        return USER_ERROR
    return CHECK_FAILED if failed else DONE


def run(path: Path, assigned: Assignment, numbers: Iterable[str] | None = None) -> tuple[Report, dict[str, float]]:
    """Run public checks; return the report, and the points of each check in its previous run."""
    before = last_run.read(path, assigned.name)
    public = [check.number for check in assigned.checks(public_only=True)]
    only = None if numbers is None else frozenset(numbers)
    with progress_bar(sum(only is None or number in only for number in public)) as progress:
        reference = expected_answers.load(assigned.folder)
        report = grading.grade(path, assigned, public_only=True, only=only, reference=reference, progress=progress)
    last_run.write(path, assigned.name, before | advice.scores(report))
    return report, before


def _what_else(report: Report, assigned: Assignment, chosen: Selection, command: str) -> str:
    """Return a sentence about the checks that did not run."""
    if not chosen.is_whole:
        public = len(assigned.checks(public_only=True))
        return f"{len(report.outcomes)} of {public} public checks ran. `{command}` runs all of them."
    hidden = assigned.points() - report.points
    return f"Hidden checks, worth {hidden:g} more points, run after you submit." if hidden else ""
