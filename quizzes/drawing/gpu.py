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
    sheet.box(MARGIN, MARGIN, scale * columns, scale * rows, WINDOW, INK, 0)
    for number in range(down + 1):
        sheet.line(
            (MARGIN, MARGIN + number * high), (MARGIN + across * wide, MARGIN + number * high), colour=SOFT, thick=0.6
        )
    for number in range(across + 1):
        sheet.line((MARGIN + number * wide, MARGIN), (MARGIN + number * wide, MARGIN + down * high), colour=SOFT, thick=0.6)
    sheet.box(MARGIN, MARGIN, scale * columns, scale * rows, "none", INK, 2)
    sheet.box(MARGIN + block[0] * wide, MARGIN + block[1] * high, wide, high, SERIES[0])
    sheet.arrow((MARGIN, MARGIN - 10), (MARGIN + 60, MARGIN - 10))
    sheet.text(MARGIN + 70, MARGIN - 10, "x", 14)
    sheet.arrow((MARGIN - 10, MARGIN), (MARGIN - 10, MARGIN + 60))
    sheet.text(MARGIN - 10, MARGIN + 72, "y", 14)
    return sheet.picture(
        f"Blocks of threads cover an image of {rows} rows and {columns} columns, {across} across and {down} down; the last "
        f"ones reach beyond the image. Block ({block[0]}, {block[1]}) is marked; x goes to the right, y goes down."
    )


def tile_with_rim(tile: Pair, kernel: int) -> Picture:
    """Draw the outputs of a block, a tile of (rows, columns), on the pixels, and the windows of the first and the last."""
    down, across = tile
    rim = kernel // 2
    scale = WIDEST / (max(tile) + 2 * rim)
    sheet = Sheet(2 * MARGIN + scale * (across + 2 * rim), 2 * MARGIN + scale * (down + 2 * rim))
    left = top = MARGIN + scale * rim
    for row in range(down):
        for column in range(across):
            sheet.box(left + scale * column, top + scale * row, scale, scale, WINDOW, SOFT, 0.5)
    for row, column, colour in ((0, 0, SERIES[0]), (down - 1, across - 1, SERIES[1])):
        sheet.box(left + scale * column, top + scale * row, scale, scale, colour, INK, 0.5)
        side = scale * kernel
        sheet.box(left + scale * (column - rim), top + scale * (row - rim), side, side, "none", colour, 2.5)
    sheet.text(left + scale * across / 2, MARGIN - 14, f"{across} outputs", 13)
    sheet.upright_text(MARGIN - 14, top + scale * down / 2, f"{down} outputs", 13)
    return sheet.picture(
        f"The outputs of a block, {across} across and {down} down, on the image. The first one, in the upper left corner, "
        f"and the last one, in the lower right corner, are marked, each in the middle of its window of {kernel} by "
    )
