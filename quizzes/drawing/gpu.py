"""Blocks of threads on an image, and the pixels that a block needs."""

from quizzes.drawing.svg import INK, SERIES, SOFT, WINDOW, Sheet
from quizzes.question import Picture

Pair = tuple[int, int]
WIDEST, MARGIN = 360, 34  # pixels of the drawing


def blocks_on_an_image(shape: Pair, threads: Pair, block: Pair) -> Picture:
    """Draw the blocks that cover an image of shape (rows, columns), and mark one of them; pairs of blocks are (x, y)."""
    rows, columns = shape
    across, down = -(-columns // threads[0]), -(-rows // threads[1])
    scale = WIDEST / max(across * threads[0], down * threads[1])
    wide, high = scale * threads[0], scale * threads[1]
    sheet = Sheet(2 * MARGIN + across * wide, 2 * MARGIN + down * high)
    sheet.box(MARGIN, MARGIN, scale * columns, scale * rows, WINDOW)
    _grid(sheet, (MARGIN, MARGIN), (across, down), (wide, high))
    sheet.box(MARGIN, MARGIN, scale * columns, scale * rows, "none", INK, 2)
    sheet.box(MARGIN + block[0] * wide, MARGIN + block[1] * high, wide, high, SERIES[0])
    sheet.arrow((MARGIN, MARGIN - 10), (MARGIN + 60, MARGIN - 10))
    sheet.text(MARGIN + 70, MARGIN - 10, "x")
    sheet.arrow((MARGIN - 10, MARGIN), (MARGIN - 10, MARGIN + 60))
    sheet.text(MARGIN - 10, MARGIN + 72, "y")
    return sheet.picture(
        f"Blocks of threads cover an image of {rows} rows and {columns} columns, {across} across and {down} down; the last "
        f"ones reach beyond the image. Block ({block[0]}, {block[1]}) is marked; x goes to the right, y goes down."
    )


def windows_of_a_tile(tile: Pair, kernel: int) -> Picture:
    """Draw the outputs of a block, a tile of (rows, columns), on the pixels, and the windows of the first and the last."""
    down, across = tile
    rim = kernel // 2
    scale = WIDEST / (max(tile) + 2 * rim)
    sheet = Sheet(2 * MARGIN + scale * (across + 2 * rim), 2 * MARGIN + scale * (down + 2 * rim))
    left = top = MARGIN + scale * rim
    sheet.box(left, top, scale * across, scale * down, WINDOW)
    _grid(sheet, (left, top), (across, down), (scale, scale))
    for row, column, colour in ((0, 0, SERIES[0]), (down - 1, across - 1, SERIES[1])):
        x, y = left + scale * column, top + scale * row
        sheet.box(x, y, scale, scale, colour)
        sheet.box(x - scale * rim, y - scale * rim, scale * kernel, scale * kernel, "none", colour, 2.5)
    sheet.text(left + scale * across / 2, MARGIN - 14, f"{across} outputs", 13)
    sheet.upright_text(MARGIN - 14, top + scale * down / 2, f"{down} outputs", 13)
    return sheet.picture(
        f"The outputs of a block, {across} across and {down} down, on the image. The first and the last of them are "
        f"marked, in the upper left and the lower right corner, each in the middle of its window of {kernel} by {kernel} "
        "pixels."
    )


def _grid(sheet: Sheet, corner: tuple[float, float], cells: Pair, size: tuple[float, float]) -> None:
    """Draw the lines of this many cells across and down, from their upper left corner."""
    (left, top), (across, down), (wide, high) = corner, cells, size
    for column in range(across + 1):
        x = left + column * wide
        sheet.line((x, top), (x, top + down * high), colour=SOFT)
    for row in range(down + 1):
        y = top + row * high
        sheet.line((left, y), (left + across * wide, y), colour=SOFT)
