"""How often threads read memory, and how well: reads of each pixel, loads, sectors and banks."""

from collections import Counter, defaultdict
from math import log

from benchmarks.kernel_traffic.pictures.drawing import BLUE, GRID, MIST, RED, SKY, SUN, Cell, cells, legend, outline, paper
from benchmarks.kernel_traffic.walks import Change, accesses, asked, convolve, walk
from gpu.findings.traffic import BANKS, SECTOR
from kernels.cuda.convolution.implicit_gemm import Tile
from quizzes.drawing.svg import INK, PAPER, SOFT, Sheet

SMALL_GEMM = Tile(16, 16, depth=1, rows=4, columns=4)  # small enough to look at


def reads() -> tuple[Sheet, str, str]:
    """Draw how often each rung reads each pixel from global memory."""
    size, side, gap = 10, 30, 70
    shapes = (1, 1, size, size), (16, 1, 3, 3)
    rungs = {
        "direct": ("direct", None, "each thread reads its window"),
        "tiled": ("tiled", 4, "a thread has one output, so a patch 4 x 4"),
        "blocked": ("blocked", 4, "a thread has two places, so a patch 8 x 4"),
        "implicit GEMM": ("implicit_gemm", SMALL_GEMM, "gathered once for each tap, for 16 feature maps"),
    }
    sheet = paper(2 * size * side + gap + 80, 2 * (size * side + 85) + 80)
    sheet.text(40, 28, "How often each pixel is read, for 16 feature maps", size=17, at="start", bold=True)
    for place, (name, (file, tile, idea)) in enumerate(rungs.items()):
        found = list(accesses(convolve(file, *shapes, tile=tile).launch, "global", "images"))
        counts = Counter(access.at for access in found)
        x, y = 40 + place % 2 * (size * side + gap), 115 + place // 2 * (size * side + 85)
        sheet.text(x, y - 38, name, size=15, at="start", bold=True)
        sheet.text(x + size * side, y - 38, f"{sum(counts.values()):,} reads", size=15, at="end", colour=RED, bold=True)
        sheet.text(x, y - 16, idea, size=13, at="start", colour=SOFT)
        cells(sheet, x, y, side, size, size, lambda row, column, counts=counts: heat(counts[row * size + column]))
        if tile == 4:
            rows, columns = zip(*(divmod(access.at, size) for access in found if access.block == (0, 0, 0)))
            outline(sheet, x, y, (max(columns) + 1) * side, (max(rows) + 1) * side)
    outline(sheet, 40, sheet.height - 27, 14, 14)
    sheet.text(61, sheet.height - 20, "the patch that one block copies", size=13, at="start")
    words = "Each cell is a pixel of a 10 x 10 image; its number says how often all threads read it."
    return sheet, "How often each pixel is read for 16 feature maps", words + " Direct reads an inner pixel 144 times."


def heat(count: int) -> tuple[str, int]:
    """Return a colour from nearly white to orange for a count from 1 to 144, and the count."""
    share = log(count) / log(144)
    low, high = (0xFF, 0xF8, 0xE8), (0xF0, 0x9A, 0x3E)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + share * (b - a)) for a, b in zip(low, high))), count


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


SWAPPED = Change("feature_map, row, column = here(rows)", "feature_map, column, row = here(columns)")


def swapped() -> tuple[Sheet, str, str]:
    """Draw which pixels one request of a warp wants: of the first rung, and of the same with x and y swapped."""
    size, side, left, top, apart = 34, 10, 40, 112, 60
    sheet = paper(2 * (left + size * side) + apart - left + 40, top + size * side + 60)
    title = "What one request of a warp touches, as it should be and with x and y swapped"
    sheet.text(left, 26, title, size=17, at="start", bold=True)
    counted = []
    for place, (change, words) in enumerate(((None, SWAPPED.before), (SWAPPED, SWAPPED.after))):
        launch = convolve("direct", (1, 1, size, size), (1, 1, 3, 3), change=change).launch
        request = asked(launch, "global", "images")[0]
        wanted = set(request.elements.tolist())
        touched = {at // 8 for at in wanted}
        x = left + place * (size * side + apart)

        def look(row: int, column: int, wanted: set[int] = wanted, touched: set[int] = touched) -> Cell:
            at = row * size + column
            return (BLUE if at in wanted else SKY if at // 8 in touched else PAPER), ""

        sheet.text(x, top - 46, words, size=14, at="start")
        sheet.text(
            x, top - 22, f"{request.sectors} sectors, where {request.fewest} would do", size=14, at="start", bold=True
        )
        cells(sheet, x, top, side, size, size, look)
        counted.append(request.sectors)
    entries = [(BLUE, "wanted by the 32 threads of a warp"), (SKY, "brought along"), (PAPER, "not touched")]
    legend(sheet, left, top + size * side + 30, entries, apart=270)
    one, other = counted
    words = f"Two images of 34 x 34 pixels. A warp wants 32 pixels of one row, {one} sectors, or of one column, {other}."
    return sheet, title, words


def banks() -> tuple[Sheet, str, str]:
    """Draw which bank of shared memory each thread of a warp uses."""
    side, left, top = 25, 40, 96
    sheet = paper(left + BANKS * side + 40, 415)
    sheet.text(left, 26, "Which thread of a warp asks which of the 32 banks", size=17, at="start", bold=True)
    across = 18
    tiled = asked(walk("tiled").launch, "shared", "pixels")[0]
    pitch = tiled.memory.shape[1]
    stored = dict(zip(tiled.lanes.tolist(), tiled.elements.tolist()))
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
