"""Options that several commands share."""

import sys
from pathlib import Path
from typing import Any

import click


class Text(click.types.StringParamType):
    """Text that can be saved to a file: a terminal may pass bytes that are not text."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text; click reports bytes that are not UTF-8."""
        text = super().convert(value, param, ctx)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is not UTF-8: use other characters", param, ctx)
        return text


Option = dict[str, Any]  # what click.option takes by name

VERSION = click.version_option(package_name="convgrade", message="%(package)s %(version)s")
SEED: Option = {
    "type": Text(),
    "envvar": "CONVGRADE_SEED",
    "show_envvar": True,
    "help": "Secret seed of the hidden cases: the same seed gives the same cases. [default: random]",
}
ASSIGNMENT: Option = {
    "default": "cnn",
    "show_default": True,
    "metavar": "NAME|FOLDER",
    "help": "Name of an assignment that comes with convgrade, or a folder with one of your own.",
}
BACKEND: Option = {
    "default": "numpy",
    "show_default": True,
    "type": click.Choice(("numpy", "cpu", "simulator", "cuda")),
    "help": "Backend that computes the expected answers.",
}
CHECKS: Option = {"nargs": -1, "metavar": "[PATH] [CHECK]..."}
RENAME: Option = {
    "multiple": True,
    "metavar": "OLD=NEW",
    "help": "Grade the file OLD as NEW if NEW is missing. Can be given more than once.",
}
HINT = "Name the mistake behind each failure, if your instructor allows it."
SHOW = "Name the mistake and show the numbers of each failure."
OPTIONS: Option = {
    "type": click.Path(path_type=Path),
    "metavar": "FILE",
    "help": "Another assignment.toml. [default: the assignment's own]",
}
PAGE: Option = {
    "type": click.Path(path_type=Path, dir_okay=False),
    "metavar": "FILE",
    "help": "Also write what failed as a web page with sliding windows.",
}


def is_debugging() -> bool:
    """Return whether the caller wants tracebacks."""
    return "--debug" in sys.argv
