"""Boxes as outputs: how many numbers a detector has, how well boxes fit, which of them remain."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from quizzes.drawing.boxes import boxes as drawn_boxes
from quizzes.question import Choice, Grid, Option, Question, distractors, exact, load, require
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table

TOPIC = "Detection"
EDGES = ("left edge", "top edge", "right edge", "bottom edge")

Box = Sequence[int]


@template(
    "Outputs of a detector", topic=TOPIC, difficulty=2, minutes=2, tells=5, operations=(5, 5), largest=(300, 60_000),
    lecture={"cells": 7, "boxes": 2, "classes": 20},
)  # fmt: skip
def outputs_of_a_detector(draw: Draw) -> Question:
    cells, boxes, classes = draw.between(5, 19, "cells"), draw.between(2, 5, "boxes"), draw.between(3, 80, "classes")
    each = 5 * boxes + classes
    cell = ["x", "y", "width", "height", "confidence"] * boxes + ["score"] * classes
    return Question(
        stem=f"A detector lays a grid of {cells} by {cells} cells over an image. For each cell it outputs {boxes} boxes, "
        "each with its centre ($x$ and $y$), width, height and a confidence. In addition, the cell has one score for each "
        f"of {classes} classes. How many numbers does it output for a cell? How many boxes and how many numbers are there "
        "in all?",
        key=Grid(((each, cells**2 * boxes, cells**2 * each),), columns=("numbers of a cell", "boxes", "numbers in all")),
        check=[[len(cell), *(np.broadcast_to(0, (cells, cells, size)).size for size in (boxes, len(cell)))]],
        wrong=distractors("grid_detector_outputs", cells, boxes, classes),
        steps=[
            f"A cell: ${boxes} \\cdot 5 + {classes} = {each}$ numbers. The classes belong to the cell, not to its boxes.",
            f"${cells} \\cdot {cells} = {cells**2}$ cells have ${cells**2} \\cdot {boxes} = {cells**2 * boxes}$ boxes.",
            f"In all: ${cells**2} \\cdot {each} = {cells**2 * each}$ numbers, whatever the image shows.",
        ],
        load=load(5, [cells**2 * each]),
    )


@template("Intersection over union", topic=TOPIC, difficulty=3, minutes=3, tells=5, operations=(12, 12), largest=(30, 100))
def intersection_over_union(draw: Draw) -> Question:
    one, other = (_box(draw, (10, 60), (10, 60), (20, 30, 40, 50)) for _ in "AB")
    (left, top), (right, bottom) = map(max, one[:2], other[:2]), map(min, one[2:], other[2:])
    areas, common, union = (_area(one), _area(other)), _common(one, other), _joint(one, other)
    require(0 < common < min(areas), "boxes that overlap, none within the other")
    share = Fraction(100 * common, union)
    require(abs(share % 1 - Fraction(1, 2)) > Fraction(1, 20), "percent that are clearly rounded")
    pixels = np.zeros((2, 120, 120), bool)
    for layer, box in zip(pixels, (one, other)):
        layer[box[1] : box[3], box[0] : box[2]] = True
    both, any_ = int(pixels.all(axis=0).sum()), int(pixels.any(axis=0).sum())
    return Question(
        stem="There are two boxes in an image. The table gives the distances of their sides from the image's left and top "
        "edges, in pixels:\n\n"
        + table(("box", *EDGES), [("A", *one), ("B", *other)])
        + "\n\nHow many pixels lie in both (intersection), and how many in at least one (union)? What is their "
        "intersection over union, rounded to a whole percent?",
        key=Grid(((common, union, round(share)),), columns=("intersection", "union", "IoU, %")),
        check=[[both, any_, int(100 * both / any_ + 0.5)]],
        wrong=distractors("intersection_over_union", one, other),
        steps=[
            f"The intersection reaches from {left} to {right} across and from {top} to {bottom} down: "
            f"${right - left} \\cdot {bottom - top} = {common}$ pixels.",
            f"The boxes have {areas[0]} and {areas[1]} pixels, the union ${areas[0]} + {areas[1]} - {common} = {union}$.",
            f"Intersection over union: ${common} / {union}$ is about {float(share):.1f} %.",
        ],
        load=load(12, [one, other]),
        picture=partial(drawn_boxes, 120, 120, {"A": one, "B": other}),
    )


@template(
    "A box when the image changes", topic=TOPIC, difficulty=2, minutes=2, tells=6, operations=(6, 6), largest=(150, 640)
)
def box_when_the_image_changes(draw: Draw) -> Question:
    width, height = draw.between(150, 640, "width"), draw.between(150, 640, "height")
    by = draw.between(2, 4, "factor")
    require(min(width, height) >= 60 and by > 1, "an image that a box fits into, and that grows")
    left, top = draw.between(5, width // 2), draw.between(5, height // 2)
    box = [left, top, left + draw.between(20, width // 2 - 5), top + draw.between(20, height // 2 - 5)]
    key = [[width - box[2], box[1], width - box[0], box[3]], [by * side for side in box]]
    columns, rows = np.zeros(width, bool), np.zeros(height, bool)
    columns[box[0] : box[2]] = rows[box[1] : box[3]] = True
    return Question(
        stem=f"In an image {width} pixels wide and {height} high, a box is labelled:\n\n{table(EDGES, [box])}\n\nThe "
        "numbers count the pixels from the left edge and from the top edge of the image. For augmentation the image is "
        f"mirrored left to right; separately, the original is enlarged by a factor of {by}. Where is the box in each of "
        f"these two images?",
        key=Grid(exact(key), ("mirrored", "enlarged"), EDGES),
        check=[_found(columns[::-1], rows), _found(columns.repeat(by), rows.repeat(by))],
        wrong=distractors("box_on_a_changed_image", box, width, height, by),
        steps=[
            f"Mirrored, the right side of the box becomes its left one: ${width} - {box[2]} = {key[0][0]}$, and the left "
            f"one its right one: ${width} - {box[0]} = {key[0][2]}$. Top and bottom stay.",
            f"Enlarged, every distance grows: all four numbers are multiplied by {by}.",
            "If you change images for a detector, change their labels as well.",
        ],
        load=load(6, [width, height]),
    )


@template("Boxes that remain", topic=TOPIC, difficulty=4, minutes=4, operations=(10, 10), largest=(60, 99))
def boxes_that_remain(draw: Draw) -> Question:
    names, limit = "ABCDEF"[: draw.between(5, 6)], draw.choice((40, 50, 60), "limit")
    scores = dict(zip(names, draw.sample(range(20, 100), len(names))))
    places = {name: _box(draw, (0, 45), (0, 10), (35, 40, 45)) for name in names}  # beside each other
    overlaps = {
        frozenset((one, other)): round(
            Fraction(100 * _common(places[one], places[other]), _joint(places[one], places[other]))
        )
        for one, other in combinations(names, 2)
    }
    require(limit not in overlaps.values(), "overlaps that differ from the limit")
    order = sorted(names, key=scores.__getitem__, reverse=True)
    kept: list[str] = []
    removed_by: dict[str, str] = {}
    for name in order:
        rival = next((other for other in kept if overlaps[frozenset((name, other))] > limit), None)
        if rival:
            removed_by[name] = rival
        else:
            kept.append(name)
    ghosts = [
        name
        for name in kept
        if any(overlaps[frozenset((name, other))] > limit and scores[other] > scores[name] for other in removed_by)
    ]
    require(bool(ghosts) and len(kept) < len(names), "a box that a removed one would have removed")
    return Question(
        stem="A detector found these boxes of one class, with their scores, in percent:\n\n"
        + table(("box", *names), [("score", *scores.values())])
        + "\n\nTheir intersections over union, in percent:\n\n"
        + table(
            ("", *names[1:]),
            [
                (one, *(overlaps[frozenset((one, other))] if other > one else "" for other in names[1:]))
                for one in names[:-1]
            ],
        )
        + "\n\nNon-maximum suppression keeps the box with the highest score and removes all others whose intersection over "
        f"union with it is above {limit} %. It then continues in the same way with the boxes that are left. Which boxes "
        f"remain? "
        "Tick all that apply.",
        key=Choice(
            tuple(
                Option(f"box {name}", True, "Right.")
                if name in kept
                else Option(
                    f"box {name}",
                    False,
                    f"Box {removed_by[name]} has the higher score and stays; their intersection over union is "
                    f"{overlaps[frozenset((name, removed_by[name]))]} %, so box {name} is removed.",
                    "overlaps with a better box",
                )
                for name in names
            ),
            several=True,
        ),
        check=[_remains(name, scores, overlaps, limit) for name in names],
        steps=[
            f"By score: {listed(order)}.",
            *(
                f"Box {name} stays"
                + (f" and removes {listed(gone)}." if (gone := [n for n in order if removed_by.get(n) == name]) else ".")
                for name in kept
            ),
            f"A removed box cannot remove others: that is why {listed([f'box {name}' for name in ghosts])} "
            f"stay{'s' if len(ghosts) == 1 else ''}.",
        ],
        load=load(10, [list(scores.values())]),
        offered=len(names),
    )


def _box(draw: Draw, across: tuple[int, int], down: tuple[int, int], sizes: Sequence[int]) -> list[int]:
    """Draw a box, left, top, right, bottom, in pixels: its left and top from ranges, its width and height from sizes."""
    left, top = draw.between(*across), draw.between(*down)
    return [left, top, left + draw.choice(sizes), top + draw.choice(sizes)]


def _area(box: Box) -> int:
    left, top, right, bottom = box
    return max(right - left, 0) * max(bottom - top, 0)


def _common(one: Box, other: Box) -> int:
    """Return the pixels in both boxes."""
    return _area([*map(max, one[:2], other[:2]), *map(min, one[2:], other[2:])])


def _joint(one: Box, other: Box) -> int:
    """Return the pixels in at least one of the boxes."""
    return _area(one) + _area(other) - _common(one, other)


def _found(columns: NDArray[np.bool], rows: NDArray[np.bool]) -> list[int]:
    """Return the box around the columns and rows that are set."""
    (across,), (down,) = columns.nonzero(), rows.nonzero()
    return [across[0], down[0], across[-1] + 1, down[-1] + 1]


def _remains(name: str, scores: dict[str, int], overlaps: dict[frozenset[str], int], limit: int) -> bool:
    """Return whether no box with a higher score that remains itself overlaps this one too much."""
    rivals = [other for other in scores if scores[other] > scores[name] and overlaps[frozenset((name, other))] > limit]
    return not any(_remains(rival, scores, overlaps, limit) for rival in rivals)
