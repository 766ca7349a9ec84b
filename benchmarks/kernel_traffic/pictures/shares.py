"""Who does what: a patch that a block copies, the product of matrices it gathers, the totals of a thread."""

from collections import Counter, defaultdict

from benchmarks.kernel_traffic.pictures.drawing import (
    BLUE,
    GREEN,
    LEAF,
    MIST,
    ORANGE,
    RED,
    ROSE,
    SKY,
    SUN,
    Cell,
    cells,
    legend,
    outline,
    paper,
)
from benchmarks.kernel_traffic.walks import accesses, convolve
from gpu.recording import WARP
from kernels.cuda.convolution.implicit_gemm import Tile
from quizzes.drawing.svg import INK, PAPER, SOFT, Sheet


def patch() -> tuple[Sheet, str, str]:
    """Draw which thread copies which pixel of a patch, and what two of them then read of the copy."""
    launch, side, across = convolve("tiled", (1, 1, 10, 10), (1, 1, 3, 3), tile=4).launch, 44, 6
    block, rounds = (1, 0, 0), Counter()
    copied, stored = {}, {}
    for access in accesses(launch, "global", "images"):
        if access.block == block:
            copied[divmod(access.at, 10)] = access.thread, rounds[access.thread]
            rounds[access.thread] += 1
    (pitch,) = (memory.shape[1] for memory in launch.memories if memory.name == "pixels")
    windows = defaultdict(list)
    for access in accesses(launch, "shared", "pixels"):
        if access.block == block:
            place = divmod(access.at, pitch)
            if access.writes:
                stored[place] = access.thread
            else:
                windows[access.thread].append(place)
    sheet = paper(2 * across * side + 280, across * side + 135)
    left, right, top = 40, 40 + across * side + 110, 78
    tints = (SUN, SKY, LEAF, ROSE)
    first_row, first_column = min(copied)
    sheet.text(left, 26, "Copy: who fetches which pixel", size=16, at="start", bold=True)
    sheet.text(left, 50, "the number is the thread's; 16 threads, 36 pixels", size=13, at="start", colour=SOFT)

    def who(row: int, column: int) -> Cell:
        thread, turn = copied[first_row + row, first_column + column]
        return tints[turn], thread

    cells(sheet, left, top, side, across, across, who)
    outline(sheet, left, top, 4 * side, 4 * side)
    entries = [(tint, f"its {n}") for tint, n in zip(tints, ("first", "second", "third", "fourth"))]
    legend(sheet, left, top + across * side + 28, entries, apart=88)
    sheet.arrow((left + across * side + 18, top + 3 * side), (right - 18, top + 3 * side))
    sheet.text((left + across * side + right) / 2, top + 3 * side - 16, "barrier", size=13, colour=SOFT)
    sheet.text(right, 26, "Slide: what threads 5 and 6 read", size=16, at="start", bold=True)
    sheet.text(right, 50, "from the copy in shared memory; the order is that of thread 5", size=13, at="start", colour=SOFT)
    five, six = windows[5], windows[6]

    def window(row: int, column: int) -> Cell:
        order = [five.index((row, column)) + 1] if (row, column) in five else []
        fill = {(1, 1): LEAF, (1, 0): SUN, (0, 1): SKY, (0, 0): PAPER}[(row, column) in five, (row, column) in six]
        return fill, order[0] if order else ""

    cells(sheet, right, top, side, across, across, window)
    for seen, colour in ((five, ORANGE), (six, BLUE)):
        (row, column), (end, last) = min(seen), max(seen)
        outline(
            sheet, right + column * side, top + row * side, (last - column + 1) * side, (end - row + 1) * side, colour, 3
        )
    legend(sheet, right, top + across * side + 28, [(SUN, "thread 5"), (SKY, "thread 6"), (LEAF, "both")], apart=88)
    words = (
        "Left: a patch of 6 x 6 pixels with the number of the thread that copies each; a thread copies up to four. "
        "Right: the windows of two neighbouring threads on the copy share six of nine pixels."
    )
    return sheet, "A block of 4 x 4 threads copies the pixels under its outputs, then slides over the copy", words


