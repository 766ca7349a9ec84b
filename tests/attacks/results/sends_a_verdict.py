"""convolution.py
attack: makes the worker send a verdict and a score instead of an answer
all: crashed
says: ended without an answer that can be read
"""
import sys

from right_convolution import *

wire = sys.modules["wire"]
pack = wire.pack
wire.pack = lambda value: pack({"verdict": "passed", "passed": True, "score": 100.0, "max_score": 100.0, "output": ""})
