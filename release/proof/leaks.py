"""Lines of the solution that students would receive."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from autograder.assignment import Assignment
from autograder.stubs import BEGIN, END
from release.bundle import ASSIGNMENT
from release.handout import CHECK

SHORTEST = 21  # characters: shorter lines are the same in many programs


def problems(assigned: Assignment, released: dict[str, bytes]) -> list[str]:
    """Return which lines of the solution are in which file of the handout."""
    texts = {name: text for file, content in released.items() for name, text in _texts(file, content)}
    found = []
    for part in assigned.parts:
        for number, line in solution_lines((assigned.folder / part.file).read_text("utf-8")):
            holders = [name for name, text in texts.items() if line in text]
            if holders:
                found.append(
                    f"line {number} of the solution in {part.file} is in the handout, in {' and '.join(holders)}: `{line}`"
                )
    return found


def solution_lines(master: str) -> list[tuple[int, str]]:
    """Return the lines between the markers that would give something away, with their numbers.

    Imports and the heads of loops would not, nor do lines that the master also shows outside of the markers.
    """
    inside, outside, marked = [], [], False
    for number, line in enumerate(map(str.strip, master.splitlines()), start=1):
        if line in (BEGIN, END):
            marked = line == BEGIN
        elif marked:
            inside.append((number, line))
        else:
            outside.append(line)
    shown = "\n".join(outside)
    return [(number, line) for number, line in inside if _reveals(line) and line not in shown]


def _reveals(line: str) -> bool:
    return len(line) >= SHORTEST and not line.startswith(("import ", "from ")) and not line.endswith(":")


def _texts(file: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Yield the texts in a file of the handout, by name; in check.pyz, only the assignment's, not convgrade's own code."""
    if file == CHECK:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                if name.startswith(f"{ASSIGNMENT}/"):
                    yield f"{CHECK}: {Path(name).relative_to(ASSIGNMENT).as_posix()}", archive.read(name).decode("latin1")
    elif file.endswith(".ipynb"):
        yield file, "\n".join(_strings(json.loads(content)))
    else:
        yield file, content.decode("utf-8", "replace")


def _strings(value: object) -> Iterator[str]:
    """Yield all strings in a JSON document."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
