"""What must hold of a window that slides over an image."""

from collections.abc import Sequence

from quizzes.question import require
from quizzes.rng import Draw
from quizzes.tools.by_hand import Pair


def require_fit(size: int, kernel: int, stride: int, padding: int) -> None:
    """Refuse numbers along one axis with which a window fits nowhere, or lies on nothing but padding."""
    require(padding < kernel, "a padding smaller than the kernel, so that every window holds a pixel of the image")
    require(kernel <= size + 2 * padding, "a kernel that fits into the padded image")


def fixable_pair(draw: Draw, values: Sequence[int], name: str, least: int = 0) -> Pair:
    """Return a vertical and a horizontal number that were drawn, or what an instructor fixed them to."""
    vertical, horizontal = draw.fixable(values, name, least)
    return vertical, horizontal
