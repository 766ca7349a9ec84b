"""parameters.py
attack: sends the beginning of an answer and then nothing, so that the grader waits for the rest
3.2 3.4: timed out
says: count_conv did not finish within
"""
import sys

from right_parameters import count_dense, count_network

wire = sys.modules["wire"]
pack = wire.pack
begun = []


def half(answer):
    begun.append(answer)
    return pack(answer)[:20] if len(begun) == 1 else b""


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    wire.pack = half
    return 0
