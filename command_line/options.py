"""Options that several commands share."""

import sys
from pathlib import Path

import click

ASSIGNMENT: dict = {
    "default": "cnn",
    "show_default": True,
    "metavar": "NAME|FOLDER",
    "help": "The homework: one of convgrade's, or the folder that makes it.",
}
BACKEND: dict = {
    "default": "numpy",
    "show_default": True,
    "type": click.Choice(("numpy", "cpu", "simulator", "cuda")),
    "help": "The backend of the kernels that computes the expected answers.",
}
CHECKS: dict = {"nargs": -1, "metavar": "[PATH] [CHECK]..."}
RENAME: dict = {
    "multiple": True,
    "metavar": "OLD=NEW",
    "help": "Take the file OLD as the homework's file NEW, where NEW is missing. Repeatable.",
}
HINT = "Name the mistake, where your instructor lets you ask for it."
SHOW = "Name it, and show the numbers of each failure."
PAGE: dict = {
    "type": click.Path(path_type=Path, dir_okay=False),
    "metavar": "FILE",
    "help": "Write what failed as a page, too, with windows that slide.",
}


def is_debugging() -> bool:
    """Return whether tracebacks are asked for."""
    return "--debug" in sys.argv
