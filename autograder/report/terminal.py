"""The report as text for a terminal, in at most 80 columns if it goes into a file or a pipe."""

import re
import shutil
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest

import click

from autograder import levels
from autograder.escaping import escape_control
from autograder.feedback import Failure, Grid, side_by_side
from autograder.grading import Report
from autograder.levels import Level
from autograder.report import advice
from autograder.report.numbering import in_short
from autograder.runner import Outcome
from autograder.verdicts import Verdict

INDENT, GAP = " " * 4, " " * 3  # before text, and between tables
MARKS = {True: ("ok", "green"), False: ("--", "red")}
IN_A_LINE = (Verdict.NOT_IMPLEMENTED, Verdict.SKIPPED)
NARROWEST, USUAL, WIDEST = 40, 80, 100  # columns
TEXT = re.compile(r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\"""")  # in a call


def summary(
    report: Report,
    asked: Level = Level.WRONG,
    before: Mapping[str, float] | None = None,
    command: str = "python check.pyz",
    one_thing: bool = False,
) -> str:
    """Return what to look at first, each part with its checks, the reasons for failures, and the score.

    asked: how much a student wants to see, if hints are given on request; Level.NUMBERS shows each failure in full.
    before: the points of an earlier run, by check. command: runs the check whose number follows it. one_thing: explain only
    the failure to look at first, and omit the score.
    """
    start, width = advice.start(report), columns()
    changes = advice.changes_in_words(report, before or {})
    news = wrapped(f"Since the last run: {changes}", width) if changes else []
    looked_at = [start] if one_thing and start else report.outcomes
    blocks = [
        [*_start(report, start, width), *news],
        *_parts(report, width),
        *_reasons(report, looked_at, asked, command, width),
        [line for remark in report.remarks for line in wrapped(f"Note: {remark}", width)],
    ]
    if not report.public_only:  # at home it is the student's own code
        missing = report.missing_layers.items()
        layers = [f'Sandbox: this machine lacks the layer "{name}" ({reason})' for name, reason in missing]
        blocks.append([line for layer in layers for line in wrapped(layer, width)])
    if not one_thing:
        blocks.append([click.style(f"{report.score:g} of {report.points:g} points", bold=True)])
    return "\n\n".join("\n".join(block) for block in blocks if block)


def columns() -> int:
    """Return how wide lines may be: the terminal's width, or at most 80 columns without a terminal."""
    widest = WIDEST if sys.stdout.isatty() else USUAL
    return max(min(shutil.get_terminal_size((USUAL, 24)).columns, widest), NARROWEST)


def _start(report: Report, start: Outcome | None, width: int) -> list[str]:
    """Return where to start, with the line of a stub; nothing if only a single failure is shown anyway."""
    is_stub = start is not None and start.verdict is Verdict.NOT_IMPLEMENTED
    if not start or (len(report.outcomes) == 1 and not is_stub):
        return []
    lines = wrapped(f"Start here: {start.number} {start.name}", width, hanging=" " * 12)
    styled = [click.style(line, bold=True) for line in lines]
    frames = start.failure.frames if start.failure and is_stub else []
    return styled + [line for frame in frames[-1:] for line in wrapped(frame, width, " " * 12)]


def _parts(report: Report, width: int) -> Iterator[list[str]]:
    """Yield the lines of each part and its checks; those not begun share one line at the end, and so do those skipped."""
    not_begun: list[str] = []
    skipped: dict[str, list[str]] = {}  # by the reason
    untouched: list[str] = []
    for part, outcomes in report.parts():
        score, most = sum(outcome.score for outcome in outcomes), sum(outcome.points for outcome in outcomes)
        title = click.style(f"{part.title}  {score:g} of {most:g}", bold=True)
        lines: list[str] = []
        for outcome in outcomes:
            if outcome.failure and outcome.verdict is Verdict.NOT_IMPLEMENTED:
                not_begun.append(outcome.number)
            elif outcome.failure and outcome.verdict is Verdict.SKIPPED:
                skipped.setdefault(outcome.failure.sentence, []).append(outcome.number)
            else:
                lines += _outcome(outcome, width)
        if lines:
            yield [title, *lines]
        elif outcomes:
            untouched.append(title)
    untouched += wrapped(f"Not started: {in_short(not_begun)}", width) if not_begun else []
    for reason, numbers in skipped.items():
        untouched += [*wrapped(f"Not checked: {in_short(numbers)}", width), *wrapped(reason, width, INDENT)]
    yield untouched


def _outcome(outcome: Outcome, width: int) -> list[str]:
    """Return the line of a check, with its notes and charts under it."""
    mark, colour = MARKS[outcome.failure is None]
    verdict = "" if outcome.verdict is Verdict.PASSED else f"  [{outcome.verdict}]"
    before = f"  {mark}  {outcome.number}  {f'{outcome.score:g}/{outcome.points:g}':>6}  "
    first, *others = wrapped(f"{outcome.name}{verdict}", width, before, " " * len(before))
    lines = [first.replace(mark, click.style(mark, fg=colour), 1), *others]
    for note in outcome.notes:
        lines += wrapped(note, width, INDENT * 2)
    for chart in outcome.charts:
        title, *others = escape_control(str(chart)).splitlines()
        drawn = [*wrapped(title, width, INDENT), *(f"{INDENT}{line}" for line in others)]
        lines += ["", *drawn, ""] if max(map(len, drawn)) <= width else []
    return lines


def _reasons(report: Report, outcomes: list[Outcome], asked: Level, command: str, width: int) -> Iterator[list[str]]:
    """Yield why checks failed: the first failure of each part in full, as far as it may be shown, the others in brief."""
    explained, repeated = advice.explained(report), advice.repeated(report)
    mistaken, said = ({number for others in group.values() for number in others} for group in (explained, repeated))
    failures = advice.with_shared_hints(report)
    seen: set[str] = set()
    for outcome in outcomes:
        failure = failures.get(outcome.number)
        if not failure or outcome.verdict in IN_A_LINE:
            continue
        if outcome.number in said or (outcome.number in mistaken and asked is not Level.NUMBERS):
            continue
        level = advice.level(report, outcome, asked)
        in_full = asked is Level.NUMBERS or outcome.part.file not in seen
        if not seen:
            yield [click.style("What to look at", bold=True)]
        seen.add(outcome.part.file)
        heading = wrapped(f"{outcome.number} {outcome.name}: {outcome.verdict}", width)
        first, *others = _blocks(levels.shown(failure, level), in_full, width)
        yield [*(click.style(line, fg="red") for line in heading), *first]
        yield from others
        if outcome.number in explained:
            yield wrapped(f"The same mistake explains {in_short(explained[outcome.number], ' and ')}.", width, INDENT)
        if outcome.number in repeated:
            yield wrapped(f"The same goes for {in_short(repeated[outcome.number], ' and ')}.", width, INDENT)
        if in_full and outcome.practice:
            yield wrapped(outcome.practice, width, INDENT)
        offer = levels.offer(failure, level if in_full else min(level, Level.MISTAKE), f"{command} {outcome.number}")
        if offer and report.public_only:  # elsewhere report.html shows all
            yield wrapped(offer, width, INDENT)


def _blocks(failure: Failure, in_full: bool, width: int) -> Iterator[list[str]]:
    """Yield the blocks of a failure. in_full: include the working, the tables and what the code printed."""
    yield wrapped(failure.sentence, width, INDENT)
    if failure.frames:
        yield [line for frame in failure.frames for line in wrapped(frame, width, INDENT + "  ", INDENT * 2)]
    if failure.hint:
        yield wrapped(f"Hint: {failure.hint}", width, INDENT)
    if failure.call:  # its lines stay whole, to be pasted into Python
        yield [line for each in failure.call.splitlines() for line in _wrapped_call(each, width)]
    if failure.working and in_full:
        yield wrapped(failure.working, width, INDENT)
    for group in side_by_side(failure.grids) if in_full else []:
        yield from map(_indented, _tables(group, width - len(INDENT)))
    if failure.printed.strip() and in_full:
        yield _indented(f"Your code printed:\n{failure.printed}")


def _indented(text: str) -> list[str]:
    """Return indented lines without wrapping them."""
    return [f"{INDENT}{line}".rstrip() for line in escape_control(text).splitlines()]


def _tables(grids: list[Grid], width: int) -> list[str]:
    """Return tables side by side as one text if they fit, otherwise as one or more texts each."""
    texts = [str(grid).splitlines() for grid in grids]
    widths = [max(map(len, lines)) for lines in texts]
    if sum(widths) + len(GAP) * (len(grids) - 1) > width:
        return [str(piece) for grid in grids for piece in _pieces(grid, width)]
    rows = zip_longest(*texts, fillvalue="")
    return ["\n".join(GAP.join(map(str.ljust, row, widths)) for row in rows)]


def _pieces(grid: Grid, width: int) -> list[Grid]:
    """Split a table that is too wide into several with as many columns as fit."""
    if all(len(line) <= width for line in str(grid).splitlines()[1:]):
        return [grid]
    cell = max((len(cell) for row in grid.rows for cell in row), default=0) + len("[]")
    count, most = max(map(len, grid.rows), default=0), max((width - 2) // cell, 1)
    pieces = []
    for first in range(0, count, most):
        end = min(first + most, count)
        marked = {(row, column - first) for row, column in grid.marked if first <= column < end}
        title = f"{grid.title}, columns {first} to {end - 1}"
        pieces.append(replace(grid, title=title, rows=[row[first:end] for row in grid.rows], marked=marked))
    return pieces


def wrapped(text: str, width: int, indent: str = "", hanging: str | None = None) -> list[str]:
    """Wrap sentences that may contain text from a submission."""
    wrapper = textwrap.TextWrapper(width, indent, indent if hanging is None else hanging)
    return [piece for line in escape_control(text).splitlines() for piece in wrapper.wrap(line)]


def _wrapped_call(call: str, width: int) -> list[str]:
    """Wrap a call so that it stays valid Python: no string in it is broken."""
    whole = TEXT.sub(lambda text: text[0].replace(" ", "\0"), escape_control(call))
    wrapper = textwrap.TextWrapper(width, "", INDENT, break_long_words=False, break_on_hyphens=False)
    return [line.replace("\0", " ") for line in wrapper.wrap(whole)]
