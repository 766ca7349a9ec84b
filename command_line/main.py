"""The command convgrade. Each subcommand imports what it needs when it is called."""

import contextlib
import errno
import os
import sys
import threading
from datetime import date
from pathlib import Path

import click

from autograder.escaping import escape_control
from autograder.sandbox import template
from command_line import authoring, batch, data, override, poll, trying
from command_line.console import enable_colours, replace_unencodable
from command_line.exit_codes import DONE, INTERRUPTED, OWN_FAULT, USER_ERROR
from command_line.options import (
    ASSIGNMENT,
    BACKEND,
    CHECKS,
    HINT,
    OPTIONS,
    PAGE,
    RENAME,
    SEED,
    SHOW,
    VERSION,
    Option,
    is_debugging,
)
from command_line.quiz import quiz
from command_line.quiz.versions import drawn_for_whom, versions
from common.errors import UserError
from common.files import write_whole

# A full disk, a read-only one, and on Windows a pipe whose reader is gone.
UNWRITABLE = (errno.ENOSPC, errno.EROFS, errno.EINVAL)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--debug", is_flag=True, help="Show a traceback if something goes wrong.")
@VERSION
def convgrade(debug: bool) -> None:
    """Grade homework, make quizzes, and build what students and Gradescope receive."""


def _path(default: str) -> Option:
    return {"type": click.Path(path_type=Path), "default": Path(default), "show_default": True}


@convgrade.command()
@click.argument("words", **CHECKS)
@click.option("--hint", is_flag=True, help=HINT)
@click.option("--show", is_flag=True, help=SHOW)
@click.option("--page", **PAGE)
@click.option("--assignment", **ASSIGNMENT)
def check(words: tuple[str, ...], hint: bool, show: bool, page: Path | None, assignment: str) -> int:
    """Run the public checks and show what to fix.

    PATH is the homework's folder (default: the current one). CHECK is the number of a check (1.2) or of a part (1), or a
    part's file (pooling.py). Without CHECK, all public checks run.

    Exits with 0 if all checks pass, and with 1 if one fails.
    """
    warm_up()
    from autograder import assignment as assignments
    from command_line import checking

    command = "convgrade check" if assignment == ASSIGNMENT["default"] else f"convgrade check --assignment {assignment}"
    return checking.check_public(
        words, assignments.find(assignment), Path(), checking.level(hint, show), command, page=page
    )


@convgrade.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--assignment", **ASSIGNMENT)
@click.option("--out", **_path("results"), help="Folder for results.json and report.html.")
@click.option("--seed", **SEED)
@click.option("--options", **OPTIONS)
@click.option("--backend", **BACKEND)
@click.option("--rename", **RENAME)
@click.option(
    "--retrain",
    type=click.IntRange(1),
    metavar="EPOCHS",
    help="Also retrain the network with the submission's own train(), and compare.",
)
@click.option(
    "--retrain-minutes",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    show_default=True,
    help="Time limit for --retrain, in minutes of processor time.",
)
def grade(
    path: Path,
    assignment: str,
    out: Path,
    seed: str | None,
    options: Path | None,
    backend: str,
    rename: tuple[str, ...],
    retrain: int | None,
    retrain_minutes: float,
) -> int:
    """Grade one submission and write results.json and report.html.

    PATH is a folder, a .zip or a .tar.gz, as the student submitted it.

    Exits with 0 if the submission was graded, whatever its score.
    """
    warm_up()
    from autograder import assignment as assignments
    from autograder import grading, renames, results
    from autograder.part import Retraining
    from autograder.report import html, terminal
    from command_line import checking

    results.remove(out / "report.html")  # if grading fails, nobody should mistake an older one for this submission's
    assigned = assignments.find(assignment, options)
    renamed = [renames.parse(each, assigned.files) for each in rename]
    retraining = Retraining(retrain, 60 * retrain_minutes) if retrain else None
    if retraining:
        click.echo(
            f"Retraining the network for {retrain} epochs, up to {retrain_minutes:g} minutes of processor time.",
            err=True,
        )
    loading = threading.Thread(target=html.template)  # while the submission computes
    reference = assigned.reference(backend)
    with checking.progress_bar(len(assigned.checks()), meanwhile=loading.start) as progress:
        report = grading.grade(
            path,
            assigned,
            out / "results.json",
            seed=seed,
            reference=reference,
            retraining=retraining,
            with_sources=True,
            renames=renamed,
            progress=progress,
        )
    click.echo(terminal.summary(report))
    who = f"{path.resolve().name}, graded {date.today().isoformat()}"
    write_whole(out / "report.html", [html.render(report, who).encode("utf-8", "replace")])
    click.echo(f"Gradescope's file   {out / 'results.json'}")
    click.echo(f"Report              {out / 'report.html'}")
    if seed is None:
        click.echo(f"To get the same hidden cases again: --seed {report.seed}")
    if report.faults:
        click.echo(
            "\n".join(report.faults) if is_debugging() else "The grader itself failed in a check; --debug shows why.",
            err=True,
        )
        return OWN_FAULT
    return DONE


