"""Convolution and pooling as on paper, number by number: the second way to the templates' keys.

Images are rows of whole numbers; pairs are (vertical, horizontal).
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import median

import numpy as np

from quizzes.question import Load, Rows, Slide, Value

Image = Sequence[Sequence[int]]
Pair = tuple[int, int]

# Not the table in kernels/: the second way to a key shares nothing with the first.
REDUCTIONS: dict[str, Callable[[Sequence[int]], Value]] = {
    "max": max,
    "min": min,
    "average": lambda values: Fraction(sum(values), len(values)),
    "median": lambda values: median(map(Fraction, values)),
}


def padded(image: Image, padding: Pair) -> list[list[int]]:
    """Return an image with zeros around it."""
    down, right = padding
    width = len(image[0]) + 2 * right
    rows = [[0] * right + [int(pixel) for pixel in row] + [0] * right for row in image]
    return [[0] * width for _ in range(down)] + rows + [[0] * width for _ in range(down)]


def windows(image: Image, size: Pair, stride: Pair = (1, 1), padding: Pair = (0, 0)) -> list[list[list[int]]]:
    """Return the numbers in a window at each of its positions, row by row."""
    rows = padded(image, padding)
    (height, width), (down, right) = size, stride
    return [
        [
            [rows[y][x] for y in range(top, top + height) for x in range(left, left + width)]
            for left in range(0, len(rows[0]) - width + 1, right)
        ]
        for top in range(0, len(rows) - height + 1, down)
    ]


def products(image: Image, kernel: Image, stride: Pair = (1, 1), padding: Pair = (0, 0)) -> list[list[list[int]]]:
    """Return the products of a kernel's numbers and the pixels at each of its positions."""
    weights = [int(weight) for row in kernel for weight in row]
    return [
        [[pixel * weight for pixel, weight in zip(window, weights)] for window in line]
        for line in windows(image, (len(kernel), len(kernel[0])), stride, padding)
    ]


def pooled(image: Image, size: Pair, stride: Pair, mode: str) -> list[list[Value]]:
    """Return an image pooled by one of the modes, exactly."""
    return [[reduced(window, mode) for window in line] for line in windows(image, size, stride)]


def reduced(values: Sequence[int], mode: str) -> Value:
    """Return the number that a window is pooled to, exactly."""
    if mode not in REDUCTIONS:
        raise NotImplementedError(f'pooling by "{mode}" on paper is not written yet')
    return REDUCTIONS[mode](values)


def sums(places: list[list[list[int]]]) -> list[list[int]]:
    """Return the sum at each place."""
    return [[sum(terms) for terms in line] for line in places]


def work(places: list[list[list[int]]]) -> Load:
    """Return the load of summing these products: how many are not zero, the largest partial sum, negative products."""
    terms = [[term for term in place if term] for line in places for place in line]
    largest = 0
    for place in terms:
        total = 0
        for term in place:
            total += term
            largest = max(largest, abs(total))
    return Load(sum(map(len, terms)), largest, sum(term < 0 for place in terms for term in place))


def sum_written(pixels: Sequence[int], weights: Sequence[int], bias: int = 0) -> str:
    r"""Write a sum of products in LaTeX, those with a 0 left out: 3 \cdot 2 + 1 \cdot (-1)."""
    terms = [f"{pixel} \\cdot {in_brackets(weight)}" for pixel, weight in zip(pixels, weights) if pixel and weight]
    return " + ".join(terms + ([in_brackets(bias)] if bias else [])) or "0"


def product_written(factors: Sequence[int]) -> str:
    r"""Write a product in LaTeX: 3 \cdot (-2)."""
    return " \\cdot ".join(map(in_brackets, factors))


def in_brackets(value: int) -> str:
    """Write a number within a sum or product."""
    return f"({value})" if value < 0 else str(value)


def slide(images: Sequence[Image], kernels: Sequence[Image], stride: Pair, padding: Pair, bias: int = 0) -> Slide:
    """Return a convolution for a page to walk through."""
    size = (len(kernels[0]), len(kernels[0][0]))
    return Slide(_rows(images), _rows(kernels), bias, stride, padding, size=size)


def slide_of_pool(image: Image, size: Pair, stride: Pair, mode: str) -> Slide:
    """Return a pooling for a page to walk through."""
    return Slide(_rows([image]), stride=stride, pool=mode, size=size)


def _rows(channels: Sequence[Image]) -> tuple[Rows, ...]:
    return tuple(tuple(tuple(row) for row in np.asarray(channel).tolist()) for channel in channels)
