"""Convolution by hand: whole maps, single places, channels, and what a kernel is looking for."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import product
from typing import Any

import numpy as np

import misconceptions
from kernels import conv2d
from quizzes.drawing import grids
from quizzes.question import Choice, Grid, Option, Question, Rows, Value, Wrong, distractors, exact, load, require, wrong
from quizzes.rng import LARGEST, Draw, Numbers
from quizzes.template import template
from quizzes.text.writing import inline_matrix, listed, matrix, minus, sides
from quizzes.tools import independent
from quizzes.tools.windows import fixable_pair, require_fit

TOPIC = "Convolution"
RULE = (
    "At each position the kernel's numbers are multiplied by the pixels under them, and the products are summed. The "
    "kernel is not flipped."
)
LEFT_OUT = "Products with a 0 are omitted."
LECTURE_IMAGE = [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12], [13, 14, 15, 16]]
LECTURE_KERNEL = [[1, 1], [0, 2]]
CHANNELS = ("channel 1", "channel 2")
# Tags of misconceptions that can change nothing: with a stride of 1 and no padding, and where all numbers are whole.
UNMOVED = ("stride", "padding")
WHOLE = ("decimals",)
LARGEST_BY_HAND = 12  # pixels of an image's side
TRIED = 12  # pairs of places, of which the one that tells most is asked for

_conv2d = partial(conv2d, backend="numpy")


@template(
    "Convolution by hand",
    topic=TOPIC, difficulty=2, minutes=4, tells=5, operations=(14, 19), largest=(5, 20), negatives=(4, 12), version=2,
    lecture={"image": LECTURE_IMAGE, "kernel side": 2, "kernel": LECTURE_KERNEL},
)  # fmt: skip
def convolution_by_hand(draw: Draw) -> Question:
    side, across = draw.between(4, 4, "image side"), draw.between(3, 3, "kernel side")
    require(across <= side <= LARGEST_BY_HAND, f"a kernel that fits into the image, of at most {LARGEST_BY_HAND} pixels")
    image = draw.numbers(side, side, low=0, high=5, name="image")
    kernel = _kernel(draw, across, [1, -1, 2, -2, draw.choice([1, -1])])
    return _whole_map(image, kernel, (1, 1), (0, 0), "There is no padding, and the stride is 1.")


@template(
    "Convolution with padding and stride",
    topic=TOPIC, difficulty=3, minutes=5, tells=6, operations=(11, 12), largest=(16, 80), negatives=(0, 4), version=2,
    lecture={"image": LECTURE_IMAGE, "kernel": LECTURE_KERNEL, "stride": [2, 2], "padding": [1, 1]},
)  # fmt: skip
def convolution_with_padding(draw: Draw) -> Question:
    side, across = draw.between(4, 4, "image side"), draw.between(2, 2, "kernel side")
    stride, padding = fixable_pair(draw, [2, 2], "stride", least=1), fixable_pair(draw, [1, 1], "padding")
    require(side <= LARGEST_BY_HAND, f"an image of at most {LARGEST_BY_HAND} pixels")
    for step, ring in zip(stride, padding):
        require_fit(side, across, step, ring)
    image = draw.numbers(side, side, low=1, high=16, name="image")
    kernel = _kernel(draw, across, [1, draw.between(1, 3), draw.choice([-2, -1, 1, 2])])
    setting = f"The padding is {sides(padding)} (zeros), and the stride is {sides(stride)}."
    picture = partial(grids.convolution, image.tolist(), kernel.tolist(), stride, padding)
    return replace(_whole_map(image, kernel, stride, padding, setting), picture=picture)


@template(
    "Convolution of several channels",
    topic=TOPIC, difficulty=3, minutes=6, tells=8, operations=(17, 24), largest=(6, 26), negatives=(4, 8), version=2,
)  # fmt: skip
def convolution_with_channels(draw: Draw) -> Question:
    images = draw.numbers(2, 3, 3, low=0, high=5, name="image")
    weights = [draw.shuffled([0, 1, draw.choice([1, 2]), -1]) for _ in images]
    kernel = np.array(draw.fixable(np.reshape(weights, (2, 2, 2)), "kernel", least=-LARGEST))
    bias = draw.fixable(draw.choice([-3, -2, -1, 1, 2, 3]), "intercept", least=-LARGEST)
    places = [independent.products(image, channel) for image, channel in zip(images.tolist(), kernel.tolist())]
    terms = [[one + other for one, other in zip(*lines)] for lines in zip(*places)]  # both channels' products
    key = exact(_conv2d(images[None], kernel[None], bias=np.array([bias])))
    return Question(
        stem=f"An image has two channels, so a kernel has two as well. The intercept (bias) is ${bias}$, there is no "
        f"padding, and the stride is 1. {RULE} Fill in the feature map.\n\nImage:\n\n{_headed(CHANNELS, images)}\n\n"
        f"Kernel:\n\n{_headed(CHANNELS, kernel)}",
        key=Grid(key),
        check=[[total + bias for total in line] for line in independent.sums(terms)],
        wrong=distractors(
            "conv2d_channels",
            images[None],
            kernel[None],
            bias=np.array([bias]),
            without=(*UNMOVED, *WHOLE, "several images", "several kernels"),
        ),
        steps=[
            "Each channel of the kernel slides over its own channel of the image; all products at a position are summed, "
            "and the intercept is added once.",
            "At the upper left channel 1 gives "
            f"${_written(images[0, :2, :2], kernel[0])} = {sum(places[0][0][0])}$ and channel 2 gives "
            f"${_written(images[1, :2, :2], kernel[1])} = {sum(places[1][0][0])}$.",
            f"With the intercept that makes ${independent.in_brackets(sum(places[0][0][0]))} + "
            f"{independent.in_brackets(sum(places[1][0][0]))} + {independent.in_brackets(bias)} = {key[0][0]}$.",
            f"The other positions work in the same way:\n\n{matrix(key)}",
        ],
        load=independent.work(terms),
        slide=independent.slide(images.tolist(), kernel.tolist(), (1, 1), (0, 0), bias),
    )


@template(
    "Two values of a feature map",
    topic=TOPIC, difficulty=4, minutes=4, tells=8, operations=(7, 8), largest=(12, 70), negatives=(2, 6), version=2,
)  # fmt: skip
def places_of_a_feature_map(draw: Draw) -> Question:
    stride = fixable_pair(draw, draw.choice([(1, 2), (2, 1)]), "stride", least=1)
    padding = fixable_pair(draw, draw.choice([(1, 1), (2, 1), (1, 2)]), "padding")
    for step, ring in zip(stride, padding):
        require_fit(6, 3, step, ring)
    image = draw.numbers(6, 6, low=0, high=20, name="image")
    kernel = _kernel(draw, 3, [1, -1, 2, -2, draw.choice([1, -1])])
    options: dict[str, Any] = {"stride": stride, "padding": padding}
    products = independent.products(image.tolist(), kernel.tolist(), stride, padding)
    rows, columns = len(products), len(products[0])
    edge = [(row, column) for row, column in product(range(rows), range(columns)) if 0 in (row, column)]
    inner = [(row, column) for row, column in product(range(1, rows - 1), range(1, columns - 1))]
    require(bool(inner), "a position of the kernel that is not at the edge")
    efforts = {
        pair: independent.work([[products[row][column] for row, column in pair]])
        for pair in [(draw.choice(edge), draw.choice(inner)) for _ in range(TRIED)]
    }
    pairs = [pair for pair, effort in efforts.items() if 7 <= effort.operations <= 8]
    require(bool(pairs), "7 or 8 products that are not 0")
    truth = _conv2d(image, kernel, **options)
    believed = [
        (one, one.answer(image, kernel, **options))
        for one in misconceptions.about("conv2d", (*WHOLE, "padding value", "last places", "one side"))
    ]
    best = max(pairs, key=lambda pair: _told(truth, [answer for _, answer in believed], pair))
    key = exact([[truth[place] for place in best]])
    names = tuple(f"row {row + 1}, column {column + 1}" for row, column in best)
    padded = np.array(independent.padded(image.tolist(), padding))
    return Question(
        stem=f"The kernel slides over the image with a stride of {sides(stride)} and a padding of {sides(padding)} "
        f"(zeros); the vertical number comes first. {RULE} Which numbers are in {names[0]} and in {names[1]} of the "
        f"feature map? Rows and columns are counted from 1.\n\nImage:\n\n{matrix(image)}\n\nKernel:\n\n{matrix(kernel)}",
        key=Grid(key, columns=names),
        check=independent.sums([[products[row][column] for row, column in best]]),
        wrong=[wrong([values], one.name, one.sentence) for one, answer in believed if (values := _at(answer, best))],
        steps=[LEFT_OUT] + [step for place in best for step in _step_to(place, padded, kernel, stride, int(truth[place]))],
        load=efforts[best],
        picture=partial(grids.convolution, image.tolist(), kernel.tolist(), stride, padding),
        slide=independent.slide([image.tolist()], [kernel.tolist()], stride, padding),
    )


@template("Which kernel was it?", topic=TOPIC, difficulty=3, minutes=4, operations=(12, 36), largest=(6, 60), version=2)
def which_kernel(draw: Draw) -> Question:
    image = draw.numbers(4, 4, low=0, high=9, name="image")
    drawn = np.reshape(draw.sample([-3, -2, -1, 0, 1, 2, 3], 4), (2, 2))
    kernel = np.array(draw.fixable(drawn, "kernel", least=-LARGEST))
    turned = {
        "": kernel,
        "flipped kernel": kernel[::-1, ::-1],
        "transposed kernel": kernel.T,
        "kernel transposed and flipped": kernel[::-1, ::-1].T,
        "kernel mirrored left to right": kernel[:, ::-1],
        "kernel mirrored top to bottom": kernel[::-1],
        "kernel turned clockwise": np.rot90(kernel, -1),
        "kernel turned counterclockwise": np.rot90(kernel),
    }
    places = independent.products(image.tolist(), kernel.tolist())
    shown = independent.sums(places)
    maps = {name: exact(_conv2d(image, each)) for name, each in turned.items()}
    rows = tuple(map(tuple, shown))
    return Question(
        stem=f"A {sides((2, 2))} kernel slid over the image, without padding, one pixel at a time, and made this feature "
        f"map. {RULE} Which kernel was it?\n\nImage:\n\n{matrix(image)}\n\nFeature map:\n\n{matrix(shown)}",
        key=Choice(
            tuple(
                Option(inline_matrix(each), maps[name] == rows, _contradiction(maps[name], rows), name)
                for name, each in turned.items()
            )
        ),
        check=[independent.sums(independent.products(image.tolist(), each.tolist())) == shown for each in turned.values()],
        steps=[
            f"The feature map's first number is {shown[0][0]}. The pixels under the kernel are then "
            f"{listed(image[:2, :2].ravel().tolist())}.",
            f"The right kernel gives ${_written(image[:2, :2], kernel)} = {shown[0][0]}$ there.",
            "Where two kernels agree at the first position, compare them at the next one.",
        ],
        load=independent.work(places),
        offered=5,
    )


EDGES = {
    "left to right": [[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]],
    "left to right, middle row first": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "top to bottom": [[-1, -1, -1], [0, 0, 0], [1, 1, 1]],
    "top to bottom, middle column first": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "along the diagonal": [[-2, -1, 0], [-1, 0, 1], [0, 1, 2]],
    "along the other diagonal": [[0, -1, -2], [1, 0, -1], [2, 1, 0]],
}
PATCHES = {
    "right column": [[0, 0, 1], [0, 0, 1], [0, 0, 1]],
    "two right columns": [[0, 1, 1], [0, 1, 1], [0, 1, 1]],
    "bottom row": [[0, 0, 0], [0, 0, 0], [1, 1, 1]],
    "two bottom rows": [[0, 0, 0], [1, 1, 1], [1, 1, 1]],
    "lower right corner": [[0, 0, 0], [0, 0, 1], [0, 1, 1]],
    "lower left corner": [[0, 0, 0], [1, 0, 0], [1, 1, 0]],
}


@template(
    "Outputs of kernels at an edge",
    topic=TOPIC, difficulty=2, minutes=4, tells=4, operations=(18, 20), largest=(100, 900), negatives=(5, 10), version=2,
)  # fmt: skip
def edge_kernels(draw: Draw) -> Question:
    dark, bright = draw.fixable(sorted(10 * value for value in draw.sample(range(1, 26), 2)), "dark and bright")
    mask = np.array(PATCHES[draw.choice(list(PATCHES), "patch")])
    patch = np.where(mask == draw.below(2), bright, dark)
    chosen = np.array([EDGES[name] for name in draw.sample(list(EDGES), 3, "kernels")])
    terms = [[independent.products(patch.tolist(), kernel)[0][0] for kernel in chosen.tolist()]]
    answers = [int(value) for value in _conv2d(patch[None, None], chosen[:, None]).ravel()]
    require(any(answers), "an edge that one of the kernels sees")
    return Question(
        stem=f"Three kernels detect edges. Each is applied to this patch of a grey image:\n\n{matrix(patch)}\n\n{RULE} "
        f"What is the output of each kernel?\n\n{_headed('ABC', chosen)}",
        key=Grid((tuple(answers),), columns=("A", "B", "C")),
        check=independent.sums(terms),
        wrong=_at_one_place(patch, chosen),
        steps=[f"{name}: ${_written(patch, kernel)} = {answer}$." for name, kernel, answer in zip("ABC", chosen, answers)]
        + [
            "A kernel whose numbers sum to 0 outputs 0 on a patch of a single shade, and a large value where bright pixels "
            "lie under its positive numbers and dark ones under its negative numbers."
        ],
        load=independent.work(terms),
    )


@template("Kernels that may be flipped", topic=TOPIC, difficulty=2, minutes=2)
def kernels_that_may_be_flipped(draw: Draw) -> Question:
    a, b, c, d, e = draw.sample(range(-4, 5), 5)
    f, g, h, i, j = draw.sample(range(-4, 5), 5)
    drawn = [
        ("", [[a, b, c], [d, e, d], [c, b, a]]),
        ("", [[f, g, f], [h, i, h], [f, g, f]]),
        ("", [[j, i, h], [g, f, g], [h, i, j]]),
        ("left and right mirrored", [[a, b, a], [c, d, c], [e, b, e]]),
        ("top and bottom mirrored", [[f, g, h], [i, j, i + 5], [f, g, h]]),
        ("mirrored at the diagonal", [[a, b, c], [b, d, e], [c, e, a + 5]]),
        ("opposite signs", [[f, g, h], [i, 0, -i], [-h, -g, -f]]),
        ("only the rows swapped", [[c, d, e], [a, b, a], [c, d, e]]),
        ("only the corners looked at", [[j, b, c], [d, e, d + 5], [c, b, j]]),
    ]
    probe = np.zeros((5, 5))
    probe[2, 2] = 1
    kernels = [np.array(rows) for _, rows in drawn]
    rights = [np.array_equal(_conv2d(probe, each), _conv2d(probe, each[::-1, ::-1])) for each in kernels]
    return Question(
        stem="Some programs flip a kernel, that is, rotate it by 180°, before it slides over an image. For which of these "
        "kernels does the flip change nothing, whatever the image? Tick all that apply.",
        key=Choice(
            tuple(
                Option(inline_matrix(each), right, _after_flip(each.tolist()), name)
                for (name, _), each, right in zip(drawn, kernels, rights)
            ),
            several=True,
        ),
        check=[(numbers := [*a, *b, *c]) == numbers[::-1] for _, (a, b, c) in drawn],
        steps=[
            "Rotated by 180°, a kernel's first row becomes its last, read backwards.",
            "So nothing changes if its numbers, read row by row, are the same forwards and backwards.",
            "Mirror symmetry alone is not enough: the flip swaps left and right as well as top and bottom.",
        ],
        load=load(5, kernels),  # kernels to turn
        offered=5,
    )


def _whole_map(
    image: Numbers, kernel: Numbers, stride: independent.Pair, padding: independent.Pair, setting: str,
) -> Question:  # fmt: skip
    """Ask for all of a feature map."""
    places = independent.products(image.tolist(), kernel.tolist(), stride, padding)
    key = exact(_conv2d(image, kernel, stride=stride, padding=padding))
    without = (*WHOLE, *(("pairs", "padding value") if any(padding) else UNMOVED))
    padded = np.array(independent.padded(image.tolist(), padding))
    around = [f"With its padding the image is\n\n{matrix(padded)}"] if any(padding) else []
    shown = sorted(_busiest(places)[:2])
    return Question(
        stem=f"The kernel slides over the image. {setting} {RULE} Fill in the feature map.\n\n"
        f"Image:\n\n{matrix(image)}\n\nKernel:\n\n{matrix(kernel)}",
        key=Grid(key),
        check=independent.sums(places),
        wrong=distractors("conv2d", image, kernel, stride=stride, padding=padding, without=without),
        steps=[
            *around,
            LEFT_OUT,
            *(step for row, column in shown for step in _step_to((row, column), padded, kernel, stride, key[row][column])),
            f"All positions together:\n\n{matrix(key)}",
        ],
        load=independent.work(places),
        slide=independent.slide([image.tolist()], [kernel.tolist()], stride, padding),
    )


def _busiest(places: Sequence[Sequence[Sequence[int]]]) -> list[independent.Pair]:
    """Return the places of a feature map, those first where most products are not 0."""
    found = product(range(len(places)), range(len(places[0])))
    return sorted(found, key=lambda place: -np.count_nonzero(places[place[0]][place[1]]))


def _kernel(draw: Draw, side: int, weights: Sequence[int]) -> Numbers:
    """Return a kernel of these numbers and zeros in drawn order: always as many of each, so always as much work."""
    numbers = [*weights, *[0] * side**2][: side**2]
    return np.array(draw.fixable(np.reshape(draw.shuffled(numbers), (side, side)), "kernel", least=-LARGEST))


def _step_to(
    place: independent.Pair, padded: Numbers, kernel: Numbers, stride: independent.Pair, answer: Value
) -> list[str]:
    """Return the sum at one place, written out."""
    row, column = place
    top, left = row * stride[0], column * stride[1]
    window = padded[top : top + len(kernel), left : left + len(kernel[0])]
    return [f"Row {row + 1}, column {column + 1}: ${_written(window, kernel)} = {answer}$."]


def _written(window: Numbers, kernel: Numbers) -> str:
    return independent.sum_written(window.ravel().tolist(), kernel.ravel().tolist())


def _at(answer: Numbers, places: Sequence[independent.Pair]) -> list[Any] | None:
    """Return the numbers at these places; None where one lies outside."""
    if any(row >= answer.shape[0] or column >= answer.shape[1] for row, column in places):
        return None
    return [answer[place] for place in places]


def _told(truth: Numbers, answers: Sequence[Numbers], places: Sequence[independent.Pair]) -> int:
    """Count the different wrong answers at these places."""
    given = {tuple(values) for answer in answers if (values := _at(answer, places))}
    return len(given - {tuple(_at(truth, places) or ())})


def _at_one_place(patch: Numbers, kernels: Numbers) -> list[Wrong]:
    """Return what misconceptions let kernels answer to a patch of their own size."""
    without = (*UNMOVED, *WHOLE, "channels", "bias", "several images", "order")
    found = [
        (one, one.answer(patch[None, None], kernels[:, None])) for one in misconceptions.about("conv2d_channels", without)
    ]
    return [wrong(answer.reshape(1, -1), one.name, one.sentence) for one, answer in found if answer.size == len(kernels)]


def _contradiction(given: Rows, shown: Rows) -> str:
    """Say where a kernel's feature map differs first from the one that is shown."""
    for row, (line, wanted) in enumerate(zip(given, shown)):
        for column, (number, other) in enumerate(zip(line, wanted)):
            if number != other:
                return (
                    f"In row {row + 1}, column {column + 1} this kernel gives {minus(number)}, but the map has "
                    f"{minus(other)}. Place the kernel on the pixels as it is, without rotating it."
                )
    return "Right: it gives this number at every position."


def _after_flip(rows: list[list[int]]) -> str:
    """Say what a flip does to a kernel."""
    for nth, (line, other) in enumerate(zip(rows, rows[::-1])):
        if line != other[::-1]:
            return minus(f"Its row {nth + 1} is {listed(line)}; flipped, it would be {listed(other[::-1])}.")
    return "Right: flipped, it is the same kernel."


def _headed(names: Sequence[str], values: Numbers) -> str:
    cells = " | ".join(inline_matrix(each) for each in values)
    return f"| {' | '.join(names)} |\n|{' --- |' * len(names)}\n| {cells} |"
