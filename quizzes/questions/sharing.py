"""What it saves that all places share the weights of a kernel."""

from fractions import Fraction
from functools import partial
from math import prod

import numpy as np

import kernels
from quizzes.drawing.architectures import feature_maps
from quizzes.question import Grid, Number, Question, beliefs, load, wrong
from quizzes.rng import Draw
from quizzes.template import template

TOPIC = "Weight sharing"


@template(
    "Weights with and without intercepts", topic=TOPIC, difficulty=2, minutes=2, tells=4, operations=(4, 4), largest=(2, 40)
)
def weights_with_and_without_intercepts(draw: Draw) -> Question:
    channels, maps = draw.between(2, 32), draw.between(8, 40)
    size = draw.sample(range(2, 8), 2)
    key = tuple(kernels.count_conv(channels, maps, size, bias) for bias in (False, True))
    bare, biased = (beliefs("count_conv", channels, maps, size, bias) for bias in (False, True))
    return Question(
        stem=f"A convolutional layer gets {channels} feature maps and makes {maps}. Its kernels are {size[0]} pixels high "
        f"and {size[1]} pixels wide. How many weights does it have without intercepts, and how many with them?",
        key=Grid((key,), (), ("without intercepts", "with intercepts")),
        check=[[_filled(maps, channels, *size), _filled(maps, channels, *size) + _filled(maps)]],
        wrong=[
            *(wrong([[one.answer, two.answer]], one.name, one.sentence) for one, two in zip(bare, biased)),
            wrong(
                [[key[0], key[0] + channels]],
                "an intercept for each input",
                "there is an intercept for each feature map that goes in. There is one for each kernel.",
            ),
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
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=5,
    operations=(10, 16),
    largest=(16, 64),
)
def kernels_neurons_weights_and_connections(draw: Draw) -> Question:
    image, layer = _image_and_layer(draw)
    (high, wide), _, _ = kernels.window(layer)
    maps, rows, columns = kernels.trace(image, [layer])[-1]
    neurons, weights, window = maps * rows * columns, kernels.count_layers(image, [layer])[0], image[0] * high * wide
    places = _places(image, layer)
    return Question(
        stem=f"A convolutional layer gets an image of {_by(image)} (channels, height, width). {_described(layer)} Each "
        "kernel has an intercept.\n\nHow many kernels does the layer have, how many neurons, how many weights (with "
        "intercepts), and how many connections between neurons and the padded image? A value of each channel counts by "
        "itself; intercepts are no connections.",
        key=Grid(((maps,), (neurons,), (weights,), (neurons * window,)), ("kernels", "neurons", "weights", "connections")),
        check=[
            [maps],
            [_filled(maps, *map(len, places))],
            [_filled(maps, image[0], high, wide) + _filled(maps)],
            [maps * image[0] * prod(sum(map(len, axis)) for axis in places)],
        ],
        wrong=[
            *beliefs("layer_counts", image, layer),
            *beliefs(
                "trace_convolution",
                image,
                [layer],
                part=lambda shapes: [[maps], [prod(shapes[-1])], [weights], [prod(shapes[-1]) * window]],
            ),
        ],
        steps=[
            f"Each feature map comes from one kernel: {maps} kernels.",
            f"{_places_told(image, layer)} At each place stands a neuron: "
            f"${maps} \\cdot {rows} \\cdot {columns} = {neurons}$.",
            f"A kernel has ${image[0]} \\cdot {high} \\cdot {wide} = {window}$ weights and one intercept, and all its "
            f"neurons share them: ${maps} \\cdot ({window} + 1) = {weights}$.",
            f"Each neuron is connected with its window: ${neurons} \\cdot {window} = {neurons * window}$.",
        ],
        load=_load(image, layer, 7),
        picture=partial(feature_maps, image, [layer]),
    )


@template(
    "Convolutional, locally connected, dense",
    topic=TOPIC,
    difficulty=4,
    minutes=5,
    tells=6,
    operations=(11, 20),
    largest=(16, 64),
)
def convolutional_locally_connected_dense(draw: Draw) -> Question:
    image, layer = _image_and_layer(draw)
    bias = bool(draw.below(2))
    (high, wide), _, _ = kernels.window(layer)
    maps, rows, columns = kernels.trace(image, [layer])[-1]
    neurons, pixels, window = maps * rows * columns, prod(image), image[0] * high * wide
    shared, local = (kernels.count_conv(image[0], number, (high, wide), bias) for number in (maps, neurons))
    dense = kernels.count_dense([pixels, neurons], bias)
    places = _places(image, layer)
    a_window, all_pixels = (f"({number} + 1)" if bias else number for number in (window, pixels))

    def of_size(shapes):
        outputs = prod(shapes[-1])
        return [[shared], [outputs * (window + bias)], [outputs * (pixels + bias)]]

    return Question(
        stem=f"Three layers get an image of {_by(image)} (channels, height, width) and make equally many feature maps of "
        f"equal size.\n\n- The first is convolutional. {_described(layer)}\n- The second is locally connected: it has "
        "the same windows, but each place has kernels of its own.\n- The third is dense: it connects each output with "
        f"each value of the image.\n\nHow many weights does each layer have, {'with' if bias else 'without'} intercepts?",
        key=Grid(((shared,), (local,), (dense,)), ("convolutional", "locally connected", "dense")),
        check=[
            [_filled(maps, image[0], high, wide) + bias * _filled(maps)],
            [maps * image[0] * prod(sum(map(len, axis)) for axis in places) + bias * _filled(maps, *map(len, places))],
            [_filled(maps, *map(len, places), *image) + bias * _filled(maps, *map(len, places))],
        ],
        wrong=[
            *beliefs("count_local", image, layer, bias, part=lambda count: [[shared], [count], [dense]]),
            *beliefs("count_conv", image[0], maps, (high, wide), bias, part=lambda count: [[count], [local], [dense]]),
            *beliefs("trace_convolution", image, [layer], part=of_size),
            wrong(
                [[shared], [local], [(pixels + bias) * maps]],
                "one dense output for each map",
                "the dense layer has a single output for each feature map. It needs one for each of their values.",
            ),
            wrong(
                [[maps * window], [neurons * window], [neurons * pixels]],
                "no intercepts in any layer",
                "intercepts are left out. Each kernel has one, and without sharing each output.",
            ),
        ],
        steps=[
            f"A kernel has ${image[0]} \\cdot {high} \\cdot {wide} = {window}$ "
            f"weights{' and one intercept' if bias else ''}, and all places share it: ${maps} \\cdot {a_window} = "
            f"{shared}$.",
            f"{_places_told(image, layer)} That makes ${maps} \\cdot {rows} \\cdot {columns} = {neurons}$ outputs.",
            f"Without sharing, each output has a kernel of its own: ${neurons} \\cdot {a_window} = {local}$.",
            f"A dense layer connects each output with all ${_product(image)} = {pixels}$ values: "
            f"${neurons} \\cdot {all_pixels} = {dense}$.",
        ],
        load=_load(image, layer, 8 + 3 * bias),
        picture=partial(feature_maps, image, [layer]),
    )


@template("How much sharing saves", topic=TOPIC, difficulty=4, minutes=4, tells=5, operations=(8, 8), largest=(12, 72))
def how_much_sharing_saves(draw: Draw) -> Question:
    high, wide = draw.sample(range(2, 8), 2)
    # Sides that the kernel divides, so that the factor is a whole number.
    height, width = (size * draw.between(4, 72 // size) for size in (high, wide))
    image = (draw.between(2, 6), height, width)
    layer = {"type": "conv", "out_channels": draw.between(8, 32), "kernel_size": (high, wide)}
    shape = kernels.trace(image, [layer])[-1]
    shared = kernels.count_conv(image[0], shape[0], (high, wide), bias=False)
    dense = kernels.count_dense([prod(image), prod(shape)], bias=False)
    factor = Fraction(dense, shared)
    return Question(
        stem=f"A convolutional layer makes {shape[0]} feature maps of an image of {_by(image)} (channels, height, "
        f"width). Its kernels are {high} pixels high and {wide} wide, the stride is 1; there are neither padding nor "
        "intercepts. How many times as many weights does a dense layer need for the same outputs? Give the exact factor.",
        key=Number(factor),
        # Both are as deep as the image and have as many kernels: what is left are pixels and places against a window.
        check=Fraction(height * width * len(range(height - high + 1)) * len(range(width - wide + 1)), high * wide),
        wrong=[
            *beliefs("sharing_factor", image, layer),
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
            f"The convolution has ${shape[0]} \\cdot {image[0]} \\cdot {high} \\cdot {wide} = {shared}$ weights.",
            f"The dense layer connects ${_product(image)} = {prod(image)}$ values with ${_product(shape)} = "
            f"{prod(shape)}$: {dense} weights.",
            f"The factor is ${dense} / {shared} = {factor}$.",
        ],
        load=load(8, [image, shape[0], high, wide]),
        picture=partial(feature_maps, image, [layer]),
    )


def _image_and_layer(draw: Draw):
    """Draw an image and a convolution."""
    image = (draw.between(2, 4), *draw.sample(range(16, 65), 2))
    layer = {
        "type": "conv",
        "out_channels": draw.between(5, 32),
        "kernel_size": draw.sample(range(2, 8), 2),
        "stride": draw.between(1, 3),
        "padding": draw.between(0, 2),
    }
    return image, layer


def _described(layer) -> str:
    (high, wide), (stride, _), (padding, _) = kernels.window(layer)
    border = f"a padding of {padding} on each side" if padding else "no padding"
    return f"It has {layer['out_channels']} kernels, {high} high and {wide} wide, with a stride of {stride} and {border}."


def _places_told(image, layer) -> str:
    """Return how often the kernel fits, downwards and to the right."""
    sides = [
        f"$\\lfloor ({length} + 2 \\cdot {padding} - {kernel}) / {stride} \\rfloor + 1 = {places}$"
        for length, places, kernel, stride, padding in zip(
            image[1:], kernels.trace(image, [layer])[-1][1:], *kernels.window(layer)
        )
    ]
    return f"The kernel takes {sides[0]} places downwards and {sides[1]} to the right."


def _places(image, layer):
    """Return the windows along each axis, each as the values of the padded image that it covers."""
    return [
        [range(left, left + size) for left in range(-padding, length + padding - size + 1, stride)]
        for length, size, stride, padding in zip(image[1:], *kernels.window(layer))
    ]


def _filled(*shape: int) -> int:
    """Return how many numbers an array of this shape holds, without their memory."""
    return np.broadcast_to(np.int8(0), shape).size


def _by(shape):
    return " × ".join(map(str, shape))


def _product(shape):
    return " \\cdot ".join(map(str, shape))


def _load(image, layer, more):
    """Return the load of counting places along both axes, and what comes after it."""
    (stride, _), (padding, _) = kernels.window(layer)[1:]
    return load(2 * (2 + (stride > 1) + (padding > 0)) + more, [image, layer["out_channels"], *layer["kernel_size"]])
