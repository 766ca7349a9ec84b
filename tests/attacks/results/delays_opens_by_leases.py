"""convolution.py
attack: takes leases and locks on files of NumPy, of the submission and outside, which make everybody else wait who opens them
"""
import fcntl
import os
import struct

import numpy
from right_convolution import *
from right_convolution import output_size as right

FILES = (__file__, numpy.__file__, os.__file__, "@OUTSIDE@/canary")
F_OFD_SETLK, F_NOTIFY = 37, 1026
READ_LOCK = struct.pack("hhqqi", fcntl.F_RDLCK, os.SEEK_SET, 0, 0, 0)
WAYS = {
    "a lease": lambda file: fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_RDLCK),
    "a lock": lambda file: fcntl.fcntl(file, fcntl.F_SETLK, READ_LOCK),
    "a lock of an open file": lambda file: fcntl.fcntl(file, F_OFD_SETLK, READ_LOCK),
    "a lock of the whole file": lambda file: fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB),
    "a notification": lambda file: fcntl.fcntl(file, F_NOTIFY, fcntl.DN_ACCESS),
}
done = False


def output_size(*sizes, **options):
    global done
    worked = []
    for path in () if done else FILES:
        for name, way in WAYS.items():
            try:
                file = os.open(path, os.O_RDONLY)
            except OSError:
                continue
            try:
                way(file)
                worked.append(f"{name} on {path}")
            except OSError:
                pass
            os.close(file)  # which gives back what was taken
    done = True
    if worked:
        raise RuntimeError(f"others would wait for this: {worked}")
    return right(*sizes, **options)
