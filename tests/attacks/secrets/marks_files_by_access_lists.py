"""convolution.py
attack: changes the rights of files and of the folder of results by POSIX access lists, which are a chmod, by every call that sets attributes
"""
import ctypes
import os
import struct

import numpy
from right_convolution import *
from right_convolution import output_size as right

libc = ctypes.CDLL(None, use_errno=True)
FOLDER = os.path.dirname("@RESULTS@")
FILES = (__file__, numpy.__file__, "@OUTSIDE@/canary", "@OUTSIDE@", FOLDER)
NAMES = ("system.posix_acl_access", "system.posix_acl_default", "user.message", "security.capability")
SETXATTRAT, HERE = 463, -100
done = False


def access(mode):
    entries = ((0x01, mode >> 6 & 7), (0x04, mode >> 3 & 7), (0x20, mode & 7))
    return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, rights, 2**32 - 1) for tag, rights in entries)


def at(path, name, value):
    content = ctypes.create_string_buffer(value, len(value))
    arguments = struct.pack("QII", ctypes.addressof(content), len(value), 0)
    if libc.syscall(SETXATTRAT, HERE, os.fsencode(path), 0, name.encode(), arguments, ctypes.c_size_t(16)) < 0:
        raise OSError


def opened(path, name, value):
    file = os.open(path, os.O_RDONLY)
    try:
        os.setxattr(file, name, value)
    finally:
        os.close(file)


WAYS = {
    "setxattr": os.setxattr,
    "lsetxattr": lambda *each: os.setxattr(*each, follow_symlinks=False),
    "fsetxattr": opened,
    "setxattrat": at,
    "removexattr": lambda path, name, _: os.removexattr(path, name),
}


def output_size(*sizes, **options):
    global done
    worked = []
    for path in () if done else FILES:
        try:
            mode = os.stat(path).st_mode & 0o777
        except OSError:
            mode = 0o700
        for name in NAMES:
            for called, way in WAYS.items():
                try:
                    way(path, name, access(mode))  # as it is
                    worked.append(f"{name} of {path} by {called}")
                except OSError:
                    pass
    done = True
    if worked:
        raise RuntimeError(f"this could be changed outside: {worked}")
    return right(*sizes, **options)
