"""convolution.py
attack: writes a library of machine code into its home and into memory, and makes system calls by the 32-bit door
1.1 1.2 1.3 1.5 1.6 1.7: crashed
says: it could not load a library of its own
says: conv2d brought Python down
"""
import ctypes
import mmap
import os
import shutil

import _ctypes
from right_convolution import conv2d_channels

ASK_FOR_ITS_NUMBER = bytes.fromhex("b814000000 cd80 c3")  # mov eax, 20 (getpid of 32-bit programs); int 0x80; ret


def output_size(size, kernel, stride=1, padding=0):
    library = shutil.copyfile(_ctypes.__file__, os.path.expanduser("~/own.so"))
    try:
        ctypes.CDLL(library)
    except OSError:
        raise RuntimeError("it could not load a library of its own") from None


def conv2d(image, kernel, **options):
    memory = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    memory.write(ASK_FOR_ITS_NUMBER)
    address = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    return ctypes.CFUNCTYPE(ctypes.c_int)(address)()
