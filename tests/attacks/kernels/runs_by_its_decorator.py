"""mapping.py
attack: puts its code into a decorator and a default value, which run as soon as the file is loaded
all: forbidden
says: cannot have a default value
"""
from numba import cuda


@(lambda function: open("@OUTSIDE@/decorator", "w") and function)
def scale(values, factor, output=open("@OUTSIDE@/default", "w")):
    pass


def launch_scale(size):
    return 1, 1
