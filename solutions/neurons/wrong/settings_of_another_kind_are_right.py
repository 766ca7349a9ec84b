"""learning.py
all: passed
"""
from right_learning import *


def settings():
    works = {"sizes": (2, np.int64(16), 6, 2), "scale": 2, "rate": 0.1, "epochs": 1000}
    return {
        "works": works,
        "rate too small": {**works, "rate": np.float64(1e-5), "sizes": [2, 16, 6, 2]},
        "rate too large": dict(works, rate=10_000),
        "bad start": {**works, "scale": 1e-4},
        "no hidden layer": {"sizes": [2, 2], "scale": 0, "rate": 100, "epochs": 1},
    }
