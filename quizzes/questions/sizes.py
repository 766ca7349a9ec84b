"""How large a feature map is."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

import kernels
import misconceptions
from quizzes.question import Choice, Grid, Number, Option, Question, distractors, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import Band, template
from quizzes.text.writing import sides, table
from quizzes.tools.independent import Pair
from quizzes.tools.windows import fixable_pair, require_fit

TOPIC = "Output size"
WHOLE = ("decimals",)  # the tag of what only a program answers: a size with decimals
TRIED = 400  # pixels at most, of what is looked for


@template(
    "Output size along one axis",
    topic=TOPIC, difficulty=2, minutes=2, tells=4, operations=(4, 4), largest=(20, 300), version=2,
    lecture={"image": 4, "kernel": 2, "stride": 2, "padding": 1},
)  # fmt: skip
def output_size(draw: Draw) -> Question:
    size, kernel = draw.between(20, 288, "image"), draw.between(3, 11, "kernel")
    stride, padding = draw.between(2, 4, "stride"), draw.between(1, 5, "padding", least=0)
    require_fit(size, kernel, stride, padding)
    padded = size + 2 * padding
    return Question(
        stem=f"A kernel {kernel} pixels wide slides over an image {size} pixels wide. The padding is {padding} on each "
        f"side, and the stride is {stride}. How many pixels wide is the feature map?",
        key=Number(kernels.output_size(size, kernel, stride, padding), "pixels"),
        check=_places(size, kernel, stride, padding),
        wrong=distractors("output_size", size, kernel, stride, padding, without=WHOLE),
        steps=[
            f"With its padding the image is ${size} + 2 \\cdot {padding} = {padded}$ pixels wide.",
            f"The kernel's left edge can move by ${padded} - {kernel} = {padded - kernel}$ pixels.",
            f"With a stride of {stride} that makes $\\lfloor {padded - kernel} / {stride} \\rfloor = "
            f"{(padded - kernel) // stride}$ moves. With the position where it starts, that is "
            f"${(padded - kernel) // stride} + 1 = {(padded - kernel) // stride + 1}$ positions.",
        ],
        load=load(3 + (stride > 1), [size, kernel, padded]),
    )


@template(
    "Height and width of a feature map",
    topic=TOPIC, difficulty=2, minutes=3, tells=6, operations=(8, 8), largest=(30, 90), version=2,
    lecture={"image": [4, 4], "kernel": [2, 2], "stride": [2, 2], "padding": [1, 1]},
)  # fmt: skip
def output_shape(draw: Draw) -> Question:
    size, kernel, stride, padding = _setting(draw)
    height, width = map(kernels.output_size, size, kernel, stride, padding)
    return Question(
        stem=f"{_image(size, kernel, stride, padding)} What are the height and the width of the feature map?",
        key=Grid(((height, width),), columns=("height", "width")),
        check=[list(map(_places, size, kernel, stride, padding))],
        wrong=distractors("output_shape", size, kernel, stride, padding, without=WHOLE),
        steps=[
            "Each axis is computed on its own.",
            f"Height: ${_formula(size[0], kernel[0], stride[0], padding[0])} = {height}$.",
            f"Width: ${_formula(size[1], kernel[1], stride[1], padding[1])} = {width}$.",
        ],
        load=load(8, [size, kernel]),
    )


@template(
    "Positions of a kernel, and multiplications",
    topic=TOPIC, difficulty=3, minutes=4, tells=6, operations=(11, 11), largest=(12, 24), version=2,
    lecture={"image": [4, 4], "kernel": [2, 2], "stride": [2, 2], "padding": [1, 1]},
)  # fmt: skip
def kernel_places(draw: Draw) -> Question:
    size, kernel, stride, padding = _setting(draw, (12, 24), (2, 5))
    height, width = map(kernels.output_size, size, kernel, stride, padding)
    weights = kernel[0] * kernel[1]
    starts = prod(
        len(range(0, axis + 2 * ring - side + 1, step)) for axis, side, step, ring in zip(size, kernel, stride, padding)
    )
    of_shape = [
        wrong([[high * wide, high * wide * weights]], one.name, one.sentence)
        for one in distractors("output_shape", size, kernel, stride, padding, without=("order", *WHOLE))
        if isinstance(one.answer, tuple)
        for high, wide in one.answer
    ]
    return Question(
        stem=f"{_image(size, kernel, stride, padding)} How many positions can the kernel occupy in all, and how "
        "many multiplications do these need? The image has one channel; products with padding zeros count too.",
        key=Grid(((height * width, height * width * weights),), columns=("positions", "multiplications")),
        check=[[starts, starts * np.broadcast_to(0, kernel).size]],
        wrong=[
            *of_shape,
            wrong(
                [[height + width, (height + width) * weights]],
                "height and width added",
                "height and width of the feature map are added. Each row has as many positions as the map has columns.",
            ),
            wrong(
                [[size[0] * size[1], size[0] * size[1] * weights]],
                "a position for each pixel",
                "the kernel gets a position on every pixel. It has one position for each value of the feature map.",
            ),
            wrong(
                [[height * width, height * width * sum(kernel)]],
                "sides of the kernel added",
                "the kernel's sides are added. It has height times width weights.",
            ),
            wrong(
                [[height * width, height * width]],
                "one multiplication at a position",
                "a position needs one multiplication. It needs one for each weight of the kernel.",
            ),
        ],
        steps=[
            f"From top to bottom there are ${_formula(size[0], kernel[0], stride[0], padding[0])} = {height}$ positions, "
            f"from left to right ${_formula(size[1], kernel[1], stride[1], padding[1])} = {width}$.",
            f"In all that makes ${height} \\cdot {width} = {height * width}$ positions.",
            f"At each position every weight is multiplied once: ${height * width} \\cdot {kernel[0]} \\cdot {kernel[1]} = "
            f"{height * width * weights}$.",
        ],
        load=load(11, [size, kernel]),
    )


@template(
    "Images that fit a feature map",
    topic=TOPIC, difficulty=4, minutes=4, tells=4, operations=(16, 16), largest=(12, 40), version=2,
)  # fmt: skip
def images_that_fit(draw: Draw) -> Question:
    kernel = draw.ranges((3, 7), (3, 7), name="kernel")
    padding = draw.ranges((1, 3), (1, 3), name="padding", least=0)
    stride = fixable_pair(draw, draw.sample([2, 3, 4], 2), "stride", least=1)
    wanted = draw.ranges((12, 40), (12, 40), name="feature map")
    require(all(ring < side for ring, side in zip(padding, kernel)), "a padding smaller than the kernel")
    least = [(count - 1) * step + side - 2 * ring for count, step, side, ring in zip(wanted, stride, kernel, padding)]
    most = [low + step - 1 for low, step in zip(least, stride)]
    require(min(least) >= 1, "an image of at least one pixel")
    found = [
        [size for size in range(low - 2, high + 3) if _places(size, side, step, ring) == count]
        for low, high, count, side, step, ring in zip(least, most, wanted, kernel, stride, padding)
    ]
    believed = []
    for one in _rounded():
        ranges = [_fitting(one, (1, *rest), 0, count) for count, *rest in zip(wanted, kernel, stride, padding)]
        if None not in ranges:
            believed.append(wrong(list(zip(*filter(None, ranges))), one.name, one.sentence))
    steps = zip(("height", "width"), wanted, stride, kernel, padding, least)
    return Question(
        stem=f"A {sides(kernel)} kernel slides over an image with a stride of {sides(stride)} and a padding of "
        f"{sides(padding)} on each side; the vertical number comes first. The feature map is {wanted[0]} pixels high and "
        f"{wanted[1]} wide. Which images give such a map? Give the smallest and the largest possible height and width.",
        key=Grid((tuple(least), tuple(most)), rows=("smallest", "largest"), columns=("height", "width")),
        check=[[min(axis) for axis in found], [max(axis) for axis in found]],
        wrong=believed,
        steps=[
            *(
                f"Smallest {name}: {count} positions are {count - 1} moves of {step}, so the padded image needs "
                f"${count - 1} \\cdot {step} + {side}$ pixels, the image itself ${count - 1} \\cdot {step} + {side} - 2 "
                f"\\cdot {ring} = {low}$."
                for name, count, step, side, ring, low in steps
            ),
            f"Until there is room for one more position, the image can grow by {stride[0] - 1} in height and by "
            f"{stride[1] - 1} in width: the largest are {most[0]} and {most[1]}.",
        ],
        load=load(16, [wanted]),
    )


@template(
    "Missing numbers of convolutions",
    topic=TOPIC, difficulty=4, minutes=4, tells=3, operations=(12, 12), largest=(20, 70), version=2,
)  # fmt: skip
def missing_numbers(draw: Draw) -> Question:
    images = draw.ranges(*[(20, 70)] * 3, name="images")
    kernels_of = draw.ranges((3, 9), (7, 11), (5, 14), name="kernels")
    paddings = draw.ranges((1, 2), (1, 6), (1, 4), name="paddings", least=0)
    settings = list(zip(images, kernels_of, (1, 2, 1), paddings))
    for setting in settings:
        require_fit(*setting)
    missing = (0, 3, 1)  # an image, a padding, a kernel
    counts = [kernels.output_size(*setting) for setting in settings]
    key = [setting[axis] for setting, axis in zip(settings, missing)]
    found = [
        [value for value in range(max(value - 3, axis < 3), value + 4) if _places(*_with(setting, axis, value)) == count]
        for setting, axis, value, count in zip(settings, missing, key, counts)
    ]
    (_, kernel_a, _, ring_a), (image_b, kernel_b, _, ring_b), (image_c, kernel_c, _, ring_c) = settings
    believed = [
        wrong(
            [[key[0]], [2 * ring_b], [key[2]]],
            "padding of both sides together",
            "the padding of both sides together is given. The question asks for the padding on each side.",
        )
    ]
    for one in _rounded():
        ranges = [_fitting(one, *each) for each in zip(settings, missing, counts)]
        values = [[each[0]] for each in ranges if each and each[0] == each[1]]
        if len(values) == len(ranges):
            believed.append(wrong(values, one.name, one.sentence))
    rows = [_with((*setting, count), axis, "?") for setting, axis, count in zip(settings, missing, counts)]
    needed = 2 * (counts[1] - 1) + kernel_b
    return Question(
        stem="Three convolutions along one axis: sizes in pixels, the padding on each side. Which number is missing in "
        "each row? Only one fits.\n\n"
        + table(
            ["", "image", "kernel", "stride", "padding", "feature map"], [[name, *row] for name, row in zip("ABC", rows)]
        ),
        key=Grid(tuple((value,) for value in key), rows=("A, image", "B, padding", "C, kernel"), columns=("pixels",)),
        check=found,
        wrong=believed,
        steps=[
            f"A: {counts[0]} positions at stride 1 need ${counts[0]} - 1 + {kernel_a} = {counts[0] - 1 + kernel_a}$ "
            f"pixels. Without the padding these are ${counts[0] - 1 + kernel_a} - 2 \\cdot {ring_a} = {key[0]}$.",
            f"B: {counts[1]} positions at stride 2 need ${counts[1] - 1} \\cdot 2 + {kernel_b} = {needed}$ pixels or one "
            f"more. The image has {image_b}, so the padding adds {needed - image_b} or {needed - image_b + 1}: the even "
            f"one is {2 * ring_b}, {ring_b} on each side.",
            f"C: the padded image has ${image_c} + 2 \\cdot {ring_c} = {image_c + 2 * ring_c}$ pixels. The kernel moves "
            f"{counts[2] - 1} times by 1, so it is ${image_c + 2 * ring_c} - {counts[2] - 1} = {kernel_c}$ pixels wide.",
        ],
        load=load(12, [setting[0] for setting in settings]),
    )


@template(
    "Convolutions that keep the size",
    topic=TOPIC, difficulty=2, minutes=2, operations=(5, 5), largest=(20, 64), version=2, lecture={"image": 32},
)  # fmt: skip
def keeps_the_size(draw: Draw) -> Question:
    """Offer kernels of odd width with half of it as padding, and what is often taken for it."""
    size = draw.between(20, 64, "image")
    require(size >= 11, "an image as large as the largest kernel")
    widths = draw.sample([3, 5, 7, 9, 11], 5)
    one, two, three, four, five = widths
    ways = [
        *((side, 1, side // 2, "") for side in (1, *widths[:3])),
        (one, 2, one // 2, "stride forgotten"),
        (two, 1, two - 1, "padding counted once"),
        (three, 1, 0, "no padding needed"),
        (four, 1, four // 2 + 1, "half the kernel rounded up"),
        (five, 1, five // 2 - 1, "padding one too small"),
        (draw.choice([4, 6, 8]), 1, draw.between(1, 4), "even kernel"),
        (four, 3, four - 1, "large padding for a stride"),
    ]
    options = []
    for side, stride, padding, name in ways:
        text = f"kernel {sides((side, side))}, stride {stride}, padding {padding}"
        count = kernels.output_size(size, side, stride, padding)
        sentence = f"${_formula(size, side, stride, padding)} = {count}$."
        options.append(Option(text, count == size, sentence, name, f"{text}: {sentence}"))
    return Question(
        stem=f"An image is {sides((size, size))} pixels. Which of these convolutions give a feature map as large as the "
        "image? Tick all that apply.",
        key=Choice(tuple(options), several=True),
        check=[stride == 1 and 2 * padding == side - 1 for side, stride, padding, _ in ways],
        steps=[
            "At stride 1, a kernel of width $k$ makes the map $k - 1$ pixels smaller than the padded image, so the padding "
            "must add $k - 1$ pixels, half of them on each side: $p = (k - 1) / 2$.",
        ],
        load=load(5, [size]),
        offered=5,
    )


def _with(setting: Sequence[Any], axis: int, value: object) -> tuple[Any, ...]:
    return (*setting[:axis], value, *setting[axis + 1 :])


def _rounded() -> list[misconceptions.Misconception]:
    """Return the misconceptions about a size that give whole numbers: the others fit single images only."""
    return misconceptions.about("output_size", without=["decimals"])


def _fitting(belief: misconceptions.Misconception, setting: Sequence[int], axis: int, count: int) -> Pair | None:
    """Return the least and largest value of one number, image, kernel or padding, from which a belief gives this count."""
    sign = -1 if axis == 1 else 1  # more pixels give more places, a wider kernel fewer

    def given(value: int) -> int:
        return sign * int(belief.answer(*_with(setting, axis, value)))

    values = range(axis < 3, TRIED)
    low, high = bisect_left(values, sign * count, key=given), bisect_right(values, sign * count, key=given)
    return (values[low], values[high - 1]) if low < high and high < len(values) else None


def _setting(draw: Draw, sides: Band = (20, 90), windows: Band = (2, 7)) -> tuple[Pair, Pair, Pair, Pair]:
    """Return a rectangular image, and a kernel, stride and padding that differ along the axes."""
    size = fixable_pair(draw, [draw.between(*sides), draw.between(*sides)], "image", least=1)
    kernel = fixable_pair(draw, draw.sample(range(windows[0], windows[1] + 1), 2), "kernel", least=1)
    stride = fixable_pair(draw, draw.sample([1, 2, 3], 2), "stride", least=1)
    padding = fixable_pair(draw, draw.sample([0, 1, 2, 3], 2), "padding")
    for axis in zip(size, kernel, stride, padding):
        require_fit(*axis)
    return size, kernel, stride, padding


def _image(size: Pair, kernel: Pair, stride: Pair, padding: Pair) -> str:
    return (
        f"A {sides(kernel)} kernel slides over an image of {sides(size)} pixels. The stride is {sides(stride)}, and the "
        f"padding is {sides(padding)} on each side. The vertical number comes first."
    )


def _formula(size: int, kernel: int, stride: int, padding: int) -> str:
    return f"\\lfloor ({size} + 2 \\cdot {padding} - {kernel}) / {stride} \\rfloor + 1"


def _places(size: int, kernel: int, stride: int, padding: int) -> int:
    """Count the places of a kernel one after the other."""
    return sum(left + kernel <= size + 2 * padding for left in range(0, size + 2 * padding, stride))
