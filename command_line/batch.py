"""convgrade batch and convgrade compare: a class, and what has changed since."""

import sys
from datetime import datetime, time
from pathlib import Path

import click

from autograder.texts import without_control
from autograder.verdicts import Verdict
from command_line.exit_codes import DONE, OWN_FAULT
from command_line.options import ASSIGNMENT, BACKEND, RENAME, SEED, Text
from common.files import write_whole

PATH = click.Path(path_type=Path)
MOST_JOBS = 256


class Moment(click.ParamType):
    """A date, or a date and a time, in ISO 8601; without an offset it is meant in this machine's time zone."""

    name, date_alone = "time", time.min

    def convert(self, value, param, ctx):
        """Return the moment; click reports what is not one."""
        from batch.given.moments import moment

        try:
            return moment(value, self.date_alone)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


class DueDate(Moment):
    """A moment as a text, and a date alone means its end; or "none"."""

    date_alone = time.max

    def convert(self, value, param, ctx):
        """Return the moment in ISO 8601, or "none"."""
        return value if value == "none" else super().convert(value, param, ctx).isoformat()


@click.command()
@click.argument("export", type=PATH)
@click.option("--out", type=PATH, required=True, help="The folder for everything that comes out.")
@click.option("--assignment", **ASSIGNMENT)
@click.option("--seed", **SEED)
@click.option("--options", type=PATH, help="Another assignment.toml. [default: the assignment's own]")
@click.option("--backend", **BACKEND)
@click.option(
    "--jobs", type=click.IntRange(1, MOST_JOBS), help="How many to grade at a time. [default: one for each processor]"
)
@click.option(
    "--scheduler", metavar="URL", help="Grade on a Dask cluster: tcp://HOST:PORT, or file:PATH of a scheduler file."
)
@click.option("--since", type=Moment(), help="Only what was handed in since.")
@click.option(
    "--only",
    type=click.Choice([verdict.value for verdict in Verdict]),
    help="Only submissions with a check that got this verdict.",
)
@click.option(
    "--student", multiple=True, metavar="TEXT", help="Only those whose name, email or number has this text in it."
)
@click.option(
    "--regrade", is_flag=True, help="Also what is graded already; where kept answers suffice, nothing runs again."
)
@click.option(
    "--canvas-column", type=Text(), metavar="TEXT", help='The assignment in Canvas\'s gradebook: "Homework 3 (987)".'
)
@click.option(
    "--roster",
    type=PATH,
    help="The class list, to see who is missing: Canvas's gradebook, Moodle's grading worksheet, any CSV of students. "
    "Kept for later runs; none removes it.",
)
@click.option(
    "--feedback",
    type=click.Choice(["canvas", "moodle", "mail", "none"]),
    help="Write feedback to send: a zip for Canvas or Moodle, or a text for each student. Kept for later runs.",
)
@click.option("--rename", **{**RENAME, "help": f"{RENAME['help']} Kept for later runs; none removes it."})
@click.option("--renames", type=PATH, metavar="CSV|none", help="The same for some students: columns student, old and new.")
@click.option(
    "--comments",
    type=PATH,
    metavar="CSV",
    help="Comments for reports: columns student, comment, and maybe file, line, points (to add, or below 0 to take off).",
)
@click.option(
    "--requests",
    type=PATH,
    metavar="CSV",
    help="Regrade requests: columns student, check. Run the work of these students again, and answer in requests.csv.",
)
@click.option(
    "--due",
    type=DueDate(),
    metavar="TIME|none",
    help="When work was due; a date alone means its end; none: nothing is late. Kept for later runs, like the next two.",
)
@click.option(
    "--extensions",
    type=PATH,
    metavar="CSV|none",
    help="More time for some students: columns student, and due, days or hours. A column handed in says when work arrived.",
)
@click.option("--attempt", type=click.Choice(("latest", "best")), help="Which attempt counts. [default: latest]")
@click.option("--similarity", is_flag=True, help="Also look for submissions that are alike.")
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
    """Grade a whole class: EXPORT is what Gradescope, Canvas or Moodle give, or any folder of submissions.

    What is finished is kept at once: the same command goes on where a run was stopped.
    """
    from tqdm import tqdm

    from autograder.assignment import find
    from autograder.renames import parse
    from batch import run
    from batch.exports import Export
    from batch.given.instructions import Instructions
    from batch.given.policy import Rules
    from batch.grading.schedule import Progress, Selection

    assigned = find(assignment, options)
    for_all = [parse(each, assigned.files) for each in rename if each != "none"] if rename else None
    said = Instructions(Rules(due, extensions, attempt), comments, roster, feedback, canvas_column, for_all, renames)
    with tqdm(desc="Grading", unit="", file=sys.stderr, dynamic_ncols=True, disable=None) as bar:

        def on_read(read: Export) -> None:
            with bar.external_write_mode(sys.stderr):
                click.echo(f"{read.kind}: {len(read.handed_in)} submissions.", err=True)
                click.echo("".join(f"{without_control(remark)}\n" for remark in read.remarks), err=True, nl=False)

        def on_progress(progress: Progress) -> None:
            bar.total, bar.n = progress.all, progress.ran + progress.replayed
            bar.set_postfix_str(", ".join(f"{count} {verdict}" for verdict, count in progress.verdicts.most_common()))

        done = run.grade(
            export,
            out,
            assigned,
            seed=seed,
            backend=backend,
            jobs=jobs,
            scheduler=scheduler,
            selection=Selection(since, only, student, regrade),
            on_read=on_read,
            on_progress=on_progress,
            look_for_similar=similarity,
            instructions=said,
            requests_file=requests,
        )
    click.echo(without_control(run.summary(done, out)))
    return OWN_FAULT if done.progress.faults else DONE


@click.command()
@click.argument("old", type=PATH)
@click.argument("new", type=PATH)
@click.option("--csv", "table", type=PATH, metavar="FILE", help="Write it as a table, too.")
def compare(old: Path, new: Path, table: Path | None) -> int:
    """Say whose grades changed between two folders that `batch` wrote, and why."""
    from batch import comparing, outcome
    from batch.ledger import Ledger

    with Ledger.to_read(old) as before, Ledger.to_read(new) as after:
        changes = comparing.compare(outcome.grades(before), outcome.grades(after))
    click.echo(comparing.text(changes))
    if table:
        write_whole(table, [comparing.table(changes)], option="--csv")
    return DONE
