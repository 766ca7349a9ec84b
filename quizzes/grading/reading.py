"""Read what students answered, whoever wrote the file."""

from pathlib import Path

from quizzes.errors import QuizError
from quizzes.grading import answers, exported
from quizzes.grading.answers import Given
from quizzes.quiz import Made
from quizzes.roster import read_csv


def read(path: Path, made: Made) -> list[Given]:
    """Read answers from a table of a class or an export (.csv), a student's file (.txt), or a folder of such files.

    Raises QuizError where there is nothing to read, or a heading or a line cannot be meant.
    """
    if path.is_dir():
        files = sorted(each for each in path.rglob("*.txt") if each.is_file())
        if not files:
            raise QuizError(f"{path} holds no answers: no file in it ends in .txt")
        return [answers.read_path(each) for each in files]
    if path.suffix.lower() in (".txt", ".text"):
        return [answers.read_path(path)]
    rows = read_csv(path)
    if rows and exported.is_exported(rows[0]):
        return exported.read(rows, made, str(path))
    return answers.read_table(rows, str(path))
