"""What remains of a lecture: a page, tables, a quiz that `quiz grade` takes, and the lecture itself, shown again.

All of it comes from the journal alone, so it can be written again at any time, after a crash too.
"""

from pathlib import Path

from common.files import write_whole
from polls.afterwards import grading, lecture, report, tables
from polls.journal import Journal


def write(folder: Path, journal: Journal) -> Path:
    """Write all files about a poll into its folder; returns the page. Raises UserError where that fails."""
    told = lecture.read(journal)
    for name, content in {**report.files(told), **tables.files(told), **grading.files(told)}.items():
        write_whole(folder / name, [content])
    return folder / report.PAGE
