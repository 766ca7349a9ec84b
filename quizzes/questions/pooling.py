"""Pooling by hand, and what a pooled map still knows of its image."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from kernels import POOLINGS, pool2d
from quizzes.drawing import grids
from quizzes.question import Choice, Grid, Option, Question, Rows, distractors, exact, load, require, written, wrong
from quizzes.rng import LARGEST, Draw, Numbers
from quizzes.template import template
from quizzes.text.writing import listed, matrix, minus, sides
from quizzes.tools import independent
from quizzes.tools.independent import Pair

TOPIC = "Pooling"
# Tags of misconceptions that can change nothing: on one image whose windows are square and fit, and where they overlap.
PLAIN = ("default stride", "pairs", "channels", "several images", "edges", "rare numbers")
OVERLAPPING = ("signs", "start")


@template(
    "Max and min pooling by hand",
    topic=TOPIC, difficulty=1, minutes=2, tells=4, operations=(18, 18), largest=(6, 9), negatives=(12, 12), version=2,
)  # fmt: skip
def max_and_min_pooling(draw: Draw) -> Question:
    """Let a window hold only negative numbers, or for the minimum only positive ones: a start from 0 shows."""
    mode = draw.choice(["max", "min"], "mode")
    top, left = draw.choice([0, 2]), draw.choice([0, 2, 4])
    same, others = (-1, [-1] * 8 + [1] * 12) if mode == "max" else (1, [-1] * 12 + [1] * 8)
    signs = np.full((4, 6), same)
    alone = np.ones((4, 6), bool)
    alone[top : top + 2, left : left + 2] = False
    signs[alone] = draw.shuffled(others)
    image = draw.fixable(draw.numbers(4, 6, low=1, high=9) * signs, "image", least=-LARGEST)
    return _pooled(np.array(image), (2, 2), (2, 2), mode)


@template(
    "Average pooling by hand",
    topic=TOPIC, difficulty=2, minutes=3, tells=6, operations=(24, 24), largest=(12, 20), negatives=(0, 0), version=2,
)  # fmt: skip
def average_pooling(draw: Draw) -> Question:
    return _pooled(draw.numbers(4, 6, low=0, high=20, name="image"), (2, 2), (2, 2), "average")


@template(
    "Median pooling by hand",
    topic=TOPIC, difficulty=2, minutes=3, tells=6, operations=(36, 36), largest=(12, 20), negatives=(0, 0), version=2,
)  # fmt: skip
def median_pooling(draw: Draw) -> Question:
    return _pooled(draw.numbers(4, 6, low=0, high=20, name="image"), (2, 2), (2, 2), "median")


@template(
    "Pooling with windows that overlap",
    topic=TOPIC, difficulty=3, minutes=3, tells=3, operations=(32, 32), largest=(15, 40), negatives=(0, 0), version=2,
)  # fmt: skip
def overlapping_pooling(draw: Draw) -> Question:
    """Take an image on which a window that moves by its own size has as many positions as one that overlaps."""
    image = draw.numbers(6, 6, low=0, high=40, name="image")
    return _pooled(image, (3, 3), (2, 2), draw.choice(["max", "min"], "mode"), overlapping=True)


@template(
    "A pixel changes before max pooling",
    topic=TOPIC, difficulty=4, minutes=3, tells=3, operations=(18, 18), largest=(31, 60), negatives=(0, 0), version=2,
)  # fmt: skip
def changed_pixel(draw: Draw) -> Question:
    size, stride = (3, 3), (2, 2)
    image = draw.numbers(5, 7, low=0, high=30, name="image")
    place = draw.choice([(3, 2), (3, 4), (3, 6), (2, 3), (4, 3), (2, 5), (4, 5)], "pixel")  # each in two windows
    row, column = place[0] - 1, place[1] - 1
    new = draw.between(31, 60, "new value")
    require(new > image.max(), "a new value above all others")
    old = int(image[row, column])
    after = image.copy()
    after[row, column] = new
    before_map, after_map = (pool2d(each[None, None], size, stride, "max", backend="numpy") for each in (image, after))
    key = exact(after_map - before_map)
    largest = independent.pooled(image.tolist(), size, stride, "max")
    seen = [[_sees(top, row) and _sees(left, column) for left in (0, 2, 4)] for top in (0, 2)]
    grown = [[(new - most) * sees for most, sees in zip(*lines)] for lines in zip(largest, seen)]
    first = next((i, j) for i, line in enumerate(seen) for j, sees in enumerate(line) if sees)
    return Question(
        stem=f"{sides(size)} max pooling with {_of(stride)} is applied to this "
        f"image:\n\n{matrix(image)}\n\nThen the pixel in row {row + 1}, column {column + 1} (counted from 1) changes from "
        f"{old} to {new}. By how much does each number of the pooled map grow?",
        key=Grid(key),
        check=grown,
        wrong=[
            wrong(
                [[change * ((i, j) == first) for j, change in enumerate(line)] for i, line in enumerate(grown)],
                "pixel seen by one window only",
                "only the first window that holds the pixel changes. With a stride below their size, windows overlap.",
            ),
            wrong(
                [[(new - old) * sees for sees in line] for line in seen],
                "change passed on whole",
                "each pooled number grows by the pixel's own change. It grows from the old maximum of its window.",
            ),
            wrong(
                [[new - most for most in line] for line in largest],
                "pixel seen by all windows",
                "every pooled number changes. A window sees only the pixels under it.",
            ),
            wrong(
                [[new * sees for sees in line] for line in seen],
                "new value for the change",
                "the new value is given where it is now the largest. The question asks by how much the maximum grows.",
            ),
        ],
        steps=[
            "A window covers rows 1 to 3 or 3 to 5, and columns 1 to 3, 3 to 5 or 5 to 7: "
            f"the pixel lies in {sum(map(sum, seen))} of the six windows.",
            f"Before the change the pooled map is\n\n{matrix(largest)}",
            f"In each window that holds the pixel, {new} is now the largest; all other windows stay as they are.",
            f"New minus old:\n\n{matrix(key)}",
        ],
        load=load(2 * (8 + 1), [new]),  # two windows: the largest of nine, and a difference
        picture=partial(grids.pooling, image.tolist(), size, stride),
    )  # fmt: skip


SQUARES = [(2, 4), (2, 3), (3, 2), (3, 3), (4, 2)]  # windows and strides
SETTINGS: list[tuple[Pair, Pair]] = [((side, side), (step, step)) for side, step in SQUARES]
SHOWN = 9  # of the ways to pool that fit the size: the right one and eight others


@template("Which pooling was it?", topic=TOPIC, difficulty=3, minutes=3, version=2)
def which_pooling(draw: Draw) -> Question:
    """All ways offered make a 2 x 2 map of a 6 x 6 image, so the size gives nothing away."""
    image = draw.numbers(6, 6, low=0, high=30, name="image")
    ways = draw.sample([(mode, *setting) for mode in ("max", "min", "median") for setting in SETTINGS], SHOWN)
    mode, size, stride = ways[0]
    shown = independent.pooled(image.tolist(), size, stride, mode)
    rows = exact(shown)
    require(len({*rows[0], *rows[1]}) >= 3, "a pooled map with three different numbers")
    maps = [exact(pool2d(image[None, None], size, stride, mode, backend="numpy")) for mode, size, stride in ways]
    return Question(
        stem=f"An image was pooled. How?\n\nImage:\n\n{matrix(image)}\n\nPooled map:\n\n{_matrix(rows)}",
        key=Choice(
            tuple(
                Option(
                    f"{POOLINGS[way[0]].called}, window {sides(way[1])}, stride {sides(way[2])}",
                    given == rows,
                    _contradiction(given, rows),
                    _mixed_up(way, ways[0]),
                )
                for way, given in zip(ways, maps)
            )
        ),
        check=[independent.pooled(image.tolist(), size, stride, mode) == shown for mode, size, stride in ways],
        steps=[
            f"The window in the upper left corner gives {written(rows[0][0])}. Only one way, or a few, can do that.",
            f"The {POOLINGS[mode].called} of the {sides(size)} pixels there, "
            f"{listed(independent.windows(image.tolist(), size, stride)[0][0])}, is {written(rows[0][0])}.",
            f"The second number, {written(rows[0][1])}, comes from the window that begins {stride[1]} columns "
            "further to the right.",
        ],
        load=load(5, [image]),  # ways to try
        offered=5,
    )


def _pooled(image: Numbers, size: Pair, stride: Pair, mode: str, overlapping: bool = False) -> Question:
    """Ask for all of a pooled map."""
    rows, windows = image.tolist(), independent.windows(image.tolist(), size, stride)
    options: dict[str, Any] = (
        {"size": size, "mode": mode} if stride == size else {"size": size, "mode": mode, "stride": stride}
    )
    key = exact(pool2d(image[None, None], **options, backend="numpy"))
    first, last = windows[0][0], windows[-1][-1]
    asked = BY_HAND[mode]
    without = (*PLAIN, f"right by {mode}", *asked.without, *(OVERLAPPING if overlapping else ("stride",)))
    return Question(
        stem=f"Apply {sides(size)} {mode} pooling with {_of(stride)} to this image.{asked.decimals}\n\n{matrix(image)}",
        key=Grid(key),
        check=independent.pooled(rows, size, stride, mode),
        wrong=distractors("pool2d", image[None, None], **options, without=without),
        steps=[
            f"The first window holds {minus(listed(first))}: {asked.reduced(first, mode)}.",
            f"The last one holds {minus(listed(last))}: {asked.reduced(last, mode)}.",
            f"All windows together:\n\n{_matrix(key)}",
        ],
        load=load(len(windows) * len(windows[0]) * asked.operations(size[0] * size[1]), [image]),
        picture=partial(grids.pooling, rows, size, stride) if overlapping else None,
        slide=independent.slide_of_pool(rows, size, stride, mode),
    )


def _of(stride: Pair) -> str:
    return f"stride {stride[0]}" if stride[0] == stride[1] else f"stride {sides(stride)}"


def _found(values: Sequence[int], mode: str) -> str:
    return minus(f"the {POOLINGS[mode].called} is {_answer(values, mode)}")


def _divided(values: Sequence[int], mode: str) -> str:
    total = " + ".join(map(str, values))
    return f"$({total}) / {len(values)} = {sum(values)} / {len(values)} = {_answer(values, mode)}$"


def _sorted(values: Sequence[int], mode: str) -> str:
    middle = len(values) // 2
    return (
        f"sorted, {listed(sorted(values))}; the middle ones are {listed(sorted(values)[middle - 1 : middle + 1])}, "
        f"so the median is {_answer(values, mode)}"
    )


def _answer(values: Sequence[int], mode: str) -> str:
    return written(exact(independent.reduced(values, mode)))


@dataclass(frozen=True)
class ByHand:
    """How a student pools a window by a mode."""

    operations: Callable[[int], int]  # of a window with so many values
    reduced: Callable[[Sequence[int], str], str]  # writes how its values become one number
    decimals: str = ""  # how to write the answers that are not whole
    without: tuple[str, ...] = ()  # more tags of misconceptions that can change nothing


# For max and min, ignoring the mode changes nothing, or the same as swapping the two.
EXTREME = ByHand(lambda count: count - 1, _found, without=("mode ignored",))  # comparisons
BY_HAND = {
    "max": EXTREME,
    "min": EXTREME,
    "average": ByHand(lambda count: count, _divided, " Do not round; write decimals like 2.25."),  # a sum, a division
    "median": ByHand(lambda count: count + 2, _sorted, " Write halves as decimals, like 2.5."),  # a sort, a sum and a half
}


def _sees(start: int, place: int) -> bool:
    return start <= place < start + 3


def _mixed_up(way: tuple[str, Pair, Pair], right: tuple[str, Pair, Pair]) -> str:
    """Name what a student who chooses this way mixes up."""
    if way == right:
        return ""
    return (
        "other mode"
        if way[1:] == right[1:]
        else "other window or stride"
        if way[0] == right[0]
        else "other mode and window"
    )


def _contradiction(given: Rows, shown: Rows) -> str:
    for row, (line, wanted) in enumerate(zip(given, shown)):
        for column, (number, other) in enumerate(zip(line, wanted)):
            if number != other:
                return (
                    f"This way the number in row {row + 1}, column {column + 1} would be {written(number)}, "
                    f"but the map has {written(other)}."
                )
    return "Right: it gives all four numbers."


def _matrix(rows: Rows) -> str:
    return matrix([[written(value) for value in row] for row in rows])