def gather() -> tuple[Sheet, str, str]:
    """Draw the product of matrices, and where a step of one block gathers its part of the second one."""
    channels, taps, filters, across, size = 2, 9, 8, 16, 6
    tile = tile_filters, tile_pixels, depth, *_ = Tile(4, 8, 2, 2, 2)
    launch = convolve("implicit_gemm", (1, channels, size, size), (filters, channels, 3, 3), tile=tile).launch
    block, step = (1, 0, 0), 5
    weights, pixels, gathered = set(), set(), defaultdict(set)
    for access in accesses(launch, "global", "kernels"):
        if access.block == block:
            inner, k = divmod(access.at, filters)
            weights.add((k, inner, access.step))
    for access in accesses(launch, "global", "images"):
        if access.block == block:
            c, place = divmod(access.at, size * size)
            gathered[access.step].add((c, *divmod(place, size)))
            column = block[0] * tile_pixels + access.thread % tile_pixels
            pixels.add((access.step * depth + c, column, access.step))
    written = {
        divmod(access.at, across) for access in accesses(launch, "global", "output", "write") if access.block == block
    }
    side, left, top = 17, 40, 120
    inner = taps * channels
    x, y = left + inner * side + 30, top + inner * side + 30
    sheet = paper(x + across * side + 90, y + filters * side + 60)

    def shade(marked: set[tuple[int, int, int]], here: tuple[int, int]) -> Cell:
        steps = {at[-1] for at in marked if at[:-1] == here}
        return (ORANGE if step in steps else SUN) if steps else PAPER, ""

    cells(sheet, left, y, side, filters, inner, lambda row, column: shade(weights, (row, column)))
    cells(sheet, x, top, side, inner, across, lambda row, column: shade(pixels, (row, column)))
    cells(sheet, x, y, side, filters, across, lambda row, column: (LEAF if (row, column) in written else PAPER, ""))
    outline(sheet, left, y, inner * side, tile_filters * side, RED)
    outline(sheet, x + block[0] * tile_pixels * side, top, tile_pixels * side, inner * side, RED)
    outline(sheet, x + block[0] * tile_pixels * side, y, tile_pixels * side, tile_filters * side, GREEN)
    sheet.text(left, y + filters * side + 20, "weights: a row for each filter", size=14, at="start")
    sheet.text(x, y + filters * side + 20, "outputs: filters x places", size=14, at="start")
    sheet.text(x, top - 18, "pixels: a column for each output; nobody stores them", size=14, at="start")
    sheet.upright_text(x - 14, top + inner * side / 2, "9 taps x 2 channels", size=13, colour=SOFT)
    pixel = 25
    for c in range(channels):
        corner = left, 82 + c * (size * pixel + 24)
        sheet.text(corner[0] + size * pixel + 14, corner[1] + 14, f"channel {c}", size=13, at="start", colour=SOFT)

        def look(row: int, column: int, c: int = c) -> Cell:
            return (ORANGE if (c, row, column) in gathered[step] else MIST), ""

        cells(sheet, *corner, pixel, size, size, look)
    sheet.text(left, 28, "A product of matrices, gathered step by step", size=17, at="start", bold=True)
    sheet.text(left, 62, "the image, 6 x 6, and where this step reads", size=14, at="start")
    for line, note in enumerate(
        (f"step {step}:", f"tap {divmod(step, 3)}", f"of {tile_pixels} outputs,", f"{channels} channels")
    ):
        sheet.text(left + size * pixel + 14, 136 + line * 20, note, size=14, at="start", bold=line < 2)
    legend(
        sheet,
        left,
        y + filters * side + 44,
        [(ORANGE, "this step"), (SUN, "other steps"), (LEAF, "this block's outputs")],
        130,
    )
    words = (
        "A matrix of weights, 8 filters by 18, times a matrix of pixels, 18 by 16 outputs. A block computes 4 x 8 of them; "
        "its step number 5 takes two columns of weights and gathers two rows of pixels, one of each channel."
    )
    return sheet, "Convolution as a product of matrices, gathered step by step", words


