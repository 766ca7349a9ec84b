"""Rules for a window that slides over an image."""

from collections.abc import Sequence

from quizzes.question import require
from quizzes.rng import Draw
from quizzes.tools.independent import Pair


def require_fit(size: int, kernel: int, stride: int, padding: int) -> None:
    """Refuse numbers along one axis if a window does not fit, or could cover only padding."""
    require(padding < kernel, "a padding smaller than the kernel, so that every window holds a pixel of the image")
    require(kernel <= size + 2 * padding, "a kernel that fits into the padded image")


def fixable_pair(draw: Draw, values: Sequence[int], name: str, least: int = 0) -> Pair:
    """Return a vertical and a horizontal number that were drawn, or what an instructor fixed them to."""
    vertical, horizontal = draw.fixable(values, name, least)
    return vertical, horizontal
