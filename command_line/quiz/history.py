"""convgrade quiz history."""

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
    help="The folder for the table and the page.",
)
def history(folders: tuple[Path, ...], out: Path) -> None:
    """Show how hard each template was, and how well it discriminated, over all gradings in FOLDERs.

    `quiz grade --out` keeps in its folder what this needs.
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
