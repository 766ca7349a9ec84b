"""Filters of system calls: programs that the kernel runs before each call of a process (seccomp, in the language BPF).

A filter is a list of instructions that ends by itself: with an answer, or with a question about the call whose two outcomes
are such lists again. So filters are put together like expressions, and no jump has to be counted by hand.
"""

import ctypes
import errno
import os
import struct
from typing import NamedTuple


class Architecture(NamedTuple):
    """The numbers that identify a processor's system calls."""

    convention: int  # AUDIT_ARCH_* of <linux/audit.h>, part of each call: a processor may accept another one's calls, too
    seccomp: int  # the number of the call that installs a filter


ARCHITECTURES = {"x86_64": Architecture(0xC000003E, 317), "aarch64": Architecture(0xC00000B7, 277)}  # as uname names them

# A call as a filter sees it, struct seccomp_data of <linux/seccomp.h>: on both, the lower half of an argument comes first.
NUMBER, CONVENTION, ARGUMENTS, ARGUMENT_BYTES, HALF_BYTES = 0, 4, 16, 8, 4
# Operations, of <linux/bpf_common.h>.
LOAD, AND, JUMP, EQUAL, AT_LEAST, RETURN = 0x20, 0x54, 0x05, 0x15, 0x35, 0x06
FARTHEST = 0xFF  # instructions that a question can skip
INSTRUCTION = "HBBI"  # struct sock_filter of <linux/filter.h>: operation, skipped if so, skipped if not, value
MOST_INSTRUCTIONS = 4096
ALLOWED, REFUSED, ENDED = 0x7FFF0000, 0x00050000, 0x80000000  # SECCOMP_RET_ALLOW, _ERRNO and _KILL_PROCESS
SET_FILTER, ALL_THREADS = 1, 1  # SECCOMP_SET_MODE_FILTER and SECCOMP_FILTER_FLAG_TSYNC

Instruction = tuple[int, int, int, int]
Program = list[Instruction]


def allow() -> Program:
    """Return the filter that allows every call."""
    return [(RETURN, 0, 0, ALLOWED)]


def refuse(error: int = errno.EPERM) -> Program:
    """Return the filter that answers every call with this error."""
    return [(RETURN, 0, 0, REFUSED | error)]


def ask(question: int, value: int, yes: Program, no: Program) -> Program:
    """Compare the loaded word with a value: EQUAL or AT_LEAST."""
    if len(yes) <= FARTHEST:
        return [(question, 0, len(yes), value), *yes, *no]
    return [(question, 1, 0, value), (JUMP, 0, 0, len(yes)), *yes, *no]


def one_of(values: list[int], yes: Program, no: Program) -> Program:
    """Ask whether the loaded word is one of these values."""
    for value in reversed(values):
        no = ask(EQUAL, value, yes, no)
    return no


def argument(index: int, then: Program, mask: int = 0xFFFFFFFF, upper_half: bool = False) -> Program:
    """Load one half of an argument (the first is 0), or the bits of it that a mask selects, and continue with a filter."""
    where = ARGUMENTS + index * ARGUMENT_BYTES + upper_half * HALF_BYTES
    return [(LOAD, 0, 0, where), *([(AND, 0, 0, mask)] if mask != 0xFFFFFFFF else []), *then]


def by_number(filters: dict[int, Program], otherwise: Program) -> Program:
    """Ask for the call's number and continue with its filter: a search tree, so that no call waits for a long list."""
    ranges = [(0, otherwise)]
    for number in sorted(filters):
        for start, then in ((number, filters[number]), (number + 1, otherwise)):
            if ranges[-1][0] == start:
                ranges.pop()
            if not ranges or ranges[-1][1] != then:
                ranges.append((start, then))

    def search(ranges: list[tuple[int, Program]]) -> Program:
        if len(ranges) == 1:
            return ranges[0][1]
        middle = len(ranges) // 2
        return ask(AT_LEAST, ranges[middle][0], yes=search(ranges[middle:]), no=search(ranges[:middle]))

    return [(LOAD, 0, 0, NUMBER), *search(ranges)]


def on(architecture: Architecture, then: Program) -> Program:
    """End the process if it makes a call by another architecture's convention, whose numbers mean other calls."""
    return [(LOAD, 0, 0, CONVENTION), *ask(EQUAL, architecture.convention, yes=then, no=[(RETURN, 0, 0, ENDED)])]


class _Code(ctypes.Structure):
    """struct sock_fprog of <linux/filter.h>."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def install(program: Program, architecture: Architecture) -> None:
    """Put all threads of this process under a filter for good; raise OSError if the kernel refuses.

    The process must have given up new privileges, or be privileged.
    """
    if len(program) > MOST_INSTRUCTIONS:
        raise ValueError(f"a filter of {len(program)} instructions is too long")
    code = _Code(len(program), b"".join(struct.pack(INSTRUCTION, *instruction) for instruction in program))
    libc = ctypes.CDLL(None, use_errno=True)
    stopped = libc.syscall(architecture.seccomp, SET_FILTER, ALL_THREADS, ctypes.byref(code))
    if stopped > 0:
        raise OSError(errno.EBUSY, f"thread {stopped} has a filter of its own")
    if stopped < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
