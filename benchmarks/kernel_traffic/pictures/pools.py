"""Loads of a pool, and the median of nine."""

from collections.abc import Iterable

from benchmarks.kernel_traffic.pictures.drawing import BLUE, GRID, RED, SKY, SUN, legend, paper
from benchmarks.kernel_traffic.walks import accesses, imported
from benchmarks.kernel_traffic.walks import pool as walk_pool
from quizzes.drawing.svg import INK, SOFT, Sheet


def pool() -> tuple[Sheet, str, str]:
    """Draw which loads bring a 2 x 2 window to its thread."""
    height, width, side = 4, 16, 44
    launch = walk_pool("max", (2, 2), (2, 2), (1, 1, height, width)).launch
    left, top = 40, 100
    sheet = paper(left + width * side + 40, top + height * side + 60)
    sheet.text(left, 28, "Pooling 2 x 2: two loads of 64 bits for each thread", size=17, at="start", bold=True)
    sheet.text(
        left,
        54,
        "a frame is one load, the number its thread's; neighbours load neighbours",
        size=13,
        at="start",
        colour=SOFT,
    )
    first_of = {}
    for access in accesses(launch, "global", "planes"):
        row, column = divmod(access.at * 2, width)
        second = access.thread in first_of
        first_of[access.thread] = True
        wide = 2 * side
        sheet.box(left + column * side, top + row * side, wide, side, fill=SKY if second else SUN, line=INK, thick=1.6)
        sheet.line(*((left + (column + 1) * side, top + row * side + y) for y in (2, side - 2)), colour=GRID)
        sheet.text(left + column * side + wide / 2, top + (row + 0.5) * side, access.thread, size=15)
    legend(sheet, left, top + height * side + 30, [(SUN, "a thread's first load"), (SKY, "its second")], apart=210)
    words = "An image of 4 x 16 pixels in pairs; each thread loads the two pairs of its window, the upper one first."
    return sheet, "Loads of a pool with windows of 2 x 2", words


class Wires(list):
    """Values that note their exchanges (a, b), which put the smaller at a, and moves (a, b), which copy b to a."""

    def __init__(self, values: Iterable[float]) -> None:
        super().__init__(values)
        self.reads: list[int] = []
        self.writes: list[int] = []
        self.steps: list[tuple[str, int, int]] = []

    def __getitem__(self, place: int) -> float:
        self.reads.append(place)
        return super().__getitem__(place)

    def __setitem__(self, place: int, value: float) -> None:
        super().__setitem__(place, value)
        self.writes.append(place)
        if len(self.reads) == 1:
            self.steps.append(("move", place, self.reads[0]))
        elif len(self.writes) == 2:
            self.steps.append(("exchange", *self.writes))
        else:
            return
        self.reads, self.writes = [], []


def median() -> tuple[Sheet, str, str]:
    """Draw the median of nine by forgetful selection, from the exchanges of the kernel's own function."""
    kernels_cuda, _ = imported()
    wires = Wires([5, 3, 8, 1, 9, 2, 7, 4, 6])
    kernels_cuda.pooling.forgetting(len(wires))(wires)
    held, wide, tall, left, top = len(wires) // 2 + 2, 27, 40, 100, 100
    exchanges = sum(kind == "exchange" for kind, *_ in wires.steps)
    sheet = paper(left + (len(wires.steps) + 3) * wide + 90, top + held * tall + 55)
    sheet.text(40, 28, f"The median of nine: {held} values in hand, {exchanges} exchanges", size=17, at="start", bold=True)
    note = "each upright line leaves the smaller value at its upper end and the larger at its lower end"
    sheet.text(40, 54, note, size=13, at="start", colour=SOFT)
    ends = {place: max(at for at, (_, *two) in enumerate(wires.steps) if place in two) for place in range(held)}
    x = left + wide
    for place in range(held):
        y = top + place * tall
        last = len(wires.steps) + 1 if place in (len(wires) // 2, held - 1) else ends[place] + 1
        sheet.text(left - 16, y, f"value {place + 1}", size=13, at="end")
        sheet.line((left, y), (x + last * wide, y), colour=SOFT)
        if place < len(wires) // 2:
            sheet.text(x + last * wide + 8, y, "too small: forget", size=12, at="start", colour=RED)
    for at, (kind, one, other) in enumerate(wires.steps):
        here = x + (at + 0.5) * wide
        if kind == "exchange":
            sheet.line((here, top + one * tall), (here, top + other * tall), colour=BLUE, thick=2)
            for end in (one, other):
                sheet.circle(here, top + end * tall, 3.5, fill=BLUE, line=BLUE)
        else:
            sheet.circle(here, top + one * tall, 10, fill=SUN)
            sheet.text(here, top + one * tall, other + 1, size=12)
    sheet.text(
        x + (len(wires.steps) + 1) * wide + 8, top + len(wires) // 2 * tall, "the median", size=13, at="start", bold=True
    )
    legend(sheet, 40, top + held * tall + 15, [(SUN, "the largest in hand is forgotten: a fresh value takes its place")])
    words = "Six wires. In each round the smallest goes to the top and the largest to the bottom; both are forgotten."
    return sheet, f"A selection network of {exchanges} exchanges for the median of nine values", words
