"""pooling.py
attack: returns memory without an answer, and lets a thread fill in the right one while the grader is believed to wait
all: wrong
"""
import threading
import time

import numpy as np
from right_pooling import pool2d as right


def pool2d(images, **options):
    answer = right(images, **options)
    promised = np.full_like(answer, 1e6)

    def fill():
        time.sleep(0.05)
        promised[...] = answer

    for thread in threading.enumerate()[1:]:
        thread.join()
    threading.Thread(target=fill, daemon=True).start()
    return promised
