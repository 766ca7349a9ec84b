"""pooling.py
attack: writes answers to later questions into the grader's pipe before they are asked
all: wrong
"""
import sys

import numpy as np

is_first = True


def pool2d(images, **options):
    global is_first
    frame = sys._getframe(1)
    if is_first:
        answer = frame.f_locals["wire"].pack({"result": np.array([[[[6.0, 8.0], [3.0, 4.0]]]]), "arguments": [images], "options": {}})
        frame.f_locals["replies"].write(200 * answer)
        is_first = False
