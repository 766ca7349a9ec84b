"""The students' command line, in check.pyz: `python check.pyz` checks the homework beside it."""

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from command_line import data, main
from command_line.options import CHECKS, HINT, PAGE, SHOW, VERSION
from common.errors import UserError

if TYPE_CHECKING:
    from autograder.assignment import Assignment

ARCHIVE = Path(__file__).parent.parent  # check.pyz itself
COMMAND = "python check.pyz"
TIP = f"To run one check: `{COMMAND} NUMBER`. To check on each save: `{COMMAND} watch`."


class Commands(click.Group):
    """Commands by name; any other words go to `check`."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the words call, and its arguments."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["check", *args])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "ignore_unknown_options": True},
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [PATH] [CHECK]...",
)
@click.option("--debug", is_flag=True, help="Show a traceback if something goes wrong.")
@VERSION
@click.pass_context
def student(context: click.Context, debug: bool) -> int | None:
    """Check your homework.

    PATH is the homework's folder (default: the folder of check.pyz). CHECK is the number of a check (1.2) or of a part (1),
    or a part's file (pooling.py). Without CHECK, all public checks run. `check --help` explains how to get hints.
    """
    if context.invoked_subcommand is None:
        return cast(int, context.invoke(check, words=()))
    return None


@student.command()
@click.argument("words", **CHECKS)
@click.option("--hint", is_flag=True, help=HINT)
@click.option("--show", is_flag=True, help=SHOW)
@click.option("--page", **PAGE)
def check(words: tuple[str, ...], hint: bool, show: bool, page: Path | None) -> int:
    """Run the public checks and show what to fix (the default)."""
    _require_numpy()
    from command_line import checking

    return checking.check_public(words, _assigned(), _here(), checking.level(hint, show), COMMAND, TIP, page)


@student.command()
@click.argument("words", **CHECKS)
@click.option("--hint", is_flag=True, help=HINT)
@click.option("--show", is_flag=True, help=SHOW)
def watch(words: tuple[str, ...], hint: bool, show: bool) -> None:
    """Check the files that you change, on each save, until Ctrl-C."""
    _require_numpy()
    from command_line import checking
    from command_line import watch as watching

    watching.watch(words, _assigned(), _here(), checking.level(hint, show), COMMAND)


student.add_command(data.data)


def run() -> None:
    """Run the students' command line."""
    main.run(student, COMMAND)


def _require_numpy() -> None:
    """Raise UserError if NumPy is installed but cannot be imported: incomplete, or built for another Python."""
    try:
        importlib.import_module("numpy")
    except Exception as error:
        again = f'"{sys.executable}" -m pip install --force-reinstall numpy'
        raise UserError(f"NumPy cannot be imported ({type(error).__name__}): reinstall it with `{again}`") from error


def _here() -> Path:
    """Return the folder of check.pyz, as a short path if it is the current one."""
    folder = Path(sys.argv[0]).resolve().parent
    return Path() if folder == Path.cwd() else folder


def _assigned() -> "Assignment":
    import zipfile

    from autograder import assignment

    (folder,) = zipfile.Path(ARCHIVE, "assignment/").iterdir()
    return assignment.load(folder)
