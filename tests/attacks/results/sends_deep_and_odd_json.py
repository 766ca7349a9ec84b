"""convolution.py
attack: sends JSON that is nested too deeply, and NaN for a number
1.1 1.5: wrong
1.2 1.3 1.6 1.7: crashed
says: must return an int, but returned a float (nan)
"""
import sys

from right_convolution import conv2d_channels

wire = sys.modules["wire"]
pack = wire.pack


def send(text):
    def packs_once(value):
        wire.pack = pack
        return len(text).to_bytes(8, "big") + bytes(8) + text

    wire.pack = packs_once


def output_size(*sizes, **options):
    send(b'{"dict": [["result", NaN], ["arguments", {"list": []}], ["options", {"dict": []}]]}')


def conv2d(image, kernel, **options):
    send(b'{"list": ' + b"[" * 100_000 + b"]" * 100_000 + b"}")
