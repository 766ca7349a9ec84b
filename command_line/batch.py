"""convgrade batch and convgrade compare: grade a class, and compare two gradings of it."""

import sys
from datetime import datetime, time
from pathlib import Path

import click

from autograder.escaping import escape_control
from autograder.verdicts import Verdict
from command_line.exit_codes import DONE, OWN_FAULT
from command_line.options import ASSIGNMENT, BACKEND, OPTIONS, RENAME, SEED, Text
from common.files import write_whole

PATH = click.Path(path_type=Path)
MOST_JOBS = 256


class Moment(click.ParamType[datetime]):
    """A date, or a date and a time, in ISO 8601; without an offset it is meant in this machine's time zone."""

    name = "time"

    def __init__(self, at: time = time.min) -> None:
        """at: the time of day that a date alone means."""
        self.at = at

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the moment; click reports any other text."""
        from batch.instructor.times import parse_time

        try:
            return parse_time(value, self.at)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


class DueDate(click.ParamType[str]):
    """A moment in ISO 8601, where a date alone means its end; or "none"."""

    name = "time"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the moment in ISO 8601, or "none"."""
        return value if value == "none" else Moment(time.max).convert(value, param, ctx).isoformat()


@click.command()
@click.argument("export", type=PATH)
@click.option("--out", type=PATH, required=True, help="Folder for everything that is written.")
@click.option("--assignment", **ASSIGNMENT)
@click.option("--seed", **SEED)
@click.option("--options", **OPTIONS)
@click.option("--backend", **BACKEND)
@click.option(
    "--jobs",
    type=click.IntRange(1, MOST_JOBS),
    help="Number of submissions to grade at a time. [default: one per processor]",
)
@click.option(
    "--scheduler", metavar="URL", help="Grade on a Dask cluster: tcp://HOST:PORT, or file:PATH of a scheduler file."
)
@click.option("--since", type=Moment(), help="Only submissions from this time on, such as 2026-11-22 18:00.")
@click.option(
    "--only",
    type=click.Choice([verdict.value for verdict in Verdict]),
    help="Only submissions with a check that got this verdict.",
)
@click.option(
    "--student",
    multiple=True,
    metavar="TEXT",
    help="Only students whose name, e-mail address or number contains this text. Can be given more than once.",
)
@click.option(
    "--regrade",
    is_flag=True,
    help="Also regrade what is graded already. Students' code runs again only if its saved replies do not suffice.",
)
@click.option(
    "--canvas-column",
    type=Text(),
    metavar="TEXT",
    help="The assignment's column in Canvas's gradebook, such as \"Homework 3 (987)\". Saved.",
)
@click.option(
    "--roster",
    type=PATH,
    metavar="CSV|none",
    help="Class list, to see who is missing: Canvas's gradebook, Moodle's grading worksheet or any CSV of students. Saved.",
)
@click.option(
    "--feedback",
    type=click.Choice(["canvas", "moodle", "mail", "none"]),
    help="Also write feedback to send: a zip for Canvas or Moodle, or texts and a table for a mail merge. Saved.",
)
@click.option("--rename", **{**RENAME, "metavar": "OLD=NEW|none", "help": f"{RENAME['help']} Saved."})
@click.option(
    "--renames",
    type=PATH,
    metavar="CSV|none",
    help="The same for some students: a CSV with the columns student, old and new. Saved.",
)
@click.option(
    "--comments",
    type=PATH,
    metavar="CSV",
    help="Comments for reports: a CSV with the columns student and comment and, if you like, file, line and points, which "
    "are added to the score, or deducted if negative. Saved.",
)
@click.option(
    "--requests",
    type=PATH,
    metavar="CSV",
    help="Regrade requests: a CSV with the columns student and check. Run these students' code again, and write "
    "requests.csv with the old points, the new points and the reason.",
)
@click.option(
    "--due",
    type=DueDate(),
    metavar="TIME|none",
    help="When work is due, such as 2026-11-22 18:00. A date alone means the end of that day. Saved.",
)
@click.option(
    "--extensions",
    type=PATH,
    metavar="CSV|none",
    help="More time for some students: a CSV with the column student, and due, days or hours. A column `handed in` says "
    "when their work arrived. Saved.",
)
@click.option(
    "--attempt",
    type=click.Choice(("latest", "best")),
    help="Which of a student's attempts counts. Saved. [default: latest]",
)
@click.option("--similarity", is_flag=True, help="Also write similarity.html, about submissions that resemble each other.")
def batch(
    export: Path,
    out: Path,
    assignment: str,
    seed: str | None,
    options: Path | None,
    backend: str,
    jobs: int | None,
    scheduler: str | None,
    since: datetime | None,
    only: str | None,
    student: tuple[str, ...],
    regrade: bool,
    canvas_column: str | None,
    comments: Path | None,
    roster: Path | None,
    feedback: str | None,
    rename: tuple[str, ...],
    renames: Path | None,
    requests: Path | None,
    due: str | None,
    extensions: Path | None,
    attempt: str | None,
    similarity: bool,
) -> int:
    """Grade a whole class, and write grade books and reports.

    EXPORT is the zip that Gradescope, Canvas or Moodle gives you, unpacked or not; or any folder with a folder, an archive
    or a Python file for each student.

    Every finished submission is saved at once. If a run is stopped, the same command continues it.

    Options that end with "Saved." stay in force for later runs with the same --out, until you give them again; "none" ends
    them.

    Exits with 3 if convgrade itself failed on a submission; the same command then tries it again.
    """
    from tqdm import tqdm

    from autograder.assignment import find
    from autograder.renames import parse
    from batch import run
    from batch.exports import Export
    from batch.grading.schedule import Progress, Selection
    from batch.instructor.instructions import Instructions
    from batch.instructor.policy import Rules

    assigned = find(assignment, options)
    for_all = [parse(each, assigned.files) for each in rename if each != "none"] if rename else None
    said = Instructions(Rules(due, extensions, attempt), comments, roster, feedback, canvas_column, for_all, renames)
    with tqdm(desc="Grading", unit="", file=sys.stderr, dynamic_ncols=True, disable=None) as bar:

        def on_read(read: Export) -> None:
            with bar.external_write_mode(sys.stderr):
                click.echo(f"{read.kind}: {len(read.handed_in)} submissions.", err=True)
                click.echo("".join(f"{escape_control(remark)}\n" for remark in read.remarks), err=True, nl=False)

        def on_progress(progress: Progress) -> None:
            bar.total, bar.n = progress.all, progress.ran + progress.replayed
            bar.set_postfix_str(", ".join(f"{count} {verdict}" for verdict, count in progress.verdicts.most_common()))

        done = run.grade(
            export,
            out,
            assigned,
            run.Options(
                seed=seed,
                backend=backend,
                jobs=jobs,
                scheduler=scheduler,
                selection=Selection(since, only, student, regrade),
                instructions=said,
                requests=requests,
                similarity=similarity,
                on_read=on_read,
                on_progress=on_progress,
            ),
        )
    click.echo(escape_control(run.summary(done, out)))
    return OWN_FAULT if done.progress.faults else DONE


@click.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option("--csv", "table", type=PATH, metavar="FILE", help="Also write the changes as a table.")
def compare(old: Path, new: Path, table: Path | None) -> int:
    """Show whose grades changed between two gradings, and why.

    OLD and NEW are folders that `convgrade batch` wrote.
    """
    from batch import comparing, outputs
    from batch.ledger import Ledger

    with Ledger.to_read(old) as before, Ledger.to_read(new) as after:
        changes = comparing.compare(outputs.grades(before), outputs.grades(after))
    click.echo(comparing.text(changes))
    if table:
        write_whole(table, [comparing.table(changes)], option="--csv")
    return DONE
