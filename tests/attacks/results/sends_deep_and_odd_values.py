"""convolution.py
attack: sends lists that are nested too deeply, NaN for a number, and more values than it says
1.1 1.5: wrong
1.2 1.3 1.4 1.6 1.7 1.8: crashed
says: must return an int, but returned a float (nan)
"""
import sys

wire = sys.modules["wire"]
pack = wire.pack


def send(content):
    def packs_once(value):
        wire.pack = pack
        return len(content).to_bytes(8, "big") + content

    wire.pack = packs_once


def output_size(*sizes, **options):
    return float("nan")


def conv2d(image, kernel, **options):
    send((bytes([wire.LIST]) + (1).to_bytes(4, "little")) * 100_000 + bytes([wire.NOTHING]))


def conv2d_channels(images, kernels, *rest, **options):
    send(pack({"result": images, "arguments": [], "options": {}})[8:] + bytes([wire.NOTHING]))
