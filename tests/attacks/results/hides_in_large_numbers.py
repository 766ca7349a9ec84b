"""convolution.py
attack: hides commands that are refused behind upper halves of registers, which the kernel does not read
"""
import ctypes
import platform

from right_convolution import *
from right_convolution import output_size as right

libc = ctypes.CDLL(None, use_errno=True)
BEYOND = 2**32
FCNTL, PRCTL, IOCTL, KILL, MMAP = {
    "x86_64": (72, 157, 16, 62, 9), "aarch64": (25, 167, 29, 129, 222)
}.get(platform.machine(), (-1,) * 5)
SET_OWNER, SET_DEATH_SIGNAL, SET_DUMPABLE, STEAL_INPUT = 8, 1, 4, 0x5412
SHARED_MEMORY = 0x21
GRADER = int("@GRADER@")
CALLS = {
    "owner of signals": (FCNTL, 2, SET_OWNER + BEYOND, GRADER),
    "signal of death": (PRCTL, SET_DEATH_SIGNAL + BEYOND, 0, 0, 0, 0),
    "open to debuggers": (PRCTL, SET_DUMPABLE + BEYOND, 1, 0, 0, 0),
    "a key typed": (IOCTL, 2, STEAL_INPUT + BEYOND, b"x"),
    "signal 0 to the grader": (KILL, GRADER + BEYOND, 0),
    "signal 0 to all": (KILL, -1, 0),
    "shared memory": (MMAP, 0, 4096, 3, SHARED_MEMORY + BEYOND, -1, 0),
}
done = False


def wide(argument):
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def output_size(*sizes, **options):
    global done
    worked = []
    if not done:
        worked = [name for name, call in CALLS.items() if libc.syscall(*map(wide, call)) != -1]
    done = True
    if worked:
        raise RuntimeError(f"this worked: {worked}")
    return right(*sizes, **options)
