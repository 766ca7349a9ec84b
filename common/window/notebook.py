"""The window in a notebook: plain HTML in a frame of its own, which can be shown any number of times."""

from collections.abc import Iterable, Sequence
from html import escape
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from common.window.sliding import LARGEST_SIDE, MOST_CHANNELS, POOLS, Sliding, embedded, page

Pair = int | Sequence[int]  # or an array of two integers
HEIGHT = 480  # pixels of a frame, until its script sets the real height


class Widget:
    """A page that a notebook shows in its output."""

    def __init__(self, title: str, content: str) -> None:
        """content: the page, as HTML."""
        self.title, self.content = title, content

    def _repr_html_(self) -> str:
        return (
            f'<iframe title="{escape(self.title)}" srcdoc="{escape(self.content)}" height="{HEIGHT}" '
            'style="width: 100%; border: 0"></iframe>'
        )

    def __repr__(self) -> str:
        return f"{self.title} (a notebook shows it)"


def show(image: ArrayLike, kernel: ArrayLike, stride: Pair = 1, padding: Pair = 0, padding_value: float = 0.0) -> Widget:
    """Show a kernel that slides over an image: the products and their sum at each position.

    image (H, W) or (C, H, W), kernel (KH, KW) or (C, KH, KW); stride and padding are an int or a pair, (vertical,
    horizontal). Raises ValueError where a notebook cannot show that.
    """
    images, kernels = _channels("image", image), _channels("kernel", kernel)
    if len(images) != len(kernels):
        raise ValueError(f"the image has {len(images)} channels, but the kernel has {len(kernels)}")
    size = kernels.shape[1:]
    steps, around = _pair("stride", stride, 1), _pair("padding", padding, 0)
    sliding = Sliding(images, kernels, 0, steps, around, padding_value, "", size, _names(images))
    return _shown(f"A {_by(size)} kernel, stride {_said(steps)}, padding {_said(around)}", sliding)


def show_pool(image: ArrayLike, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Widget:
    """Show a pool that slides over an image (H, W) or (C, H, W): the numbers in each window, and the output that they give.

    size and stride are an int or a pair, (vertical, horizontal); the stride is the size where it is None. mode: max, min,
    average or median. Raises ValueError where a notebook cannot show that.
    """
    if mode not in POOLS:
        raise ValueError(f"mode must be one of {', '.join(POOLS)}, but is {mode!r}")
    images, window = _channels("image", image), _pair("size", size, 1)
    steps = window if stride is None else _pair("stride", stride, 1)
    sliding = Sliding(images, stride=steps, pool=mode, size=window, channels=_names(images))
    return _shown(f"{mode.capitalize()} pooling, windows of {_by(window)}, stride {_said(steps)}", sliding)


def failed(file: str | PathLike[str]) -> Widget:
    """Show the page that `python check.pyz --page FILE` has written: what failed, with its windows.

    Raises ValueError if the file cannot be read.
    """
    try:
        return Widget("What failed", Path(file).read_text("utf-8"))
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"{file} cannot be read; write it first: python check.pyz --page {file}") from None


def _shown(title: str, sliding: Sliding) -> Widget:
    height, width = (side + 2 * more for side, more in zip(np.shape(sliding.images)[1:], sliding.padding))
    if sliding.size[0] > height or sliding.size[1] > width:
        raise ValueError(f"a window of {_by(sliding.size)} does not fit into an image of {_by((height, width))}")
    if not sliding.is_shown():
        raise ValueError(
            f"the image must be small enough to be read, at most {LARGEST_SIDE} rows and columns with its padding and "
            f"{MOST_CHANNELS} channels, and all numbers must be finite: take a part of it, such as image[:8, :8]"
        )
    heading = f'<h1 class="unseen">The sliding window</h1>\n<h2>{escape(title)}</h2>'
    body = f'{heading}\n<div class="slide">{embedded(sliding)}</div>'
    return Widget(title, page(title, body))


def _channels(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return an image or a kernel with its channels, (C, H, W)."""
    array = np.asarray(values)
    if array.dtype.kind not in "biuf" or array.ndim not in (2, 3) or not array.size:
        raise ValueError(f"the {name} must be an array of numbers with 2 axes, or 3 if it has channels")
    return array.astype(float).reshape(-1, *array.shape[-2:])


def _names(images: NDArray[np.float64]) -> list[str]:
    return [f"channel {index}" for index in range(len(images))] if len(images) > 1 else []


def _pair(name: str, value: Pair, least: int) -> tuple[int, int]:
    pair = np.asarray(value)
    if pair.dtype.kind not in "iu" or pair.shape not in ((), (2,)) or pair.min() < least:
        raise ValueError(f"{name} must be an int or a pair (vertical, horizontal), {least} or more, but is {value!r:.40}")
    vertical, horizontal = np.broadcast_to(pair, 2).tolist()
    return vertical, horizontal


def _by(size: Iterable[int]) -> str:
    return "x".join(map(str, size))


def _said(pair: tuple[int, int]) -> str:
    return str(pair[0] if pair[0] == pair[1] else pair)
