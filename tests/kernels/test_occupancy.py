"""How many blocks a multiprocessor holds, against examples that NVIDIA published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernels.cuda.occupancy import MULTIPROCESSORS, resident_blocks

ARCHITECTURES = st.sampled_from(sorted(MULTIPROCESSORS))


@pytest.mark.parametrize(
    "architecture", ["sm_80", "sm_90"]
)  # registers and warps are those of Volta, which the guides name
@pytest.mark.parametrize(
    ("threads", "registers", "blocks"),
    [
        (128, 37, 12),  # CUDA C++ Best Practices Guide, "Calculating Occupancy": 75 %
        (320, 37, 4),  # the same: 63 %
        (512, 64, 2),  # CUDA C++ Programming Guide, "Multiprocessor Level"
        (512, 65, 1),  # the same: one register more
        (1024, 32, 2),  # all the 2,048 threads
        (32, 16, 32),  # as many blocks as there may be
    ],
)
def test_published_examples(architecture, threads, registers, blocks):
    assert resident_blocks(architecture, threads, registers, shared=0) == blocks


@pytest.mark.parametrize(
    ("architecture", "shared", "blocks"),
    [
        ("sm_75", 64 * 1024, 1),  # Turing Tuning Guide: 64 kB a multiprocessor, all of which one block may have
        ("sm_75", 32 * 1024, 2),
        ("sm_80", 163 * 1024, 1),  # Ampere Tuning Guide: 164 kB, of which the system takes 1 for each block
        ("sm_80", 40 * 1024, 4),
        ("sm_90", 227 * 1024, 1),  # Hopper Tuning Guide: 228 kB, of which the system takes 1 for each block
        ("sm_90", 227 * 1024 + 1, 0),
        ("sm_90", 75 * 1024, 3),
        ("sm_90", 75 * 1024 + 1, 2),
    ],
)
def test_shared_memory(architecture, shared, blocks):
    assert resident_blocks(architecture, 128, 32, shared) == blocks


def test_turing_has_room_for_half_the_warps():
    assert resident_blocks("sm_75", 256, 32, 0) == 4
    assert resident_blocks("sm_75", 32, 32, 0) == 16


@given(ARCHITECTURES, st.integers(1, 1024), st.integers(16, 255), st.integers(0, 48 * 1024))
def test_what_takes_more_never_leaves_room_for_more(architecture, threads, registers, shared):
    blocks = resident_blocks(architecture, threads, registers, shared)
    for more in ((threads + 1, registers, shared), (threads, registers + 1, shared), (threads, registers, shared + 1)):
        assert resident_blocks(architecture, *more) <= blocks
