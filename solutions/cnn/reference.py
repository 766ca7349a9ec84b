"""The expected answer of each function of the homework: the reference kernels, in float64."""

from math import prod

import kernels
import misconceptions
from autograder.authoring import Step, Working, reference, sums_in_float32

MOST_POSITIONS = 9  # that are written out


def _sums_of_products(images, kernel, padding_value, sums):
    """Return the tolerance of a convolution. sums: computes it."""
    images, kernel = abs(images), abs(kernel)
    terms, weight = prod(kernel.shape[-3:]), kernel.sum(axis=tuple(range(kernel.ndim)[-3:])).max()
    return sums_in_float32(terms, sums(images, kernel), max(images.max(), abs(padding_value)) * weight)


def _of_conv2d(image, kernel, stride=1, padding=0, padding_value=0.0):
    def sums(image, kernel):
        return kernels.conv2d(image, kernel, None, stride, padding, abs(padding_value), "numpy")

    return _sums_of_products(image, kernel, padding_value, sums)


def _of_channels(images, kernel, bias=None, stride=1, padding=0):
    def sums(images, kernel):
        return kernels.conv2d(images, kernel, None if bias is None else abs(bias), stride, padding, 0.0, "numpy")

    return _sums_of_products(images, kernel, 0.0, sums)


def _of_pool2d(images, size=2, stride=None, mode="max"):
    """Return the tolerance of a pool. Averages are sums; everything else is exact."""
    if kernels.POOLINGS[mode].exact:
        return 0.0
    terms, magnitude = prod(kernels.pair(size, "size", 1)), abs(images)
    return sums_in_float32(terms, kernels.pool2d(magnitude, size, stride, mode, "numpy"), magnitude.max())


@reference(tolerance=_of_conv2d, in_float64=True, misconceptions=misconceptions.in_programs("conv2d"))
def conv2d(image, kernel, stride=1, padding=0, padding_value=0.0, *, backend="numpy"):
    return kernels.conv2d(image, kernel, None, stride, padding, padding_value, backend)


@reference(tolerance=_of_channels, in_float64=True, misconceptions=misconceptions.in_programs("conv2d_channels"))
def conv2d_channels(images, kernel, bias=None, stride=1, padding=0, *, backend="numpy"):
    return kernels.conv2d(images, kernel, bias, stride, padding, 0.0, backend)


@reference(tolerance=_of_pool2d, in_float64=True, misconceptions=misconceptions.in_programs("pool2d"))
def pool2d(images, size=2, stride=None, mode="max", *, backend="numpy"):
    return kernels.pool2d(images, size, stride, mode, backend)


def _positions(size, kernel, stride=1, padding=0):
    """Write the formula with its numbers, and what the kernel covers at each of its positions."""
    padded = f"{size} + 2*{padding}" if padding else f"{size}"
    free, end = size + 2 * padding - kernel, size + 2 * padding - 1
    if free < 0:
        return Working(f"{padded} - {kernel} = {free} is below 0: the kernel is larger than the axis, and has 0 positions.")
    covered = [f"{start}-{start + kernel - 1}" if kernel > 1 else f"{start}" for start in range(0, free + 1, stride)]
    if len(covered) > MOST_POSITIONS:
        covered = [*covered[: MOST_POSITIONS // 2], "...", *covered[-2:]]
    along = f"the axis from 0 to {end}" + (", padding included" if padding else "")
    return Working(
        f"({padded} - {kernel}) // {stride} + 1 = {free // stride + 1}\nThe kernel covers {', '.join(covered)} of {along}."
    )


def _between_layers(layer_sizes, bias=True):
    """Write the weights between neighbouring layers as products."""
    terms = [f"{inputs}*{neurons}" + f" + {neurons}" * bool(bias) for inputs, neurons in zip(layer_sizes, layer_sizes[1:])]
    return Working(f"{' + '.join(terms) or 'inputs alone'} = {kernels.count_dense(layer_sizes, bias)}")


def _of_kernels(in_channels, out_channels, kernel_size, bias=True):
    """Write the weights of one kernel, times the number of kernels."""
    height, width = kernels.pair(kernel_size, "kernel_size", 1)
    one = f"({in_channels}*{height}*{width} + 1)" if bias else f"{in_channels}*{height}*{width}"
    return Working(f"{one} * {out_channels} = {kernels.count_conv(in_channels, out_channels, kernel_size, bias)}")


def _layer_by_layer(input_shape, layers, bias=True):
    """List the layers with their output shapes and weights, and how a mistake changes their sum."""
    shapes, weights = kernels.trace(input_shape, layers), kernels.count_layers(input_shape, layers, bias)
    steps = [Step([_in_words(layer), _shape(after)], count) for layer, after, count in zip(layers, shapes[1:], weights)]
    for one in misconceptions.about("count_network") if steps else []:
        counts = [_answer(one, shapes[row], layers[row:], bias) for row in range(len(layers))]
        if None not in counts:
            sums = [sum(weights[:row]) + count for row, count in enumerate(counts)]
            first = max(row for row, each in enumerate(sums) if each == sums[0])
            steps[first].instead[f"{one.sentence} The marked row is the first where that matters."] = sums[0]
    for row, (layer, before) in enumerate(zip(layers, shapes)):
        for one, count in _counted_wrongly(layer, before, bias):
            steps[row].instead[f"in the marked row alone, {one.sentence}"] = sum(weights) - weights[row] + count
    return Working(head=["layer", "output shape", "weights"], steps=steps)


def _counted_wrongly(layer, before, bias):
    """Yield the misconceptions about the weights of a layer with this input shape, and what they count."""
    if layer["type"] == "conv":
        function, arguments = "count_conv", (before[0], layer["out_channels"], layer["kernel_size"])
    elif layer["type"] == "dense":
        function, arguments = "count_dense", ([prod(before), layer["units"]],)
    else:
        return
    for one in misconceptions.about(function):
        if (count := _answer(one, *arguments, bias)) is not None:
            yield one, count


def _answer(one, *arguments):
    """Return what a misconception answers; None if it has no answer."""
    try:
        return one.answer(*arguments)
    except ValueError:
        return None


def _in_words(layer):
    """Name a layer: "conv 10, 5x5, stride 2"."""
    named = [f"{name} {_shape(value)}" for name, value in layer.items() if name in ("stride", "padding")]
    numbers = [_shape(value) for name, value in layer.items() if name not in ("type", "stride", "padding")]
    return " ".join([layer["type"], ", ".join([*numbers, *named])]).strip()


def _shape(value):
    return "x".join(map(str, value)) if isinstance(value, tuple) else str(value)


output_size = reference(misconceptions=misconceptions.in_programs("output_size"), working=_positions)(kernels.output_size)
count_dense = reference(misconceptions=misconceptions.in_programs("count_dense"), working=_between_layers)(
    kernels.count_dense
)
count_conv = reference(misconceptions=misconceptions.in_programs("count_conv"), working=_of_kernels)(kernels.count_conv)
count_network = reference(misconceptions=misconceptions.in_programs("count_network"), working=_layer_by_layer)(
    kernels.count_network
)
