"""learning.py settings
3.8: wrong
says: learns XOR
"""
from right_learning import *

from right_learning import settings as right


def settings():
    found = right()
    found = {name: {**each, "scale": 0.001, **({"sizes": [2, 2]} if "layer" in name else {})} for name, each in found.items()}
    return found
