"""The system calls that a worker may make (seccomp), so that it stays one process that can only compute.

Needs no namespaces and no newer kernel, so it holds in a container too. The lists contain what computing needs;
everything else fails, even calls that no kernel has yet: no other program, no other process, no socket, no signal to
others, no mark on a file, nothing that outlives the worker, nothing that escapes the memory limits.

What Python, NumPy and PyTorch need was measured with the honest programs of tests/. The lists also contain what other C
libraries, processors and kernels use instead.
"""

import ctypes
import errno
import os
from functools import cache
from typing import NamedTuple

import bpf

# One for each of bpf.ARCHITECTURES, of <asm/unistd_64.h> and <asm-generic/unistd.h>. None: only a newer call does it.
Numbers = tuple[int | None, ...]

# What each group is for, its calls, and their numbers on x86_64 and aarch64.
ALLOWED: dict[str, dict[str, Numbers]] = {
    "to find files and read what they are; which ones, the layer of files decides": {
        "open": (2, None), "openat": (257, 56), "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439),
        "stat": (4, None), "lstat": (6, None), "fstat": (5, 80), "newfstatat": (262, 79), "statx": (332, 291),
        "readlink": (89, None), "readlinkat": (267, 78), "getdents64": (217, 61), "getcwd": (79, 17), "chdir": (80, 49),
    },
    "to read, write and close what is open: files, the channels to the grader, pipes between threads": {
        "read": (0, 63), "pread64": (17, 67), "write": (1, 64), "writev": (20, 66), "pwrite64": (18, 68), "lseek": (8, 62),
        "ftruncate": (77, 46), "close": (3, 57), "dup": (32, 23), "dup2": (33, None), "dup3": (292, 24), "fcntl": (72, 25),
        "ioctl": (16, 29), "pipe": (22, None), "pipe2": (293, 59), "poll": (7, None), "ppoll": (271, 73),
        "select": (23, None), "pselect6": (270, 72),
    },
    "to use the scratch folder": {
        "mkdir": (83, None), "mkdirat": (258, 34), "rmdir": (84, None), "unlink": (87, None), "unlinkat": (263, 35),
        "rename": (82, None), "renameat": (264, 38),
    },
    "to allocate memory": {
        "brk": (12, 214), "mmap": (9, 222), "munmap": (11, 215), "mremap": (25, 216), "mprotect": (10, 226),
        "madvise": (28, 233), "msync": (26, 227),
    },
    "to start threads, let them wait for each other, and end": {
        "clone": (56, 220), "set_robust_list": (273, 99), "rseq": (334, 293), "futex": (202, 98), "sched_yield": (24, 124),
        "sched_getaffinity": (204, 123), "sched_setaffinity": (203, 122), "getcpu": (309, 168), "prctl": (157, 167),
        "exit": (60, 93), "exit_group": (231, 94),
    },
    # restart_syscall is how the kernel itself continues after a stop; SHOW_STACK's handler returns with rt_sigreturn.
    "to handle its own signals": {
        "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139), "sigaltstack": (131, 132),
        "kill": (62, 129), "tgkill": (234, 131), "restart_syscall": (219, 128),
    },
    # These usually need no system call, but on some virtual machines they do.
    "to know the time and to sleep": {
        "clock_gettime": (228, 113), "clock_getres": (229, 114), "gettimeofday": (96, 169), "time": (201, None),
        "times": (100, 153), "getrusage": (98, 165), "clock_nanosleep": (230, 115), "nanosleep": (35, 101),
    },
    "to identify itself and the machine, and to draw random numbers": {
        "getpid": (39, 172), "gettid": (186, 178), "getppid": (110, 173), "getuid": (102, 174), "geteuid": (107, 175),
        "getgid": (104, 176), "getegid": (108, 177), "getgroups": (115, 158), "uname": (63, 160), "sysinfo": (99, 179),
        "prlimit64": (302, 261), "arch_prctl": (158, None), "getrandom": (318, 278),
    },
}  # fmt: skip

