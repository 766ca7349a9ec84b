"""convolution.py
attack: empties files that it can only read, or not even that, by opening them in ways that look like reading
"""
import ctypes
import os

from right_convolution import *
from right_convolution import output_size as right

libc = ctypes.CDLL(None, use_errno=True)
NEITHER_READ_NOR_WRITE = 3
FILES = ("@RESULTS@", "@OUTSIDE@/canary", os.path.join(os.path.dirname(__file__), "pooling.py"))
# Landlock answers EACCES, and does so only in newer kernels; the list of calls answers EPERM in all.
WAYS = {
    "reading": lambda name: libc.open(name, os.O_RDONLY | os.O_TRUNC),
    "neither reading nor writing": lambda name: libc.open(name, NEITHER_READ_NOR_WRITE | os.O_TRUNC),
    "no flag of emptying": lambda name: libc.open(name, NEITHER_READ_NOR_WRITE),
    "making it": lambda name: libc.creat(name, 0o600),
    "its name": lambda name: libc.truncate(name, 0),
}
NOT_PERMITTED, NO_SUCH_CALL = 1, 38
done = False


def output_size(*sizes, **options):
    global done
    worked = []
    for path in () if done else FILES:
        for name, way in WAYS.items():
            ctypes.set_errno(0)
            if way(os.fsencode(path)) >= 0 or ctypes.get_errno() != NOT_PERMITTED:
                worked.append(f"{path} by {name}: {os.strerror(ctypes.get_errno())}")
    done = True
    if worked:
        raise RuntimeError(f"this may empty files: {worked}")
    return right(*sizes, **options)
