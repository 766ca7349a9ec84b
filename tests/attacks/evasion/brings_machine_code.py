"""submission
attack: hands in a compiled module that could hold anybody's convolution, under its own name and under another one
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: forbidden
2.1 2.2 2.3 2.4 2.5: crashed
says: convolution.py imports fast, which this part does not allow
"""
import _ctypes
import shutil
import sysconfig


def make(folder, solution):
    shutil.copy(_ctypes.__file__, solution / f"fast{sysconfig.get_config_var('EXT_SUFFIX')}")
    shutil.copy(_ctypes.__file__, solution / "pictures.dat")
    (solution / "convolution.py").write_text("from fast import *\n")
    (solution / "pooling.py").write_text("import ctypes\npool2d = ctypes.CDLL('./pictures.dat').pool2d\n")
    return solution
