"""convgrade override: set points by hand."""

from pathlib import Path

import click

from command_line.exit_codes import DONE
from command_line.options import Text
from common.errors import UserError

PATH = click.Path(path_type=Path)
EXAMPLES = """\b
Examples:
  convgrade override DIR ada@example.com 1.3 6 --reason "Your bound is right, too."
  convgrade override DIR ada@example.com 1.3 --remove
  convgrade override DIR --from overrides.csv
"""


@click.command(epilog=EXAMPLES, context_settings={"ignore_unknown_options": True})  # -2 is a number of points
@click.argument("folder", metavar="DIR", type=PATH)
@click.argument("student", required=False)
@click.argument("check", required=False)
@click.argument("points", required=False)
@click.option("--reason", type=Text(), default="", metavar="TEXT", help="Why, in one line, for the student to read.")
@click.option(
    "--from",
    "table",
    type=PATH,
    metavar="FILE.csv",
    help="Set many at once: a CSV with the columns student, check, points and reason.",
)
@click.option("--extra", is_flag=True, help="Allow more points than the check or the homework is worth.")
@click.option("--remove", is_flag=True, help="Remove the override of STUDENT's CHECK.")
@click.option("--history", is_flag=True, help="Also list overrides that were replaced or removed.")
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
    """Set a student's points by hand.

    DIR is a folder that `convgrade batch` wrote. STUDENT is an e-mail address, a number, a name or a submission's key.
    CHECK is the number of a check, such as 1.3, or total, which sets the whole grade; nothing is then deducted for
    lateness. POINTS may be negative. Without STUDENT, lists all overrides.

    Overrides stay in force when the class is graded again. All tables and reports show them with their reasons.
    """
    from batch import comparing, outputs
    from batch.instructor import overrides
    from batch.ledger import Ledger

    if not (student or table):
        if reason or extra or remove:
            raise UserError("whose points? Give STUDENT and CHECK, or --from FILE.csv")
        with Ledger.to_read(folder) as ledger:
            ended = ledger.ended_overrides() if history else []
            click.echo(overrides.text(ledger.overrides(), ended, outputs.grades(ledger)))
        return DONE
    _require_sense(student, check, points, reason, table, remove)
    with Ledger.of_class(folder) as ledger:
        assigned, before = outputs.homework(ledger), outputs.grades(ledger)
        if table:
            overrides.keep(ledger, overrides.read(table, before, extra))
        else:
            _, grade = overrides.CountedGrades(before).find(student or "")
            if remove:
                overrides.remove(ledger, grade, check or "")
            else:
                overrides.keep(ledger, [(grade, overrides.override(grade, check or "", points or "", reason, extra))])
        after = outputs.write(folder, ledger, assigned)
    click.echo(comparing.text(comparing.compare(before, after)))
    click.echo(f"Everything in {folder} is up to date.")
    return DONE


def _require_sense(
    student: str | None, check: str | None, points: str | None, reason: str, table: Path | None, remove: bool
) -> None:
    """Raise UserError if the arguments do not make sense together."""
    if table and (student or remove or reason):
        raise UserError("with --from, students, checks, points and reasons come from the table: omit them here")
    if remove and (not check or points or reason):
        raise UserError("to remove an override, give STUDENT and CHECK: convgrade override DIR STUDENT CHECK --remove")
    if not (table or remove) and not points:
        raise UserError('give STUDENT, CHECK and POINTS: convgrade override DIR STUDENT CHECK POINTS --reason "..."')
