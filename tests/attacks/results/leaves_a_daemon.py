"""convolution.py
attack: forks twice by the C library, leaves the session, and rewrites the results once the grader has gone
"""
import ctypes
import os
import time

from right_convolution import *

libc = ctypes.CDLL(None)
if libc.fork() == 0:
    os.setsid()
    if libc.fork() == 0:
        for _ in range(10):
            time.sleep(0.5)
            for path in ("@RESULTS@", "@OUTSIDE@/canary"):
                if os.access(path, os.W_OK):
                    open(path, "w").write('{"score": 100}')
    os._exit(0)
