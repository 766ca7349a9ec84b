"""cost.py multiply_adds
6.1 6.4: wrong
says: Expected
"""
from right_cost import *
from right_cost import multiply_adds as right


def multiply_adds(input_shape, layers):
    """Counts a pool as if it were a convolution."""
    counts, shape = [], tuple(input_shape)
    for layer in layers:
        count, = right(shape, [layer])
        shape = shape_after(shape, layer)
        counts.append(count or (prod(shape) * 4 if layer["type"] == "pool" else 0))
    return counts


def shape_after(shape, layer):
    from right_cost import _through

    return _through(layer, shape)[0]
