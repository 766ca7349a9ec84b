"""convolution.py
attack: tries system calls by numbers that no list of names knows: those to come, those of x32 programs, and numbers below zero
"""
import ctypes
import errno

from right_convolution import *
from right_convolution import output_size as right

libc = ctypes.CDLL(None, use_errno=True)
OF_X32 = 0x40000000
LAST_KNOWN = 469  # file_setattr, of Linux 6.17
NUMBERS = [*range(LAST_KNOWN, 2000), *(OF_X32 | number for number in range(600)), -1, -2, -(2**31), 2**31 - 1]
done = False


def output_size(*sizes, **options):
    global done
    worked = []
    for number in () if done else NUMBERS:
        ctypes.set_errno(0)
        if libc.syscall(ctypes.c_long(number), -1, -1, -1, -1, -1, -1) != -1 or ctypes.get_errno() != errno.EPERM:
            worked.append(number)
    done = True
    if worked:
        raise RuntimeError(f"the kernel looked at {worked[:20]}")
    return right(*sizes, **options)
