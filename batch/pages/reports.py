"""submissions/KEY: the report on each submission with its final grade, and the changes since the previous attempt."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from batch.display_names import called, submitted_by
from batch.grades import TOTAL, Comment, Grade, Grades
from batch.grading.schedule import CONTENTS
from batch.grading.task import REPORT, RESULTS
from batch.pages import changes
from batch.pages.changes import sources
from batch.pages.html import SUBMISSIONS
from batch.people import each_of
from common import pages
from common.files import write_whole

if TYPE_CHECKING:
    from jinja2.environment import TemplateModule

CHANGES = "changes.html"
CODE = re.compile('(<ol data-file="[^"]*" start="([0-9]+)">)(.*?</ol>)', re.DOTALL)
AROUND = 2  # lines shown above and below a commented one


@dataclass(frozen=True)
class Quote:
    """The lines around a comment. first: the number of the first line, from 1."""

    first: int
    lines: list[str]


def write(folder: Path, grades: Grades) -> None:
    """Write the folder of each submission. Raises UserError if that fails."""
    attempts = {(who, grade.attempt): grade for grade in grades for who in _people(grade)}
    with changes.Finder(folder / CONTENTS) as finder:
        for grade in grades:
            content = folder / CONTENTS / grade.result.digest
            target = folder / SUBMISSIONS / grade.folder
            if (content / RESULTS).is_file():
                _share(content / RESULTS, target / RESULTS)
            if (content / REPORT).is_file():
                page = (content / REPORT).read_text("utf-8", "replace")
                write_whole(target / REPORT, [filled(page, grade, folder).encode("utf-8", "replace")])
            if before := next(filter(None, (attempts.get((who, grade.attempt - 1)) for who in _people(grade))), None):
                page = changes.render(before, grade, finder.find(before.result.digest, grade.result.digest))
                write_whole(target / CHANGES, [page.encode("utf-8", "replace")])


def _people(grade: Grade) -> list[str]:
    return each_of(grade.handed_in)


def filled(page: str, grade: Grade, folder: Path, alone: bool = False) -> str:
    """Return the report on a content with the final grade of one submission filled in.

    folder: of the class. alone: without links to other files, to be sent to a student.
    """
    said = [(one, _quote(one, folder / CONTENTS / one.digest)) for one in grade.comments]
    sums = _parts(grade)
    places = {
        "title": _written("title", grade),
        "standing": _written("standing", grade, [each for each in grade.overrides if each.check == TOTAL], alone),
        "comments": _written("comments", said, grade.result.digest) if said else "",
        "parts": _written("sums", sums.values()),
    }
    for number, (_, score, most) in sums.items():
        places[f"part {number}"] = _written("share", score, most)
    for check in grade.checks:
        places[f"points {check.number}"] = _written("share", check.score, check.points)
    for each in grade.overrides:
        places[f"said {each.check}"] = _written("overridden", each, grade.result)
    return _beside_code(pages.put(page, places), [one for one in grade.comments if one.digest == grade.result.digest])


def _share(source: Path, target: Path) -> None:
    """Put a file of a content into the folder of a submission: as a hard link, if the disk allows that."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.is_file() and target.samefile(source):
        return
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        write_whole(target, [source.read_bytes()])


def _quote(comment: Comment, content: Path) -> Quote | None:
    """Return the lines that a comment is about; None if it is not about an existing line."""
    lines = sources(content).get(comment.file, [])
    if not 1 <= comment.line <= len(lines):
        return None
    first = max(comment.line - AROUND, 1)
    return Quote(first, lines[first - 1 : comment.line + AROUND])


def _beside_code(page: str, comments: Sequence[Comment]) -> str:
    """Return a page with each comment below its line, wherever the line is shown."""

    def with_comments(shown: re.Match[str]) -> str:
        start, first, items = shown[1], int(shown[2]), shown[3].split("</li>")
        for one in comments:
            place = one.line - first
            if f'data-file="{escape(one.file)}"' in start and 0 <= place < len(items) - 1:
                items[place] += _written("below", one)
        return start + "</li>".join(items)

    return CODE.sub(with_comments, page) if comments else page


def _parts(grade: Grade) -> dict[str, tuple[str, float, float]]:
    """Return each part's title, points and maximum points, by number."""
    found: dict[str, tuple[str, float, float]] = {}
    for check in grade.checks:
        number = check.number.split(".")[0]
        _, score, most = found.get(number, (check.part, 0.0, 0.0))
        found[number] = check.part, score + check.score, most + check.points
    return found


def _written(macro: str, *values: object) -> str:
    """Return the HTML that a macro of standing.html.jinja writes."""
    return str(getattr(_macros(), macro)(*values))


@cache
def _macros() -> "TemplateModule":
    filters = {"called": called, "by": submitted_by, "points": "{:g}".format, "signed": "{:+g}".format}
    return pages.template("batch.pages", "standing.html.jinja", filters).module
