"""What a tensor core multiplies: the lanes that hold two small matrices and their product, and a float32 in two parts."""

from collections.abc import Callable

import numpy as np

from benchmarks.kernel_traffic.pictures.drawing import LEAF, MIST, ROSE, SKY, SUN, Cell, cells, legend, paper
from benchmarks.kernel_traffic.walks import imported
from gpu.recording import WARP
from quizzes.drawing.svg import PAPER, SOFT, Sheet

BITS = 24  # of a float32's significand, the first one included


def fragments() -> tuple[Sheet, str, str]:
    """Draw which lane holds which element of the matrices that one instruction multiplies."""
    from kernels.cuda.simulated_mma import _OF_A, _OF_B, _OF_C

    side, left, top = 26, 40, 96
    sheet = paper(left + 16 * side + 80, top + (8 + 16) * side + 90)
    sheet.text(left, 28, "One instruction of a warp: 16 x 8 times 8 x 8", size=17, at="start", bold=True)
    note = "each number is the lane that holds the element"
    sheet.text(left, 54, note, size=13, at="start", colour=SOFT)
    right, below = left + 8 * side + 40, top + 8 * side + 40

    def held(places: tuple[np.ndarray, np.ndarray]) -> Callable[[int, int], Cell]:
        rows, columns = places
        of_lane = {(int(rows[n, e]), int(columns[n, e])): n for n in range(WARP) for e in range(rows.shape[1])}
        return lambda row, column: ((SUN, SKY, LEAF, ROSE)[of_lane[row, column] // 4 % 4], of_lane[row, column])

    for places, x, y, rows, columns, words in (
        (_OF_B, right, top, 8, 8, "pixels, 8 channels x 8 places"),
        (_OF_A, left, below, 16, 8, "weights, 16 filters x 8 channels"),
        (_OF_C, right, below, 16, 8, "totals, 16 x 8"),
    ):
        cells(sheet, x, y, side, rows, columns, held(places))
        sheet.text(x, y + rows * side + 16 if rows == 16 else y - 16, words, size=13, at="start")
    words = "Each of 32 lanes holds four weights, two pixels and four totals. No lane holds all that its totals need."
    return sheet, "Which lane holds which element of the matrices that a tensor core multiplies", words


def split() -> tuple[Sheet, str, str]:
    """Draw the bits of a float32, and those of the two TF32 that the sixth rung makes of it."""
    kernels_cuda, _ = imported()
    value = np.float32(np.pi)
    large, small = (np.float32(part) for part in kernels_cuda.convolution.tensor_cores.split(value))
    unit = float(np.spacing(value))
    side, left, top = 26, 170, 84
    sheet = paper(left + BITS * side + 150, top + 3 * 54 + 56)
    sheet.text(30, 28, "A float32 as the sum of two TF32", size=17, at="start", bold=True)
    for place, (name, part) in enumerate((("float32", value), ("large", large), ("small", small))):
        y, bits = top + place * 54, f"{round(abs(float(part)) / unit):0{BITS}b}"
        first = bits.index("1")
        sheet.text(left - 14, y + side / 2, f"{name}, {'minus' if part < 0 else 'plus'}", size=14, at="end")

        def look(row: int, column: int, bits: str = bits, first: int = first, place: int = place) -> Cell:
            kept = place == 0 or first <= column < first + 11
            fill = (SUN, LEAF, SKY)[place] if bits[column] == "1" else PAPER if kept else MIST
            return fill, bits[column] if kept else ""

        cells(sheet, left, y, side, 1, BITS, look)
        sheet.text(left + BITS * side + 12, y + side / 2, f"{float(part):.7g}", size=13, at="start")
    entries = [(PAPER, "a zero that is stored"), (MIST, "beyond the part's 11 bits")]
    legend(sheet, left, top + 3 * 54 + 18, entries, apart=230)
    words = f"{float(value):.9g} is nearly {float(large):.9g} + {float(small):.9g}: less than a unit of its last bit away."
    return sheet, "A float32 as the sum of two TF32", words
