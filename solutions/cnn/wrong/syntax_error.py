"""convolution.py
1.1 1.2 1.3 1.4 1.5 1.6 1.7 1.8: crashed
says: convolution.py is not valid Python: invalid syntax.
"""


def conv2d(image, kernel):
    return image *
