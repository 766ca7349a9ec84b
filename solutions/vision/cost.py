"""Part 6: what a network costs.

A network's work is counted in multiply-adds: a weight times a value, added to a sum. Count by formula, without building
the network. Then turn the count into energy, and make a network narrower until it fits into a budget.

`input_shape` is (channels, height, width). `layers` is a list of dicts, each with a "type":

    conv      out_channels, kernel_size, stride (1 if left out), padding (0 if left out)
    pool      size, stride (the size if left out)
    relu
    flatten   turns all values into one row
    dense     units

Sizes, strides and paddings are each an integer or a tuple (vertical, horizontal). Output sizes are rounded down, layer by
layer; every window fits at least once. Convolutions and pools come before the flatten, dense layers after it.
"""

# BEGIN SOLUTION
from math import prod

PASSES = 3  # forward, backward for the values, and backward for the weights
PICOJOULES, JOULES_PER_KWH = 10**12, 3.6e6
WIDTHS = ("out_channels", "units")
# END SOLUTION


def multiply_adds(input_shape, layers):
    """Count the multiply-adds of each layer for one image, a list of ints.

    Each number of a feature map costs as many as its kernel has weights, each neuron as many as it has inputs. Products
    with the zeros of the padding count. Intercepts, pools, ReLU and flatten cost none.

    >>> layers = [{"type": "conv", "out_channels": 2, "kernel_size": 3}, {"type": "flatten"}, {"type": "dense", "units": 5}]
    >>> multiply_adds((1, 4, 4), layers)  # 2x2 positions for 2 kernels of 9 weights; then 5 neurons with 8 inputs
    [72, 0, 40]
    """
    # BEGIN SOLUTION
    counts, shape = [], tuple(input_shape)
    for layer in layers:
        shape, count = _through(layer, shape)
        counts.append(count)
    return counts
    # END SOLUTION


def training_cost(per_image, images, epochs, picojoules, grams_per_kwh):
    """Return what a training costs, a dict:

        "multiply_adds"    of the whole training, an int
        "joules"           its energy, a float
        "kilowatt_hours"   the same energy, a float
        "grams"            of carbon dioxide, a float

    per_image: the multiply-adds of one image's forward pass. In each epoch, each image takes one forward pass, and a
    backward pass of twice as many: once for the gradients of the values, once for those of the weights.
    picojoules: the energy of one multiply-add, with everything that the computer spends on it. grams_per_kwh: the carbon
    dioxide of one kilowatt-hour. A joule is 10^12 picojoules, a kilowatt-hour 3.6 million joules.

    >>> training_cost(1_000_000, images=60_000, epochs=10, picojoules=20.0, grams_per_kwh=400.0)
    {'multiply_adds': 1800000000000, 'joules': 36.0, 'kilowatt_hours': 1e-05, 'grams': 0.004}
    """
    # BEGIN SOLUTION
    count = PASSES * per_image * images * epochs
    joules = count * picojoules / PICOJOULES
    kilowatt_hours = joules / JOULES_PER_KWH
    return {
        "multiply_adds": count,
        "joules": joules,
        "kilowatt_hours": kilowatt_hours,
        "grams": kilowatt_hours * grams_per_kwh,
    }
    # END SOLUTION


def narrower(input_shape, layers, budget):
    """Make a network narrower until one image costs at most `budget` multiply-adds. Return the new layers, a list of dicts.

    The width of a layer is its out_channels or its units. All widths are scaled to the same whole percentage, rounded down,
    but never below 1: max(1, width * percent // 100). Only the last dense layer (every network here has one) keeps its
    width, the number of classes.
    Take the largest percentage, from 100 down to 1, that meets the budget. Return None if even 1 % costs too much.
    Everything else stays the same. Don't change the layers that you are given: return new dicts.

    >>> layers = [{"type": "conv", "out_channels": 8, "kernel_size": 3}, {"type": "flatten"}, {"type": "dense", "units": 5}]
    >>> narrower((1, 4, 4), layers, budget=240)[0]  # all 8 cost 288 + 160, 5 cost 180 + 100, 4 cost 144 + 80
    {'type': 'conv', 'out_channels': 4, 'kernel_size': 3}
    """
    # BEGIN SOLUTION
    for percent in range(100, 0, -1):
        network = _scaled(layers, percent)
        if sum(multiply_adds(input_shape, network)) <= budget:
            return network
    return None
    # END SOLUTION


# BEGIN SOLUTION
def _through(layer, shape):
    """Return the shape behind a layer, and the layer's multiply-adds."""
    if layer["type"] == "conv":
        height, width = _pair(layer["kernel_size"])
        after = (layer["out_channels"], *_after(shape, (height, width), layer.get("stride", 1), layer.get("padding", 0)))
        return after, prod(after) * shape[0] * height * width
    if layer["type"] == "pool":
        return (shape[0], *_after(shape, _pair(layer["size"]), layer.get("stride", layer["size"]), 0)), 0
    if layer["type"] == "flatten":
        return (prod(shape),), 0
    if layer["type"] == "dense":
        return (layer["units"],), shape[0] * layer["units"]
    return shape, 0  # a ReLU


def _after(shape, size, stride, padding):
    """Return height and width after a window of this size has slid over (channels, height, width)."""
    axes = zip(shape[1:], size, _pair(stride), _pair(padding))
    return tuple((length + 2 * pad - window) // step + 1 for length, window, step, pad in axes)


def _scaled(layers, percent):
    """Return the layers with all widths but the last dense layer's taken to a percentage."""
    last = max(place for place, layer in enumerate(layers) if layer["type"] == "dense")
    scaled = []
    for place, layer in enumerate(layers):
        widths = {name: max(1, layer[name] * percent // 100) for name in WIDTHS if name in layer and place != last}
        scaled.append({**layer, **widths})
    return scaled


def _pair(value):
    return value if isinstance(value, tuple) else (value, value)


# END SOLUTION
