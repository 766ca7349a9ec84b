"""Padding with other values than zeros, and what a padding does to the borders of a feature map."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from kernels import conv2d
from quizzes.question import Grid, Question, distractors, exact, load, require
from quizzes.rng import Draw, Numbers
from quizzes.template import template
from quizzes.text.writing import listed, matrix, minus, sides
from quizzes.tools import independent

TOPIC = "Padding"
Mode = Literal["edge", "reflect", "wrap"]  # as NumPy calls them
MODES: Mapping[str, Mode] = {"replicate": "edge", "reflect": "reflect", "circular": "wrap"}  # by PyTorch's names
SAYS = {
    "replicate": "`replicate` repeats the pixel at each edge.",
    "reflect": "`reflect` mirrors the row at each edge, without repeating the pixel at the edge.",
    "circular": "`circular` continues from the other end, as on a ring.",
}


@template("Ways to pad a row", topic=TOPIC, difficulty=2, minutes=3, tells=6, operations=(16, 16), largest=(5, 20))
def ways_to_pad_a_row(draw: Draw) -> Question:
    row, value = draw.sample(range(21), 6, "row"), draw.between(1, 9, "value")
    require(value not in row, "a value that no pixel has")
    first, second, *_, last_but_one, last = row
    third, last_but_two = row[2], row[-3]
    return Question(
        stem=f"A row of pixels, {_written(row)}, gets two more pixels on each side. In PyTorch this is `F.pad` with the "
        f"modes `constant`, here with the value {value}, `replicate`, `reflect` and `circular`. Which numbers come before "
        f"the row and after it, from left to right?",
        key=Grid(
            (
                (value, value, value, value),
                (first, first, last, last),
                (third, second, last_but_one, last_but_two),
                (last_but_one, last, first, second),
            ),
            ("constant", *MODES),
            ("1st before", "2nd before", "1st after", "2nd after"),
        ),
        check=[[value] * 4, *(np.r_[wide[:2], wide[-2:]] for mode in MODES.values() for wide in [_padded(row, mode)])],
        wrong=distractors("padded_ends", row, value),
        steps=[f"`constant` puts {value} everywhere.", *SAYS.values()],
        load=load(16, [row]),
    )


@template(
    "Convolution of a padded row",
    topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(12, 15), largest=(6, 60), negatives=(3, 10),
)  # fmt: skip
def convolution_of_a_padded_row(draw: Draw) -> Question:
    row, mode = draw.ranges(*[(0, 9)] * 5, name="row"), draw.choice(tuple(MODES), "mode")
    kernel = draw.ranges(*[(-2, 3)] * 5, name="kernel")
    require(kernel.count(0) == 2 and min(kernel) < 0, "a kernel of three weights, one of them negative")
    wide = _padded_by_rule(row, mode)
    products = independent.products([wide], [kernel])
    key = exact([np.correlate(_padded(row, MODES[mode]), kernel)])
    return Question(
        stem=f"The kernel {_written(kernel)} slides over a row of pixels, {_written(row)}, one pixel at a time. The row is "
        f'padded with two pixels on each side, with `padding_mode="{mode}"` as in PyTorch. The kernel is not flipped. '
        "What is the feature map?",
        key=Grid(key, columns=("1st", "2nd", "3rd", "4th", "5th")),
        check=independent.sums(products),
        wrong=distractors("convolved_row", row, kernel, MODES[mode]),
        steps=[
            f"{SAYS[mode]} The padded row is {_written(wide)}.",
            "Products with a 0 are omitted.",
            *(
                f"{name}: ${independent.sum_written(wide[left : left + 5], kernel)} = {key[0][left]}$."
                for left, name in enumerate(("1st", "2nd", "3rd", "4th", "5th"))
            ),
        ],
        load=independent.work(products),
    )


@template(
    "Convolution with a padding value",
    topic=TOPIC, difficulty=3, minutes=5, tells=5, operations=(20, 27), largest=(10, 60), negatives=(6, 9),
)  # fmt: skip
def convolution_with_a_padding_value(draw: Draw) -> Question:
    image, value = draw.numbers(4, 4, low=0, high=9, name="image"), draw.between(1, 9, "value")
    kernel = np.array(draw.shuffled([0, 1, -1, draw.choice((2, 3))])).reshape(2, 2)
    around = [[value] * 6, *([value, *row, value] for row in image.tolist()), [value] * 6]
    places = independent.products(around, kernel.tolist(), (2, 2))
    options: dict[str, Any] = {"stride": 2, "padding": 1, "padding_value": value}
    key = exact(conv2d(image, kernel, backend="numpy", **options))
    return Question(
        stem=f"The kernel slides over the image with the stride {sides((2, 2))}. The padding is {sides((1, 1))}, "
        f"filled with {value}, not with zeros. The kernel is not flipped. Fill in the feature map.\n\n"
        f"Image:\n\n{matrix(image)}\n\nKernel:\n\n{matrix(kernel)}",
        key=Grid(key),
        check=independent.sums(places),
        wrong=distractors("conv2d", image, kernel, **options, without=("decimals", "pairs")),
        steps=[
            f"With its padding the image is\n\n{matrix(around)}",
            f"The upper left window holds one pixel of the image and three of the padding: "
            f"${independent.sum_written([value, value, value, int(image[0, 0])], kernel.ravel().tolist())} = {key[0][0]}$.",
            f"The other positions work in the same way:\n\n{matrix(key)}",
        ],
        load=independent.work(places),
    )


@template("Borders of a uniform image", topic=TOPIC, difficulty=2, minutes=3, tells=5, operations=(9, 9), largest=(18, 990))
def borders_of_a_uniform_image(draw: Draw) -> Question:
    pixel, value = draw.choice(range(18, 253, 9), "image"), draw.choice(range(9, 253, 9), "value")
    require(pixel != value, "a padding that differs from the image")
    inside = [[pixel] * 5 for _ in range(5)]
    padded = (np.pad(inside, 1), np.pad(inside, 1, constant_values=value), np.pad(inside, 1, "edge"))
    corner, edge = (4 * pixel + 5 * value) // 9, (6 * pixel + 3 * value) // 9
    return Question(
        stem=f"Every pixel of a large grey image is {pixel}. A kernel replaces each pixel with the mean of its "
        f"{sides((3, 3))} neighbourhood: nine weights of $1/9$, stride 1, padding 1. What is the value in a corner "
        "of the feature map, at an edge (not in a corner), and inside, if the padding is zeros, if it is "
        f"{value} everywhere, and if it replicates the pixels at the edge?",
        key=Grid(
            ((4 * pixel // 9, 6 * pixel // 9, pixel), (corner, edge, pixel), (pixel, pixel, pixel)),
            ("zeros", f"value {value}", "replicate"),
            ("corner", "edge", "inside"),
        ),
        check=[
            [Fraction(sum(windows[top][left]), 9) for top, left in ((0, 0), (0, 2), (2, 2))]
            for rows in padded
            for windows in [independent.windows(rows.tolist(), (3, 3))]
        ],
        wrong=distractors("borders_of_a_uniform_image", pixel, value),
        steps=[
            "In a corner, four of nine pixels are the image's and five are padding; at an edge, six and three.",
            f"Zeros: $4 \\cdot {pixel} / 9 = {4 * pixel // 9}$ and $6 \\cdot {pixel} / 9 = {6 * pixel // 9}$.",
            f"Value {value}: $(4 \\cdot {pixel} + 5 \\cdot {value}) / 9 = {corner}$ and "
            f"$(6 \\cdot {pixel} + 3 \\cdot {value}) / 9 = {edge}$.",
            "Zeros draw a dark frame around the feature map, although the image has none. Replicated pixels do not.",
        ],
        load=load(9, [pixel, value]),
    )


def _padded(row: Sequence[int], mode: Mode) -> Numbers:
    return np.pad(row, 2, mode)


def _padded_by_rule(row: Sequence[int], mode: str) -> list[int]:
    """Return a row with two more pixels on each side, pixel by pixel."""
    size = len(row)
    wanted = range(-2, size + 2)
    match mode:
        case "replicate":
            places = [min(max(place, 0), size - 1) for place in wanted]
        case "reflect":
            places = [size - 1 - abs(size - 1 - abs(place)) for place in wanted]
        case "circular":
            places = [place % size for place in wanted]
    return [row[place] for place in places]


def _written(numbers: Sequence[int]) -> str:
    return minus(listed(numbers))
