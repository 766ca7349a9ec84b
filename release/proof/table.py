"""The kill table: what each check detects, and which programs fail it."""

import textwrap
from collections.abc import Sequence

from autograder.part import Check
from release.proof.catches import Caught

HEAD = ("check", "points", "shown", "misconceptions", "wrong programs that fail it")
NARROWEST = 40  # characters of the last column


def table(checks: Sequence[Check], caught: Sequence[Caught], fails: dict[str, list[str]], width: int) -> str:
    """Return the table as text. fails: the names of the programs that fail each check, by its number."""
    rows = [HEAD]
    for check in checks:
        number = check.number or ""
        of_check = [each for each in caught if each.check == number]
        who = fails.get(number, [])
        said = f"{len(who)}: {', '.join(who)}" if who else "none"
        rows.append((number, f"{check.points:g}", "public" if check.public else "hidden", _share(of_check), said))
    wide = [max(map(len, column)) for column in zip(*rows)]
    left = sum(wide[:-1]) + 2 * len(wide[:-1])
    lines = []
    for row in rows:
        cells = f"{row[0]:{wide[0]}}  {row[1]:>{wide[1]}}  {row[2]:{wide[2]}}  {row[3]:>{wide[3]}}  "
        wrapped = textwrap.wrap(row[4], max(width - left, NARROWEST), break_long_words=False)
        lines += [f"{start}{text}" for start, text in zip([cells, *[" " * left] * len(wrapped)], wrapped)]
    return "\n".join(lines)


def _share(of_check: Sequence[Caught]) -> str:
    """Return how many of its misconceptions a check detects, at least, under any seed."""
    if not of_check:
        return "-"
    return f"{min(len(each.detected & each.wanted) for each in of_check)} of {len(of_check[0].wanted)}"
