"""convgrade batch and convgrade compare: a class, and what has changed since."""

from datetime import datetime
from pathlib import Path

import click

from autograder.verdicts import Verdict

BACKENDS = ("numpy", "cpu", "simulator", "cuda")
PATH = click.Path(path_type=Path)


class Moment(click.ParamType):
    """A date, or a date and a time, in ISO 8601; without an offset it is meant in this machine's time zone."""

    name = "time"

    def convert(self, value, param, ctx):
        """Return the moment; click tells of what is none."""
        try:
            return datetime.fromisoformat(value).astimezone()
        except ValueError:
            self.fail(f"{value!r} is no date such as 2026-11-22 or 2026-11-22T18:00", param, ctx)


@click.command()
@click.argument("export", type=PATH)
@click.option(
    "--out", type=PATH, default=Path("class"), show_default=True, help="The folder for everything that comes out."
)
@click.option("--assignment", default="cnn", show_default=True, help="The homework.")
@click.option("--seed", envvar="CONVGRADE_SEED", help="The secret from which hidden cases are drawn. [default: a new one]")
@click.option("--options", type=PATH, help="Another assignment.toml. [default: the assignment's own]")
@click.option("--backend", default="numpy", show_default=True, type=click.Choice(BACKENDS), help="Computes what is right.")
@click.option("--jobs", type=click.IntRange(1), help="How many to grade at the same time. [default: all processors]")
@click.option(
    "--scheduler", metavar="URL", help="Grade on a running Dask cluster: tcp://HOST:PORT, or file:SCHEDULER.json."
)
@click.option("--since", type=Moment(), help="Only those handed in since.")
@click.option(
    "--only", type=click.Choice([verdict.value for verdict in Verdict]), help="Only those with a check that ended so."
)
@click.option("--student", multiple=True, metavar="TEXT", help="Only those whose name, email or number has this text.")
@click.option("--regrade", is_flag=True, help="Also what is graded already; kept answers are used where they suffice.")
@click.option("--similarity", is_flag=True, help="Also look for pairs of similar submissions.")
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
    similarity: bool,
) -> int:
    """Grade a whole class: EXPORT is what Gradescope, Canvas or Moodle give, or any folder of submissions.

    What is finished is kept: the same command goes on where a run was stopped.
    """
    from batch import whole

    return whole.grade(
        export,
        out,
        assignment=assignment,
        seed=seed,
        options=options,
        backend=backend,
        jobs=jobs,
        scheduler=scheduler,
        since=since,
        only=only,
        students=student,
        regrade=regrade,
        similarity=similarity,
    )
