"""Wrong ways to count what threads of a GPU ask of its memories: sectors, banks, tiles, registers."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from math import gcd, prod

from kernels.types import Size
from misconceptions.bank import misconception
from misconceptions.types import Number, Table

WARP = 32  # threads
SECTOR, LINE = 32, 128  # bytes of global memory
BANKS = 32  # of shared memory, each a word wide

_sectors = partial(misconception, "sectors")
_transposed = partial(misconception, "transposed_sectors")
_banks = partial(misconception, "tile_banks")
_turns = partial(misconception, "bank_turns")
_tile = partial(misconception, "tile_reads")
_totals = partial(misconception, "totals_in_registers")
_occupancy = partial(misconception, "occupancy")


# sectors(requests, size): how many sectors of 32 bytes each request of a warp touches, and how many of their bytes nobody
# wants. A request names the element of each thread; elements have `size` bytes, and element 0 begins a sector.


@_sectors(says="each thread gets a sector of its own. Threads that want bytes of the same sector share it.")
def a_sector_for_each_thread(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [_touched(len(elements), elements, size) for elements in requests]


@_sectors(says="only the bytes that are needed are counted. A sector is always fetched as a whole.")
def wanted_bytes_only(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [_touched(-(-len(set(elements)) * size // SECTOR), elements, size) for elements in requests]


@_sectors(says="the first sector begins where the request begins. Sectors begin at multiples of 32 bytes.")
def sectors_begin_with_the_request(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [
        _touched(len({(each - min(elements)) * size // SECTOR for each in elements}), elements, size)
        for elements in requests
    ]


@_sectors(says="everything between the first and the last byte is fetched. Sectors that no thread needs are not.")
def everything_in_between(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [
        _touched(max(elements) * size // SECTOR - min(elements) * size // SECTOR + 1, elements, size)
        for elements in requests
    ]


@_sectors(says="a sector holds 32 numbers. It holds 32 bytes.")
def numbers_for_bytes_of_a_sector(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [_touched(len({each // SECTOR for each in elements}), elements, size, SECTOR * size) for elements in requests]


@_sectors(says="sectors are as long as lines of the cache, 128 bytes. They have 32 bytes.")
def lines_for_sectors(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [_touched(len({each * size // LINE for each in elements}), elements, size, LINE) for elements in requests]


@_sectors(says="reading backwards costs a sector for each thread. The order of threads within a warp does not matter.")
def backwards_costs_more(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [
        _touched(WARP if elements[0] > elements[-1] else len(_within(elements, size)), elements, size)
        for elements in requests
    ]


@_sectors(says="the bytes of a value are counted once for each thread that wants it. It is fetched once.")
def shared_values_counted_for_each(requests: Sequence[Sequence[int]], size: int) -> Table:
    return [[len(_within(each, size)), max(0, len(_within(each, size)) * SECTOR - WARP * size)] for each in requests]


# transposed_sectors(shape, threads, size): where output[column, row] = image[row, column], with x along the columns of the
# image, in blocks of (x, y) threads that fit evenly, the sectors that a warp reads, those that it writes, and all that the
# launch reads and writes. Elements have `size` bytes.


@_transposed(says="reading and writing are swapped. x runs along a row of the image, and down a column of the output.")
def read_and_write_swapped(shape: Size, threads: Size, size: int) -> Table:
    read, write = _read_and_written(threads, size)
    return [[write, read, (read + write) * prod(shape) // WARP]]


@_transposed(
    says="reads and writes are both thought to go along rows. In the output, threads with neighbouring x "
    "are a whole row apart."
)
def both_along_rows(shape: Size, threads: Size, size: int) -> Table:
    read, _ = _read_and_written(threads, size)
    return [[read, read, 2 * read * prod(shape) // WARP]]


@_transposed(says="each thread writes a sector of its own. Threads with neighbouring y write neighbours.")
def a_sector_for_each_write(shape: Size, threads: Size, size: int) -> Table:
    read, _ = _read_and_written(threads, size)
    return [[read, WARP, (read + WARP) * prod(shape) // WARP]]


@_transposed(says="a warp is one row of the block. It has 32 threads, row after row of the block.")
def a_warp_is_a_row(shape: Size, threads: Size, size: int) -> Table:
    read, write = _read_and_written((threads[0], 1), size, threads[0])
    return [[read, write, (read + write) * prod(shape) // threads[0]]]


@_transposed(says="a warp is 32 threads along x, however wide the block is.")
def a_warp_is_32_wide(shape: Size, threads: Size, size: int) -> Table:
    read, write = _read_and_written((WARP, 1), size)
    return [[read, write, (read + write) * prod(shape) // WARP]]


@_transposed(says="sectors are counted for each thread. A warp asks once for its 32 threads.")
def sectors_of_each_thread(shape: Size, threads: Size, size: int) -> Table:
    read, write = _read_and_written(threads, size)
    return [[read, write, (read + write) * prod(shape)]]


@_transposed(says="sectors are counted once for each block. Each of its warps asks for its own.")
def sectors_of_each_block(shape: Size, threads: Size, size: int) -> Table:
    read, write = _read_and_written(threads, size)
    return [[read, write, (read + write) * prod(shape) // prod(threads)]]


@_transposed(says="only what is read is counted in the end. What is written comes on top.")
def only_reads_in_the_end(shape: Size, threads: Size, size: int) -> Table:
    read, write = _read_and_written(threads, size)
    return [[read, write, read * prod(shape) // WARP]]


# tile_banks(shape, places): the banks of two places of a tile in shared memory, and the turns that a warp takes to read a
# column of it. Elements have 4 bytes, as a bank is wide.


@_banks(says="only the column is used. Every row before it shifts the bank by the width of the tile.")
def bank_of_the_column(shape: Size, places: Sequence[Size]) -> Table:
    return [[*(column % BANKS for _, column in places), BANKS]]


@_banks(says="each row of the tile is given a bank of its own. Neighbours in a row are in neighbouring banks.")
def a_bank_for_each_row(shape: Size, places: Sequence[Size]) -> Table:
    return [[*(row % BANKS for row, _ in places), 1]]


@_banks(says="bytes are counted. A bank is 4 bytes wide, as one element is.")
def a_byte_for_a_bank(shape: Size, places: Sequence[Size]) -> Table:
    return [[*(4 * (row * shape[1] + column) % BANKS for row, column in places), gcd(4 * shape[1], BANKS)]]


@_banks(says="the tile is stored column by column. It is stored row by row.")
def tile_stored_by_columns(shape: Size, places: Sequence[Size]) -> Table:
    return [[*((column * shape[0] + row) % BANKS for row, column in places), 1]]


@_banks(says="the quotient is used, not the remainder. Neighbours are in different banks, and bank 0 comes after bank 31.")
def quotient_for_remainder(shape: Size, places: Sequence[Size]) -> Table:
    return [[*((row * shape[1] + column) // BANKS for row, column in places), gcd(shape[1], BANKS)]]


@_banks(says="banks are counted from 1. The first one is bank 0.")
def banks_from_one(shape: Size, places: Sequence[Size]) -> Table:
    return [[*((row * shape[1] + column) % BANKS + 1 for row, column in places), gcd(shape[1], BANKS)]]


@_banks(says="all threads of a column are put in one bank. That happens only if the length of a row is a multiple of 32.")
def columns_meet_in_one_bank(shape: Size, places: Sequence[Size]) -> Table:
    return [[*((row * shape[1] + column) % BANKS for row, column in places), BANKS]]


@_banks(says="the banks are counted, not the turns. Threads that need the same bank take turns.")
def banks_for_turns(shape: Size, places: Sequence[Size]) -> Table:
    return [[*((row * shape[1] + column) % BANKS for row, column in places), BANKS // gcd(shape[1], BANKS)]]


# bank_turns(requests): of each request of a warp, which names the word of each thread, how many banks it asks, and how many
# turns it takes: the most different words of one bank.


@_turns(says="threads that need the same word are made to wait. A bank delivers a word to all threads at once.")
def same_word_in_turns(requests: Sequence[Sequence[int]]) -> Table:
    return [[len(_words_of_banks(words)), max(map(len, _threads_of_banks(words)))] for words in requests]


@_turns(says="the distance between neighbouring threads is mistaken for the number of turns.")
def distance_for_turns(requests: Sequence[Sequence[int]]) -> Table:
    return [[len(_words_of_banks(words)), max(1, min(BANKS, words[1] - words[0]))] for words in requests]


@_turns(says="one bank is counted for each thread. Several threads may need the same bank.")
def a_bank_for_each_thread(requests: Sequence[Sequence[int]]) -> Table:
    return [[BANKS, 1] for _ in requests]


@_turns(says="banks and turns are swapped.")
def banks_and_turns_swapped(requests: Sequence[Sequence[int]]) -> Table:
    return [[turns, banks] for banks, turns in map(_asked, requests)]


@_turns(says="a request that does not begin in bank 0 gets an extra turn. It does not matter where it begins.")
def a_turn_for_the_beginning(requests: Sequence[Sequence[int]]) -> Table:
    return [[banks, turns + (words[0] > 0)] for words in requests for banks, turns in [_asked(words)]]


@_turns(says="every even distance gets two turns. How many factors of 2 it has decides.")
def two_turns_if_even(requests: Sequence[Sequence[int]]) -> Table:
    return [[BANKS // turns, turns] for words in requests for turns in [1 + ((words[1] - words[0]) % 2 == 0)]]


@_turns(says="a conflict makes all 32 threads take turns. Only threads that need the same bank wait.")
def all_threads_in_turns(requests: Sequence[Sequence[int]]) -> Table:
    return [[banks, BANKS if turns > 1 else 1] for banks, turns in map(_asked, requests)]


# tile_reads(channels, tile, kernel): the pixels that a block reads from global memory for a tile of (rows, columns) outputs
# if each thread reads its own window; those that it reads if they are shared; the bytes of one channel of these.


@_tile(says="the rim is forgotten. Windows at the edge of the tile reach past it.")
def rim_forgotten(channels: int, tile: Size, kernel: int) -> Table:
    return [[_direct(channels, tile, kernel), channels * prod(tile), 4 * prod(tile)]]


@_tile(says="the rim is as wide as the kernel. It is one pixel less in all, since a window also covers its own place.")
def rim_as_wide_as_the_kernel(channels: int, tile: Size, kernel: int) -> Table:
    return [[_direct(channels, tile, kernel), *_shared(channels, tile, kernel + 1)]]


@_tile(says="each side has a rim as wide as the kernel without its own pixel. That width is for both sides together.")
def rim_on_both_sides(channels: int, tile: Size, kernel: int) -> Table:
    return [[_direct(channels, tile, kernel), *_shared(channels, tile, 2 * kernel - 1)]]


@_tile(says="the rim is only counted on the left and right. Windows reach past the top and the bottom, too.")
def rim_along_rows_only(channels: int, tile: Size, kernel: int) -> Table:
    pixels = tile[0] * (tile[1] + kernel - 1)
    return [[_direct(channels, tile, kernel), channels * pixels, 4 * pixels]]


@_tile(says="the channels are forgotten: a window is as deep as the image.")
def channels_of_a_tile_forgotten(channels: int, tile: Size, kernel: int) -> Table:
    return [[_direct(1, tile, kernel), *_shared(1, tile, kernel)]]


@_tile(says="all channels are kept at once. The next channel takes the place of the one before.")
def all_channels_at_once(channels: int, tile: Size, kernel: int) -> Table:
    pixels, one = _shared(channels, tile, kernel)
    return [[_direct(channels, tile, kernel), pixels, channels * one]]


@_tile(says="pixels are counted, not bytes. A float32 has 4 bytes.")
def pixels_for_bytes(channels: int, tile: Size, kernel: int) -> Table:
    pixels, one = _shared(channels, tile, kernel)
    return [[_direct(channels, tile, kernel), pixels, one // 4]]


@_tile(says="the reads of a single output are counted. A block has as many outputs as threads.")
def reads_of_a_single_output(channels: int, tile: Size, kernel: int) -> Table:
    return [[_direct(channels, (1, 1), kernel), *_shared(channels, tile, kernel)]]


@_tile(says="the kernel is counted as a row. It has height times width weights in each channel.")
def kernel_counted_as_a_row(channels: int, tile: Size, kernel: int) -> Table:
    return [[_direct(channels, tile, kernel) // kernel, *_shared(channels, tile, kernel)]]


# totals_in_registers(taps, filters, places): where a thread computes so many filters at so many places, the totals that it
# keeps, its multiply-adds, the values that it reads from shared memory, and how many of these a multiply-add takes.


@_totals(says="each multiply-add reads a pixel and a weight of its own. A thread reads them once and uses them often.")
def two_reads_for_each(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters * places, taps * filters * places, 2 * taps * filters * places)


@_totals(says="filters and places are added for the totals. Every filter has a total at every place.")
def totals_added(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters + places, taps * (filters + places), taps * (filters + places))


@_totals(says="the values that are read are multiplied. A thread reads the weights, and then the pixels.")
def reads_multiplied(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters * places, taps * filters * places, taps * filters * places)


@_totals(says="totals are read from shared memory, too. They stay in registers.")
def totals_read_as_well(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters * places, taps * filters * places, taps * (filters + places + filters * places))


@_totals(says="the weights cost no read. They come from shared memory like the pixels.")
def weights_for_nothing(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters * places, taps * filters * places, taps * places)


@_totals(says="the pixels are read again for each filter. They stay in registers while all filters use them.")
def pixels_for_each_filter(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters * places, taps * filters * places, taps * (filters + filters * places))


@_totals(says="the weights are read again for each place. They stay in registers while all places use them.")
def weights_for_each_place(taps: int, filters: int, places: int) -> Table:
    return _with_ratio(filters * places, taps * filters * places, taps * (places + filters * places))


@_totals(says="multiply-adds are divided by reads. The question asks for reads per multiply-add.")
def divided_the_wrong_way(taps: int, filters: int, places: int) -> Table:
    multiply_adds, reads = taps * filters * places, taps * (filters + places)
    return [[filters * places, multiply_adds, reads, Fraction(multiply_adds, reads)]]


# occupancy(threads, registers, shared, limits): how many blocks a multiprocessor holds at once by its threads, by its
# registers and by its shared memory, then how many it holds, and how many warps that is. limits: its threads, registers,
# bytes of shared memory and blocks.


@_occupancy(says="registers are counted for a block, not for each of its threads.")
def registers_of_a_block(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    return _occupied(threads, [limits[0] // threads, limits[1] // registers, limits[2] // shared], limits)


@_occupancy(says="registers are counted for a warp, not for each of its threads.")
def registers_of_a_warp(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    return _occupied(
        threads, [limits[0] // threads, limits[1] // (registers * threads // WARP), limits[2] // shared], limits
    )


@_occupancy(says="the largest of the limits counts. All must hold, so the smallest counts.")
def largest_limit_counts(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    fits = _fits(threads, registers, shared, limits)
    return [[*fits, max(fits), max(fits) * threads // WARP]]


@_occupancy(says="blocks are rounded up. A block that does not fit as a whole has to wait.")
def blocks_rounded_up(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    return _occupied(
        threads, [-(-limits[0] // threads), -(-limits[1] // (registers * threads)), -(-limits[2] // shared)], limits
    )


@_occupancy(says="threads are counted, not warps. A warp has 32 threads.")
def threads_counted_not_warps(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    (row,) = _occupied(threads, _fits(threads, registers, shared, limits), limits)
    return [[*row[:4], row[3] * threads]]


@_occupancy(says="a block has a single warp. It has one for every 32 threads.")
def a_warp_for_each_block(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    (row,) = _occupied(threads, _fits(threads, registers, shared, limits), limits)
    return [[*row[:4], row[3]]]


@_occupancy(says="the limit on blocks is overlooked.")
def limit_on_blocks_overlooked(threads: int, registers: int, shared: int, limits: Sequence[int]) -> Table:
    fits = _fits(threads, registers, shared, limits)
    return [[*fits, min(fits), min(fits) * threads // WARP]]


def _within(elements: Sequence[int], size: int) -> set[int]:
    """Return the sectors of a request."""
    return {each * size // SECTOR for each in elements}


def _touched(sectors: int, elements: Sequence[int], size: int, length: int = SECTOR) -> list[int]:
    """Return so many sectors of a length, and the bytes of them that no thread wants."""
    return [sectors, sectors * length - len(set(elements)) * size]


def _read_and_written(threads: Size, size: int, warp: int = WARP) -> tuple[int, int]:
    """Return the sectors that a warp reads along rows and writes along columns; x goes along the rows of what is read."""
    across = min(threads[0], warp)
    down = warp // across
    return down * -(-across * size // SECTOR), across * -(-down * size // SECTOR)


def _threads_of_banks(words: Sequence[int]) -> list[list[int]]:
    """Return the words that the threads want of each bank, one for each thread."""
    return [[word for word in words if word % BANKS == bank] for bank in {word % BANKS for word in words}]


def _words_of_banks(words: Sequence[int]) -> list[set[int]]:
    return list(map(set, _threads_of_banks(words)))


def _asked(words: Sequence[int]) -> tuple[int, int]:
    """Return the banks that a request asks, and its turns."""
    banks = _words_of_banks(words)
    return len(banks), max(map(len, banks))


def _direct(channels: int, tile: Size, kernel: int) -> int:
    return prod(tile) * channels * kernel**2


def _shared(channels: int, tile: Size, kernel: int) -> tuple[int, int]:
    """Return the pixels under a tile, of all channels, and the bytes of one channel."""
    pixels = (tile[0] + kernel - 1) * (tile[1] + kernel - 1)
    return channels * pixels, 4 * pixels


def _with_ratio(totals: int, multiply_adds: int, reads: int) -> list[list[Number]]:
    return [[totals, multiply_adds, reads, Fraction(reads, multiply_adds)]]


def _fits(threads: int, registers: int, shared: int, limits: Sequence[int]) -> list[int]:
    return [limits[0] // threads, limits[1] // (registers * threads), limits[2] // shared]


def _occupied(threads: int, fits: Sequence[int], limits: Sequence[int]) -> list[list[int]]:
    blocks = min(*fits, limits[3])
    return [[*fits, blocks, blocks * threads // WARP]]
