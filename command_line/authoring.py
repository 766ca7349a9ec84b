"""convgrade new and convgrade verify: write an assignment of your own."""

import shutil
import sys
from pathlib import Path

import click

from command_line.exit_codes import CHECK_FAILED, DONE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="Title of the homework.")
def new(folder: Path, title: str | None) -> int:
    """Write a small homework as a starting point for your own.

    It is complete and works as it is; its comments explain each file.
    """
    from release import new as scaffold

    for path in scaffold.write(folder, title):
        click.echo(f"wrote {path}")
    click.echo("\nNext:")
    for command, does in (
        (f"convgrade verify {folder}", "prove that it grades correctly, after each change"),
        (f"convgrade grade {folder} --assignment {folder}", "see the report on the solution, or on any submission"),
        (f"convgrade release {folder} --out handout", "write the files that students receive"),
        (f"convgrade build {folder} --try {folder}", "build what Gradescope runs, and try it"),
    ):
        click.echo(f"  {command}\n      {does}")
    return DONE


@click.command()
@click.argument("assignment", default="cnn", metavar="NAME|FOLDER")
@click.option(
    "--seeds",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="Number of secret seeds to draw hidden cases from.",
)
@click.option(
    "--mutants",
    type=click.IntRange(0),
    default=0,
    help="Also try this many small slips in each master, and list those that cost no points.",
)
@click.option("--jobs", type=click.IntRange(1), help="Number of processes. [default: one per processor]")
def verify(assignment: str, seeds: int, mutants: int, jobs: int | None) -> int:
    """Prove that an assignment grades correctly.

    Under every seed, the solution must get full marks, the stubs no points, and each wrong program its verdict. Prints what
    each check detects.

    Exits with 1 if something must be fixed.
    """
    from autograder.assignment import find
    from autograder.sandbox import machine
    from release import verify as verifying
    from release.proof.table import table

    assigned = find(assignment)
    with click.progressbar(length=1, label="Verifying", file=sys.stderr, show_eta=False) as bar:

        def on_progress(done: int, tasks: int) -> None:
            bar.length = tasks
            bar.update(1)

        proof = verifying.verify(assigned, seeds, jobs or machine.processors(), on_progress, mutants)
    if proof.caught:
        checks = [check for check in assigned.checks() if check.number]
        click.echo(table(checks, proof.caught, proof.fails, shutil.get_terminal_size((120, 24)).columns))
        click.echo()
    if proof.slips:
        kept = sorted(f"  {slip.file}: {slip.where}" for slip in proof.slips if slip.keeps_all)
        click.echo(f"Small slips in your masters: {len(proof.slips)} tried, {len(kept)} of them cost no points.")
        if kept:
            click.echo("Is each of these still correct? If not, add a case, or add it as a program to wrong/:")
            click.echo("\n".join([*kept, ""]))
    for remark in proof.remarks:
        click.echo(f"Remark: {remark}")
    for problem in proof.problems:
        click.echo(f"{click.style('Problem', fg='red')}: {problem}")
    count = len(proof.problems)
    if count:
        click.echo(f"{assigned.name}: {count} problem{'s' if count > 1 else ''} to fix")
        return CHECK_FAILED
    click.echo(
        f"{assigned.name}: proved under {seeds} seed{'s' if seeds > 1 else ''}. "
        f"The solution gets all {assigned.points():g} points, even with half the time limits. The stubs get none. "
        f"Wrong programs that get their verdicts: {len(proof.programs)}."
    )
    return DONE
