"""What threads of a GPU ask of its memories: sectors and banks, tiles with a rim, totals in registers, occupancy."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from math import gcd

import numpy as np

from quizzes.drawing.gpu import windows_of_a_tile
from quizzes.question import Grid, Question, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed
from quizzes.tools.statements import Statement, ticked

TOPIC = "GPU memory"
WARP = 32  # threads
SECTOR = 32  # bytes of global memory
BANKS = 32  # of shared memory
MOST_PIXELS = 10**6
LIMITS = (2048, 65_536, 102_400, 32)  # threads, registers, bytes of shared memory, blocks of a multiprocessor
SECTORS = f"Global memory answers a warp of {WARP} threads in whole sectors of {SECTOR} bytes."
IN_BANKS = (
    f"Shared memory has {BANKS} banks, each 4 bytes wide: element 0 of a float32 array lies in bank 0, element 1 in bank "
    f"1, and after bank {BANKS - 1} comes bank 0 again."
)
LETTERS = ("A", "B", "C", "D")


@dataclass(frozen=True)
class Read:
    """A read by all threads of a warp: its index as code, the element of thread t, what it touches, and why."""

    index: str
    element: Callable[[int], int]
    touches: int  # sectors or banks
    why: str
    turns: int = 1

    @property
    def warp(self) -> list[int]:
        """Return the elements of the threads, thread by thread."""
        return [self.element(t) for t in range(WARP)]


@template("Sectors of a read", topic=TOPIC, difficulty=3, minutes=5, tells=4, operations=(12, 12), largest=(93, 400))
def sectors_of_a_read(draw: Draw) -> Question:
    kind, size = draw.choice((("uint8", 1), ("float32", 4), ("float64", 8)), "numbers")
    shift, start, group = draw.between(1, 31, "shift"), draw.between(31, 62, "start"), draw.choice((2, 4, 8, 16), "group")
    each = SECTOR // size
    stride, other = draw.between(2, min(each - 1, 12), "stride"), draw.between(2, 12, "second stride")
    require(1 < stride != other > 1, "strides above 1 that differ")
    reads = [
        _neighbours(f"t + {shift}", lambda t: t + shift, shift, each),
        _apart(stride, size),
        _apart(other, size),
        draw.choice(
            (
                _neighbours(f"{start} - t", lambda t: start - t, start - WARP + 1, each),
                Read(
                    f"t // {group}",
                    lambda t: t // group,
                    -(-WARP // group // each),
                    f"{group} threads share each number, so that {WARP // group} numbers are needed",
                ),
            )
        ),
    ]
    wanted = [len(set(read.warp)) * size for read in reads]
    return Question(
        stem=f"`a` is an array of {kind} numbers, {_count(size, 'byte')} each, and begins where a sector begins. {SECTORS} "
        f"Threads `t` from 0 to {WARP - 1} of a warp execute these reads:\n\n{_listed('a', reads)}\n\nHow many sectors "
        "does each of them touch, and how many bytes of these sectors does no thread need?",
        key=Grid(
            tuple((read.touches, read.touches * SECTOR - bytes_) for read, bytes_ in zip(reads, wanted)),
            LETTERS,
            ("sectors", "bytes not needed"),
        ),
        check=[_fetched(read.warp, size) for read in reads],
        wrong=distractors("sectors", [read.warp for read in reads], size),
        steps=[
            f"A sector holds ${SECTOR} / {size} = {each}$ numbers: elements 0 to {each - 1}, {each} to {2 * each - 1}, and "
            "so on.",
            *(
                f"{letter}: {read.why}. It touches {_count(read.touches, 'sector')}, ${read.touches} \\cdot {SECTOR} = "
                f"{read.touches * SECTOR}$ bytes, of which {bytes_} are needed."
                for letter, read, bytes_ in zip(LETTERS, reads, wanted)
            ),
        ],
        load=load(12, [read.warp for read in reads]),
    )


@template(
    "A transposition and its sectors",
    topic=TOPIC,
    difficulty=4,
    minutes=5,
    tells=5,
    operations=(8, 8),
    largest=(64, 200_000),
)
def sectors_of_a_transposition(draw: Draw) -> Question:
    rows, columns = shape = draw.fixable([64 * draw.between(1, 12), 64 * draw.between(1, 12)], "image", least=1)
    threads = across, _ = draw.choice(((32, 8), (16, 16), (8, 8), (8, 32), (4, 32), (4, 64), (16, 8), (2, 32)), "threads")
    kind, size = draw.choice((("float32", 4), ("float64", 8)), "numbers")
    require(rows % 64 == columns % 64 == 0, "sides that are multiples of 64")
    require(rows * columns <= MOST_PIXELS, f"at most {MOST_PIXELS:,} pixels")
    down, warps = WARP // across, rows * columns // WARP
    read, wrote = down * -(-across * size // SECTOR), across * -(-down * size // SECTOR)
    require(read != wrote, "reading and writing that differ")
    return Question(
        stem=f"A kernel transposes an image of {rows} rows and {columns} columns, {kind} numbers of {size} bytes each.\n\n"
        "```python\ncolumn, row = cuda.grid(2)\noutput[column, row] = image[row, column]\n```\n\nIts blocks have "
        f"({threads[0]}, {threads[1]}) threads, x first, and cover the image exactly. Both arrays are stored row by row, "
        f"and each of their rows begins where a sector begins. {SECTORS} How many sectors does a warp touch when it reads, "
        "and how many when it writes? How many does the whole launch touch, all reads and writes of its warps together?",
        key=Grid(((read, wrote, warps * (read + wrote)),), (), ("a read", "a write", "the launch")),
        check=[_transposed(shape, threads, size)],
        wrong=distractors("transposed_sectors", shape, threads, size),
        steps=[
            f"A warp is {WARP} threads of a block, row by row: here {down} {'rows' if down > 1 else 'row'} of {across}.",
            f"Reading: each row of the warp is ${across} \\cdot {size} = {across * size}$ bytes of a row of the image. "
            f"That makes {read} sectors in all.",
            f"Writing: {across} rows of the output get {down} {'neighbours' if down > 1 else 'number'} each, ${down} "
            f"\\cdot {size} = {down * size}$ bytes. That makes {wrote} sectors in all.",
            f"The launch has ${rows} \\cdot {columns} / {WARP} = {warps}$ warps: ${warps} \\cdot ({read} + {wrote}) = "
            f"{warps * (read + wrote)}$.",
        ],
        load=load(8, [rows, columns, warps * (read + wrote)]),
    )


@template("Banks of a tile", topic=TOPIC, difficulty=3, minutes=3, tells=6, operations=(7, 7), largest=(100, 4_000))
def banks_of_a_tile(draw: Draw) -> Question:
    rows, columns = shape = draw.between(33, 60, "rows"), draw.between(33, 100, "columns")
    places = [
        (draw.between(4, 59, "first row"), draw.between(3, 99, "first column")),
        (draw.between(4, 59, "second row"), draw.between(3, 99, "second column")),
    ]
    require(WARP <= rows <= 1000 and columns <= 1000, "from 32 to 1000 rows, and at most 1000 columns")
    require(all(row < rows and column < columns for row, column in places), "places of the tile")
    require(len({(row, column) for row, column in places}) == 2, "two places that differ")
    elements = [row * columns + column for row, column in places]
    turns = gcd(columns, BANKS)
    flat = (np.arange(rows * columns) % BANKS).reshape(shape)
    return Question(
        stem=f"`tile` is a float32 array of {rows} rows and {columns} columns in shared memory, stored row by row. "
        f"{IN_BANKS} Banks, rows and columns are counted from 0. In which banks do "
        f"{listed([f'`tile[{row}, {column}]`' for row, column in places])} lie? A warp reads a column: thread `t` reads "
        "`tile[t, 0]`. How many turns does it take, if a bank delivers one element per turn?",
        key=Grid(
            ((*(element % BANKS for element in elements), turns),),
            (),
            (*(f"bank of [{row}, {column}]" for row, column in places), "turns"),
        ),
        check=[[*(flat[place] for place in places), max(np.bincount(flat[:WARP, 0]))]],
        wrong=distractors("tile_banks", shape, places),
        steps=[
            *(
                f"`tile[{row}, {column}]` is element ${row} \\cdot {columns} + {column} = {element}$, and ${element} = "
                f"{element // BANKS} \\cdot {BANKS} + {element % BANKS}$: bank {element % BANKS}."
                for (row, column), element in zip(places, elements)
            ),
            f"Down a column, each thread is {columns} elements after the one before: {columns % BANKS} banks further, "
            f"continuing from bank 0 after bank 31.",
            f"The greatest common divisor of {columns} and {BANKS} is {turns}: after ${BANKS} / {turns} = "
            f"{BANKS // turns}$ threads the same banks come again, so that {turns} "
            f"{'threads meet' if turns > 1 else 'thread is alone'} in each.",
        ],
        load=load(7, elements),
    )


@template("Turns of shared memory", topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(8, 8), largest=(60, 5_000))
def turns_of_shared_memory(draw: Draw) -> Question:
    stride, shift = draw.fixable(_stride(draw), "stride", least=1), draw.between(1, 31, "shift")
    other, group = draw.fixable(_stride(draw), "second stride", least=1), draw.choice((2, 4, 8), "group")
    few, wide = draw.choice((4, 8, 16), "columns"), draw.fixable(_stride(draw), "distance", least=1)
    require(len({stride, other, wide}) == 3, "distances that differ")
    meet, others_meet, wide_meet = (gcd(each, BANKS) for each in (stride, other, wide))
    reads = [
        Read(f"{stride} * t", lambda t: stride * t, BANKS // meet, _met(stride), meet),
        Read(f"{other} * t + {shift}", lambda t: other * t + shift, BANKS // others_meet, _met(other), others_meet),
        Read(
            f"t // {group}",
            lambda t: t // group,
            WARP // group,
            f"{group} threads need the same element each time, and a bank delivers it to all of them at once",
        ),
        Read(
            f"{wide} * (t % {few})",
            lambda t: wide * (t % few),
            min(few, BANKS // wide_meet),
            f"only {few} elements are needed, {wide} apart; {_met(wide)}",
            -(-few * wide_meet // BANKS),
        ),
    ]
    return Question(
        stem=f"`s` is a float32 array in shared memory. {IN_BANKS} In one turn, each bank delivers one element, to all "
        f"threads that need it. Threads `t` from 0 to {WARP - 1} of a warp execute these "
        f"reads:\n\n{_listed('s', reads)}\n\nHow many banks does each of them access, and how many turns does it take?",
        key=Grid(tuple((read.touches, read.turns) for read in reads), LETTERS, ("banks", "turns")),
        check=[_banks_and_turns(read.warp) for read in reads],
        wrong=distractors("bank_turns", [read.warp for read in reads]),
        steps=[
            f"{letter}: {read.why}. It accesses {_count(read.touches, 'bank')}, in {_count(read.turns, 'turn')}."
            for letter, read in zip(LETTERS, reads)
        ],
        load=load(8, [read.warp for read in reads]),
    )


@template("Widths without bank conflicts", topic=TOPIC, difficulty=4, minutes=4, operations=(5, 5), largest=(20, 130))
def widths_without_conflicts(draw: Draw) -> Question:
    across = draw.choice((1, 2, 4, 8, 16), "across")
    down, widths = WARP // across, range(20, 129)
    right = draw.sample([width for width in widths if width % (2 * across) == across], 3)
    tempting = [width for width in widths if width % 8 == 0 or width % (2 * across) == across + 1]
    wrong = draw.sample([width for width in tempting if width % (2 * across) != across], 6)
    reading = (
        "Thread `t` of a warp reads `tile[t, 0]`, so that the warp reads a column."
        if across == 1
        else f"Blocks have ({across}, {down}) threads, x first, and a thread reads `tile[y, x]`, so that a warp reads "
        f"{down} rows of {across} neighbours."
    )
    statements = []
    for width in sorted(right + wrong):
        warp = [y * width + x for y in range(down) for x in range(across)]
        fits = width % (2 * across) == across
        reason = "No two threads of the warp meet in a bank." if fits else _meeting(warp)
        statements.append(
            Statement(
                f"{width} columns",
                fits,
                _banks_and_turns(warp)[1] == 1,
                "a bank conflict overlooked",
                reason,
                f"Right. {reason}",
                f"{width} columns: {reason}",
            )
        )
    return Question(
        stem=f"`tile` is a float32 array in shared memory, stored row by row. {IN_BANKS} {reading} With how many columns "
        "of the tile is there no bank conflict, that is, no two threads of the warp need different elements of one bank? "
        "Tick all that apply.",
        **ticked(statements),
        steps=[
            "Row $y$ begins in bank $y \\cdot w$, counted on from 0 after bank 31, where $w$ is the number of columns. "
            f"The rows of a warp fill different banks if and only if $w$ is an odd multiple of {across}.",
        ],
        load=load(5, right + wrong),
        offered=5,
    )


@template(
    "Reads with a tile and without",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=6,
    operations=(9, 9),
    largest=(1_000, 900_000),
)
def reads_with_a_tile(draw: Draw) -> Question:
    channels, kernel = draw.between(3, 64, "channels"), draw.choice((3, 5, 7), "kernel")
    across, down = draw.choice(((16, 16), (32, 8), (32, 4), (16, 8), (8, 8), (32, 16), (8, 32), (64, 4)), "threads")
    require(channels <= 1000, "at most 1000 channels")
    tile, rim = (down, across), kernel - 1
    high, wide = down + rim, across + rim
    direct, shared = down * across * channels * kernel**2, channels * high * wide
    return Question(
        stem=f"A convolution has kernels of {kernel} × {kernel}, a stride of 1, and an image of {channels} channels. Each "
        f"block has ({across}, {down}) threads, x first, and computes {down} rows of {across} neighbouring outputs of one "
        "feature map, one in each thread; the picture shows the windows of two of them. Without a tile, each thread reads "
        "all pixels of its window from global memory. With a tile, the block copies the pixels of all its windows into "
        "shared "
        "memory, each of them once, and one channel after the other into the same tile. How many pixels does a block read "
        "from global memory without a tile, and how many with a tile? How many bytes of shared memory does the tile take, "
        "at 4 "
        "bytes a pixel?",
        key=Grid(((direct, shared, 4 * high * wide),), (), ("pixels, without a tile", "pixels, with a tile", "bytes")),
        check=[_read_by_a_block(channels, tile, kernel)],
        wrong=distractors("tile_reads", channels, tile, kernel),
        steps=[
            f"Without a tile: ${across} \\cdot {down}$ threads read ${channels} \\cdot {kernel} \\cdot {kernel} = "
            f"{channels * kernel**2}$ pixels each, ${direct}$ in all.",
            f"Under the outputs of a block lie ${across} + {kernel} - 1 = {wide}$ columns and ${down} + {kernel} - 1 = "
            f"{high}$ rows, ${wide} \\cdot {high} = {wide * high}$ pixels of each channel, and ${channels} \\cdot "
            f"{wide * high} = {shared}$ in all.",
            f"The tile holds one channel at a time: $4 \\cdot {wide * high} = {4 * wide * high}$ bytes.",
        ],
        load=load(9, [direct]),
        picture=partial(windows_of_a_tile, tile, kernel),
    )


@template("Totals in registers", topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(8, 8), largest=(500, 200_000))
def totals_in_registers(draw: Draw) -> Question:
    channels, kernel = draw.between(3, 64, "channels"), draw.choice((3, 5), "kernel")
    filters, places = draw.choice((2, 4, 5, 8, 10, 16, 20), "filters"), draw.choice((1, 2, 4, 5, 8, 10), "places")
    require(channels <= 1000, "at most 1000 channels")
    require(100 * (filters + places) % (filters * places) == 0, "reads of a multiply-add with at most two decimals")
    require(filters != places and filters * places <= 100, "a thread that has registers enough")
    taps = channels * kernel**2
    totals, reads = filters * places, taps * (filters + places)
    values = [(tap, one) for tap in range(taps) for one in [*(f"w{f}" for f in range(filters)), *range(places)]]
    sums = [(f, place) for f in range(filters) for place in range(places)]
    return Question(
        stem=f"Each thread of a convolution computes the outputs of {filters} filters at {_count(places, 'place')} of the "
        f"image, with kernels of {kernel} × {kernel} and {channels} channels. A tap is one of the {channels} · {kernel} · "
        f"{kernel} numbers of a kernel. For each tap the thread reads from shared memory one weight of each filter and one "
        "pixel for each place, into registers, and multiplies each weight by each pixel; every product is added to a total "
        "of its own filter and place, in a register. How many totals does it keep? How many multiply-adds does it take, "
        "how many values does it read from shared memory, and how many is that for each multiply-add? None has more than "
        "two decimals.",
        key=Grid(
            exact([[totals, taps * totals, reads, Fraction(reads, taps * totals)]]),
            (),
            ("totals", "multiply-adds", "values read", "for each multiply-add"),
        ),
        check=[[len(sums), taps * len(sums), len(values), Fraction(len(values), taps * len(sums))]],
        wrong=distractors("totals_in_registers", taps, filters, places),
        steps=[
            f"${filters} \\cdot {places} = {totals}$ totals: one for each filter at each place.",
            f"There are ${channels} \\cdot {kernel} \\cdot {kernel} = {taps}$ taps, and each takes {totals} multiply-adds: "
            f"${taps} \\cdot {totals} = {taps * totals}$.",
            f"Each tap takes {filters} weights and {_count(places, 'pixel')}: ${taps} \\cdot ({filters} + {places}) = "
            f"{reads}$ values.",
            f"For each multiply-add that is $({filters} + {places}) / ({filters} \\cdot {places}) = "
            f"{written(exact(Fraction(reads, taps * totals)))}$ values, whereas a thread with a single total reads 2.",
        ],
        load=load(8, [taps * totals]),
    )


@template(
    "Blocks that a multiprocessor holds",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=4,
    operations=(7, 7),
    largest=(1_000, 65_000),
)
def blocks_of_a_multiprocessor(draw: Draw) -> Question:
    threads = draw.choice((32, 64, 96, 128, 192, 256, 384, 512), "threads")
    registers = draw.choice((16, 24, 32, 40, 48, 64, 72, 80, 96, 128), "registers")
    shared = draw.fixable(threads * draw.between(16, 120), "shared memory", least=1)
    by_threads, by_registers, by_shared = (
        most // each for most, each in zip(LIMITS, (threads, threads * registers, shared))
    )
    blocks = min(by_threads, by_registers, by_shared, LIMITS[3])
    require(blocks > 0, "a block that the multiprocessor can hold")
    require(len({by_threads, by_registers, by_shared}) == 3, "limits that differ")
    warps = blocks * threads // WARP
    return Question(
        stem=f"A multiprocessor of a GPU holds at most {LIMITS[0]} threads and {LIMITS[3]} blocks, and has {LIMITS[1]} "
        f"registers and {LIMITS[2]} bytes of shared memory for them. A kernel has blocks of {threads} threads, {registers} "
        f"registers in each thread and {shared} bytes of shared memory in each block. How many of its blocks fit if "
        "threads alone are counted, if registers alone are, and if shared memory alone is? How many does the "
        f"multiprocessor hold at once, and how many warps of {WARP} threads are these?",
        key=Grid(
            ((by_threads, by_registers, by_shared, blocks, warps),),
            (),
            ("by threads", "by registers", "by shared memory", "blocks", "warps"),
        ),
        check=[
            [
                *(len(range(need, most + 1, need)) for most, need in zip(LIMITS, (threads, threads * registers, shared))),
                *_held(threads, registers, shared),
            ]
        ],
        wrong=distractors("occupancy", threads, registers, shared, LIMITS),
        steps=[
            f"Threads: ${LIMITS[0]} / {threads}$, rounded down, is {by_threads}.",
            f"Registers: a block takes ${threads} \\cdot {registers} = {threads * registers}$, and ${LIMITS[1]} / "
            f"{threads * registers}$, rounded down, is {by_registers}.",
            f"Shared memory: ${LIMITS[2]} / {shared}$, rounded down, is {by_shared}.",
            f"The smallest of these and of {LIMITS[3]} counts: {_count(blocks, 'block')}, ${blocks} \\cdot {threads} / "
            f"{WARP} = {warps}$ warps. The multiprocessor has room for {LIMITS[0] // WARP}.",
        ],
        load=load(7, [shared, threads * registers]),
    )


def _neighbours(index: str, element: Callable[[int], int], first: int, each: int) -> Read:
    """Return a read of 32 neighbours, the first one of them given, where a sector holds so many."""
    last = first + WARP - 1
    begins = "where a sector begins" if first % each == 0 else "within a sector"
    why = f"elements {first} to {last} are neighbours, and begin {begins}"
    return Read(index, element, last // each - first // each + 1, why)


def _apart(stride: int, size: int) -> Read:
    """Return a read of elements that are a stride apart, of this many bytes each."""
    apart = stride * size
    why = f"threads are ${stride} \\cdot {size} = {apart}$ bytes apart, "
    if apart < SECTOR:
        why += f"and no sector up to that of element ${WARP - 1} \\cdot {stride} = {(WARP - 1) * stride}$ is left out"
        return Read(f"{stride} * t", lambda t: stride * t, (WARP - 1) * apart // SECTOR + 1, why)
    return Read(f"{stride} * t", lambda t: stride * t, WARP, why + "so that each has a sector of its own")


def _listed(array: str, reads: Sequence[Read]) -> str:
    return "\n".join(f"- {letter}: `{array}[{read.index}]`" for letter, read in zip(LETTERS, reads))


def _fetched(warp: Sequence[int], size: int) -> tuple[int, int]:
    """Return the sectors of a read and the bytes of them that no thread wants, byte by byte."""
    wanted = {element * size + byte for element in warp for byte in range(size)}
    fetched = {begin + byte for begin in {byte - byte % SECTOR for byte in wanted} for byte in range(SECTOR)}
    return len(fetched) // SECTOR, len(fetched - wanted)


def _transposed(shape: Sequence[int], threads: Sequence[int], size: int) -> list[int]:
    """Return the sectors that a warp reads, those that it writes, and all of a launch, from the bytes of 64 x 64 pixels."""
    (rows, columns), (across, down) = shape, threads
    row, column = np.indices((64, 64))
    blocks = row // down * (64 // across) + column // across
    warps = (blocks * across * down + row % down * across + column % across) // WARP
    touched = [
        len(np.unique(warps * rows * columns + place * size // SECTOR))
        for place in (row * columns + column, column * rows + row)
    ]
    return [*(each * WARP // 64**2 for each in touched), sum(touched) * rows * columns // 64**2]


def _stride(draw: Draw) -> int:
    return draw.choice((1, 2, 4, 8, 16, 32)) * draw.choice((1, 3, 5))


def _met(distance: int) -> str:
    """Say how threads meet in banks that are so many elements apart."""
    divisor = gcd(distance, BANKS)
    again = _count(BANKS // divisor, "thread")
    return f"the greatest common divisor of {distance} and {BANKS} is {divisor}, so that banks repeat after {again}"


def _meeting(warp: Sequence[int]) -> str:
    """Say which threads of a warp ask a bank for different elements."""
    met: dict[int, int] = {}
    for thread, element in enumerate(warp):
        other = met.setdefault(element % BANKS, thread)
        if warp[other] != element:
            return f"Threads {other} and {thread} of the warp need different elements of bank {element % BANKS}."
    raise ValueError("no threads of the warp meet in a bank")


def _banks_and_turns(warp: Sequence[int]) -> tuple[int, int]:
    """Return the banks that a warp asks, and the most different elements of one of them."""
    wanted: defaultdict[int, set[int]] = defaultdict(set)
    for element in warp:
        wanted[element % BANKS].add(element)
    return len(wanted), max(map(len, wanted.values()))


def _read_by_a_block(channels: int, tile: Sequence[int], kernel: int) -> list[int]:
    """Return how many pixels the windows of a block hold in all, how many different ones, and the bytes of these."""
    covered = np.zeros((tile[0] + 2 * kernel, tile[1] + 2 * kernel), np.int64)
    for y in range(tile[0]):
        for x in range(tile[1]):
            covered[y : y + kernel, x : x + kernel] += 1
    pixels = np.count_nonzero(covered)
    return [channels * int(covered.sum()), channels * pixels, np.zeros(pixels, np.float32).nbytes]


def _held(threads: int, registers: int, shared: int) -> list[int]:
    """Let blocks come one after the other, until one finds no room: return the blocks and their warps."""
    blocks = 0
    while all((blocks + 1) * need <= most for need, most in zip((threads, threads * registers, shared, 1), LIMITS)):
        blocks += 1
    return [blocks, len(range(0, blocks * threads, WARP))]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
