"""Networks: circles for neurons, in columns for layers, with weights on the lines between them."""

from collections.abc import Sequence

from quizzes.drawing.svg import INK, PAPER, SOFT, WINDOW, Sheet
from quizzes.question import Picture
from quizzes.text.writing import minus

RADIUS = 26
SHOWN = 4  # the most circles in a layer
Place = tuple[float, float]


def neuron(weights: Sequence[int], threshold: object, inputs: Sequence[str] = ("a", "b")) -> Picture:
    """Draw a neuron with its inputs, its weights and its threshold."""
    sheet = Sheet(380, 90 * len(weights))
    places = [(40.0, 45.0 + 90 * nth) for nth in range(len(weights))]
    centre = (230.0, 45.0 * len(weights))
    _join(sheet, [(place, centre, str(weight), 0.5) for place, weight in zip(places, weights)])
    for name, place in zip(inputs, places):
        _circle(sheet, place, name)
    _circle(sheet, centre, f"≥ {threshold}", WINDOW)
    _output(sheet, centre, "y")
    joined = ", ".join(f"{name} (weight {weight})" for name, weight in zip(inputs, weights))
    return sheet.picture(f"A neuron with the inputs {joined}. Its threshold is {threshold}. Its output is y.")


def two_layers(
    hidden_weights: Sequence[Sequence[int]], hidden_thresholds: Sequence[int], weights: Sequence[int], threshold: object
) -> Picture:
    """Draw inputs a and b, hidden neurons g and h and an output neuron y, with all weights and thresholds.

    threshold: that of y, or "?" where it is asked for.
    """
    sheet = Sheet(560, 250)
    a, b, g, h, y = (45, 60), (45, 190), (240, 60), (240, 190), (415, 125)
    (ag, bg), (ah, bh) = hidden_weights
    crossing = 0.27  # where lines cross in the middle, their weights are near the start
    _join(
        sheet,
        [
            (a, g, str(ag), 0.5),
            (a, h, str(ah), crossing),
            (b, g, str(bg), crossing),
            (b, h, str(bh), 0.5),
            (g, y, str(weights[0]), 0.5),
            (h, y, str(weights[1]), 0.5),
        ],
    )
    for name, place in (("a", a), ("b", b)):
        _circle(sheet, place, name)
    for name, place, limit in (("g", g, hidden_thresholds[0]), ("h", h, hidden_thresholds[1]), ("y", y, threshold)):
        _circle(sheet, place, f"≥ {limit}", WINDOW)
        sheet.text(place[0], place[1] - RADIUS - 12 if place != h else place[1] + RADIUS + 12, name, 15, bold=True)
    _output(sheet, y, "")
    hidden = "; ".join(
        f"{name} has the weights {for_a} from a and {for_b} from b, and the threshold {limit}"
        for name, (for_a, for_b), limit in zip("gh", hidden_weights, hidden_thresholds)
    )
    last = "an unknown threshold" if threshold == "?" else f"the threshold {threshold}"
    return sheet.picture(
        f"A network with the inputs a and b, the hidden neurons g and h, and the output neuron y. {hidden[0]}{hidden[1:]}; "
        f"y has the weights {weights[0]} from g and {weights[1]} from h, and {last}."
    )


def layers(sizes: Sequence[object]) -> Picture:
    """Draw layers as columns of a few circles, connected, each with its size below: a number, or a letter to be found."""
    wide, high = 130, 46
    sheet = Sheet(wide * len(sizes) + 20, high * SHOWN + 80)
    columns = [_column(size, 75 + wide * nth, high) for nth, size in enumerate(sizes)]
    for left, right in zip(columns, columns[1:]):
        for start in left:
            for end in right:
                sheet.line(start, end, colour=SOFT, thick=0.6)
    names = ["inputs", *["hidden"] * (len(sizes) - 2), "outputs"]
    for nth, (size, column, name) in enumerate(zip(sizes, columns, names)):
        for x, y in column:
            sheet.circle(x, y, 14, PAPER if nth == 0 else WINDOW)
        x, bottom = 75.0 + wide * nth, float(high * SHOWN)
        if _is_large(size):
            sheet.box(x - 7, high * SHOWN / 2 - 15, 14, 30, PAPER, PAPER)
            for dot in (-9, 0, 9):
                sheet.circle(x, high * SHOWN / 2 + dot, 1.6, INK)
        sheet.text(x, bottom + 25, size, 17, bold=True)
        sheet.text(x, bottom + 50, name, 13, SOFT)
    listed = ", ".join(f"{size} {name}" for size, name in zip(sizes, names))
    return sheet.picture(f"A dense network, from left to right: {listed}. Consecutive layers are fully connected.")


def _column(size: object, x: float, high: float) -> list[Place]:
    """Return where the circles of a layer are: all of a small one, the first and last of a large one."""
    middle = high * SHOWN / 2
    if _is_large(size):
        return [(x, middle + high * step) for step in (-1.6, -0.8, 0.8, 1.6)]
    shown = int(str(size))
    return [(x, middle + high * (nth - (shown - 1) / 2)) for nth in range(shown)]


def _is_large(size: object) -> bool:
    return not isinstance(size, int) or size > SHOWN


def _join(sheet: Sheet, edges: Sequence[tuple[Place, Place, str, float]]) -> None:
    """Draw arrows from circle to circle, then the weights on them, at a fraction of the way."""
    for start, end, _, _ in edges:
        sheet.arrow(_towards(start, end), _towards(end, start))
    for start, end, weight, share in edges:
        (x, y), (u, v) = _towards(start, end), _towards(end, start)
        at = (x + (u - x) * share, y + (v - y) * share)
        wide = 9 * len(weight) + 8
        sheet.box(at[0] - wide / 2, at[1] - 10, wide, 20, PAPER, PAPER)
        sheet.text(*at, minus(weight), 15)


def _towards(start: Place, end: Place) -> Place:
    """Return the point on a circle's rim that faces another circle."""
    (x, y), (u, v) = start, end
    length = ((u - x) ** 2 + (v - y) ** 2) ** 0.5
    return x + (u - x) * RADIUS / length, y + (v - y) * RADIUS / length


def _circle(sheet: Sheet, place: Place, words: str, fill: str = PAPER) -> None:
    sheet.circle(*place, RADIUS, fill, INK)
    sheet.text(*place, minus(words), 15 if len(words) < 6 else 12)


def _output(sheet: Sheet, place: Place, name: str) -> None:
    x, y = place
    sheet.arrow((x + RADIUS, y), (x + RADIUS + 55, y))
    if name:
        sheet.text(x + RADIUS + 70, y, name, 15)