@convgrade.command()
@click.argument("assignment", default="cnn")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the handout. [default: assignments/NAME]")
def release(assignment: str, out: Path | None) -> int:
    """Write the files that students receive.

    ASSIGNMENT is a name or a folder (default: cnn).
    """
    from autograder import assignment as assignments
    from release import handout

    assigned = assignments.find(assignment)
    for path in handout.write(assigned, out or Path("assignments", assigned.name)):
        click.echo(f"wrote {path}")
    return DONE


@convgrade.command()
@click.argument("assignment", default="cnn")
@click.option("-o", "--out", **_path("autograder.zip"), help="File to write.")
@click.option("--options", **OPTIONS)
@click.option("--seed", **SEED)
@click.option("--backend", **BACKEND)
@click.option(
    "--data/--no-data",
    default=True,
    show_default=True,
    help="Include the test images that its checks need, if they are on this machine.",
)
@click.option(
    "--quiz",
    "quiz_file",
    type=click.Path(path_type=Path),
    help="Build the autograder of a quiz instead: QUIZ.toml, or the folder that `quiz make` wrote.",
)
@drawn_for_whom
@click.option(
    "--try", "submission", type=click.Path(path_type=Path), help="Run the zip on this submission, as Gradescope would."
)
@click.option(
    "--metadata",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --try: a submission_metadata.json, with the due date and earlier submissions.",
)
def build(
    assignment: str,
    out: Path,
    options: Path | None,
    seed: str | None,
    backend: str,
    data: bool,
    quiz_file: Path | None,
    salt: str,
    students: Path | None,
    id_heading: str,
    variants: int | None,
    submission: Path | None,
    metadata: Path | None,
) -> int:
    """Build the autograder.zip that Gradescope runs.

    ASSIGNMENT is a name or a folder (default: cnn). With --quiz, the zip grades a quiz instead.
    """
    from autograder import assignment as assignments
    from gradescope import build as building

    if metadata and not submission:
        raise click.UsageError("--metadata describes the submission to try: add --try SUBMISSION")
    said = trying.metadata(metadata) if metadata else None
    if quiz_file:
        made = versions(quiz_file, seed, salt, students, id_heading, variants)
        content = building.build_quiz(made)
        write_whole(out, [content])
        click.echo(building.quiz_summary(made, out))
        return trying.run(content, submission, said, out.parent) if submission else DONE
    with click.progressbar(length=1, label="Building", file=sys.stderr, show_eta=False) as bar:
        built = building.build(assignments.find(assignment, options), options, seed, backend, data)
        write_whole(out, [built.content])
        bar.update(1)
    click.echo(building.summary(built, out))
    if seed is None:
        click.echo(f"Keep this to build the same hidden cases again: --seed {built.secret}")
    return trying.run(built.content, submission, said, out.parent) if submission else DONE


convgrade.add_command(authoring.new)
convgrade.add_command(authoring.verify)
convgrade.add_command(batch.batch)
convgrade.add_command(batch.compare)
convgrade.add_command(override.override)
convgrade.add_command(quiz)
convgrade.add_command(poll.poll)
convgrade.add_command(data.data)


def main() -> None:
    """Run convgrade."""
    run(convgrade, "convgrade")


def run(command: click.Group, name: str) -> None:
    """Run a command and exit with its exit code; a traceback is shown only with --debug."""
    enable_colours()
    replace_unencodable()
    try:
        code = command.main(standalone_mode=False, prog_name=name) or DONE
    except UserError as error:
        code = _say(name, str(error), USER_ERROR)
    except click.ClickException as error:
        error.show()
        code = USER_ERROR
    except (KeyboardInterrupt, click.Abort):
        code = _say(name, "stopped; everything finished so far is saved", INTERRUPTED)
    except Exception as error:
        if isinstance(error, OSError) and error.errno in UNWRITABLE:
            code = _say(name, f"cannot write: {error.strerror}", USER_ERROR)
        elif not _has_scratch():
            code = _say(name, "no temporary folder is writable: set TMPDIR to a folder that is", USER_ERROR)
        else:
            sentence = f"internal error; please report it ({type(error).__name__}: {error}); --debug shows where"
            code = _say(name, sentence, OWN_FAULT)
    template.close_all()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError):  # the reader is gone
            stream.flush()
    os._exit(code)  # Python's own way out takes a tenth of a second to take NumPy apart


def _has_scratch() -> bool:
    import tempfile

    try:
        return bool(tempfile.gettempdir())
    except FileNotFoundError:
        return False


def warm_up() -> None:
    """Start the process that runs most parts on another core, while the grader itself is still loading."""
    template.template(("numpy",), 1).start_ahead(1)


def _say(name: str, sentence: str, code: int) -> int:
    if is_debugging():
        import traceback

        traceback.print_exc()
    click.echo(f"{name.split()[-1]}: {escape_control(sentence)}", err=True)  # it may name a submission's files
    return code
