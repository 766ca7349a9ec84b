"""What students get of the command line, in check.pyz: `python check.pyz` checks the homework beside it."""

import importlib
import sys
from pathlib import Path
from typing import Any

import click

from command_line import data, main
from command_line.options import CHECKS, HINT, PAGE, SHOW
from common.errors import UserError

ARCHIVE = Path(__file__).parent.parent  # check.pyz itself
COMMAND = "python check.pyz"
TIP = f"One check: `{COMMAND} NUMBER`. On each save: `{COMMAND} watch`."


class Commands(click.Group):
    """Commands by their names; whatever else is said is said to `check`."""

    def resolve_command(self, context: click.Context, words: list[str]) -> Any:
        """Return the command that the words call, and its own words."""
        return super().resolve_command(context, words if words[0] in self.commands else ["check", *words])


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "ignore_unknown_options": True},
    invoke_without_command=True,
    subcommand_metavar="[COMMAND] [PATH] [CHECK]...",
)
@click.option("--debug", is_flag=True, help="Show the traceback of what goes wrong.")
@click.pass_context
def student(context: click.Context, debug: bool) -> int | None:
    """Check your homework: in the folder of this file, or in PATH.

    A CHECK is a check's number (1.2), a part's number (1) or a part's file (pooling.py). Without any, all public ones run.
    `check --help` shows how to ask for hints.
    """
    if context.invoked_subcommand is None:
        return context.invoke(check, words=())
    return None


@student.command()
@click.argument("words", **CHECKS)
@click.option("--hint", is_flag=True, help=HINT)
@click.option("--show", is_flag=True, help=SHOW)
@click.option("--page", **PAGE)
def check(words: tuple[str, ...], hint: bool, show: bool, page: Path | None) -> int:
    """Run public checks, and show what to look at. (What happens without a command.)"""
    _require_numpy()
    from command_line import checking

    return checking.check_public(words, _assigned(), _here(), checking.level(hint, show), COMMAND, TIP, page)


@student.command()
@click.argument("words", **CHECKS)
@click.option("--hint", is_flag=True, help=HINT)
@click.option("--show", is_flag=True, help=SHOW)
def watch(words: tuple[str, ...], hint: bool, show: bool) -> None:
    """Check what changes on each save, until Ctrl-C."""
    _require_numpy()
    from command_line import checking
    from command_line import watch as watching

    watching.watch(words, _assigned(), _here(), checking.level(hint, show), COMMAND)


student.add_command(data.data)


def run() -> None:
    """Run the students' command."""
    main.run(student, COMMAND)


def _require_numpy() -> None:
    """Raise UserError for a NumPy that is there and cannot be imported: half installed, or made for another Python."""
    try:
        importlib.import_module("numpy")
    except Exception as error:
        again = f'"{sys.executable}" -m pip install --force-reinstall numpy'
        raise UserError(f"NumPy cannot be imported ({type(error).__name__}): install it again by `{again}`") from error


def _here() -> Path:
    """Return the folder in which check.pyz lies, as a short path if it is the current one."""
    folder = Path(sys.argv[0]).resolve().parent
    return Path() if folder == Path.cwd() else folder


def _assigned() -> Any:
    import zipfile

    from autograder import assignment

    (folder,) = zipfile.Path(ARCHIVE, "assignment/").iterdir()
    return assignment.load(folder)
