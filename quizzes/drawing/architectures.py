"""Draw networks: feature maps as sheets from left to right, and what a value sees in one dimension."""

from collections.abc import Sequence

import kernels
from kernels.network import Layer
from quizzes.drawing.svg import PADDING, PAPER, SOFT, WINDOW, Sheet
from quizzes.question import Picture
from quizzes.text.layers import by, names

UNKNOWN = "?"


def feature_maps(input_shape: Sequence[int], layers: Sequence[Layer], hidden: bool = True) -> Picture:
    """Draw an image and what each layer makes of it, as stacked sheets; hidden: all sizes but the image's are asked for."""
    shapes, called = kernels.trace(tuple(input_shape), layers), names(layers)
    stage, gap, top, most = 92, 84, 16, 62
    sheet = Sheet(stage * len(shapes) + gap * len(layers) + 12, 152)
    for place, shape in enumerate(shapes):
        left, side = 6 + place * (stage + gap), most - 7 * min(place, 5)
        middle = top + 50
        if len(shape) == 1:
            sheet.box(left + stage / 2 - 7, middle - 40, 14, 80, fill=PADDING)
        else:
            for depth in range(3):
                x, y = left + (stage - side) / 2 - 8 + 8 * depth, middle - side / 2 - 8 + 8 * depth
                sheet.box(x, y, side, side, fill=PAPER if depth < 2 else PADDING)
        known = not hidden or place == 0
        sheet.text(left + stage / 2, 124, "image" if place == 0 else f"after {called[place - 1]}", size=12, colour=SOFT)
        sheet.text(left + stage / 2, 142, " × ".join(map(str, shape)) if known else UNKNOWN, size=13, bold=True)
        if place < len(layers):
            _between(sheet, left + stage, middle, gap, called[place], layers[place])
    return sheet.picture(_told(shapes, layers, hidden))


def one_dimension(size: int, layers: Sequence[Layer], place: int) -> Picture:
    """Draw rows of units above an image one pixel high, each unit connected to its window.

    place: of the unit in the last row that is marked, counted from 1.
    """
    rows = [size]
    windows = [(size[1], stride[1]) for size, stride, _ in map(kernels.window, layers)]
    for kernel, stride in windows:
        rows.append(kernels.output_size(rows[-1], kernel, stride))
    step, down, left = 28, 74, 84
    sheet = Sheet(left + step * size + 8, 2 * 22 + down * len(layers))

    spots: list[list[tuple[float, float]]] = []
    for row, count in enumerate(rows):
        heights = [22.0 + down * (len(layers) - row)] * count
        if row:  # a unit is above the middle of the units that it is connected to
            kernel, stride = windows[row - 1]
            ends = [(unit * stride, unit * stride + kernel - 1) for unit in range(count)]
            across = [(spots[-1][first][0] + spots[-1][last][0]) / 2 for first, last in ends]
        else:
            across = [left + step * (unit + 0.5) for unit in range(count)]
        spots.append(list(zip(across, heights)))
    for below, above, (kernel, stride) in zip(spots, spots[1:], windows):
        for unit, spot in enumerate(above):
            window = below[unit * stride : unit * stride + kernel]
            sheet.line(*(point for end in window for point in (spot, end)), colour="#8a94a3")
    for row, line in enumerate(spots):
        for unit, spot in enumerate(line):
            marked = (row, unit) == (len(layers), place - 1)
            sheet.circle(*spot, 11, fill=WINDOW if marked else PAPER)
            sheet.text(*spot, unit + 1, size=11, bold=marked)
        sheet.text(6, 22 + down * (len(layers) - row), f"layer {row}" if row else "image", size=13, at="start")
    named = ["the image", *(f"layer {row}" for row in range(1, len(rows)))]
    told = [f"The image is a row of {size} pixels, from 1 to {size}."]
    for row, (kernel, stride) in enumerate(windows, start=1):
        told.append(
            f"Layer {row} has {rows[row]} units, from 1 to {rows[row]}; unit 1 is connected to the first {kernel} of "
            f"{named[row - 1]}, and each next unit to {kernel}, {stride} further on."
        )
    return sheet.picture(" ".join([*told, f"Unit {place} of layer {len(layers)} is marked."]))


def _between(sheet: Sheet, left: float, middle: float, gap: float, name: str, layer: Layer) -> None:
    """Draw the arrow from one stage to the next, with the layer's name above it and its window below."""
    sheet.arrow((left, middle), (left + gap, middle))
    sheet.text(left + gap / 2, middle - 14, name, size=13, bold=True)
    for line, words in enumerate(_window(layer)):
        sheet.text(left + gap / 2, middle + 14 + 15 * line, words, size=12)


def _window(layer: Layer) -> list[str]:
    if layer["type"] not in ("conv", "pool"):
        return [f"{layer['units']} units"] if "units" in layer else []
    size, stride, padding = kernels.window(layer)
    number = f"{layer['out_channels']} of {by(*size)}" if "out_channels" in layer else by(*size)
    return [number, f"stride {stride[0]}", *([f"padding {padding[0]}"] if padding[0] else [])]


def _told(shapes: Sequence[Sequence[int]], layers: Sequence[Layer], hidden: bool) -> str:
    parts = [f"An image of {' by '.join(map(str, shapes[0]))} (channels, height, width)"]
    for name, layer, shape in zip(names(layers), layers, shapes[1:]):
        window = ", ".join(_window(layer)).replace(" × ", " by ")
        size = "unknown size" if hidden else f"size {' by '.join(map(str, shape))}"
        parts.append(f"then {name}{f' ({window})' if window else ''} makes feature maps of {size}")
    return "; ".join(parts) + "."