ITSELF = 0x7FFFFFFF  # stands for the process's number, which a filter made for many cannot contain
OF_THIS_PROCESS = {0: "the caller", ITSELF: "by its number"}


class Rule(NamedTuple):
    """An argument that a call may have, and what each allowed value means. The kernel reads only its lower half."""

    argument: int  # from 0 on
    allowed: dict[int, str]
    bits: int = 0xFFFFFFFF  # of the bits to compare
    both_halves: bool = False  # the upper half of an argument that the kernel reads in full must be 0
    error: int = errno.EPERM


READ, WRITE, BOTH, EMPTIED = 0, 1, 2, 0x200  # O_RDONLY, O_WRONLY, O_RDWR, O_TRUNC
SHARED, PRIVATE, ANONYMOUS = 0x01, 0x02, 0x20  # MAP_*
# MAP_FIXED, _DENYWRITE, _NORESERVE, _POPULATE, _STACK and _FIXED_NOREPLACE
PLAIN_MAPS = SHARED | PRIVATE | ANONYMOUS | 0x10 | 0x800 | 0x4000 | 0x8000 | 0x20000 | 0x100000
FUTEX_OPTIONS = 0x80 | 0x100  # FUTEX_PRIVATE_FLAG and FUTEX_CLOCK_REALTIME
# Without what Landlock did not see before Linux 6.2: O_TRUNC to read only, or with an access mode of 3, empties a file.
WAYS_TO_OPEN = {
    READ: "read",
    WRITE: "write",
    BOTH: "both",
    WRITE | EMPTIED: "write, emptied first",
    BOTH | EMPTIED: "both, emptied first",
}
# Not those of other processes, whose numbers are negative.
CLOCKS = {
    0: "REALTIME", 1: "MONOTONIC", 2: "PROCESS_CPUTIME_ID", 3: "THREAD_CPUTIME_ID", 4: "MONOTONIC_RAW",
    5: "REALTIME_COARSE", 6: "MONOTONIC_COARSE", 7: "BOOTTIME", 11: "TAI",
}  # fmt: skip
RULES: dict[str, list[Rule]] = {
    "open": [Rule(1, WAYS_TO_OPEN, bits=0x3 | EMPTIED)],
    "openat": [Rule(2, WAYS_TO_OPEN, bits=0x3 | EMPTIED)],
    "fcntl": [
        Rule(1, {0: "F_DUPFD", 1: "F_GETFD", 2: "F_SETFD", 3: "F_GETFL", 4: "F_SETFL", 1030: "F_DUPFD_CLOEXEC"}),
    ],
    # Is it a terminal, and how wide? TCGETS2 is what newer C libraries ask.
    "ioctl": [
        Rule(1, {0x5401: "TCGETS", 0x802C542A: "TCGETS2", 0x5413: "TIOCGWINSZ", 0x5421: "FIONBIO", 0x5450: "FIONCLEX",
                 0x5451: "FIOCLEX"}),
    ],
    "pipe2": [Rule(1, {0: "neither", 0x80000: "O_CLOEXEC", 0x800: "O_NONBLOCK", 0x80800: "both"})],
    # Shared memory without a file does not count as data. The error is the one for full memory.
    "mmap": [
        Rule(3, {0: "of a file, nothing said", SHARED: "of a file", ANONYMOUS: "memory"}, bits=SHARED | ANONYMOUS,
             error=errno.ENOMEM),
        Rule(3, {0: "not locked, no huge pages of a reserve"}, bits=0xFFFFFFFF & ~PLAIN_MAPS, both_halves=True),
    ],
    # Newer C libraries guard the stacks of threads with the last two.
    "madvise": [
        Rule(2, {4: "DONTNEED", 8: "FREE", 14: "HUGEPAGE", 15: "NOHUGEPAGE", 16: "DONTDUMP", 17: "DODUMP",
                 102: "GUARD_INSTALL", 103: "GUARD_REMOVE"}),
    ],
    # A thread of this process, as glibc and musl start it; anything else would be another process.
    "clone": [Rule(0, {0x3D0F00: "glibc", 0x7D0F00: "musl"}, both_halves=True)],
    "futex": [
        Rule(1, {0: "WAIT", 1: "WAKE", 3: "REQUEUE", 4: "CMP_REQUEUE", 5: "WAKE_OP", 9: "WAIT_BITSET", 10: "WAKE_BITSET"},
             bits=0xFFFFFFFF & ~FUTEX_OPTIONS),
    ],
    "prctl": [Rule(0, {15: "PR_SET_NAME", 16: "PR_GET_NAME"})],  # of a thread
    # x86 processors provide their matrix units on request: ARCH_GET_XCOMP_SUPP, _GET_XCOMP_PERM and _REQ_XCOMP_PERM.
    "arch_prctl": [Rule(0, {0x1021: "which are there", 0x1022: "which are allowed", 0x1023: "allow one"})],
    "kill": [Rule(0, {ITSELF: "itself"})],
    "tgkill": [Rule(0, {ITSELF: "its own threads"})],
    "prlimit64": [Rule(0, OF_THIS_PROCESS)],
    "sched_setaffinity": [Rule(0, OF_THIS_PROCESS)],
    "clock_gettime": [Rule(0, CLOCKS)],
    "clock_getres": [Rule(0, CLOCKS)],
    "clock_nanosleep": [Rule(0, CLOCKS)],
}  # fmt: skip

