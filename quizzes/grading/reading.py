"""Read students' replies from a file of any kind."""

from pathlib import Path

from common.errors import UserError
from quizzes.grading import exported, responses, uploads
from quizzes.grading.responses import Responses
from quizzes.quiz import GeneratedQuiz
from quizzes.spreadsheets import read_csv


def read(path: Path, generated: GeneratedQuiz) -> list[Responses]:
    """Read answers from a table of a class or an export (.csv), a student's file (.txt), or a folder of such files.

    Raises UserError if there is nothing to read, or for an invalid heading or line.
    """
    if path.is_dir():
        found = list(uploads.read_folder(path, generated))
        if not found:
            raise UserError(f"{path} holds no answers: no file in it ends in .txt")
        return found
    if path.suffix.lower() in uploads.SUFFIXES:
        return [uploads.read(path, generated)]
    rows = read_csv(path, "save a table as CSV, the answers of one student as .txt")
    if rows and exported.is_exported(rows[0]):
        return exported.read(rows, generated, str(path))
    return responses.read_table(rows, str(path))
