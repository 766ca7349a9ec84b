"""What the author of an assignment imports: the one public face of the autograder.

Checks, in checks/NAME.py for the part NAME:

    Part                the class of a part's checks: `case` describes a call, `draw` draws cases until they catch every
                        misconception and every wrong program, `require` and `require_share` hold a submission against them
    number              gives a check its number, "1.2" (of gradescope-utils)
    partial_credit      marks a check that gives points for each share of it that is right
    leaderboard         marks what goes onto Gradescope's leaderboard (of gradescope-utils)
    quarters, whole, reals, of_type     draw arrays in which mistakes show; TYPES are those that of_type knows
    datasets            finds images on this machine, and draws some

Where the work is a network in PyTorch, autograder.networks has the class of its checks, and harness.py imports from pytorch
what they ask. Where it is a kernel for a GPU, autograder.kernels has it, and needs no harness. docs/authoring.md shows how.

What a report shows beside sentences:

    Chart, Curves       shares as bars, and as lines; a check appends them to `self.charts`

What is right, in reference.py:

    reference           marks the function that computes an answer; without one the master itself does
    misconception       enters a plausible wrong answer, for hints and for drawing cases
    sums_in_float32     is the tolerance of sums of products
    Working, Step       say how a right number comes about, and what its steps add where they are got wrong

How a wrong array is drawn, where rows and columns side by side are not enough:

    Picture, Wrong, grid, place_in_words, shown, shown_whole
    Sliding             what a page needs to let the window slide over its image
"""

from importlib import import_module

from gradescope_utils.autograder_utils.decorators import leaderboard, number

from autograder.config import require_bounds
from autograder.feedback import Chart, Curves, Grid, Picture, Wrong, grid, place_in_words, shown, shown_whole
from autograder.numbers import TYPES, of_type, quarters, reals, whole
from autograder.part import CheckFailed, Part, Retraining, partial_credit
from autograder.verdicts import Verdict
from autograder.working import Step, Working
from common.errors import UserError
from common.window import Sliding

__all__ = [  # and, at home, the three of reference.py
    "TYPES",
    "Chart",
    "CheckFailed",
    "Curves",
    "Grid",
    "Part",
    "Picture",
    "Retraining",
    "Sliding",
    "Step",
    "UserError",
    "Verdict",
    "Working",
    "Wrong",
    "grid",
    "leaderboard",
    "number",
    "of_type",
    "partial_credit",
    "place_in_words",
    "quarters",
    "reals",
    "require_bounds",
    "shown",
    "shown_whole",
    "whole",
]


def __getattr__(name: str):
    """Import what few need when they ask: data sets, and what is for reference.py alone, which stays at home."""
    if name == "datasets":
        return import_module("autograder.datasets")
    if name in ("misconception", "reference", "sums_in_float32"):
        return getattr(import_module("autograder.reference"), name)
    raise AttributeError(f"autograder.authoring has no {name}")
