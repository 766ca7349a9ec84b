"""pooling.py
attack: imports the reference kernels of the grader itself
all: forbidden
says: imports kernels, which this part does not allow
"""


def pool2d(images, size=2, stride=None, mode="max"):
    from kernels import pool2d as reference

    return reference(images, size, stride=stride, mode=mode)
