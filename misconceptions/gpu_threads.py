"""Wrong ways to work out which thread of a GPU does what.

Blocks, threads and elements are counted from 0; pairs are (x, y).
"""

from functools import partial

from kernels.types import Size
from misconceptions.bank import misconception
from misconceptions.types import Table

WARP = 32  # threads

_index = partial(misconception, "thread_index")
_launch = partial(misconception, "ragged_launch")
_pixel = partial(misconception, "pixel_of_a_thread")
_stride = partial(misconception, "grid_stride")


# thread_index(blocks, threads, block, thread, element): the element of a thread, then block and thread of an element, where
# `blocks` blocks have `threads` threads each.


@_index(says="every block begins with element 0 again. The blocks before it have elements, too.")
def every_block_begins_again(blocks: int, threads: int, block: int, thread: int, element: int) -> Table:
    return [[thread, 0, element]]


@_index(says="blocks and threads are counted from 1. The first block is block 0, its first thread is thread 0.")
def blocks_and_threads_from_one(blocks: int, threads: int, block: int, thread: int, element: int) -> Table:
    return [[(block - 1) * threads + thread - 1, element // threads + 1, element % threads + 1]]


@_index(says="the numbers of the block and of the thread are swapped.")
def block_and_thread_swapped(blocks: int, threads: int, block: int, thread: int, element: int) -> Table:
    return [[thread * threads + block, element % threads, element // threads]]


@_index(says="the number of blocks is used in place of the number of threads in a block: `gridDim` for `blockDim`.")
def grid_for_block(blocks: int, threads: int, block: int, thread: int, element: int) -> Table:
    return [[block * blocks + thread, element // blocks, element % blocks]]


@_index(says="the blocks take turns, one element each. The elements of a block are neighbours.")
def blocks_take_turns(blocks: int, threads: int, block: int, thread: int, element: int) -> Table:
    return [[thread * blocks + block, element % blocks, element // blocks]]


@_index(says="a warp of 32 threads is mistaken for a block.")
def warps_for_blocks(blocks: int, threads: int, block: int, thread: int, element: int) -> Table:
    return [[block * WARP + thread, element // WARP, element % WARP]]


# ragged_launch(size, threads): the fewest blocks that have a thread for each of `size` elements; in the last block the
# threads with an element, those without, and the warps in which no thread has one.


@_launch(says="the number of blocks is rounded down. Then no thread handles the last elements.")
def blocks_rounded_down(size: int, threads: int) -> Table:
    return [[size // threads, threads, 0, 0]]


@_launch(says="every element gets a block of its own. A block has an element for each of its threads.")
def a_block_for_each_element(size: int, threads: int) -> Table:
    return [[size, 1, threads - 1, (threads - 1) // WARP]]


@_launch(says="the last block is made only as large as needed. All blocks of a launch have the same number of threads.")
def last_block_is_smaller(size: int, threads: int) -> Table:
    blocks, working, _ = _ragged(size, threads)
    return [[blocks, working, 0, 0]]


@_launch(says="every block is thought to have idle threads. Only the last one does.")
def every_block_has_idle_threads(size: int, threads: int) -> Table:
    blocks, working, idle = _ragged(size, threads)
    return [[blocks, working, blocks * idle, blocks * idle // WARP]]


@_launch(says="threads with an element and threads without are swapped.")
def working_and_idle_swapped(size: int, threads: int) -> Table:
    blocks, working, idle = _ragged(size, threads)
    return [[blocks, idle, working, working // WARP]]


@_launch(says="a warp counts as idle as soon as one of its threads is.")
def idle_warps_rounded_up(size: int, threads: int) -> Table:
    blocks, working, idle = _ragged(size, threads)
    return [[blocks, working, idle, -(-idle // WARP)]]


@_launch(says="threads are counted, not warps. A warp has 32 threads.")
def threads_for_warps(size: int, threads: int) -> Table:
    blocks, working, idle = _ragged(size, threads)
    return [[blocks, working, idle, idle]]


@_launch(says="a warp of 32 threads is mistaken for a block.")
def a_block_is_a_warp(size: int, threads: int) -> Table:
    return [[*_ragged(size, WARP), 0]]


# pixel_of_a_thread(shape, threads, block, thread): where in memory the pixel of a thread lies, counted from 0, in an image
# of shape (rows, columns) that is stored row by row; x goes along the columns.


@_pixel(says="x is mistaken for the row. It counts columns, and y counts rows.")
def x_for_the_row(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads, block, thread)
    return column * shape[1] + row


@_pixel(says="the image is stored column by column. NumPy's arrays are stored row by row.")
def stored_by_columns(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads, block, thread)
    return column * shape[0] + row


@_pixel(says="a row is as long as the image is high. A row has as many pixels as the image has columns.")
def height_for_width(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads, block, thread)
    return row * shape[0] + column


@_pixel(says="a row of memory is as long as a row of the block.")
def rows_of_a_block(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads, block, thread)
    return row * threads[0] + column


@_pixel(says="a row of memory is as long as the grid is wide. It ends where the image ends.")
def rows_of_the_grid(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads, block, thread)
    return row * -(-shape[1] // threads[0]) * threads[0] + column


@_pixel(says="width and height of a block are swapped.")
def sides_of_a_block_swapped(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads[::-1], block, thread)
    return row * shape[1] + column


@_pixel(says="the block's place is forgotten. Blocks on its left and above it come first.")
def place_of_the_block_forgotten(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    return thread[1] * shape[1] + thread[0]


@_pixel(says="memory holds one block after the other. It holds one row of the image after the other.")
def block_after_block(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    before = block[1] * -(-shape[1] // threads[0]) + block[0]
    return before * threads[0] * threads[1] + thread[1] * threads[0] + thread[0]


@_pixel(says="rows and columns are counted from 1.")
def pixels_from_one(shape: Size, threads: Size, block: Size, thread: Size) -> int:
    row, column = _pixel_at(threads, block, thread)
    return (row + 1) * shape[1] + column + 1


# grid_stride(size, blocks, threads, block, thread, turn): in a loop that steps by the size of the grid, the element that a
# thread handles in a round (the first one is 1), how many elements it handles, and the most that any thread handles.


@_stride(says="a thread handles neighbouring elements. Neighbouring threads do, and the whole grid then moves on.")
def neighbours_for_a_thread(size: int, blocks: int, threads: int, block: int, thread: int, turn: int) -> Table:
    start, step = _own(blocks, threads, block, thread)
    most = -(-size // step)
    return [[start * most + turn - 1, len(range(start * most, min(size, (start + 1) * most))), most]]


@_stride(says="the step is the size of a block. It is the number of threads in all blocks.")
def steps_of_a_block(size: int, blocks: int, threads: int, block: int, thread: int, turn: int) -> Table:
    start, _ = _own(blocks, threads, block, thread)
    return [[start + (turn - 1) * threads, len(range(start, size, threads)), -(-size // threads)]]


@_stride(says="the first round is counted as a step. In the first round a thread is where it starts.")
def first_round_is_a_step(size: int, blocks: int, threads: int, block: int, thread: int, turn: int) -> Table:
    start, step = _own(blocks, threads, block, thread)
    return [[start + turn * step, len(range(start, size, step)), -(-size // step)]]


@_stride(says="the block is forgotten: the thread's number within it is where the loop starts.")
def start_within_the_block(size: int, blocks: int, threads: int, block: int, thread: int, turn: int) -> Table:
    _, step = _own(blocks, threads, block, thread)
    return [[thread + (turn - 1) * step, len(range(thread, size, step)), -(-size // step)]]


@_stride(says="all threads handle the same number of elements, rounded up. The last round is for some of them only.")
def last_round_for_all(size: int, blocks: int, threads: int, block: int, thread: int, turn: int) -> Table:
    start, step = _own(blocks, threads, block, thread)
    return [[start + (turn - 1) * step, -(-size // step), -(-size // step)]]


@_stride(says="numbers of elements are rounded down. Elements are left for one more round.")
def last_round_for_nobody(size: int, blocks: int, threads: int, block: int, thread: int, turn: int) -> Table:
    start, step = _own(blocks, threads, block, thread)
    return [[start + (turn - 1) * step, size // step, size // step]]


def _ragged(size: int, threads: int) -> tuple[int, int, int]:
    """Return the blocks, and the threads with and without an element in the last of them."""
    blocks = -(-size // threads)
    return blocks, size - (blocks - 1) * threads, blocks * threads - size


def _pixel_at(threads: Size, block: Size, thread: Size) -> Size:
    """Return the row and the column of a thread."""
    return block[1] * threads[1] + thread[1], block[0] * threads[0] + thread[0]


def _own(blocks: int, threads: int, block: int, thread: int) -> tuple[int, int]:
    """Return a thread's number in the grid, and the threads of the grid."""
    return block * threads + thread, blocks * threads
