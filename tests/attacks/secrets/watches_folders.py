"""convolution.py
attack: has the system tell it the names of the files that others make, where it cannot list them
"""
import ctypes
import os

from right_convolution import *
from right_convolution import output_size as right

EVERY_EVENT = 0xFFF
libc = ctypes.CDLL(None)


def output_size(*sizes, **options):
    handle = libc.inotify_init1(os.O_NONBLOCK)
    watched = [path for path in ("@OUTSIDE@", "/tmp", "/") if libc.inotify_add_watch(handle, path.encode(), EVERY_EVENT) > 0]
    if watched:
        raise RuntimeError(f"these can be watched: {watched}")
    return right(*sizes, **options)
