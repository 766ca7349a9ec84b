"""Read what students answered, whoever wrote the file."""

from pathlib import Path

from common.errors import UserError
from quizzes.grading import answers, exported, uploads
from quizzes.grading.answers import Given
from quizzes.quiz import Made
from quizzes.spreadsheets import read_csv


def read(path: Path, made: Made) -> list[Given]:
    """Read answers from a table of a class or an export (.csv), a student's file (.txt), or a folder of such files.

    Raises UserError where there is nothing to read, or a heading or a line cannot be meant.
    """
    if path.is_dir():
        found = list(uploads.read_folder(path, made))
        if not found:
            raise UserError(f"{path} holds no answers: no file in it ends in .txt")
        return found
    if path.suffix.lower() in uploads.SUFFIXES:
        return [uploads.read(path, made)]
    rows = read_csv(path, "save a table as CSV, the answers of one student as .txt")
    if rows and exported.is_exported(rows[0]):
        return exported.read(rows, made, str(path))
    return answers.read_table(rows, str(path))