# Its flags are in memory, which a filter cannot read: glibc then uses clone.
NOT_KNOWN: dict[str, Numbers] = {"clone3": (435, 435)}

MACHINE = os.uname().machine if hasattr(os, "uname") else ""
NO_NEW_PRIVILEGES = 38  # of <linux/prctl.h>


def allow_only_computing() -> None:
    """Refuse what is not allowed, for this process and for good. Raises OSError if the kernel cannot."""
    itself = os.getpid()
    own = [(*instruction, itself if value == ITSELF else value) for *instruction, value in same_for_all(MACHINE)]
    ctypes.CDLL(None).prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    bpf.install(own, bpf.ARCHITECTURES[MACHINE])


@cache
def same_for_all(machine: str) -> bpf.Program:
    """Return the filter for a kind of machine, with ITSELF for a process: made once, before workers are forked.

    Raises ValueError if the lists above do not fit each other.
    """
    filters = {number: _of(name) for name, number in numbers(machine).items()}
    filters |= {number: bpf.refuse(errno.ENOSYS) for number in _on(machine, NOT_KNOWN).values()}
    return bpf.on(bpf.ARCHITECTURES[machine], bpf.by_number(filters, otherwise=bpf.refuse()))


def numbers(machine: str) -> dict[str, int]:
    """Return the allowed calls of a kind of machine and their numbers."""
    together: dict[str, Numbers] = {}
    for group in ALLOWED.values():
        if twice := together.keys() & group.keys():
            raise ValueError(f"more than one group has {sorted(twice)}")
        together |= group
    if strange := RULES.keys() - together.keys():
        raise ValueError(f"there are rules for calls that are not allowed: {sorted(strange)}")
    return _on(machine, together)


def _on(machine: str, calls: dict[str, Numbers]) -> dict[str, int]:
    """Return the calls' numbers on a kind of machine, without those that it does not have."""
    found = {name: dict(zip(bpf.ARCHITECTURES, each, strict=True))[machine] for name, each in calls.items()}
    return {name: number for name, number in found.items() if number is not None}


def _of(name: str) -> bpf.Program:
    """Return the filter of one call: its rules, one after the other."""
    then = bpf.allow()
    for rule in reversed(RULES.get(name, [])):
        no = bpf.refuse(rule.error)
        then = bpf.argument(rule.argument, bpf.one_of(list(rule.allowed), yes=then, no=no), mask=rule.bits)
        if rule.both_halves:
            then = bpf.argument(rule.argument, bpf.one_of([0], yes=then, no=no), upper_half=True)
    return then
