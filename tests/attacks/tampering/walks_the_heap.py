"""parameters.py
attack: looks for the expected answer in the frames that called it, in a traceback and in every object that lives
all: wrong
says: Expected
"""
import gc
import sys

WANTED = ("expected", "reference", "golden", "answers", "seed", "secret", "tolerance", "case", "CheckFailed")


def frames():
    frame = sys._getframe(1)
    while frame:
        yield frame.f_locals
        frame = frame.f_back
    try:
        raise ValueError
    except ValueError as error:
        trace = error.__traceback__
        while trace:
            yield trace.tb_frame.f_globals
            trace = trace.tb_next


def find(*_, **__):
    dicts = [*frames(), *(each for each in gc.get_objects() if type(each) is dict and len(each) < 200)]
    found = [each[name] for each in dicts for name in WANTED if name in each and type(each[name]) in (int, float, list)]
    modules = [name for name in sys.modules if name.split(".")[0] in ("autograder", "kernels", "misconceptions")]
    return found[0] if found else len(modules)


count_dense = count_conv = count_network = find
