"""What several commands share: how they end, what they grade, and what computes the expected answers."""

import click

DONE, CHECK_FAILED, USER_ERROR, OWN_FAULT, INTERRUPTED = 0, 1, 2, 3, 130
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
