"""Write the files about a poll into its folder."""

from pathlib import Path

from common.files import write_whole
from polls.afterwards import grading, lecture, report, tables
from polls.journal import Journal


def write(folder: Path, journal: Journal) -> Path:
    """Write everything about a poll into a folder; returns the page. Raises UserError if that fails."""
    told = lecture.read(journal)
    for name, content in {**report.files(told), **tables.files(told), **grading.files(told)}.items():
        write_whole(folder / name, [content])
    return folder / report.PAGE
