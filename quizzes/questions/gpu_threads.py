"""Which thread of a GPU does what: elements, blocks that do not fit evenly, pixels, loops over a grid."""

from functools import partial

import numpy as np

from quizzes.drawing.gpu import blocks_on_an_image
from quizzes.question import Grid, Number, Question, distractors, load, require
from quizzes.rng import Draw
from quizzes.template import template

TOPIC = "GPU threads"
WARP = 32  # threads
MOST_THREADS = 1024  # of a block
MOST_PIXELS = 10**6
FROM_ZERO = "Blocks, threads and elements are counted from 0."


@template(
    "Element of a thread, thread of an element",
    topic=TOPIC,
    difficulty=1,
    minutes=2,
    tells=5,
    operations=(4, 4),
    largest=(400, 20_000),
)
def element_of_a_thread(draw: Draw) -> Question:
    blocks, threads = draw.between(8, 40, "blocks"), draw.choice((64, 96, 128, 192, 256, 384, 512), "threads")
    block, thread = draw.between(2, 39, "block"), draw.between(2, 511, "thread")
    element = draw.between(300, 20_000, "element")
    require(block < blocks and thread < threads and element < blocks * threads, "a block, a thread, an element that exist")
    require(block != thread, "numbers of block and thread that differ")
    index, (its_block, its_thread) = block * threads + thread, divmod(element, threads)
    return Question(
        stem=f"A kernel is launched with {blocks} blocks of {threads} threads, along one axis. In each thread, `i = "
        f"cuda.grid(1)` is the number of its element. What is `i` in thread {thread} of block {block}? Which block has the "
        f"thread whose `i` is {element}, and which of its threads is that? {FROM_ZERO}",
        key=Grid(((index, its_block, its_thread),), (), ("i", "block", "thread")),
        check=[
            [
                np.ravel_multi_index((block, thread), (blocks, threads)),
                *np.unravel_index(element, (blocks, threads)),
            ]
        ],
        wrong=distractors("thread_index", blocks, threads, block, thread, element),
        steps=[
            "`cuda.grid(1)` is `blockIdx.x * blockDim.x + threadIdx.x`: all threads of the blocks before, then those of "
            "the block that come before the thread.",
            f"$i = {block} \\cdot {threads} + {thread} = {index}$.",
            f"The other way round, divide by {threads}: ${element} = {its_block} \\cdot {threads} + {its_thread}$, so it "
            f"is thread {its_thread} of block {its_block}.",
        ],
        load=load(4, [index, element]),
    )


