"""What it saves that all places share the weights of a kernel."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial
from math import prod

import numpy as np

import kernels
from kernels.network import Layer
from kernels.types import Shape
from quizzes.drawing.architectures import feature_maps
from quizzes.question import Grid, Load, Number, Question, distractors, load, require, written, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.tools.windows import fixable_pair, require_fit

TOPIC = "Weight sharing"


@template(
    "Weights with and without intercepts",
    topic=TOPIC, difficulty=2, minutes=2, tells=4, operations=(4, 4), largest=(2, 40), version=2,
)  # fmt: skip
def weights_with_and_without_intercepts(draw: Draw) -> Question:
    channels, maps = draw.between(2, 12, "channels"), draw.between(8, 40, "feature maps")
    size = fixable_pair(draw, draw.sample(range(2, 6), 2), "kernel", least=1)
    key = tuple(kernels.count_conv(channels, maps, size, bias) for bias in (False, True))
    bare, biased = (
        distractors("count_conv", channels, maps, size, bias, without=("no intercepts",)) for bias in (False, True)
    )
    return Question(
        stem=f"A convolutional layer turns {channels} feature maps into {maps}. Its kernels are {size[0]} pixels high and "
        f"{size[1]} pixels wide. How many weights does it have without intercepts, and how many if intercepts count too?",
        key=Grid((key,), (), ("without intercepts", "with intercepts")),
        check=[[_filled(maps, channels, *size), _filled(maps, channels, *size) + _filled(maps)]],
        wrong=[
            *(wrong([[one.answer, two.answer]], one.name, one.sentence) for one, two in zip(bare, biased)),
            wrong(
                [[key[0], key[0] + channels]],
                "an intercept for each input",
                "there is an intercept for each feature map that goes in. There is one for each kernel.",
            ),
            wrong([key[1:] * 2], "intercepts in both numbers", "intercepts are counted in both numbers."),
            wrong([key[::-1]], "with before without", "the two numbers are swapped."),
        ],
        steps=[
            f"A kernel is as deep as its input: ${channels} \\cdot {size[0]} \\cdot {size[1]} = {key[0] // maps}$ weights.",
            f"Each feature map that comes out has a kernel: ${maps} \\cdot {key[0] // maps} = {key[0]}$ weights.",
            f"Each kernel has one intercept: ${key[0]} + {maps} = {key[1]}$.",
        ],
        load=load(4, [channels, maps, size]),
    )


@template(
    "Kernels, neurons, weights and connections",
    topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(10, 16), largest=(60, 400), version=2,
)  # fmt: skip
def kernels_neurons_weights_and_connections(draw: Draw) -> Question:
    image, layer = _image_and_layer(draw)
    (high, wide), _, _ = kernels.window(layer)
    maps, rows, columns = kernels.trace(image, [layer])[-1]
    neurons, weights, window = maps * rows * columns, kernels.count_layers(image, [layer])[0], image[0] * high * wide
    places = _places(image, layer)
    return Question(
        stem=f"A convolutional layer gets an image of {_by(image)} (channels, height, width). {_described(layer)} Each "
        "kernel has an intercept.\n\nHow many kernels does the layer have, how many neurons, how many weights (including "
        "intercepts), and how many connections between its neurons and the values of the padded image? A pixel has a value "
        "for each channel; intercepts are not connections.",
        key=Grid(((maps,), (neurons,), (weights,), (neurons * window,)), ("kernels", "neurons", "weights", "connections")),
        check=[
            [maps],
            [_filled(maps, *map(len, places))],
            [_filled(maps, image[0], high, wide) + _filled(maps)],
            [maps * image[0] * prod(sum(map(len, axis)) for axis in places)],
        ],
        wrong=[
            *distractors("layer_counts", image, layer),
            *distractors(
                "trace_convolution",
                image,
                [layer],
                part=lambda shapes: [[maps], [prod(shapes[-1])], [weights], [prod(shapes[-1]) * window]],
            ),
        ],
        steps=[
            f"Each feature map comes from one kernel: {maps} kernels.",
            f"{_positions(image, layer)} For each position, each feature map has a neuron: "
            f"${maps} \\cdot {rows} \\cdot {columns} = {neurons}$.",
            f"A kernel has ${image[0]} \\cdot {high} \\cdot {wide} = {window}$ weights and one intercept, and all its "
            f"neurons share them: ${maps} \\cdot ({window} + 1) = {weights}$.",
            f"Each neuron is connected to its window: ${neurons} \\cdot {window} = {neurons * window}$.",
        ],
        load=_load(layer, 7, [neurons, window]),
        picture=partial(feature_maps, image, [layer]),
    )


@template(
    "Convolutional, locally connected, dense",
    topic=TOPIC, difficulty=4, minutes=5, tells=6, operations=(11, 20), largest=(60, 400), version=2,
)  # fmt: skip
def convolutional_locally_connected_dense(draw: Draw) -> Question:
    image, layer = _image_and_layer(draw)
    bias = draw.choice([False, True], "intercepts")
    (high, wide), _, _ = kernels.window(layer)
    maps, rows, columns = kernels.trace(image, [layer])[-1]
    neurons, pixels, window = maps * rows * columns, prod(image), image[0] * high * wide
    shared, local = (kernels.count_conv(image[0], number, (high, wide), bias) for number in (maps, neurons))
    dense = kernels.count_dense([pixels, neurons], bias)
    places = _places(image, layer)
    a_window, all_pixels = (f"({number} + 1)" if bias else number for number in (window, pixels))

    def of_size(shapes: Sequence[Shape]) -> list[list[int]]:
        outputs = prod(shapes[-1])
        return [[shared], [outputs * (window + bias)], [outputs * (pixels + bias)]]

    return Question(
        stem=f"Three layers get an image of {_by(image)} (channels, height, width) and make the same number of feature "
        f"maps of the same size.\n\n- The first is convolutional. {_described(layer)}\n- The second is locally connected: "
        "it has the same windows, but each position has its own kernels.\n- The third is dense: it connects each output "
        "to each value of the image.\n\nHow many weights does each layer have, "
        f"{'including intercepts' if bias else 'if there are no intercepts'}?",
        key=Grid(((shared,), (local,), (dense,)), ("convolutional", "locally connected", "dense")),
        check=[
            [_filled(maps, image[0], high, wide) + bias * _filled(maps)],
            [maps * image[0] * prod(sum(map(len, axis)) for axis in places) + bias * _filled(maps, *map(len, places))],
            [_filled(maps, *map(len, places), *image) + bias * _filled(maps, *map(len, places))],
        ],
        wrong=[
            *distractors("count_local", image, layer, bias, part=lambda count: [[shared], [count], [dense]]),
            *distractors("count_conv", image[0], maps, (high, wide), bias, part=lambda count: [[count], [local], [dense]]),
            *distractors("trace_convolution", image, [layer], part=of_size),
            wrong(
                [[shared], [local], [(pixels + bias) * maps]],
                "one dense output for each map",
                "the dense layer has a single output for each feature map. It needs one for each of their values.",
            ),
            wrong(
                [[maps * window], [neurons * window], [neurons * pixels]],
                "no intercepts in any layer",
                "intercepts are left out. Each kernel has one; without sharing, each output has one.",
            ),
        ],
        steps=[
            f"A kernel has ${image[0]} \\cdot {high} \\cdot {wide} = {window}$ "
            f"weights{' and one intercept' if bias else ''}, shared by all positions: ${maps} \\cdot {a_window} = "
            f"{shared}$.",
            f"{_positions(image, layer)} That makes ${maps} \\cdot {rows} \\cdot {columns} = {neurons}$ outputs.",
            f"Without sharing, each output has its own kernel: ${neurons} \\cdot {a_window} = {local}$.",
            f"A dense layer connects each output to all ${_product(image)} = {pixels}$ values: "
            f"${neurons} \\cdot {all_pixels} = {dense}$.",
        ],
        load=_load(layer, 8 + 3 * bias, [neurons, pixels]),
        picture=partial(feature_maps, image, [layer]),
    )


@template(
    "How much sharing saves",
    topic=TOPIC, difficulty=4, minutes=4, tells=5, operations=(8, 8), largest=(8, 32), version=2,
    lecture={"channels": 3, "image": [32, 32], "kernel": [5, 5]},
)  # fmt: skip
def how_much_sharing_saves(draw: Draw) -> Question:
    high, wide = fixable_pair(draw, draw.sample(range(2, 7), 2), "kernel", least=1)
    # Sides that the kernel divides, so that the factor is a whole number.
    height, width = fixable_pair(draw, [size * draw.between(2, 30 // size) for size in (high, wide)], "image", least=1)
    require_fit(height, high, 1, 0)
    require_fit(width, wide, 1, 0)
    image = (draw.between(2, 6, "channels"), height, width)
    layer = {"type": "conv", "out_channels": draw.between(8, 32, "feature maps"), "kernel_size": (high, wide)}
    shape = kernels.trace(image, [layer])[-1]
    shared = kernels.count_conv(image[0], shape[0], (high, wide), bias=False)
    dense = kernels.count_dense([prod(image), prod(shape)], bias=False)
    factor = Fraction(dense, shared)
    require(factor * 100 % 1 == 0, "a factor with at most two decimals")
    return Question(
        stem=f"A convolutional layer makes {shape[0]} feature maps of an image of {_by(image)} (channels, height, "
        f"width). Its kernels are {high} pixels high and {wide} wide, with stride 1 and without padding or "
        "intercepts. How many times as many weights does a dense layer need for the same outputs? Give the exact factor.",
        key=Number(factor),
        # Both are as deep as the image and have as many kernels: what is left are pixels and places against a window.
        check=Fraction(height * width * len(range(height - high + 1)) * len(range(width - wide + 1)), high * wide),
        wrong=[
            *distractors("sharing_factor", image, layer),
            wrong(
                dense, "weights of the dense layer", "the weights of the dense layer are given. The factor compares them."
            ),
            wrong(
                shared, "weights of the convolution", "the weights of the convolution are given. The factor compares them."
            ),
            wrong(dense - shared, "difference", "the difference is given. A factor says how many times as many there are."),
        ],
        steps=[
            f"The feature maps have $({height} - {high}) + 1 = {shape[1]}$ rows and $({width} - {wide}) + 1 = {shape[2]}$ "
            "columns.",
            f"The convolution has ${shape[0]} \\cdot {image[0]} \\cdot {high} \\cdot {wide}$ weights, the dense layer "
            f"${_product(image)} \\cdot {_product(shape)}$.",
            "Channels and feature maps cancel: "
            f"${height} \\cdot {width} \\cdot {shape[1]} \\cdot {shape[2]} / ({high} \\cdot {wide}) = {written(factor)}$.",
        ],
        load=load(8, [image, shape[0], high, wide]),
        picture=partial(feature_maps, image, [layer]),
    )


def _image_and_layer(draw: Draw) -> tuple[Shape, Layer]:
    """Draw an image and a convolution, small enough to multiply on paper what connects them."""
    channels, maps = draw.between(2, 4, "channels"), draw.between(2, 9, "feature maps")
    size = fixable_pair(draw, draw.sample(range(6, 15), 2), "image", least=1)
    window = fixable_pair(draw, draw.sample(range(2, 6), 2), "kernel", least=1)
    stride, padding = draw.between(1, 2, "stride"), draw.between(0, 2, "padding")
    for length, kernel in zip(size, window):
        require_fit(length, kernel, stride, padding)
    layer = {"type": "conv", "out_channels": maps, "kernel_size": window, "stride": stride, "padding": padding}
    return (channels, *size), layer


def _described(layer: Layer) -> str:
    (high, wide), (stride, _), (padding, _) = kernels.window(layer)
    border = f"a padding of {padding} on each side" if padding else "no padding"
    return f"It has {layer['out_channels']} kernels, {high} high and {wide} wide, with a stride of {stride} and {border}."


def _positions(image: Shape, layer: Layer) -> str:
    """Return how many positions the kernel can occupy, downwards and to the right."""
    sides = [
        f"$\\lfloor ({length} + 2 \\cdot {padding} - {kernel}) / {stride} \\rfloor + 1 = {places}$"
        for length, places, kernel, stride, padding in zip(
            image[1:], kernels.trace(image, [layer])[-1][1:], *kernels.window(layer)
        )
    ]
    return f"The kernel can occupy {sides[0]} positions downwards and {sides[1]} to the right."


def _places(image: Shape, layer: Layer) -> list[list[range]]:
    """Return the windows along each axis, each as the values of the padded image that it covers."""
    return [
        [range(left, left + size) for left in range(-padding, length + padding - size + 1, stride)]
        for length, size, stride, padding in zip(image[1:], *kernels.window(layer))
    ]


def _filled(*shape: int) -> int:
    """Return how many numbers an array of this shape holds, without their memory."""
    return np.broadcast_to(np.int8(0), shape).size


def _by(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def _product(shape: Shape) -> str:
    return " \\cdot ".join(map(str, shape))


def _load(layer: Layer, more: int, factors: Sequence[int]) -> Load:
    """Return the load of counting positions along both axes, and of what comes after it with these factors."""
    (stride, _), (padding, _) = kernels.window(layer)[1:]
    return load(2 * (2 + (stride > 1) + (padding > 0)) + more, factors)
