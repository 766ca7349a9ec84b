"""Export a generated quiz as files: for paper, for learning platforms, for practice."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

from common.errors import UserError
from quizzes.quiz import GeneratedQuiz

# Each format is a module here with a function `files`.
FORMATS = {
    "paper": "paper",  # exams/ or exams.pdf to print, teacher/keys.pdf
    "answer-sheets": "answer_sheets",  # answer-sheets.pdf to fill in with a pencil and to scan
    "canvas": "canvas",  # canvas.zip to import into Canvas, classic quizzes or New Quizzes
    "moodle": "moodle",  # moodle.xml to import into a question bank; moodle.txt says how
    "markdown": "markdown",  # markdown/ for any editor, teacher/markdown/ with keys
    "json": "plain_json",  # json/ for other programs, without keys
    "answers": "answer_files",  # answers/ to fill in and hand in
    "self-check": "page",  # self-check/ to practise with, keys included
}


def chosen(names: Iterable[str]) -> list[str]:
    """Return the formats with these names, or all if none is given; raises UserError for an unknown name."""
    for name in names:
        if name not in FORMATS:
            raise UserError(f"unknown format {name!r}; available: {', '.join(FORMATS)}")
    return [name for name in FORMATS if name in names] or list(FORMATS)


def present(paths: Iterable[str]) -> list[str]:
    """Return the formats that files of a folder belong to, by their names."""
    begin = {"paper": "exams"}
    return [name for name in FORMATS if any(path.startswith(begin.get(name, name)) for path in paths)]


def files(name: str, generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return the files of a format, by their paths in the folder of the quiz."""
    found: dict[str, bytes] = import_module(f"quizzes.exports.{FORMATS[name]}").files(generated)
    return found


def summary(paths: Mapping[str, bytes] | Sequence[str]) -> list[str]:
    """Return a line for each folder or file that was written, with its number of files."""
    counts: dict[str, int] = {}
    for path in paths:
        top = path.split("/")[0] + ("/" if "/" in path else "")
        counts[top] = counts.get(top, 0) + 1
    return [f"  {name:16} {count} file{'s' if count > 1 else ''}" for name, count in counts.items()]
