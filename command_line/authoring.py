"""convgrade new and convgrade verify: a homework of your own."""

import shutil
import sys
from pathlib import Path

import click

from command_line.exit_codes import CHECK_FAILED, DONE


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", help="The homework's title.")
def new(folder: Path, title: str | None) -> int:
    """Write a small homework into FOLDER, complete and with comments, for you to change into your own."""
    from release import new as scaffold

    for path in scaffold.write(folder, title):
        click.echo(f"wrote {path}")
    click.echo("\nNext:")
    for command, does in (
        (f"convgrade verify {folder}", "prove it, after each change"),
        (f"convgrade grade {folder} --assignment {folder}", "see the report of the solution, or of any submission"),
        (f"convgrade release {folder} --out handout", "write what students receive"),
        (f"convgrade build {folder} --try {folder}", "write what Gradescope receives, and try it"),
    ):
        click.echo(f"  {command}\n      {does}")
    return DONE


@click.command()
@click.argument("assignment", default="cnn", metavar="NAME|FOLDER")
@click.option(
    "--seeds", type=click.IntRange(1), default=20, show_default=True, help="How many secrets to draw hidden cases from."
)
@click.option("--mutants", type=click.IntRange(0), default=0, help="Also try so many small slips in each of your masters.")
@click.option("--jobs", type=click.IntRange(1), help="How many processes. [default: one for each processor]")
def verify(assignment: str, seeds: int, mutants: int, jobs: int | None) -> int:
    """Prove a homework, by its name or its folder: right programs get full marks, wrong ones lose points, nobody is lucky.

    Prints what each check detects. Exit code 1 if something must be corrected.
    """
    from autograder.assignment import find
    from autograder.sandbox import machine
    from release import verify as verifying
    from release.proof.table import table

    assigned = find(assignment)
    with click.progressbar(length=1, label="Verifying", file=sys.stderr, show_eta=False) as bar:

        def tell(done: int, tasks: int) -> None:
            bar.length = tasks
            bar.update(1)

        proof = verifying.verify(assigned, seeds, jobs or machine.processors(), tell, mutants)
    if proof.caught:
        checks = [check for check in assigned.checks() if check.number]
        click.echo(table(checks, proof.caught, proof.fails, shutil.get_terminal_size((120, 24)).columns))
        click.echo()
    if proof.slips:
        kept = sorted(f"  {slip.file}: {slip.where}" for slip in proof.slips if slip.keeps_all)
        click.echo(f"Mutants of your masters: {len(proof.slips)} tried, {len(kept)} keep all points.")
        if kept:
            click.echo("Is each of these still right? If not, add a case, or make it a program in wrong/:")
            click.echo("\n".join([*kept, ""]))
    for remark in proof.remarks:
        click.echo(f"Remark: {remark}")
    for problem in proof.problems:
        click.echo(f"{click.style('Problem', fg='red')}: {problem}")
    count = len(proof.problems)
    if count:
        click.echo(f"{assigned.name}: {count} problem{'s' if count > 1 else ''} to solve")
        return CHECK_FAILED
    click.echo(
        f"{assigned.name}: proved under {seeds} seed{'s' if seeds > 1 else ''}. "
        f"The solution gets all {assigned.points():g} points, also with half of its limits. The stubs get none. "
        f"Programs in wrong/ that get their verdicts: {len(proof.programs)}."
    )
    return DONE
