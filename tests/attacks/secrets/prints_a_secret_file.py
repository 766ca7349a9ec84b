"""convolution.py
attack: reads a file that everyone may read in ten ways, and prints, raises and returns what it finds
1.1 1.5: crashed
1.2 1.3 1.6 1.7: wrong
says: output_size raised RuntimeError: I found [
never: I found [b
"""
import ctypes
import fileinput
import mmap
import os
import shutil
import subprocess
import zipimport

import numpy as np
from right_convolution import conv2d_channels

libc = ctypes.CDLL(None)
libc.fopen.restype, libc.fgets.restype, libc.fgets.argtypes = ctypes.c_void_p, ctypes.c_char_p, [ctypes.c_char_p, ctypes.c_int, ctypes.c_void_p]
HOME = os.path.expanduser("~")


def through_a_link(link):
    link("@SECRET@", f"{HOME}/link")
    try:
        return open(f"{HOME}/link", "rb").read()
    finally:
        os.unlink(f"{HOME}/link")


def through_c():
    stream = libc.fopen(b"@SECRET@", b"r")
    return stream and libc.fgets(ctypes.create_string_buffer(100), 100, stream)


WAYS = (
    lambda: open("@SECRET@", "rb").read(),
    lambda: os.read(os.open("@SECRET@", os.O_RDONLY), 100),
    lambda: os.read(os.open("secret", os.O_RDONLY, dir_fd=os.open(os.path.dirname("@SECRET@"), os.O_PATH)), 100),
    lambda: mmap.mmap(os.open("@SECRET@", os.O_RDONLY), 0, access=mmap.ACCESS_READ)[:],
    lambda: np.fromfile("@SECRET@", "u1").tobytes(),
    lambda: open("/proc/self/root@SECRET@", "rb").read(),
    lambda: through_a_link(os.symlink),
    lambda: through_a_link(os.link),
    lambda: open(shutil.copy("@SECRET@", HOME), "rb").read(),
    lambda: list(fileinput.input(["@SECRET@"], mode="rb"))[0],
    lambda: subprocess.check_output(["cat", "@SECRET@"]),
    through_c,
)


def found():
    contents = []
    for way in WAYS:
        try:
            contents += filter(None, [way()])
        except OSError as error:
            print(error)
    return f"I found {contents}"


def output_size(size, kernel, stride=1, padding=0):
    raise RuntimeError(found())


def conv2d(image, kernel, **options):
    print(found())
    return np.frombuffer(found().encode(), "u1")
