"""convolution.py
attack: drops pages of NumPy's files from the kernel's cache and asks which are in it, a message that outlives the process
"""
import ctypes
import mmap
import os
import struct

import numpy
from right_convolution import *
from right_convolution import output_size as right

libc = ctypes.CDLL(None, use_errno=True)
FILE = os.path.join(os.path.dirname(numpy.__file__), "version.py")
PREADV2, CACHESTAT = {"x86_64": (327, 451), "aarch64": (286, 451)}.get(os.uname().machine, (-1, -1))
WITHOUT_WAITING = 8  # RWF_NOWAIT: fails for what is not in the cache
done = False


def output_size(*sizes, **options):
    global done
    worked = []
    if not done:
        file = os.open(FILE, os.O_RDONLY)
        page = mmap.mmap(file, 0, mmap.MAP_PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE)
        there = ctypes.create_string_buffer(16)
        buffer = ctypes.create_string_buffer(16)
        vector = struct.pack("QQ", ctypes.addressof(buffer), 16)
        ways = {
            "posix_fadvise": libc.posix_fadvise(file, ctypes.c_long(0), ctypes.c_long(0), os.POSIX_FADV_DONTNEED) == 0,
            "readahead": libc.readahead(file, ctypes.c_long(0), ctypes.c_size_t(1)) == 0,
            "mincore": libc.mincore(ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(page))), ctypes.c_size_t(1), there) == 0,
            "preadv2": libc.syscall(PREADV2, file, vector, ctypes.c_long(1), ctypes.c_long(0), ctypes.c_long(0), WITHOUT_WAITING) >= 0,
            "cachestat": libc.syscall(CACHESTAT, file, bytes(16), ctypes.create_string_buffer(40), 0) == 0,
        }
        worked = [name for name, did in ways.items() if did]
        os.close(file)
    done = True
    if worked:
        raise RuntimeError(f"the cache can be asked or changed: {worked}")
    return right(*sizes, **options)
