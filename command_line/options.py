"""Options that several commands share."""

import sys
from pathlib import Path

import click


class Text(click.types.StringParamType):
    """Text that can be kept in a file: a terminal may hand over bytes that are not text."""

    def convert(self, value, param, ctx):
        """Return the text; click reports bytes that are not UTF-8."""
        text = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not UTF-8: use other characters", param, ctx)
        return text


SEED: dict = {
    "type": Text(),
    "envvar": "CONVGRADE_SEED",
    "help": "The secret from which hidden cases are drawn. [default: a new one]",
}
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
    "help": "Take the file OLD as the homework's file NEW, where NEW is missing. May be given several times.",
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
