"""Options that several commands share."""

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
