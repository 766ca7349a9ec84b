"""A class for every pixel: how many scores that takes, how maps get large again, how well two label maps agree."""

from itertools import product
from math import prod
from typing import Any

import numpy as np

from quizzes.question import Grid, Question, distractors, exact, load, require
from quizzes.rng import Draw, Numbers
from quizzes.template import template
from quizzes.text.writing import inline_matrix, listed, minus, table
from quizzes.tools.independent import product_written

TOPIC = "Scene parsing"
ORDINALS = ("1st", "2nd", "3rd", "4th", "5th", "6th", "7th")
STRIDES = [(2, 2, 2, 2), *(each for each in product((2, 3, 4), repeat=3) if prod(each) <= 18)]
LABELS = {"S": "sky", "R": "road", "C": "car"}


@template("Outputs of a scene parser", topic=TOPIC, difficulty=2, minutes=3, tells=5, operations=(8, 9), largest=(40, 200))
def outputs_of_a_scene_parser(draw: Draw) -> Question:
    strides = draw.choice(STRIDES, "strides")
    factor, classes = prod(strides), draw.between(3, 21, "classes")
    rows, columns = draw.sample(range(4, 21), 2, "small map")
    height, width = rows * factor, columns * factor
    require(max(height, width) <= 900, "an image that is not too large")
    small: Any = np.zeros((height, width), bool)
    for stride in strides:
        small = small[::stride, ::stride]
    large = np.broadcast_to(False, (classes, *small.repeat(factor, axis=0).repeat(factor, axis=1).shape))
    return Question(
        stem=f"For each pixel of an image, a scene parser finds out which of {classes} classes it belongs to. Its image "
        f"is {height} pixels high and {width} wide. Some of its layers have strides of {listed(strides)}, all others a "
        "stride of 1; the padding is such that each stride divides height and width exactly. Then the map is enlarged "
        "to the size of the image again, and every pixel gets a score for every class. How high and wide is the map before "
        "it is enlarged? By what factor, in height and in width, is it enlarged? How many scores does the network output?",
        key=Grid(((rows, columns, factor, height * width * classes),), columns=("height", "width", "factor", "scores")),
        check=[[*small.shape, large.shape[1] // len(small), large.size]],
        wrong=distractors("scene_parser_sizes", height, width, strides, classes),
        steps=[
            f"The strides multiply: ${product_written(strides)} = {factor}$.",
            f"Height and width are ${height} / {factor} = {rows}$ and ${width} / {factor} = {columns}$; to get back, they "
            "grow by the same factor.",
            f"Each pixel has {classes} scores: ${height} \\cdot {width} \\cdot {classes} = {height * width * classes}$.",
        ],
        load=load(5 + len(strides), [height, width]),
    )


@template("Agreement of label maps", topic=TOPIC, difficulty=3, minutes=4, tells=4, operations=(12, 30), largest=(20, 20))
def agreement_of_label_maps(draw: Draw) -> Question:
    truth = np.array([_street(draw) for _ in range(5)]).T
    found = truth.copy()
    for at in draw.sample(range(truth.size), draw.between(4, 6)):
        found.flat[at] = draw.choice([label for label in LABELS if label != truth.flat[at]])
    key = []
    for label in LABELS:
        both = ((truth == label) & (found == label)).sum()
        key.append((int(both), int((truth == label).sum() + (found == label).sum() - both)))
    require(all(0 < both < union for both, union in key), "each class partly found")
    places = {
        (label, name): set(map(tuple, np.argwhere(labels == label).tolist()))
        for label in LABELS
        for name, labels in (("truth", truth), ("found", found))
    }
    right = sum(both for both, _ in key)
    shown = table(("truth", "parser"), [(inline_matrix(truth), inline_matrix(found))])
    return Question(
        stem=f"A scene parser labels each pixel as {listed([f'{word} ({label})' for label, word in LABELS.items()])}. On "
        "the left are the true labels of a small image, on the right those of the parser.\n\n"
        f"{shown}\n\nFor each class: how many pixels lie in the intersection (of the class in "
        "both maps), and how many in the union (of the class in at least one map)?",
        key=Grid(tuple(key), tuple(LABELS.values()), ("intersection", "union")),
        check=[[len(places[label, "truth"] & places[label, "found"]), len(places[label, "truth"] | places[label, "found"])]
               for label in LABELS],
        wrong=distractors("label_map_scores", truth, found, tuple(LABELS)),
        steps=[
            "Intersection: both maps have the label at the same pixel. Union: pixels of the left map, plus those of the "
            "right one, minus the intersection, which was counted twice.",
            *(
                f"{word.capitalize()}: ${(truth == label).sum()} + {(found == label).sum()} - {both} = {union}$, so the "
                f"intersection over union is ${both} / {union}$."
                for (label, word), (both, union) in zip(LABELS.items(), key)
            ),
            f"The pixel accuracy is ${right} / {truth.size}$. It hides how badly a small class is found; the mean of the "
            "three intersections over unions does not.",
        ],
        load=load(sum(union for _, union in key), [truth.size]),
    )  # fmt: skip


@template(
    "Transposed convolution of a row",
    topic=TOPIC, difficulty=3, minutes=3, tells=4, operations=(11, 13), largest=(6, 60), negatives=(1, 8),
)  # fmt: skip
def transposed_convolution_of_a_row(draw: Draw) -> Question:
    row, stride = draw.ranges(*[(1, 6)] * 3, name="row"), draw.between(1, 2, "stride")
    kernel = draw.ranges((-3, 4), (-3, 4), (-3, 4), name="kernel")
    require(stride in (1, 2), "a stride of 1 or 2")
    require(all(kernel) and min(kernel) < 0 and kernel != kernel[::-1], "a kernel without zeros, with a negative number")
    length = stride * (len(row) - 1) + len(kernel)
    laid = np.zeros((len(row), length), int)
    for place, value in enumerate(row):
        laid[place, stride * place : stride * place + 3] = [value * weight for weight in kernel]
    check = [
        sum(row[place] * kernel[at - stride * place] for place in range(len(row)) if 0 <= at - stride * place < len(kernel))
        for at in range(length)
    ]
    key = exact([laid.sum(axis=0)])
    return Question(
        stem=f"A transposed convolution with a stride of {stride} turns the row {minus(listed(row))} into a longer one: it "
        f"lays down its kernel, {minus(listed(kernel))}, once for each value, {stride} "
        f"position{'s' if stride > 1 else ''} further each time, multiplied by the value, and sums what overlaps. There "
        f"is no padding. What are the {length} resulting numbers?",
        key=Grid(key, columns=ORDINALS[:length]),
        check=[check],
        wrong=distractors("transposed_convolution", row, kernel, stride),
        steps=[
            "The kernel times each value, one below the other, each further to the right:\n\n"
            + table(ORDINALS[:length], _shown(laid, stride)),
            f"The sums of the columns are {minus(listed(key[0]))}.",
            f"From {len(row)} values it makes $({len(row)} - 1) \\cdot {stride} + {len(kernel)} = {length}$.",
        ],
        load=load(18 - length, [laid]),
    )  # fmt: skip


def _shown(laid: Numbers, stride: int) -> list[list[str]]:
    """Write kernels that were laid down, one on each line, without the zeros around them."""
    return [
        [minus(number) if stride * place <= at < stride * place + 3 else "" for at, number in enumerate(line)]
        for place, line in enumerate(laid.tolist())
    ]


def _street(draw: Draw) -> list[str]:
    """Draw a column of labels: sky above, road below, and in some columns a car in between."""
    sky, car = draw.between(1, 2), draw.between(0, 2)
    return ["S"] * sky + ["C"] * car + ["R"] * (4 - sky - car)
