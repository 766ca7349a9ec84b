"""The pictures of docs/kernels.md, drawn from what the recorded kernels did."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from math import log

from benchmarks.kernel_traffic.walks import accesses, asked, convolve, imported, walk
from benchmarks.kernel_traffic.walks import pool as walk_pool
from gpu.findings.traffic import BANKS, SECTOR
from gpu.recording import WARP
from quizzes.drawing.svg import INK, PAPER, SOFT, Sheet

# Okabe and Ito's colours, which no colour blindness mixes up, and light ones of them to write on.
BLUE, ORANGE, GREEN, RED = "#0072b2", "#e69f00", "#009e73", "#d55e00"
SKY, SUN, LEAF, ROSE, MIST = "#a9d3ef", "#fbd98a", "#9fdcc6", "#f5bfa0", "#eceff3"
GRID = "#c3cad3"
SMALL_GEMM = (16, 16, 1, 4, 4)  # filters, pixels, depth, rows, columns of a tile small enough to look at


def paper(width: float, height: float) -> Sheet:
    """Return a sheet with a light ground of its own, to be read on dark pages too."""
    sheet = Sheet(width, height)
    sheet.box(0, 0, sheet.width, sheet.height, fill=PAPER, line=PAPER)
    return sheet


def cells(sheet: Sheet, x: float, y: float, side: float, rows: int, columns: int, look: Callable) -> None:
    """Draw a grid; look tells a cell's fill and words by its row and column."""
    for row in range(rows):
        for column in range(columns):
            fill, words = look(row, column)
            sheet.box(x + column * side, y + row * side, side, side, fill=fill, line=GRID, thick=0.7)
            if words != "":
                sheet.text(x + (column + 0.5) * side, y + (row + 0.5) * side, words, size=0.42 * side)


def outline(sheet: Sheet, x: float, y: float, width: float, height: float, colour: str = INK, thick: float = 2.5) -> None:
    """Draw a frame around something."""
    sheet.box(x, y, width, height, fill="none", line=colour, thick=thick)


def legend(sheet: Sheet, x: float, y: float, entries: Iterable[tuple[str, str]], apart: float = 200) -> None:
    """Say what colours mean, in a row."""
    for place, (fill, words) in enumerate(entries):
        sheet.box(x + place * apart, y - 7, 14, 14, fill=fill, line=SOFT, thick=0.7)
        sheet.text(x + place * apart + 21, y, words, size=13, at="start")


def reads() -> tuple[Sheet, str, str]:
    """Draw how often each rung reads each pixel from global memory."""
    size, side, gap = 10, 30, 70
    shapes = (1, 1, size, size), (16, 1, 3, 3)
    rungs = {
        "direct": ("direct", None, "each thread reads its window"),
        "tiled": ("tiled", 4, "a block of 4 x 4 threads copies its patch"),
        "blocked": ("blocked", 4, "a patch serves 16 feature maps"),
        "implicit GEMM": ("implicit_gemm", SMALL_GEMM, "gathered once for each tap, for 16 feature maps"),
    }
    sheet = paper(2 * size * side + gap + 80, 2 * (size * side + 85) + 80)
    sheet.text(40, 28, "How often each pixel is read, for 16 feature maps", size=17, at="start", bold=True)
    for place, (name, (file, tile, idea)) in enumerate(rungs.items()):
        counts = Counter(access.at for access in accesses(convolve(file, *shapes, tile=tile).launch, "global", "images"))
        x, y = 40 + place % 2 * (size * side + gap), 115 + place // 2 * (size * side + 85)
        sheet.text(x, y - 38, name, size=15, at="start", bold=True)
        sheet.text(x + size * side, y - 38, f"{sum(counts.values()):,} reads", size=15, at="end", colour=RED, bold=True)
        sheet.text(x, y - 16, idea, size=13, at="start", colour=SOFT)
        cells(sheet, x, y, side, size, size, lambda row, column, counts=counts: heat(counts[row * size + column]))
        if tile == 4:
            outline(sheet, x, y, 6 * side, 6 * side)
    outline(sheet, 40, sheet.height - 27, 14, 14)
    sheet.text(61, sheet.height - 20, "the patch that one block copies", size=13, at="start")
    words = "Each cell is a pixel of a 10 x 10 image; its number says how often all threads read it."
    return sheet, "How often each pixel is read for 16 feature maps", words + " Direct reads an inner pixel 144 times."


