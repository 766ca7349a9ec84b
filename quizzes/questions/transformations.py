"""What shifts, mirrors and another light do to feature maps: what moves along, and what stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import accumulate, product
from math import prod
from operator import mul

import numpy as np

from kernels import conv2d
from quizzes.question import Grid, Question, distractors, exact, load, require
from quizzes.rng import Draw, Numbers
from quizzes.template import template
from quizzes.text.writing import inline_matrix, listed, matrix, minus, sides, table
from quizzes.tools import independent
from quizzes.tools.statements import Statement, ticked

TOPIC = "Invariance"
LAYERS = ("layer 1", "layer 2", "layer 3")

_conv2d = partial(conv2d, backend="numpy")


@template(
    "A shift on its way through layers", topic=TOPIC, difficulty=3, minutes=3, tells=6, operations=(12, 12), largest=(8, 80)
)
def shift_through_layers(draw: Draw) -> Question:
    strides = draw.choice([each for each in product((1, 2, 3, 4), repeat=3) if 4 <= prod(each) <= 12], "strides")
    require(sum(stride > 1 for stride in strides) > 1, "strides to multiply")
    totals = list(accumulate(strides, mul))
    shift = [totals[-1] * times for times in draw.sample(range(1, 6), 2)]
    row, column = draw.sample(range(1, 9), 2)
    # The peak of the last map, and for each map before it one of the values that the window behind sees.
    places = [[row, column]]
    for stride in strides[:0:-1]:
        places.insert(0, [stride * (at - 1) + 1 + draw.below(stride) for at in places[0]])
    key = [[at + step // total for at, step in zip(place, shift)] for place, total in zip(places, totals)]
    check = [
        [list(range(0, 999, total)).index(total * (at - 1) + step) + 1 for at, step in zip(place, shift)]
        for place, total in zip(places, totals)
    ]
    return Question(
        stem="An image goes through three convolutional layers without padding.\n\n"
        + table(
            ("", "stride", "row of the peak", "column of the peak"),
            [(name, stride, *place) for name, stride, place in zip(LAYERS, strides, places)],
        )
        + "\n\nThe table also gives the position of the largest value in one feature map of each layer, counted from 1. "
        f"Now everything in the image moves down by {shift[0]} pixels and to the right by {shift[1]}; nothing leaves it. "
        "Where are the largest values then?",
        key=Grid(exact(key), LAYERS, ("row", "column")),
        check=check,
        wrong=distractors("peak_after_a_shift", places, strides, shift),
        steps=[
            "Feature maps move with the image. A layer whose windows are $s$ pixels apart moves by one position when its "
            "input moves by $s$ positions.",
            f"From the image on, the strides multiply: neighbours in layers 1, 2 and 3 are {listed(totals)} pixels apart.",
            *(
                f"{name}: down by ${shift[0]} / {total} = {shift[0] // total}$ from row {place[0]}, to the right by "
                f"${shift[1]} / {total} = {shift[1] // total}$ from column {place[1]}."
                for name, total, place in zip(LAYERS, totals, places)
            ),
        ],
        load=load(12, [places]),
    )  # fmt: skip


@template("Max pooling after a shift", topic=TOPIC, difficulty=2, minutes=3, tells=5, operations=(12, 12), largest=(7, 20))
def pooling_after_a_shift(draw: Draw) -> Question:
    row = draw.sample(range(1, 21), 8, "row")
    shifted = [[0] * by + row[: 8 - by] for by in range(3)]
    key = [np.reshape(each, (4, 2)).max(axis=1) for each in shifted]
    stayed = sum(a == b for a, b in zip(key[0], key[1]))
    return Question(
        stem=f"A row of a feature map holds {listed(row)}. Max pooling of size 2 and stride 2 turns it into four values. "
        f"What are they for the row as it is, and what are they if the row first moves one position, or two positions, to "
        f"the right? "
        "Zeros come in on the left; what leaves on the right is lost.",
        key=Grid(exact(key), ("as it is", "moved by 1", "moved by 2"), ("1st", "2nd", "3rd", "4th")),
        check=[[independent.reduced(each[left : left + 2], "max") for left in range(0, 8, 2)] for each in shifted],
        wrong=distractors("pooled_shifts", row),
        steps=[
            f"As it is: the larger numbers of {_pairs(shifted[0])}.",
            f"Moved by 1, the pairs are different: {_pairs(shifted[1])}. {stayed} of 4 values are as before.",
            f"Moved by 2, the stride, the pairs stay together, and the pooled values move one position: "
            f"{_pairs(shifted[2])}.",
        ],
        load=load(12, [row]),
    )


TURNS: Mapping[str, tuple[str, str, Callable[[Numbers], Numbers], Callable[[Numbers], Numbers]]] = {
    "mirror": ("mirrored left to right", "mirrored left to right", np.fliplr, np.fliplr),
    "upend": ("mirrored top to bottom", "mirrored top to bottom", np.flipud, np.flipud),
    "clockwise": ("turned clockwise by 90°", "turned anticlockwise by 90°", lambda a: np.rot90(a, -1), np.rot90),
    "anticlockwise": ("turned anticlockwise by 90°", "turned clockwise by 90°", np.rot90, lambda a: np.rot90(a, -1)),
}


@template("A kernel on a turned image", topic=TOPIC, difficulty=4, minutes=3, tells=4, operations=(9, 9), largest=(5, 60))
def kernel_on_a_turned_image(draw: Draw) -> Question:
    words, back, turn, turned_back = TURNS[draw.choice(tuple(TURNS), "turn")]
    image, kernel = draw.numbers(4, 4, low=0, high=9), np.array(draw.sample(range(-3, 4), 4)).reshape(2, 2)
    own, other = _conv2d(image, kernel), _conv2d(image, turned_back(kernel))
    key = exact(turn(other))
    return Question(
        stem="The feature map on the left is that of a kernel K on an image, the one on the right that of K, "
        f"{back}, on the same image. There is no padding, and the stride is 1.\n\n| K | K, {back} |\n| --- | --- |\n"
        f"| {inline_matrix(exact(own))} | {inline_matrix(exact(other))} |\n\nNow the image is {words}. Which feature map "
        f"does K give on it?",
        key=Grid(key),
        check=independent.sums(independent.products(turn(image).tolist(), kernel.tolist())),
        wrong=distractors("map_of_a_turned_image", own, other, turn),
        steps=[
            f"If image and kernel are both {words}, all products stay the same, and the map is {words} as well.",
            f"K is the kernel on the right, {words}: so the map on the right has to be {words}.",
            f"That gives\n\n{matrix(key)}",
        ],
        load=load(9, [own, other]),
    )


@template(
    "Kernels in a different light",
    topic=TOPIC, difficulty=3, minutes=3, tells=5, operations=(15, 15), largest=(20, 400), negatives=(3, 13),
)  # fmt: skip
def kernels_in_another_light(draw: Draw) -> Question:
    factor, added = draw.between(2, 4, "factor"), draw.between(3, 12, "added")
    patch = draw.numbers(2, 2, low=0, high=20)
    kernels = [draw.numbers(2, 2, low=-3, high=3) for _ in range(3)]
    totals = [int(kernel.sum()) for kernel in kernels]
    require(len(set(totals)) == 3 and 0 in totals, "weights with different sums, one of them 0")
    outputs = [int((patch * kernel).sum()) for kernel in kernels]
    key = [factor * output + added * total for output, total in zip(outputs, totals)]
    brighter = (factor * patch + added).tolist()
    return Question(
        stem="At one position of an image, three kernels without intercepts give these outputs.\n\n"
        f"| | A | B | C |\n| --- | --- | --- | --- |\n| kernel | {' | '.join(map(inline_matrix, kernels))} |\n"
        f"| output | {' | '.join(map(minus, outputs))} |\n\nThen the light changes: every pixel is multiplied by {factor}, "
        f"and {added} is added to it. What are the outputs now?",
        key=Grid((tuple(key),), columns=("A", "B", "C")),
        check=[[independent.sums(independent.products(brighter, kernel.tolist()))[0][0] for kernel in kernels]],
        wrong=distractors("outputs_in_another_light", outputs, kernels, factor, added),
        steps=[
            f"Each product of a weight $w$ and a pixel $x$ becomes $w ({factor} x + {added}) = {factor} w x + {added} w$.",
            f"So an output is multiplied by {factor}, and {added} times the sum of the weights is added.",
            *(
                f"{name}: ${independent.sum_written([factor, added], [output, total])} = {new}$."
                for name, output, total, new in zip("ABC", outputs, totals, key)
            ),
            "Added brightness changes nothing only for a kernel whose weights sum to 0.",
        ],
        load=load(15, [*kernels, outputs, key]),
    )


@dataclass(frozen=True)
class Measure:
    """Something that is measured on an image on a ring, and the changes after which it is what it was."""

    words: str
    on: Callable[[Numbers], object]
    unchanged: str
    sentence: str


def _slid(image: Numbers, kernel: tuple[int, int, int]) -> Numbers:
    """Slide three weights along the rows of an image on a ring."""
    moved = [weight * np.roll(image, 1 - place, axis=1) for place, weight in enumerate(kernel)]
    total: Numbers = np.sum(moved, axis=0)
    return total


# By name: what happens to the image, with a drawn number n.
CHANGES: Mapping[str, tuple[str, Callable[[Numbers, int], Numbers]]] = {
    "shift": ("the image moves by {n} pixels to the right", lambda image, n: np.roll(image, n, axis=1)),
    "mirror": ("the image is mirrored left to right", lambda image, n: np.fliplr(image)),
    "turn": ("the image is turned by 90°", lambda image, n: np.rot90(image)),
    "order": (
        "the image's pixels are put in another order",
        lambda image, n: np.sort(image, axis=None).reshape(image.shape),
    ),
    "light": ("{n} is added to all pixels", lambda image, n: image + n),
    "contrast": ("all pixels are multiplied by {n}", lambda image, n: image * n),
}
MEASURES = (
    Measure(
        "its mean",
        np.sum,
        "shift mirror turn order",
        "The mean depends on the values of the pixels, not on where they are.",
    ),
    Measure(
        "its highest value",
        np.max,
        "shift mirror turn order",
        "The highest value depends on the values of the pixels, not on where they are.",
    ),
    Measure(
        "the position of its highest value",
        lambda image: tuple(np.argwhere(image == image.max())[0]),
        "light contrast",
        "The position changes when the pixels move, but not when all of them get brighter by the same amount or factor.",
    ),
    Measure(
        "the difference between its highest and lowest value",
        lambda image: image.max() - image.min(),
        "shift mirror turn order light",
        "A number that is added to both cancels out in their difference; a factor does not.",
    ),
    Measure(
        "the largest output of the kernel 1, 2, 1",
        lambda image: _slid(image, (1, 2, 1)).max(),
        "shift mirror",
        "The kernel is symmetric, but neighbours matter. Its weights sum to 4: brightness counts four times.",
    ),
    Measure(
        "the largest output of the kernel −1, 2, −1",
        lambda image: _slid(image, (-1, 2, -1)).max(),
        "shift mirror light",
        "The kernel is symmetric, but neighbours matter. Its weights sum to 0: brightness cancels out.",
    ),
    Measure(
        "the largest output of the kernel −1, 0, 1",
        lambda image: _slid(image, (-1, 0, 1)).max(),
        "shift light",
        "The kernel is not symmetric, and neighbours matter. Its weights sum to 0: brightness cancels out.",
    ),
    Measure(
        "the sum of all outputs of the kernel 1, 2, 1",
        lambda image: _slid(image, (1, 2, 1)).sum(),
        "shift mirror turn order",
        "Each pixel meets each weight once, so this is four times the sum of the pixels.",
    ),
)
RING = (np.arange(33) * 23 % 37).reshape(3, 11)  # an image without symmetry, wider than any shift


@template("What stays the same", topic=TOPIC, difficulty=4, minutes=4, operations=(6, 6), largest=(12, 96))
def what_stays_the_same(draw: Draw) -> Question:
    size, number = draw.ranges((12, 96), (12, 96), name="size"), draw.between(2, 9, "number")
    require(1 < number < RING.shape[1] and min(size) > number, "a shift within the image")
    statements = []
    for measure, (change, (words, changed)) in product(MEASURES, CHANGES.items()):
        text, holds = f"{measure.words}, if {words.format(n=number)}", change in measure.unchanged.split()
        statements.append(
            Statement(
                text,
                holds,
                bool(measure.on(changed(RING, number)) == measure.on(RING)),
                f"{measure.words} taken for the same after: {change}",
                measure.sentence,
                step=f"“{text}”: {'yes' if holds else 'no'}. {measure.sentence}",
            )
        )
    return Question(
        stem=f"A grey image has {sides(size)} pixels. What leaves it on one side comes back on the other, for "
        "kernels too (circular padding). Kernels slide along its rows. What stays the same, whatever the image? Tick all "
        "that apply.",
        **ticked(statements),
        steps=[
            "A mean or a maximum over all pixels does not depend on where they are. A feature map moves along with the "
            "image, so its largest value stays.",
        ],
        load=load(6, size),
        offered=6,
    )


def _pairs(row: list[int]) -> str:
    return listed([f"({a}, {b})" for a, b in zip(row[::2], row[1::2])])
