"""convgrade quiz grade: grade students' replies."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command_line.quiz.versions import drawn_from, versions, write
from common.errors import UserError

if TYPE_CHECKING:
    from quizzes.grading.responses import Responses
    from quizzes.quiz import GeneratedQuiz


@click.command()
@click.argument("path", metavar="QUIZ", type=click.Path(path_type=Path))
@click.argument("answers", type=click.Path(path_type=Path))
@drawn_from
@click.option("--out", default="graded", show_default=True, type=click.Path(path_type=Path), help="Folder for the grades.")
def grade(
    path: Path,
    answers: Path,
    seed: str | None,
    salt: str,
    students: Path | None,
    id_heading: str,
    variants: int | None,
    out: Path,
) -> None:
    """Grade a quiz, and write grades, feedback and statistics.

    QUIZ is the folder that `quiz make` wrote; or QUIZ.toml, with the seed and the roster that it was made with. ANSWERS is
    what students answered: a table (.csv), one student's file (.txt), or a folder of such files.
    """
    from quizzes.grading import reading

    made = versions(path, seed, salt, students, id_heading, variants)
    graded_into(out, made, reading.read(answers, made), str(answers))


def graded_into(
    out: Path, made: "GeneratedQuiz", given: Sequence["Responses"], source: str, said: Sequence[str] = ()
) -> None:
    """Grade what students answered, write the grades into a folder, and say how the class has done.

    source: where the answers are from. said: what else a teacher should read among the problems.
    """
    from quizzes.grading import grade as grading
    from quizzes.grading import report, statistics

    graded, problems = grading.grade_all(made, given)
    problems = [*said, *problems]
    for problem in problems:
        click.echo(problem, err=True)
    if not graded:
        raise UserError(f"nothing in {source} could be graded")
    found = statistics.statistics(made, graded)
    write(out, report.files(made, graded, found, problems), "--out")
    mean = sum(one.score for one in graded) / len(graded)
    click.echo(f"{len(graded)} graded, {mean:.1f} of {made.quiz.points:g} points on average")
    for item in found.items:
        often = ", ".join(f"{name} ({times})" for name, times in item.misconceptions.most_common(2))
        click.echo(f"  {item.number:2}  {item.tally.difficulty:4.0%}  {item.template}{f': {often}' if often else ''}")
    click.echo("Cronbach's alpha: " + ("undefined" if found.alpha is None else f"{found.alpha:.2f}"))
    for sentence in statistics.fairness(found.comparisons):
        click.echo(sentence)
    click.echo(f"Grades, feedback and charts: {out / 'report.html'}")
