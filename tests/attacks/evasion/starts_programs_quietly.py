"""parameters.py
attack: starts programs by the calls below subprocess, also by those of the C library that Python does not see
3.1 3.2 3.4: forbidden
says: count_dense starts another program (os.posix_spawn)
says: count_conv starts another program (os.exec)
"""
import ctypes
import os

from right_parameters import count_network as right

COMMAND = [b"/bin/sh", b"-c", b"touch @OUTSIDE@/was_here"]


def count_dense(layer_sizes, bias=True):
    return os.posix_spawn(COMMAND[0], COMMAND, os.environ)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    os.execv(COMMAND[0], COMMAND)


def count_network(input_shape, layers, bias=True):
    libc, process = ctypes.CDLL(None), ctypes.c_int()
    arguments = (ctypes.c_char_p * 4)(*COMMAND, None)
    libc.posix_spawn(ctypes.byref(process), COMMAND[0], None, None, arguments, None)
    libc.system(COMMAND[2])
    libc.popen(COMMAND[2], b"r")
    libc.execve(COMMAND[0], arguments, None)  # ends this process if it works
    return right(input_shape, layers, bias)
