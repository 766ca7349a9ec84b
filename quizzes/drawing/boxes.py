"""Boxes on the pixels of an image, as a detector draws them."""

from collections.abc import Mapping, Sequence

from quizzes.drawing.svg import INK, PAPER, SERIES, SOFT, Sheet
from quizzes.question import Picture

Box = Sequence[int]  # left, top, right, bottom
WIDEST, MARGIN = 420, 30  # pixels of the drawing


def boxes(width: int, height: int, named: Mapping[str, Box]) -> Picture:
    """Draw boxes on an image of width times height pixels, with the numbers of their sides along its edges."""
    scale = WIDEST / max(width, height)
    sheet = Sheet(2 * MARGIN + scale * width, 2 * MARGIN + scale * height)

    def at(x: float, y: float) -> tuple[float, float]:
        return MARGIN + scale * x, MARGIN + scale * y

    sheet.box(*at(0, 0), scale * width, scale * height, PAPER, SOFT)
    for number, (name, (left, top, right, bottom)) in enumerate(named.items()):
        colour = SERIES[number % len(SERIES)]
        corners = [at(left, top), at(right, top), at(right, bottom), at(left, bottom), at(left, top)]
        sheet.line(*corners, colour=colour, thick=2.5, dashes="" if number == 0 else "6 4")
        x, y = at(left, top) if number == 0 else at(right, bottom)
        sheet.text(x + (12 if number == 0 else -12), y + (12 if number == 0 else -12), name, colour=colour, bold=True)
        for side in (left, right):
            sheet.text(at(side, 0)[0], MARGIN - 12 if number == 0 else MARGIN + scale * height + 12, side, 12, INK)
        for side in (top, bottom):
            sheet.text(MARGIN - 14 if number == 0 else MARGIN + scale * width + 14, at(0, side)[1], side, 12, INK)
    return sheet.picture(
        f"An image {width} pixels wide and {height} high. "
        + " ".join(
            f"Box {name} reaches from {left} to {right} across and from {top} to {bottom} down."
            for name, (left, top, right, bottom) in named.items()
        )
    )
