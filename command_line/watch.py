"""Check what changes on each save, and move on to the next part when one passes."""

import textwrap
import time
from pathlib import Path
from typing import NoReturn

import click

from autograder.assignment import Assignment
from autograder.config import PartConfig
from autograder.grading import Report
from autograder.levels import Level
from autograder.report import advice, terminal
from autograder.runner import Outcome
from autograder.verdicts import Verdict
from command_line import checking, selection
from command_line.selection import Selection
from command_line.sources import Sources
from common.errors import UserError

POLL_SECONDS = 0.25
MOST_RUNS = 10  # that keep a line on the screen
WAITING, DONE = "Waiting for you to save; Ctrl-C ends.", "All checks that can run here pass. Ctrl-C ends."


def watch(words: tuple[str, ...], assigned: Assignment, default: Path, asked: Level, command: str) -> NoReturn:
    """Run public checks on each save until Ctrl-C. For the arguments, see checking.check_public."""
    watched = Watched(selection.read(words, assigned, default), assigned, asked, command)
    while True:
        watched.run_what_changed()
        time.sleep(POLL_SECONDS)


class Watched:
    """A homework's folder, and which of its parts are watched and pass."""

    def __init__(self, chosen: Selection, assigned: Assignment, asked: Level, command: str) -> None:
        if not chosen.path.is_dir():
            raise UserError(f"{chosen.path} is not a folder: watch needs one")
        self.folder, self.assigned, self.asked, self.command = chosen.path, assigned, asked, command
        public = assigned.checks(public_only=True)
        self.checks = [check for check in public if chosen.numbers is None or check.number in chosen.numbers]
        self.parts = [part for part in assigned.parts if any(check.part is part for check in self.checks)]
        self.passed: list[PartConfig] = []
        self.runs: list[str] = []  # a line about each
        self.sources = Sources(self.folder, assigned.config.leave_out)
        self.due = self.parts[:1]

    def run_what_changed(self) -> None:
        """Run the parts that may have changed since the last call, and then, while they pass, the next ones.

        If files are saved while the checks run, they are noticed afterwards and checked again.
        """
        self._look()
        while self.due:
            self._run(self.due)
            self._look()

    def _look(self) -> None:
        if changed := self.sources.changed():
            self.due = [part for part in self.parts if self.sources.reach(part.file, changed)] or self.due

    def _run(self, parts: list[PartConfig]) -> None:
        self.due = []
        self.passed = [part for part in self.passed if part not in parts]
        numbers = {check.number for check in self.checks if check.number and check.part in parts}
        try:
            report, before = checking.run(self.folder, self.assigned, numbers)
        except UserError as error:  # for example, no file of the homework is there at the moment
            self._show(parts, str(error), "\n".join(terminal.wrapped(str(error), terminal.columns())))
            return
        is_open = [part for part, outcomes in report.parts() if any(map(_is_open, outcomes))]
        self.passed += [part for part in parts if part not in is_open]
        if not is_open:
            self.due = [part for part in self.parts if part not in self.passed][:1]
        gains = advice.changes_in_words(report, before)
        brief = ", ".join(filter(None, [f"{report.score:g} of {report.points:g} points", gains]))
        self._show(parts, brief, self._in_full(report, before))

    def _in_full(self, report: Report, before: dict[str, float]) -> str:
        scores = before | {outcome.number: outcome.score for outcome in report.outcomes}
        total = sum(scores.get(check.number or "", 0.0) for check in self.checks)
        most = sum(check.points for check in self.checks)
        state = DONE if len(self.passed) == len(self.parts) else WAITING
        summary = terminal.summary(report, self.asked, command=self.command, one_thing=True)
        return f"{summary}\n\n{total:g} of {most:g} points so far. {state}"

    def _show(self, parts: list[PartConfig], brief: str, text: str) -> None:
        """Clear the screen; show a line about each of the last runs, then the text about this one."""
        files = ", ".join(part.file for part in parts)
        run = textwrap.shorten(f"{time.strftime('%H:%M:%S')} {files}: {brief}", terminal.columns(), placeholder=" ...")
        self.runs = [*self.runs, run][-MOST_RUNS:]
        click.clear()
        click.echo("\n".join([*self.runs, "", text, ""]))


def _is_open(outcome: Outcome) -> bool:
    """Return whether something is left to do; a check that cannot run here does not count."""
    return outcome.failure is not None and outcome.verdict is not Verdict.SKIPPED