def thread() -> tuple[Sheet, str, str]:
    """Draw what one thread of an implicit GEMM holds, and what it reads in a step for one channel."""
    tile, chosen = Tile(128, 128), 37
    launch = convolve("implicit_gemm", (1, 8, 8, 16), (128, 8, 1, 1), tile=tile).launch
    side, left, top = 3.5, 130, 120

    def first_reads(array: str, thread: int) -> set[int]:
        """Return what the thread reads for the first channel: the first row of the buffer."""
        return {
            access.at for access in accesses(launch, "shared", array, "read") if access.thread == thread and access.at < 128
        }

    held = {n: set() for n in ("thread", "warp")}
    for access in accesses(launch, "global", "output", "write"):
        if access.warp == chosen // WARP:
            held["warp"].add(divmod(access.at, 128))
            if access.thread == chosen:
                held["thread"].add(divmod(access.at, 128))
    sheet = paper(left + 128 * side + 250, top + 128 * side + 40)
    sheet.text(30, 28, "One thread of 256: 8 weights times 8 pixels", size=17, at="start", bold=True)
    sheet.box(left, top, 128 * side, 128 * side, fill=PAPER, line=INK)
    for row, column in quads(held["warp"]):
        sheet.box(left + column * side, top + row * side, 4 * side, 4 * side, fill=SUN, line=SUN, thick=0)
    weights, pixels = first_reads("weights", chosen), first_reads("pixels", chosen)
    sheet.box(left, top - 34, 128 * side, 18, fill=MIST, line=SOFT)
    sheet.box(left - 34, top, 18, 128 * side, fill=MIST, line=SOFT)
    for at in sorted(pixels):
        sheet.box(left + at * side, top - 34, side, 18, fill=BLUE, line=BLUE, thick=0)
    for at in sorted(weights):
        sheet.box(left - 34, top + at * side, 18, side, fill=BLUE, line=BLUE, thick=0)
    for at in sorted(pixels)[::4]:
        sheet.line(
            (left + (at + 2) * side, top - 16), (left + (at + 2) * side, top + (max(weights) - 3) * side), colour=BLUE
        )
    for at in sorted(weights)[::4]:
        sheet.line(
            (left - 16, top + (at + 2) * side), (left + (max(pixels) - 3) * side, top + (at + 2) * side), colour=BLUE
        )
    for row, column in quads(held["thread"]):
        sheet.box(left + column * side, top + row * side, 4 * side, 4 * side, fill=RED, line=RED, thick=0)
    sheet.text(left + 64 * side, top - 50, "128 pixels of one channel, in shared memory", size=14)
    sheet.upright_text(left - 52, top + 64 * side, "weights of 128 filters, in shared memory", size=14)
    notes = [
        (BLUE, "what thread 37 reads:", "four wide reads of 4 values"),
        (RED, "its 64 totals, in registers:", "64 multiply-adds"),
        (SUN, "the totals of its warp:", "32 threads"),
        (PAPER, "the block's outputs:", "128 filters x 128 places"),
    ]
    x = left + 128 * side + 22
    for place, (fill, *words) in enumerate(notes):
        y = top + 20 + place * 62
        sheet.box(x, y - 7, 14, 14, fill=fill, line=SOFT, thick=0.7)
        for line, text in enumerate(words):
            sheet.text(x + 21, y + line * 19, text, size=13, at="start")
    words = (
        "A square of 128 x 128 outputs with 128 weights on its left and 128 pixels above. The thread reads two quads "
        "of each; the 64 outputs where they cross are its totals. Its warp holds sixteen whole rows."
    )
    return sheet, "The totals that one thread of an implicit GEMM keeps in registers", words


def quads(places: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the upper left corners of the squares of 4 x 4 that make up the places."""
    corners = sorted({(row // 4 * 4, column // 4 * 4) for row, column in places})
    assert len(corners) * 16 == len(places)
    return corners
