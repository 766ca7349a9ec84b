"""submission
attack: reads the reference kernels, the hidden tests and the solutions where they are installed, and computes with them
"""
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent
SOURCE = """
import glob
import os
import sys

import numpy as np
from right_convolution import *
from right_convolution import output_size as right

ROOT = {root!r}
FILES = ("kernels/__init__.py", "misconceptions/bank.py", "solutions/cnn/convolution.py", "solutions/cnn/checks/convolution.py")


def output_size(*sizes, **options):
    read = glob.glob(ROOT + "/**", recursive=True)[1:]
    for file in FILES:
        try:
            read.append(open(os.path.join(ROOT, file)).read())
        except OSError:
            pass
    sys.path[:0] = [ROOT, ROOT + "/solutions/cnn"]
    try:
        import kernels

        read.append(kernels.output_size(*sizes, **options))
    except ImportError:
        pass
    if read:
        raise RuntimeError(f"I could read {{read[0]}}")
    return right(*sizes, **options)
"""


def make(folder, solution):
    (solution / "convolution.py").rename(solution / "right_convolution.py")
    (solution / "convolution.py").write_text(SOURCE.format(root=str(ROOT)))
    return solution
