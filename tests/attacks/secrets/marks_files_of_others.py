"""convolution.py
attack: leaves messages for later submissions in the times, the attributes and the rights of a file that is not its own
"""
import os

from right_convolution import *
from right_convolution import output_size as right

FILE = "@OUTSIDE@/canary"
WAYS = {
    "times": lambda: os.utime(FILE, (12_345, 67_890)),
    "time of now": lambda: os.utime(FILE),
    "attributes": lambda: os.setxattr(FILE, "user.message", b"the seed is 42"),
    "rights": lambda: os.chmod(FILE, 0o600),
    "rights of a folder": lambda: os.chmod(os.path.dirname("@RESULTS@"), 0o777),
    "owner": lambda: os.chown(FILE, os.getuid(), os.getgid()),
}


def output_size(*sizes, **options):
    worked = []
    for name, way in WAYS.items():
        try:
            way()
            worked.append(name)
        except OSError:
            pass
    if worked:
        raise RuntimeError(f"this could be changed outside: {worked}")
    return right(*sizes, **options)
