"""The kill table: what each check detects, and who fails it."""

import textwrap
from collections.abc import Sequence

from autograder.assignment import Assignment
from autograder.verdicts import Verdict
from autograder.wrong import Program
from release.proof.catches import Caught

HEAD = ("check", "points", "shown", "misconceptions", "wrong programs that fail it")
NARROWEST = 40  # characters of the last column


def table(assigned: Assignment, caught: Sequence[Caught], programs: Sequence[Program], width: int) -> str:
    """Return the table as text."""
    rows = [HEAD]
    for check in assigned.checks():
        if check.number:
            of_check = [each for each in caught if each.check == check.number]
            fails = [one.name for one in programs if one.verdicts.get(check.number, Verdict.PASSED) is not Verdict.PASSED]
            shown = "public" if check.public else "hidden"
            rows.append(
                (
                    check.number,
                    f"{check.points:g}",
                    shown,
                    _share(of_check),
                    f"{len(fails)}: {', '.join(fails)}" if fails else "0",
                )
            )
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    left = sum(widths) + 2 * len(widths)
    lines = []
    for row in rows:
        first, *more = textwrap.wrap(row[-1], max(width - left, NARROWEST), break_long_words=False) or [""]
        cells = [
            cell.ljust(wide) if column in (0, 2) else cell.rjust(wide)
            for column, (cell, wide) in enumerate(zip(row, widths))
        ]
        lines.append("  ".join([*cells, first]).rstrip())
        lines += [" " * left + each for each in more]
    return "\n".join(lines)


def _share(of_check: Sequence[Caught]) -> str:
    """Say how many misconceptions a check detects of how many; the fewest under any seed."""
    if not of_check:
        return "-"
    return f"{min(len(each.detected & each.wanted) for each in of_check)} of {len(of_check[0].wanted)}"
