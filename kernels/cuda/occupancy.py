"""How many blocks of a kernel one multiprocessor holds at a time: what its registers, shared memory and warps allow.

Source: NVIDIA's occupancy calculator, and the tuning guides of Turing, Ampere and Hopper.
"""

from typing import NamedTuple

WARP = 32
REGISTERS = 65_536  # of a multiprocessor
REGISTERS_AT_ONCE = 256  # in which a warp gets them
SCHEDULERS = 4  # among which warps, and the registers for them, are shared out evenly


class Multiprocessor(NamedTuple):
    """What one architecture's multiprocessor has room for; shared memory in bytes, at its largest setting."""

    warps: int
    blocks: int
    shared: int
    reserved: int  # of shared memory, for each block
    shared_at_once: int


MULTIPROCESSORS = {
    "sm_75": Multiprocessor(warps=32, blocks=16, shared=64 * 1024, reserved=0, shared_at_once=256),
    "sm_80": Multiprocessor(warps=64, blocks=32, shared=164 * 1024, reserved=1024, shared_at_once=128),
    "sm_90": Multiprocessor(warps=64, blocks=32, shared=228 * 1024, reserved=1024, shared_at_once=128),
}


def resident_blocks(architecture: str, threads: int, registers: int, shared: int) -> int:
    """Return how many blocks a multiprocessor holds.

    threads: of a block; registers: of a thread; shared: bytes of a block.
    """
    has = MULTIPROCESSORS[architecture]
    warps = -(-threads // WARP)
    registers_of_warp = filled(registers * WARP, REGISTERS_AT_ONCE)
    warps_by_registers = REGISTERS // SCHEDULERS // registers_of_warp * SCHEDULERS
    shared_of_block = filled(shared + has.reserved, has.shared_at_once)
    by_shared = has.shared // shared_of_block if shared_of_block else has.blocks
    return min(has.blocks, has.warps // warps, warps_by_registers // warps, by_shared)


def filled(size: int, unit: int) -> int:
    """Return the size rounded up to whole units."""
    return -(-size // unit) * unit
