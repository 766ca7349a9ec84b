"""convgrade quiz history: how questions did in earlier quizzes."""

from itertools import groupby
from pathlib import Path

import click

from command_line.quiz.versions import write


@click.command()
@click.argument("folders", metavar="FOLDER...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out",
    default="history",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder for the table and the page.",
)
def history(folders: tuple[Path, ...], out: Path) -> None:
    """Show how hard each question was in earlier quizzes.

    Also shows how well it separated strong students from weak ones. FOLDERs are those that `quiz grade` and `quiz scan`
    wrote.
    """
    from quizzes.grading import history as histories
    from quizzes.grading.charts import counted

    gradings, left_out = histories.read(folders)
    for sentence in left_out:
        click.echo(sentence, err=True)
    found = histories.lines(gradings)
    width = max(len(line.template) for line in found)
    for topic, own in groupby(found, key=lambda line: line.topic):
        click.secho(topic, bold=True)
        for line in own:
            click.echo(f"  {line.template.ljust(width)}  {histories.said(line)}")
    write(out, histories.files(gradings), "--out")
    click.echo(f"{counted(len(gradings), 'grading')}: {out / 'history.html'}")
