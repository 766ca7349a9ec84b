"""convolution.py
attack: sends a signal, here a harmless one, to the grader, to its group and to its own parent by every call there is
"""
import ctypes
import os
import signal

from right_convolution import *
from right_convolution import output_size as right

GRADER, SIGNAL = int("@GRADER@"), signal.SIGCONT
libc = ctypes.CDLL(None)


def output_size(*sizes, **options):
    sent = []
    for process in (GRADER, os.getppid()):
        sent.append(libc.kill(process, SIGNAL))
        group = libc.getpgid(process)
        sent.append(libc.killpg(group if group > 0 else process, SIGNAL))
        sent.append(libc.syscall(200, process, SIGNAL))  # tkill
        sent.append(libc.syscall(234, process, process, SIGNAL))  # tgkill
        sent.append(libc.sigqueue(process, SIGNAL, None))
        sent.append(libc.syscall(434, process, 0))  # pidfd_open
    return f"{sent.count(-1)} of {len(sent)} were refused" if set(sent) != {-1} else right(*sizes, **options)
