"""Find which lines of a submission were running, from what its worker says about its stack, true or made up."""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

FRAME = re.compile(r'  File "([^"\x00]{1,500})", line (\d{1,7}) in .*')  # as Python's faulthandler writes it
MOST_READ, MOST_SHOWN = 1_000_000, 100  # bytes of a file, characters of its line
MOST_LINES = 5


def running_lines(stack: Iterable[str], folder: Path) -> list[str]:
    """Return the innermost lines of files in the folder, as in "homework.py line 3: code", the innermost one last.

    stack: lines of text, the innermost frame first. It may never end, but the frames of the folder's files are consecutive.
    """
    lines: list[str] = []
    for text in stack:
        line = _of_frame(text, folder)
        if lines and (not line or len(lines) == MOST_LINES):
            break
        if line and line not in lines:
            lines.append(line)
    return lines[::-1]


def _of_frame(text: str, folder: Path) -> str:
    """Return the line of a frame; "" if it is of another file, or none."""
    if frame := FRAME.fullmatch(text):
        with contextlib.suppress(OSError, ValueError, IndexError):  # no such file, or not in the folder, or no such line
            name = Path(frame[1]).resolve(strict=True).relative_to(folder.resolve())
            return f"{name} line {frame[2]}: {_line(folder / name, int(frame[2]))}"
    return ""


def _line(path: Path, number: int) -> str:
    if not path.is_file():
        raise ValueError
    with path.open("rb") as file:
        line = file.read(MOST_READ).split(b"\n")[number - 1]
    return line.decode("utf-8", "replace").strip()[:MOST_SHOWN]
