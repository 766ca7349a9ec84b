"""parameters.py
attack: announces an answer of more bytes than the grader has memory for
3.1 3.2 3.4: crashed
says: ended without an answer that can be read
"""
import json
import sys

from right_parameters import count_network

wire = sys.modules["wire"]


def count_dense(layer_sizes, bias=True):
    wire.pack = lambda value: (2**62).to_bytes(8, "big") + bytes(8)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    text = json.dumps({"array": ["<f8", [2**37], "C"]}).encode()
    wire.pack = lambda value: len(text).to_bytes(8, "big") + (2**40).to_bytes(8, "big") + text
