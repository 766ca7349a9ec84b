"""Numbers of checks, as short as possible."""

from collections.abc import Sequence


def in_short(numbers: Sequence[str], last: str = ", ") -> str:
    """Return "1.1 to 1.4, 2.1, 2.2" for these six numbers. last: goes before the last of them."""
    runs: list[list[str]] = []
    for number in numbers:
        if runs and number == _after(runs[-1][-1]):
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [each for run in runs for each in ([f"{run[0]} to {run[-1]}"] if len(run) > 2 else run)]
    return last.join(filter(None, [", ".join(shown[:-1]), *shown[-1:]]))


def _after(number: str) -> str:
    """Return the next number in the same part; "" if its numbers are not consecutive."""
    part, dot, last = number.rpartition(".")
    return f"{part}{dot}{int(last) + 1}" if last.isdecimal() else ""
