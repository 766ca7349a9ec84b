"""Say what a warp's request costs, and how it would cost less."""

from math import gcd

import numpy as np

from gpu.findings.traffic import BANKS, SECTOR, WORD, Request
from gpu.recording import VERBS, Memory


def advice(request: Request) -> str:
    """Return what a request costs, and what to do about it if it costs too much."""
    return f"{asks(request)}: {costs(request)}." + (f" {_remedy(request)}" if request.waste else "")


def asks(request: Request) -> str:
    """Describe a request: "warp 0 of block 3 reads image (line 12)"."""
    recording = request.recording
    of_block = recording.of_block(request.block)
    return f"warp {request.warp}{of_block} {VERBS[request.kind]} {request.memory.name} (line {request.place.line})"


def costs(request: Request) -> str:
    """Return how many sectors a request touches, or how often shared memory answers."""
    if request.memory.space == "global":
        do = f", where {request.fewest} would do" if request.fewest < request.sectors else ""
        return f"{request.sectors} sector{'s' * (request.sectors > 1)} of {SECTOR} bytes{do}"
    parts = len(np.unique(request.parts))
    if not request.conflicts:
        return f"shared memory answers {_times(parts)}"
    return f"shared memory answers {_times(request.conflicts + parts)}, where {_times(parts)} would do"


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def _remedy(request: Request) -> str:
    memory, apart = request.memory, _apart(request)
    is_column = len(memory.shape) > 1 and apart == memory.shape[-1]
    if memory.space == "global" and is_column:
        return f"Neighbouring threads access values in one column: let threadIdx.x run along the rows of {memory.name}."
    if memory.space == "global" and apart == 1:
        return "Neighbouring threads access neighbouring values, but in pieces that begin or end inside a sector."
    if is_column:
        return f"{_banks_of_rows(memory)}: make each row one value longer than what you store in it."
    if apart > 1:
        return f"Neighbouring threads access values {apart} apart: let them access neighbours."
    if memory.space == "shared" and len(memory.shape) > 1:
        return "Rows share the same banks: make each row longer than what you store in it, so that they begin in others."
    return "Let neighbouring threads, whose threadIdx.x differ by 1, access neighbouring values."


def _banks_of_rows(memory: Memory) -> str:
    row = memory.shape[-1]
    banks = BANKS // gcd(row * memory.dtype.itemsize // WORD, BANKS)
    return f"Rows of {row} values begin in {'the same bank' if banks == 1 else f'only {banks} of {BANKS} banks'}"


def _apart(request: Request) -> int:
    """Return the distance between the values that most neighbouring threads access; 0 if it varies."""
    apart, counts = np.unique(np.abs(np.diff(request.elements)), return_counts=True)
    return int(apart[counts.argmax()]) if len(apart) and 2 * counts.max() > counts.sum() else 0