def heat(count: int) -> tuple[str, int]:
    """Return a colour from nearly white to orange for a count from 1 to 144, and the count."""
    share = log(count) / log(144)
    low, high = (0xFF, 0xF8, 0xE8), (0xF0, 0x9A, 0x3E)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + share * (b - a)) for a, b in zip(low, high))), count


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

    def who(row, column):
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

    def window(row, column):
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


def loads() -> tuple[Sheet, str, str]:
    """Draw what a thread loads for 64 multiply-adds on each rung."""
    side, left, top, work = 10, 210, 62, 64
    sheet = paper(left + 64 * side + 30, 450)
    sheet.text(30, 26, "What a thread loads for 64 multiply-adds", size=17, at="start", bold=True)
    y = top
    totals = {}
    for name in ("direct", "tiled", "blocked", "implicit GEMM 128x128"):
        kinds = loads_of(name)
        sheet.text(30, y + 9, name, size=14, at="start", bold=True)
        totals[name] = f"{sum(count for _, count in kinds.values()) * work:.3g} loads"
        sheet.text(30, y + 28, totals[name], size=13, at="start", colour=SOFT)
        for colour, count in kinds.values():
            many = count * work
            for place in range(-(-round(many * 10) // 10)):
                row, column = divmod(place, 64)
                width = side * min(1, many - place)
                sheet.box(left + column * side, y + row * 22, width, 18, fill=colour, line=PAPER, thick=1)
            y += 22 * max(1, -(-int(many) // 64))
        y += 22
    for column in range(64):
        sheet.box(left + column * side, y + 4, side, 18, fill=MIST, line=GRID, thick=0.7)
    sheet.text(30, y + 13, "64 multiply-adds", size=14, at="start")
    legend(
        sheet,
        left,
        y + 50,
        [(RED, "one value from global memory"), (SKY, "one from shared memory"), (BLUE, "four neighbours at once")],
        222,
    )
    words = (
        "A bar for each load instruction: from global memory, one value from shared memory, or four neighbouring values."
    )
    found = ", ".join(f"{name} {total}" for name, total in totals.items())
    return sheet, f"What a thread loads for 64 multiply-adds: {found}", words


def loads_of(name: str) -> dict[str, tuple[str, float]]:
    """Return a colour and the number of loads for each multiply-add, by kind of load; the bias is left out."""
    recording, counts = walk(name), Counter()
    for memory, array in (("global", "images"), ("global", "kernels"), ("shared", "pixels"), ("shared", "weights")):
        for request in asked(recording.launch, memory, array):
            counts["wide" if request.size > 4 else memory] += len(request.lanes)
    colours = {"global": RED, "shared": SKY, "wide": BLUE}
    return {kind: (colours[kind], counts[kind] / recording.multiply_adds) for kind in colours if counts[kind]}


def gather() -> tuple[Sheet, str, str]:
    """Draw the product of matrices, and where a step of one block gathers its part of the second one."""
    channels, taps, filters, across, size = 2, 9, 8, 16, 6
    tile = tile_filters, tile_pixels, depth, *_ = 4, 8, 2, 2, 2
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

    def shade(marked, here):
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

        def look(row, column, c=c):
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
    tile, chosen = (128, 128, 8, 8, 8), 37
    launch = convolve("implicit_gemm", (1, 8, 8, 16), (128, 8, 1, 1), tile=tile).launch
    side, left, top = 3.5, 130, 120

    def first_reads(array, thread):
        """What the thread reads for the first channel: the first row of the buffer."""
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


def buffers() -> tuple[Sheet, str, str]:
    """Draw what an implicit GEMM does between barriers: fetch, multiply, store."""
    tile = 16, 16, 4, 4, 4
    recording = convolve("implicit_gemm", (1, 4, 5, 6), (16, 4, 2, 3), tile=tile)
    launch, depth = recording.launch, tile[2]
    fetched = {access.step: access.at // (16 * 4) for access in accesses(launch, "global", "kernels")}
    used = {(access.step, access.at // 16 // depth): access.writes for access in accesses(launch, "shared", "weights")}
    steps, wide, tall, left, top = launch.barriers + 1, 108, 46, 150, 84
    shown = range(min(steps, 7))
    sheet = paper(left + len(shown) * wide + 40, top + 3 * tall + 75)
    sheet.text(30, 28, "Loading hides behind computing: two buffers take turns", size=17, at="start", bold=True)
    for row, name in enumerate(("fetch to registers", "buffer 0", "buffer 1")):
        sheet.text(left - 14, top + (row + 0.5) * tall, name, size=14, at="end")
    for step in shown:
        x = left + step * wide
        sheet.text(x + wide / 2, top - 16, f"step {step}", size=13, colour=SOFT)
        if step in fetched:
            tap = divmod(fetched[step], 3)
            part(sheet, x, top, wide, tall, SUN, f"fetch tap {tap}")
        for buffer in (0, 1):
            if (step, buffer) in used:
                stores = used[step, buffer]
                tap = divmod(step if stores else step - 1, 3)
                fill, word = (SKY, "store") if stores else (LEAF, "multiply")
                part(sheet, x, top + (1 + buffer) * tall, wide, tall, fill, f"{word} {tap}")
    for step in range(len(shown) + 1):
        x = left + step * wide
        sheet.line((x, top - 4), (x, top + 3 * tall + 8), colour=RED, thick=2)
    sheet.text(left, top + 3 * tall + 24, "each red line is a barrier: one for each step", size=13, at="start", colour=RED)
    legend(
        sheet,
        left,
        top + 3 * tall + 52,
        [(SUN, "global memory to registers"), (SKY, "registers to shared"), (LEAF, "shared to totals")],
        apart=230,
    )
    words = "In each step one buffer is multiplied, while the next tap is fetched and then stored in the other buffer."
    return sheet, "The two buffers of an implicit GEMM over time, for a kernel of 2 x 3 taps", words


def part(sheet: Sheet, x: float, y: float, width: float, height: float, fill: str, words: str) -> None:
    """Draw one bar of a timeline."""
    sheet.box(x + 5, y + 5, width - 10, height - 10, fill=fill, line=SOFT, thick=0.7)
    sheet.text(x + width / 2, y + height / 2, words, size=12.5)


def sectors() -> tuple[Sheet, str, str]:
    """Draw the sectors of 32 bytes that a warp's requests touch."""
    gemm = walk("implicit GEMM 128x128").launch
    rows = [
        ("direct: pixels", "neighbours read neighbours", asked(walk("direct").launch, "global", "images")[1]),
        ("direct: weight", "all threads read the same one", asked(walk("direct").launch, "global", "kernels")[0]),
        ("implicit GEMM: weights", "arranged so that neighbours read neighbours", asked(gemm, "global", "kernels")[0]),
        (
            "implicit GEMM: outputs",
            "a thread's quad is written value by value; half of the sectors are shown",
            asked(gemm, "global", "output", "write")[0],
        ),
    ]
    side, left, shown = 11, 40, 64
    sheet = paper(left + shown * side + 90, 40 + len(rows) * 78 + 50)
    sheet.text(left, 26, "What one request of a warp touches in global memory", size=17, at="start", bold=True)
    for place, (name, idea, request) in enumerate(rows):
        y = 82 + place * 78
        wanted = set(request.elements.tolist())
        start = min(wanted) // 8 * 8
        touched = {value // 8 for value in wanted}
        sheet.text(left, y - 18, name, size=14, at="start", bold=True)
        sheet.text(left + 180, y - 18, idea, size=13, at="start", colour=SOFT)
        for column in range(shown):
            value = start + column
            fill = BLUE if value in wanted else SKY if value // 8 in touched else PAPER
            sheet.box(left + column * side, y, side, 22, fill=fill, line=GRID, thick=0.7)
        for sector in range(shown // 8):
            outline(sheet, left + sector * 8 * side, y, 8 * side, 22, INK, 1.3)
        found = f"{request.sectors} sector{'s' * (request.sectors > 1)}"
        sheet.text(left + shown * side + 10, y + 11, found, size=14, at="start", bold=True)
    legend(
        sheet,
        left,
        40 + len(rows) * 78 + 22,
        [(BLUE, "wanted: a value of 4 bytes"), (SKY, "brought along"), (PAPER, "not touched")],
        apart=230,
    )
    found = "; ".join(f"{name}, {idea}: {request.sectors}" for name, idea, request in rows)
    words = f"Rows of memory, divided into sectors of {SECTOR} bytes, with what a warp wants of them. Sectors: {found}."
    return sheet, "Sectors of global memory that a warp touches", words


def banks() -> tuple[Sheet, str, str]:
    """Draw which bank of shared memory each thread of a warp asks."""
    side, left, top = 25, 40, 96
    sheet = paper(left + BANKS * side + 40, 415)
    sheet.text(left, 26, "Which thread of a warp asks which of the 32 banks", size=17, at="start", bold=True)
    across = 18
    blocked = asked(walk("blocked").launch, "shared", "pixels")[0]
    pitch = blocked.memory.shape[1]
    stored = dict(zip(blocked.lanes.tolist(), blocked.elements.tolist()))
    unfilled = {lane: at // pitch * across + at % pitch for lane, at in stored.items()}
    wide = asked(walk("implicit GEMM 128x128").launch, "shared", "pixels")[0]
    quads_read = dict(zip(wide.lanes[:8].tolist(), wide.elements[:8].tolist()))
    strips = [
        (
            f"rows of {across} pixels, one right after the other: two banks are asked for two words each, and answer twice",
            unfilled,
            1,
        ),
        (f"blocked and tiled fill the rows up to {pitch}: each bank is asked once", stored, 1),
        ("implicit GEMM, wide reads: eight threads at a time ask each bank once", quads_read, 4),
    ]
    for place, (words, lanes, size) in enumerate(strips):
        y = top + place * 105
        sheet.text(left, y - 20, words, size=14, at="start")
        of_bank = defaultdict(list)
        for lane, word in lanes.items():
            for more in range(size):
                of_bank[(word + more) % BANKS].append(lane)
        for bank in range(BANKS):
            for level in range(max(map(len, of_bank.values()))):
                lane = of_bank[bank][level] if level < len(of_bank[bank]) else None
                fill = PAPER if lane is None else RED if level else (SUN, SKY)[lane // (16 if size == 1 else 1) % 2]
                sheet.box(left + bank * side, y + level * 24, side, 24, fill=fill, line=GRID, thick=0.7)
                if lane is not None:
                    sheet.text(left + (bank + 0.5) * side, y + level * 24 + 12, lane, size=11)
    notes = [
        (SUN, "bank and thread: a row of threads, or one"),
        (SKY, "the next"),
        (RED, "a second word from the same bank"),
    ]
    for place, (fill, note) in enumerate(notes):
        legend(sheet, left + (0, 300, 410)[place], top + 3 * 105 - 34, [(fill, note)])
    words = (
        "Three rows of 32 banks. In the first, two banks are asked by two threads for different words; in the others none."
    )
    return sheet, "Bank conflicts in shared memory, and how filling up rows avoids them", words


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

    def __getitem__(self, place):
        self.reads.append(place)
        return super().__getitem__(place)

    def __setitem__(self, place, value):
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
    """Draw the median of nine by forgetting, from the exchanges of the kernel's own function."""
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


PICTURES: dict[str, Callable[[], tuple[Sheet, str, str]]] = {
    f"{draw.__name__}.svg": draw for draw in (reads, patch, loads, gather, thread, buffers, sectors, banks, pool, median)
}


def svg(name: str) -> str:
    """Return a picture as SVG, with a title and a description for those who cannot see it."""
    sheet, title, words = PICTURES[name]()
    picture = sheet.picture(title).svg
    return picture.replace(">", f"><title>{title}</title><desc>{words}</desc>", 1) + "\n"
