"""What students get of the command line, in check.pyz: `python check.pyz` checks the homework beside it."""

import importlib
import sys
from pathlib import Path

import click

from command_line import data, main
from common.errors import UserError

ARCHIVE = Path(__file__).parent.parent  # check.pyz itself


@click.group(context_settings={"help_option_names": ["-h", "--help"]}, invoke_without_command=True)
@click.option("--debug", is_flag=True, help="Show the traceback of what goes wrong.")
@click.pass_context
def student(context: click.Context, debug: bool) -> int | None:
    """Check your homework. Without a command: the folder in which this file lies."""
    if context.invoked_subcommand is None:
        return context.invoke(check, path=Path(sys.argv[0]).resolve().parent)
    return None


@student.command()
@click.argument("path", default=".", type=click.Path(path_type=Path))
def check(path: Path) -> int:
    """Run the public checks on the homework in PATH (here, if left out) and show what to look at."""
    main.warm_up()
    _require_numpy()
    import zipfile

    from autograder import assignment

    (folder,) = zipfile.Path(ARCHIVE, "assignment/").iterdir()
    return main.check_public(path, assignment.load(folder))


def _require_numpy() -> None:
    """Raise UserError for a NumPy that is there and cannot be imported: half installed, or made for another Python."""
    try:
        importlib.import_module("numpy")
    except Exception as error:
        again = f'"{sys.executable}" -m pip install --force-reinstall numpy'
        raise UserError(f"NumPy cannot be imported ({type(error).__name__}): install it again by `{again}`") from error


student.add_command(data.data)


def run() -> None:
    """Run the students' command."""
    main.run(student, "python check.pyz")
