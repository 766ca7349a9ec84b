"""Misconceptions about GPUs, which only the quizzes ask for."""

from fractions import Fraction

import numpy as np
import pytest

import misconceptions
from quizzes.question import exact

LIMITS = (2048, 65_536, 102_400, 32)
SHIFTED, STRIDED, SHARED = [t + 3 for t in range(32)], [5 * t for t in range(32)], [t // 4 for t in range(32)]
BACKWARDS, SPREAD = [40 - t for t in range(32)], [24 * (t % 8) for t in range(32)]

# Each operation with arguments and the right answer, worked out by hand.
CASES = {
    "thread_index": [((10, 64, 3, 5, 200), ((197, 3, 8),))],
    "ragged_launch": [((1000, 256), ((4, 232, 24, 0),)), ((900, 256), ((4, 132, 124, 3),))],
    # Column 2 * 16 + 5, row 3 * 4 + 1, of an image 50 wide and 40 high.
    "pixel_of_a_thread": [(((40, 50), (16, 4), (2, 3), (5, 1)), 13 * 50 + 37)],
    # 256 threads: element 70 comes first, then 326, 582, 838; 1000 = 3 * 256 + 232.
    "grid_stride": [((1000, 4, 64, 1, 6, 3), ((582, 4, 4),)), ((900, 4, 64, 3, 50, 2), ((498, 3, 4),))],
    "exchange": [(([[3, 1, 4, 7], [5, 9, 2, 6]], [1, 2, 3, 0], 2), ((-1, 7, 10, -1), (13, -5, 10, 4)))],
    "reduction_rounds": [
        (([1, 2, 3, 4], [2, 1]), ((4, 6, 3, 4), (10, 6, 3, 4))),
        (([1, 2, 3, 4], [1, 2]), ((3, 2, 7, 4), (10, 2, 7, 4))),
    ],
    # 10,000 -> 157 -> 3 -> 1; 64 numbers are halved six times.
    "reduction_costs": [((10_000, 64, 2), ((3, 157, 7, 16),))],
    # 3 to 34 lie in sectors 0 to 4; the strided ones up to 155, 20 bytes apart; the shared ones in one sector.
    "sectors": [
        (([SHIFTED, STRIDED, SHARED, BACKWARDS], 4), ((5, 32), (20, 512), (1, 0), (5, 32))),
        (([SHIFTED, STRIDED, SHARED, BACKWARDS], 8), ((9, 32), (32, 768), (2, 0), (9, 32))),
        (([STRIDED, [t // 8 for t in range(32)]], 4), ((20, 512), (1, 16))),
    ],
    # Warps of 2 rows of 16: reading 2 * 64 bytes, writing 16 pairs; of 8 rows of 4: reading 8 * 16 bytes, writing 4 * 32.
    "transposed_sectors": [
        (((64, 128), (16, 8), 4), ((4, 16, 20 * 256),)),
        (((64, 64), (4, 32), 4), ((8, 4, 12 * 128),)),
    ],
    "tile_banks": [
        (((40, 36), [(5, 7), (9, 30)]), ((27, 2, 4),)),
        (((40, 33), [(5, 7), (9, 30)]), ((12, 7, 1),)),
    ],
    "bank_turns": [
        (([STRIDED, [6 * t + 1 for t in range(32)], SHARED, SPREAD],), ((32, 1), (16, 2), (8, 1), (4, 2))),
        (([[16 * t for t in range(32)], [4 * t + 1 for t in range(32)], SHARED],), ((2, 16), (8, 4), (8, 1))),
    ],
    # 10 channels, 8 x 16 outputs, 3 x 3: 128 * 90 directly; 10 x 18 pixels with the rim.
    "tile_reads": [((10, (8, 16), 3), ((11_520, 1_800, 720),))],
    "totals_in_registers": [
        ((90, 4, 5), ((20, 1800, 810, Fraction(9, 20)),)),
        ((90, 4, 4), ((16, 1440, 720, Fraction(1, 2)),)),
    ],
    "occupancy": [
        ((256, 64, 9_000, LIMITS), ((8, 4, 11, 4, 32),)),
        ((32, 16, 1_000, LIMITS), ((64, 128, 102, 32, 32),)),
    ],
}


@pytest.mark.parametrize("operation", CASES)
def test_each_misconception_is_wrong_and_somewhere_alone_with_its_answer(operation):
    bank, alone = misconceptions.about(operation), set()
    for arguments, truth in CASES[operation]:
        answers = [_answer(one, arguments, truth) for one in bank]
        alone |= {one.name for one, found in zip(bank, answers) if found != truth and answers.count(found) == 1}
    assert alone == {one.name for one in bank}


@pytest.mark.parametrize("operation", CASES)
def test_names_and_sentences_are_unique(operation):
    bank = misconceptions.about(operation)
    assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank) >= 6
    assert all(one.sentence.endswith(".") and one.sentence[0].islower() for one in bank)


def _answer(one, arguments, truth):
    """Return what a student writes down who holds a misconception, in the right answer's shape."""
    try:
        answer = exact(one.answer(*arguments))
    except ValueError:  # more decimals than a student could write down
        return truth
    assert np.shape(answer) == np.shape(truth), one.name
    return answer
