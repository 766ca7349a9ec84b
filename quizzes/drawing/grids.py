"""Images as grids of numbers: with their padding, a window on them, the kernel and the feature map beside them."""

from quizzes.drawing.svg import INK, PADDING, PAPER, SERIES, SOFT, WINDOW, Sheet
from quizzes.question import Picture
from quizzes.tools.independent import Image, Pair, padded

CELL, GAP, MARGIN = 30, 44, 14
CAPTION = 24  # pixels for the caption of a grid


def convolution(image: Image, kernel: Image, stride: Pair, padding: Pair) -> Picture:
    """Draw an image with its padding, the kernel's first position and how far it moves, and the kernel."""
    size = (len(kernel), len(kernel[0]))
    rows = padded(image, padding)
    sheet = Sheet(
        2 * MARGIN + CELL * (len(rows[0]) + size[1]) + GAP,
        2 * MARGIN + CAPTION + CELL * max(len(rows), size[0]),
    )
    _moving(sheet, rows, size, stride, padding, "image with padding" if any(padding) else "image")
    left = MARGIN + CELL * len(rows[0]) + GAP
    _grid(sheet, left, MARGIN + CAPTION, kernel, "kernel")
    return sheet.picture(
        f"An image{_around(padding)}, row by row: {_read(rows)}. {_first_place('kernel', size, stride)} "
        f"The kernel, row by row: {_read(kernel)}."
    )


def pooling(image: Image, size: Pair, stride: Pair) -> Picture:
    """Draw an image with a window's first position and how far it moves."""
    sheet = Sheet(2 * MARGIN + CELL * len(image[0]), 2 * MARGIN + CAPTION + CELL * len(image))
    _moving(sheet, image, size, stride, (0, 0), "image")
    return sheet.picture(f"An image, row by row: {_read(image)}. {_first_place('window', size, stride)}")


def _moving(sheet: Sheet, rows: Image, size: Pair, stride: Pair, padding: Pair, caption: str) -> None:
    """Draw an image with a window at its first position, and arrows to the next positions on the right and below."""
    (height, width), (down, right), top = size, stride, MARGIN + CAPTION
    _grid(sheet, MARGIN, top, rows, caption, size, padding)
    y, x = top + CELL * height / 2, MARGIN + CELL * width / 2
    if right + width <= len(rows[0]):
        _dashed(sheet, MARGIN + CELL * right, top, size)
        sheet.arrow((x, top - 5), (x + CELL * right, top - 5), SERIES[1])
    if down + height <= len(rows):
        _dashed(sheet, MARGIN, top + CELL * down, size)
        sheet.arrow((MARGIN - 5, y), (MARGIN - 5, y + CELL * down), SERIES[1])
    sheet.box(MARGIN, top, CELL * width, CELL * height, "none", INK, 2.5)


def _dashed(sheet: Sheet, x: float, y: float, size: Pair) -> None:
    height, width = (CELL * side for side in size)
    corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
    sheet.line(*corners, colour=SERIES[1], thick=2, dashes="5 4")


def _grid(
    sheet: Sheet, x: float, y: float, rows: Image, caption: str, window: Pair = (0, 0), padding: Pair = (0, 0)
) -> None:
    """Draw rows of numbers, the padding grey, the window in the upper left corner yellow."""
    (down, right), (height, width) = padding, window
    bottom, end = len(rows), len(rows[0])
    sheet.text(x, y - 16, caption, size=12, colour=SOFT, at="start")
    if any(padding):
        sheet.box(x, y, CELL * end, CELL * bottom, PADDING, SOFT)
    sheet.box(x + CELL * right, y + CELL * down, CELL * (end - 2 * right), CELL * (bottom - 2 * down), PAPER, SOFT)
    if any(window):
        sheet.box(x, y, CELL * width, CELL * height, WINDOW, SOFT)
    for row in range(bottom + 1):
        sheet.line((x, y + CELL * row), (x + CELL * end, y + CELL * row), colour=SOFT)
    for column in range(end + 1):
        sheet.line((x + CELL * column, y), (x + CELL * column, y + CELL * bottom), colour=SOFT)
    for row, line in enumerate(rows):
        for column, number in enumerate(line):
            inside = down <= row < bottom - down and right <= column < end - right
            sheet.text(x + CELL * column + CELL / 2, y + CELL * row + CELL / 2, number, 13, INK if inside else SOFT)


def _read(rows: Image) -> str:
    return "; ".join(", ".join(str(number) for number in row) for row in rows)


def _around(padding: Pair) -> str:
    down, right = padding
    return f" with zeros around it, {down} deep above and below, {right} wide left and right" if any(padding) else ""


def _first_place(name: str, size: Pair, stride: Pair) -> str:
    return (
        f"The {name} is in the upper left corner, on {size[0]} rows and {size[1]} columns; "
        f"it moves {stride[1]} to the right at a time, and {stride[0]} down."
    )
