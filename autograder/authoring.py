"""The public interface of the autograder: what authors of assignments import.

Checks, in checks/NAME.py for the part NAME:

    Part                the class of a part's checks: `case` describes a call, `draw` draws cases until they catch every
                        misconception and every wrong program, `require` and `require_share` check a submission with them
    number              gives a check its number, "1.2" (from gradescope-utils)
    type_in_words       names the type of a reply for a sentence, for checks that read replies themselves
    partial_credit      marks a check that gives points for a share of right answers
    leaderboard         marks an entry of Gradescope's leaderboard (from gradescope-utils)
    quarters, whole, reals, of_type     draw arrays in which mistakes show; of_type knows TYPES
    datasets            finds images on this machine, and draws synthetic ones

For networks in PyTorch, the class of checks is in autograder.networks, and harness.py imports what they call from pytorch.
For kernels on a GPU, it is in autograder.kernels, and needs no harness. docs/authoring.md shows how.

What a report shows besides sentences:

    Chart, Curves       shares as bars, and as lines; a check appends them to `self.charts`

Expected answers, in reference.py:

    reference           marks the function that computes an answer; without one, the master does
    misconception       registers a plausible wrong answer, for hints and for drawing cases
    sums_in_float32     is the tolerance for sums of products
    Working, Step       say how to compute a right number, and what comes out if a step goes wrong

How to draw a wrong array, if rows and columns side by side are not enough:

    Picture, Wrong, grid, place_in_words, shown, shown_whole
    Sliding             what a page needs to slide the window over its image
"""

from importlib import import_module
from typing import TYPE_CHECKING

from gradescope_utils.autograder_utils.decorators import leaderboard, number

from autograder.compare import type_in_words
from autograder.config import require_bounds
from autograder.feedback import Chart, Curves, Grid, Picture, Wrong, grid, place_in_words, shown, shown_whole
from autograder.numbers import TYPES, of_type, quarters, reals, whole
from autograder.part import CheckFailed, Part, Retraining, partial_credit
from autograder.verdicts import Verdict
from autograder.working import Step, Working
from common.errors import UserError
from common.window import Sliding

if TYPE_CHECKING:
    pass

__all__ = [  # and, outside of check.pyz, the three of reference.py
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
    "type_in_words",
    "whole",
]


def __getattr__(name: str) -> object:
    """Import on demand what few need: data sets, and what only reference.py uses, which students do not get."""
    if name == "datasets":
        return import_module("autograder.datasets")
    if name in ("misconception", "reference", "sums_in_float32"):
        return getattr(import_module("autograder.reference"), name)
    raise AttributeError(f"module autograder.authoring has no attribute {name}")
