"""convgrade quiz new and convgrade quiz verify: write questions of your own."""

import sys
from pathlib import Path

import click

from command_line.exit_codes import CHECK_FAILED, DONE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def new(folder: Path) -> None:
    """Write a small quiz as a starting point for your own questions.

    Its comments explain each file.
    """
    from quizzes.bank import new as scaffold

    for path in scaffold.write(folder):
        click.echo(f"wrote {path}")
    click.echo("\nNext:")
    for command, does in (
        (f"convgrade quiz verify {folder / 'quiz.toml'}", "prove that your questions are correct, after each change"),
        (f"convgrade quiz preview {folder / 'questions' / 'steps-of-an-epoch.toml'}", "see one of them"),
        (f"convgrade quiz make {folder / 'quiz.toml'} --variants 4 --out made", "make the quiz"),
    ):
        click.echo(f"  {command}\n      {does}")


@click.command()
@click.argument("path", metavar="QUIZ.toml|FOLDER|FILE", type=click.Path(path_type=Path))
@click.option(
    "--variants",
    type=click.IntRange(2, 1000),
    default=60,
    show_default=True,
    help="Number of variants to draw of each question.",
)
def verify(path: Path, variants: int) -> int:
    """Prove that your own questions are correct.

    Takes a quiz, a folder of questions, or one file. Draws many variants of each question: its two ways to compute the key
    must agree, each misconception must show in some variant, and all formats must be able to show the texts.

    Exits with 1 if something must be fixed.
    """
    from quizzes.bank import proof

    with click.progressbar(proof.subjects(path), label="Verifying", file=sys.stderr, show_eta=False) as bar:
        proofs = [proof.prove(one, variants) for one in bar]
    if not proofs:
        click.echo(f"{path} has no questions, numbers or stems of its own, so there is nothing to prove")
        return DONE
    width = max(len(each.name) for each in proofs)
    for each in proofs:
        click.echo(f"{each.name.ljust(width)}  {_variants(each.variants):13}  {each.key:22}  {each.told}".rstrip())
    for each in proofs:
        for remark in each.remarks:
            click.echo(f"Remark: {each.name}: {remark}")
    problems = [f"Problem: {each.name}: {fault}" for each in proofs for fault in each.faults]
    for problem in problems:
        click.secho(problem, fg="red")
    count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'} to fix" if problems else "nothing to fix"
    click.echo(f"{path}: {count}")
    return CHECK_FAILED if problems else DONE


def _variants(count: int) -> str:
    return f"{count:4} variant{'' if count == 1 else 's'}"
