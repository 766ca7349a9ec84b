"""Wrong ways to say what a layer sees, and how many feature maps it makes."""

from collections.abc import Callable, Sequence
from functools import partial

from misconceptions.bank import misconception
from misconceptions.types import Layers, Table

_seen = partial(misconception, "first_layer_to_see")
_maps = partial(misconception, "feature_maps")


# first_layer_to_see(layers, sizes): for each pattern, of a size in pixels, the first layer whose receptive field is at
# least as large, and that receptive field.


@_seen(says="strides are ignored. After a stride, the steps of a window are longer in the image.")
def steps_of_one_pixel(layers: Layers, sizes: Sequence[int]) -> Table:
    return _first(_fields(layers, jump=lambda stride: 1), sizes)


@_seen(says="whole windows are added up. Neighbouring windows overlap: a window adds its size less 1, times the step.")
def whole_windows_added(layers: Layers, sizes: Sequence[int]) -> Table:
    return _first(_fields(layers, added=lambda window: window), sizes)


@_seen(says="receptive fields are multiplied by the window. A window adds its size less 1, times the step.")
def windows_multiplied(layers: Layers, sizes: Sequence[int]) -> Table:
    field, fields = 1, []
    for window, _ in _windows(layers):
        field *= window
        fields.append(field)
    return _first(fields, sizes)


@_seen(says="the stride of a layer is counted for its own window. It lengthens the steps of the layers after it.")
def stride_counted_a_layer_early(layers: Layers, sizes: Sequence[int]) -> Table:
    return _first(_fields(layers, early=True), sizes)


@_seen(says="pools are left out. Their windows and strides make receptive fields larger too.")
def pools_left_out(layers: Layers, sizes: Sequence[int]) -> Table:
    return _first(_fields(layers, pools=False), sizes)


@_seen(says="layers are counted from 0. The table counts from 1.")
def layers_counted_from_zero(layers: Layers, sizes: Sequence[int]) -> Table:
    return [(layer - 1, field) for layer, field in _first(_fields(layers), sizes)]


@_seen(says="the next layer is named. The first layer whose receptive field is large enough will do.")
def one_layer_too_deep(layers: Layers, sizes: Sequence[int]) -> Table:
    fields = _fields(layers)
    return [(layer + 1, fields[layer]) for layer, _ in _first(fields, sizes)]


@_seen(says="the layer before is named. Its receptive field is still too small.")
def one_layer_too_early(layers: Layers, sizes: Sequence[int]) -> Table:
    fields = [1, *_fields(layers)]
    return [(layer - 1, fields[layer - 1]) for layer, _ in _first(fields[1:], sizes)]


# feature_maps(channels, layers): for each convolution, how many feature maps it makes, and how many channels each of its
# kernels has.


@_maps(says="a kernel makes a feature map of each channel. It sums over its channels: one kernel, one feature map.")
def one_map_for_each_channel(channels: int, layers: Layers) -> Table:
    rows = []
    for layer in _convolutions(layers):
        rows.append((channels * layer["out_channels"], channels))
        channels *= layer["out_channels"]
    return rows


@_maps(says="kernels are flat. A kernel has a channel for each feature map that goes into it.")
def flat_kernels(channels: int, layers: Layers) -> Table:
    return [(maps, 1) for maps, _ in _truth(channels, layers)]


@_maps(says="all kernels are as deep as the image. A kernel is as deep as what goes into its own layer.")
def kernels_as_deep_as_the_image(channels: int, layers: Layers) -> Table:
    return [(maps, channels) for maps, _ in _truth(channels, layers)]


@_maps(says="the size of a kernel is mistaken for its number of channels. Height and width have nothing to do with depth.")
def kernel_size_for_depth(channels: int, layers: Layers) -> Table:
    return [(layer["out_channels"], layer["kernel_size"]) for layer in _convolutions(layers)]


@_maps(says="a pool removes feature maps. It makes them smaller, but does not change their number.")
def pools_take_maps_away(channels: int, layers: Layers) -> Table:
    rows = []
    for layer in layers:
        if layer["type"] == "conv":
            rows.append((layer["out_channels"], channels))
            channels = layer["out_channels"]
        elif layer["type"] == "pool":
            channels //= layer["size"]
    return rows


@_maps(says="feature maps of earlier layers are added. A layer passes on only its own.")
def maps_added_up(channels: int, layers: Layers) -> Table:
    before, rows = 0, []
    for layer in _convolutions(layers):
        rows.append((before + layer["out_channels"], before or channels))
        before += layer["out_channels"]
    return rows


@_maps(says="the two numbers are swapped: kernels make feature maps, channels are their depth.")
def maps_and_channels_swapped(channels: int, layers: Layers) -> Table:
    return [(depth, maps) for maps, depth in _truth(channels, layers)]


@_maps(says="the number of kernels is used as their depth. A kernel is as deep as what goes into its layer.")
def depth_of_its_own_layer(channels: int, layers: Layers) -> Table:
    return [(maps, maps) for maps, _ in _truth(channels, layers)]


def _windows(layers: Layers, pools: bool = True) -> list[tuple[int, int]]:
    """Return window and stride of each layer."""
    windows = []
    for layer in layers:
        size = layer["kernel_size"] if layer["type"] == "conv" else layer["size"]
        stride = layer.get("stride", 1 if layer["type"] == "conv" else size)
        windows.append((size, stride) if pools or layer["type"] == "conv" else (1, 1))
    return windows


def _fields(
    layers: Layers,
    *,
    jump: Callable[[int], int] = lambda stride: stride,
    added: Callable[[int], int] = lambda window: window - 1,
    early: bool = False,
    pools: bool = True,
) -> list[int]:
    field, step, fields = 1, 1, []
    for window, stride in _windows(layers, pools):
        field += added(window) * step * (stride if early else 1)
        step *= jump(stride)
        fields.append(field)
    return fields


def _first(fields: Sequence[int], sizes: Sequence[int]) -> list[tuple[int, int]]:
    found = [[place for place, field in enumerate(fields, start=1) if field >= size] for size in sizes]
    if not all(found):
        raise ValueError("a pattern is larger than all receptive fields")
    return [(places[0], fields[places[0] - 1]) for places in found]


def _convolutions(layers: Layers) -> Layers:
    return [layer for layer in layers if layer["type"] == "conv"]


def _truth(channels: int, layers: Layers) -> list[tuple[int, int]]:
    rows = []
    for layer in _convolutions(layers):
        rows.append((layer["out_channels"], channels))
        channels = layer["out_channels"]
    return rows
