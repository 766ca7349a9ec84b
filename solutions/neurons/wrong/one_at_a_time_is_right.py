"""search.py
all: passed
"""
from right_search import *


def propose(history):
    """First the rate, then the width, then the rest; each on its own grid through the best setting so far."""
    trial = len(history)
    if trial < 15:
        return float(10 ** (-5 + 6 * (trial + 0.5) / 15)), 32, 1e-3
    rate, width, regularisation = min(history, key=lambda each: each[1])[0]
    if trial < 20:
        return min(max(rate * 10 ** ((trial - 17) * 0.08), 1e-5), 10.0), width, regularisation
    if trial < 27:
        return rate, int(2 ** ((trial - 20 + 0.5) / 7 * 10)), regularisation
    return min(max(rate * (1, 1.1, 0.9)[trial - 27], 1e-5), 10.0), width, regularisation
