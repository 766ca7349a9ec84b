"""convgrade quiz texts: begin a translation."""

from pathlib import Path

import click


@click.command()
@click.argument("path", metavar="QUIZ.toml", type=click.Path(path_type=Path))
@click.option("--language", help="A code such as fr, or a catalogue. [default: the quiz's language]")
def texts(path: Path, language: str | None) -> None:
    """Print the texts of a quiz that are not translated yet.

    The output is a catalogue to fill in: convgrade quiz texts quiz.toml --language fr > fr.toml
    """
    from quizzes import making
    from quizzes.languages import catalogue, skeleton

    quiz = making.read(path)
    click.echo(skeleton.skeleton(quiz, catalogue.begun(language, Path()) if language else quiz.language), nl=False)
