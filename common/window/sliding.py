"""What a page needs to slide a window over an image. The numbers are computed in the browser."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Any, SupportsFloat

import numpy as np
from numpy.typing import NDArray

from common import pages

LARGEST_SIDE = 14  # rows and columns of a grid that is shown in full
MOST_CHANNELS = 8
POOLS = ("max", "min", "average", "median")


@dataclass(frozen=True, eq=False)
class Sliding:
    """An image and what slides over it: a kernel, which gives a sum of products, or a pool, on each channel separately.

    images (C, H, W), kernels (C, KH, KW) or none, arrays or nested sequences of numbers; pairs are (vertical, horizontal).
    expected, received, wrong (OH, OW): the expected output, the student's, and where that is wrong.
    """

    images: Any
    kernels: Any = ()
    bias: Any = 0
    stride: Sequence[int] = (1, 1)
    padding: Sequence[int] = (0, 0)
    padding_value: Any = 0
    pool: str = ""  # one of POOLS if nothing is multiplied
    size: Sequence[int] = (1, 1)  # of the window
    channels: Sequence[str] = ()  # their names, where several are shown
    counted_from: int = 0  # rows and columns, in sentences
    expected: Any = ()
    received: Any = ()
    wrong: Any = ()

    def is_shown(self) -> bool:
        """Return whether a page can show it in full, with every number."""
        shape = np.shape(self.images)
        sides = [side + 2 * more for side, more in zip(shape[1:], self.padding)]
        numbers = [np.asarray(part, float) for part in (self.images, self.kernels, self.bias, self.padding_value)]
        is_small = shape[0] <= MOST_CHANNELS and max(sides) <= LARGEST_SIDE
        return is_small and all(np.isfinite(part).all() for part in numbers)

    def data(self) -> dict[str, Any]:
        """Return what the page's script reads."""
        return {name: _plain(value) for name, value in vars(self).items()}


def _plain(value: NDArray[Any] | list[Any] | tuple[Any, ...] | str | SupportsFloat) -> object:
    """Return numbers as short JSON, nested as they are; numbers that JSON lacks become text."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, (str, bool)):
        return value
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    return int(number) if number == int(number) else number


def embedded(sliding: Sliding) -> str:
    """Return the HTML that holds a window's data for the page's script."""
    return f'<script type="application/json">{pages.as_json(sliding.data())}</script>'


def page(title: str, body: str) -> str:
    """Return a page of its own with windows in its body, which is HTML."""
    code = script()
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{pages.policy(code)}">\n'
        f"<title>{escape(title)}</title>\n<style>{style()}{pages.text('common.window', 'page.css')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n<script>{code}</script>\n</body>\n</html>\n"
    )


@cache
def script() -> str:
    """Return the script of a page that shows windows."""
    return f"{pages.text('common.window', 'slide.js')}\nbuildSlides();\n"


@cache
def style() -> str:
    """Return the style of windows, and the colours of the pages that show them."""
    return pages.text("common.window", "slide.css")
