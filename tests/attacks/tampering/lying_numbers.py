"""parameters.py
attack: returns numbers and texts that say they are equal to everything
all: wrong
says: count_dense must return an int, but returned a parameters.Whole
says: count_conv must return an int, but returned a parameters.Real
says: count_network must return an int, but returned a parameters.Text
"""


def liar(kind):
    agrees = lambda self, other: True
    methods = {name: agrees for name in ("__eq__", "__le__", "__ge__", "__sub__", "__rsub__")}
    return type(kind.__name__, (kind,), {**methods, "__ne__": lambda self, other: False, "__hash__": kind.__hash__})


class Whole(int):
    pass


class Real(float):
    pass


class Text(str):
    pass


def count_dense(layer_sizes, bias=True):
    return liar(Whole)(3)


def count_conv(in_channels, out_channels, kernel_size, bias=True):
    return liar(Real)(3)


def count_network(input_shape, layers, bias=True):
    return liar(Text)("3")
