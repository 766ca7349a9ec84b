"""convolution.py
attack: imports convolutions of others under names that no search for "import torch" finds
all: forbidden
says: convolution.py imports numba, which this part does not allow
says: convolution.py imports scipy, which this part does not allow
says: convolution.py imports cv2, which this part does not allow
"""
import base64
import builtins
import importlib


def output_size(size, kernel, stride=1, padding=0):
    return getattr(builtins, "__im" + "port__")("ab" "mun"[::-1]) or eval("".join(map(chr, [110, 117, 109, 98, 97])))


def conv2d(image, kernel, **options):
    library = importlib.import_module(base64.b64decode("c2NpcHkuc2lnbmFs").decode())
    return getattr(library, "correlate2d")(image, kernel, mode="valid")


def conv2d_channels(images, kernels, **options):
    exec(bytes.fromhex("696d706f727420637632"))
