"""The markers in the corners of an answer sheet: squares of 4 x 4 bits within a black frame, of OpenCV's DICT_4X4_50."""

from quizzes.scanning.layout import EDGE, MARKER, SIZES

BITS = {  # of each marker, from above: 1 is white
    0: ("1011", "0101", "0011", "0010"),
    1: ("0000", "1111", "1001", "1010"),
    2: ("0011", "0011", "0010", "1101"),
    3: ("1001", "1001", "0100", "0110"),
}


def corners(paper: str) -> dict[int, tuple[float, float]]:
    """Return the upper left corner of each marker, in millimetres: clockwise from the sheet's upper left corner."""
    width, height = SIZES[paper]
    right, below = width - EDGE - MARKER, height - EDGE - MARKER
    return {0: (EDGE, EDGE), 1: (right, EDGE), 2: (right, below), 3: (EDGE, below)}


def svg(marker: int) -> str:
    """Return a marker as a drawing."""
    cells = [f"M{x + 1} {y + 1}h1v1h-1z" for y, row in enumerate(BITS[marker]) for x, bit in enumerate(row) if bit == "1"]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 6 6" width="6" height="6">'
        f'<path d="M0 0h6v6h-6z"/><path fill="#fff" d="{"".join(cells)}"/></svg>'
    )