@template(
    "Blocks for a size that does not divide",
    topic=TOPIC,
    difficulty=2,
    minutes=3,
    tells=5,
    operations=(5, 5),
    largest=(1_000, 20_000),
)
def blocks_for_a_size(draw: Draw) -> Question:
    threads, size = draw.choice((128, 192, 256, 384, 512), "threads"), draw.between(1_000, 20_000, "elements")
    require(size % threads > 0, "a number of elements that the threads of a block do not divide")
    blocks = -(-size // threads)
    working = size - (blocks - 1) * threads
    idle = threads - working
    starts = range(0, size, threads)
    warps = [range(start, start + WARP) for start in range(starts[-1], starts[-1] + threads, WARP)]
    return Question(
        stem=f"A kernel handles {size} elements, one in each thread, in blocks of {threads} threads. A thread whose number "
        "is too large does nothing. How many blocks must be launched? In the last block, how many threads have an "
        f"element, how many have none, and how many of its warps of {WARP} threads have no element at all?",
        key=Grid(((blocks, working, idle, idle // WARP),), (), ("blocks", "with an element", "without", "warps without")),
        check=[
            [
                len(starts),
                len(range(starts[-1], size)),
                len(range(size, starts[-1] + threads)),
                sum(warp[0] >= size for warp in warps),
            ]
        ],
        wrong=distractors("ragged_launch", size, threads),
        steps=[
            f"${size} = {size // threads} \\cdot {threads} + {working}$: {size // threads} blocks are full, and one more "
            f"is launched for the {working} elements that are left.",
            f"It has {threads} threads like any other: ${threads} - {working} = {idle}$ have no element.",
            f"${idle} = {idle // WARP} \\cdot {WARP} + {idle % WARP}$: {idle // WARP} of its warps are idle as a whole.",
        ],
        load=load(5, [size, threads]),
    )


@template(
    "Pixel of a thread",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    tells=6,
    operations=(6, 6),
    largest=(300, 20_000),
)
def pixel_of_a_thread(draw: Draw) -> Question:
    rows, columns = shape = draw.ranges((40, 120), (40, 160), name="image")
    threads = draw.choice(((32, 4), (32, 8), (16, 8), (16, 4), (8, 16), (64, 2), (8, 4)), "threads")
    block, thread = draw.ranges((1, 9), (1, 12), name="block"), draw.ranges((0, 63), (0, 15), name="thread", least=0)
    column, row = (b * t + at for b, t, at in zip(block, threads, thread))
    require(all(at < side for at, side in zip(thread, threads)), "a thread of the block")
    require(row < rows and column < columns, "a pixel of the image")
    require(rows != columns and row != column, "sides, and a row and a column, that differ")
    require(columns % threads[0] > 0, "a width that blocks do not divide")
    require(rows * columns <= MOST_PIXELS, f"at most {MOST_PIXELS:,} pixels")
    (left, top), (x, y) = (np.array(block) * threads).tolist(), thread
    place = row * columns + column
    return Question(
        stem=f"An image of {rows} rows and {columns} columns is stored row by row. A kernel with blocks of "
        f"({threads[0]}, {threads[1]}) threads begins with `column, row = cuda.grid(2)`, and each thread writes "
        f"`output[row, column]`. How many pixels of `output` come in memory before the one that thread ({x}, {y}) of block "
        f"({block[0]}, {block[1]}) writes? In all pairs, x comes first. {FROM_ZERO}",
        key=Number(place, "pixels"),
        check=int(np.arange(rows * columns).reshape(rows, columns)[top:, left:][y, x]),
        wrong=distractors("pixel_of_a_thread", shape, threads, block, thread),
        steps=[
            f"Column, along x: ${block[0]} \\cdot {threads[0]} + {x} = {column}$.",
            f"Row, along y: ${block[1]} \\cdot {threads[1]} + {y} = {row}$.",
            f"{row} rows of {columns} pixels come before its row, and {column} pixels of its own row: ${row} \\cdot "
            f"{columns} + {column} = {place}$.",
        ],
        load=load(6, [place]),
        picture=partial(blocks_on_an_image, (rows, columns), threads, (block[0], block[1])),
    )


@template(
    "A loop over the grid",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=4,
    operations=(7, 7),
    largest=(5_000, 60_000),
)
def loop_over_the_grid(draw: Draw) -> Question:
    blocks, threads = draw.between(4, 24, "blocks"), draw.choice((64, 96, 128, 192, 256), "threads")
    size = draw.between(5_000, 60_000, "elements")
    block, thread = draw.between(1, 23, "block"), draw.between(1, 255, "thread")
    turn, step = draw.between(2, 5, "round"), blocks * threads
    start = block * threads + thread
    require(block < blocks and thread < threads, "a block and a thread that exist")
    require(threads <= MOST_THREADS, f"at most {MOST_THREADS:,} threads in a block")
    require(
        size % step > 0 and start + turn * step < size, "a round before the last, and a last round for some threads only"
    )
    most, rest = -(-size // step), size % step
    element, handled = start + (turn - 1) * step, most if start < rest else most - 1
    visited, i = [], start
    while i < size:
        visited.append(i)
        i += step
    return Question(
        stem="Each thread of a kernel runs this loop.\n\n```python\nfor i in range(cuda.grid(1), size, cuda.gridsize(1)):\n"
        f"    output[i] = 2 * values[i]\n```\n\nIt is launched with {blocks} blocks of {threads} threads, and `size` is "
        f"{size}. Look at thread {thread} of block {block}: what is `i` in round {turn} of its loop (the first one is "
        f"round 1), and how many elements does it handle? What is the most that any thread handles? {FROM_ZERO}",
        key=Grid(((element, handled, most),), (), ("i", "its elements", "most")),
        check=[[visited[turn - 1], len(visited), len(range(0, size, step))]],
        wrong=distractors("grid_stride", size, blocks, threads, block, thread, turn),
        steps=[
            f"The loop starts at `cuda.grid(1)`: ${block} \\cdot {threads} + {thread} = {start}$. It steps by "
            f"`cuda.gridsize(1)`, all threads of the grid: ${blocks} \\cdot {threads} = {step}$.",
            f"In round {turn} it has made {turn - 1} steps: ${start} + {turn - 1} \\cdot {step} = {element}$.",
            f"${size} = {size // step} \\cdot {step} + {rest}$: each thread has {size // step} rounds, and the threads "
            f"whose loop starts below {rest} have one more. {start} is {'below' if start < rest else 'not below'} that.",
        ],
        load=load(7, [size]),
    )
