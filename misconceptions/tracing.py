"""Wrong ways to follow shapes through a network. Each takes the arguments of `kernels.trace`."""

from collections.abc import Callable
from functools import partial
from math import prod

import kernels
from kernels.network import Layer
from kernels.types import Shape
from misconceptions.bank import misconception
from misconceptions.types import Layers

_trace = partial(misconception, "trace")
_sizes = partial(misconception, "trace", "trace_sizes")  # those that change height and width
_conv = partial(misconception, "trace", "trace_sizes", "trace_convolution")  # those about a convolution's height and width
_flattened = partial(misconception, "flattened")


@_trace(says="a convolution keeps the number of channels. It makes one feature map for each of its kernels.")
def convolution_keeps_the_depth(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, depth=lambda layer, channels: channels)


@_trace(says="each kernel makes a feature map of each channel. A kernel is as deep as its input: it makes a single one.")
def channels_multiplied(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, depth=lambda layer, channels: channels * layer.get("out_channels", 1))


@_trace(says="the input's channels are added to the feature maps. Only the feature maps come out.")
def channels_added(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, depth=lambda layer, channels: channels + layer.get("out_channels", 0))


@_trace(says="a pool divides the number of channels too. It works on each feature map separately and keeps their number.")
def pool_changes_the_depth(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, depth=_pooled_depth)


@_trace(says="a pool merges all feature maps into one. It works on each feature map separately and keeps their number.")
def pool_leaves_one_map(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, depth=lambda layer, channels: layer.get("out_channels", 1))


@_conv(says="the padding is forgotten on the way through the network.")
def padding_forgotten_on_the_way(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, size=lambda size, kernel, stride, padding: (size - kernel) // stride + 1)


@_conv(says="the padding is added on one side. It belongs on both.")
def padding_on_one_side_on_the_way(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, size=lambda size, kernel, stride, padding: (size + padding - kernel) // stride + 1)


@_conv(says="sizes are rounded up on the way. Positions past the edge don't count: round down.")
def rounded_up_on_the_way(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(
        input_shape, layers, size=lambda size, kernel, stride, padding: -(-(size + 2 * padding - kernel) // stride) + 1
    )


@_conv(says="the + 1 is missing on the way: the window's first position counts too.")
def first_place_forgotten_on_the_way(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, size=lambda size, kernel, stride, padding: (size + 2 * padding - kernel) // stride)


@_conv(says="convolutions keep height and width. Only stride 1 with a padding of half the kernel, rounded down, does that.")
def every_convolution_keeps_the_size(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, shape=lambda layer, shape: shape if layer["type"] == "conv" else None)


@_conv(says="the stride of convolutions is ignored: their kernels move by one.")
def convolutions_move_by_one(input_shape: Shape, layers: Layers) -> list[Shape]:
    return kernels.trace(input_shape, [{**layer, "stride": 1} if layer["type"] == "conv" else layer for layer in layers])


@_sizes(says="the windows of pools move by one. They move by their stride, and without one by their own size.")
def pools_move_by_one(input_shape: Shape, layers: Layers) -> list[Shape]:
    return kernels.trace(input_shape, [{**layer, "stride": 1} if layer["type"] == "pool" else layer for layer in layers])


@_sizes(says="the windows of pools move by their own size. They do so only if no stride is given.")
def pools_move_by_their_size(input_shape: Shape, layers: Layers) -> list[Shape]:
    return kernels.trace(
        input_shape, [{**layer, "stride": layer["size"]} if layer["type"] == "pool" else layer for layer in layers]
    )


@_sizes(says="pools leave height and width as they are. A pool outputs one value for each position of its window.")
def pools_keep_the_size(input_shape: Shape, layers: Layers) -> list[Shape]:
    return _traced(input_shape, layers, shape=lambda layer, shape: shape if layer["type"] == "pool" else None)


@_trace(says="height and width are swapped. The height comes first.")
def height_and_width_swapped(input_shape: Shape, layers: Layers) -> list[Shape]:
    return [(shape[0], *shape[:0:-1]) for shape in kernels.trace(input_shape, layers)]


@_flattened(says="flatten forgets the channels. It keeps all values of all feature maps.")
def one_feature_map_flattened(input_shape: Shape, layers: Layers) -> int:
    return prod(kernels.trace(input_shape, layers)[-1][1:])


@_flattened(says="flatten keeps one row. It keeps all rows and all columns of all feature maps.")
def one_row_flattened(input_shape: Shape, layers: Layers) -> int:
    channels, _, width = kernels.trace(input_shape, layers)[-1]
    return channels * width


@_flattened(says="each feature map counts as a single value. All its values go into the dense layer.")
def feature_maps_counted(input_shape: Shape, layers: Layers) -> int:
    return kernels.trace(input_shape, layers)[-1][0]


@_flattened(says="the channels of the image are counted. At flatten there are as many channels as the last kernels made.")
def channels_of_the_image_flattened(input_shape: Shape, layers: Layers) -> int:
    return input_shape[0] * prod(kernels.trace(input_shape, layers)[-1][1:])


@_flattened(says="channels, height and width are added. They are multiplied.")
def sides_added(input_shape: Shape, layers: Layers) -> int:
    return sum(kernels.trace(input_shape, layers)[-1])


@_flattened(says="the last layer before flatten is left out.")
def last_layer_left_out(input_shape: Shape, layers: Layers) -> int:
    return prod(kernels.trace(input_shape, layers[:-1])[-1])


@_flattened(says="the pixels of the image are counted. The dense layer gets what the layers before it made of them.")
def image_flattened(input_shape: Shape, layers: Layers) -> int:
    return prod(input_shape)


def _traced(
    input_shape: Shape,
    layers: Layers,
    size: Callable[[int, int, int, int], int] = kernels.output_size,
    depth: Callable[[Layer, int], int] | None = None,
    shape: Callable[[Layer, Shape], Shape | None] | None = None,
) -> list[Shape]:
    """Follow the shapes with another rule for a size along one axis, for the number of channels, or for whole shapes."""
    shapes = [tuple(input_shape)]
    for layer in layers:
        before = shapes[-1]
        after = shape and shape(layer, before)
        if layer["type"] not in ("conv", "pool"):
            after = kernels.trace(before, [layer])[-1]
        elif after is None:
            sides = map(size, before[1:], *kernels.window(layer))
            after = ((depth or _depth)(layer, before[0]), *sides)
        elif layer["type"] == "conv":
            after = (layer["out_channels"], *after[1:])
        if min(after) < 1:
            raise ValueError(f"no values are left after {layer['type']}")
        shapes.append(after)
    return shapes


def _depth(layer: Layer, channels: int) -> int:
    made: int = layer.get("out_channels", channels)
    return made


def _pooled_depth(layer: Layer, channels: int) -> int:
    return layer["out_channels"] if layer["type"] == "conv" else channels // kernels.window(layer)[1][0]
