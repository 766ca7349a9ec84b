"""convgrade override: points that a person gives instead of the autograder."""

from pathlib import Path

import click

from command_line.exit_codes import DONE
from command_line.options import Text
from common.errors import UserError

PATH = click.Path(path_type=Path)


@click.command()
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("student", required=False)
@click.argument("check", required=False)
@click.argument("points", required=False)
@click.option("--reason", type=Text(), default="", metavar="TEXT", help="Why, in a line. The student reads it.")
@click.option(
    "--from", "table", type=PATH, metavar="FILE.csv", help="Many at once: columns student, check, points, reason."
)
@click.option("--extra", is_flag=True, help="Allow more points than the check, or the homework, is worth.")
@click.option("--remove", is_flag=True, help="Remove the override of STUDENT's CHECK.")
@click.option("--history", is_flag=True, help="List those that were replaced or taken back, too.")
def override(
    folder: Path,
    student: str | None,
    check: str | None,
    points: str | None,
    reason: str,
    table: Path | None,
    extra: bool,
    remove: bool,
    history: bool,
) -> int:
    """Set a student's points by hand, in the class that `convgrade batch` graded into DIR.

    STUDENT is an e-mail address, a number, a name or a submission's key; CHECK is a check's number, such as 1.3, or total,
    which sets the whole grade: then nothing is taken off for lateness. Without STUDENT, list what was set.

    \b
        convgrade override DIR ada@example.com 1.3 6 --reason "Your bound is right, too."
        convgrade override DIR ada@example.com 1.3 --remove
        convgrade override DIR --from overrides.csv

    An override stays when the class is graded again. It stands in all tables and reports, with its reason.
    """
    from batch import comparing, outcome
    from batch.given import overrides
    from batch.ledger import Ledger

    if not (student or table):
        if reason or extra or remove:
            raise UserError("whose points? Give STUDENT and CHECK, or --from FILE.csv")
        with Ledger.to_read(folder) as ledger:
            ended = ledger.ended_overrides() if history else []
            click.echo(overrides.text(ledger.overrides(), ended, outcome.grades(ledger)))
        return DONE
    _require_sense(student, check, points, reason, table, remove)
    with Ledger.of_class(folder) as ledger:
        assigned, before = outcome.homework(ledger), outcome.grades(ledger)
        if table:
            overrides.keep(ledger, overrides.read(table, before, extra))
        else:
            _, grade = overrides.Counted(before).find(student or "")
            if remove:
                overrides.take_back(ledger, grade, check or "")
            else:
                overrides.keep(ledger, [(grade, overrides.override(grade, check or "", points or "", reason, extra))])
        after = outcome.write(folder, ledger, assigned)
    click.echo(comparing.text(comparing.compare(before, after)))
    click.echo(f"Everything in {folder} is up to date.")
    return DONE


def _require_sense(
    student: str | None, check: str | None, points: str | None, reason: str, table: Path | None, remove: bool
) -> None:
    """Raise UserError where the words do not say what to do."""
    if table and (student or remove or reason):
        raise UserError("with --from, the table names students, checks, points and reasons: leave the others out")
    if remove and (not check or points or reason):
        raise UserError("to take an override back, give STUDENT and CHECK: convgrade override DIR STUDENT CHECK --remove")
    if not (table or remove) and not points:
        raise UserError('give STUDENT, CHECK and POINTS: convgrade override DIR STUDENT CHECK POINTS --reason "..."')
