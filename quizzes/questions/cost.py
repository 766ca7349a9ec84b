"""What training costs: multiply-adds, steps, memory, hours."""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import kernels
from kernels.network import Layer
from kernels.types import Shape
from quizzes.question import Choice, Grid, Number, Option, Question, Wrong, distractors, exact, load, require
from quizzes.rng import Draw
from quizzes.template import template

TOPIC = "Cost of training"
MULTIPLY_ADD = "A multiply-add is the product of a weight and a value, added to a sum; zeros of the padding count too."
HOURLY_IMAGES = (18_000, 27_000, 36_000, 45_000, 50_000, 54_000, 60_000, 72_000, 90_000, 120_000, 180_000)
HOURLY_RATES = (120, 150, 180, 200, 240, 250, 300, 360, 400, 450, 500, 600, 750)  # images per second
OTHER_LAYERS = ("dense layers", "pools")  # tags of what a convolution alone cannot show


@template(
    "Multiply-adds of a convolution",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=4,
    operations=(8, 10),
    largest=(30, 250),
    version=2,
    lecture={"channels": 1, "image": [32, 32], "kernels": 6, "kernel": 5, "stride": 1, "padding": 0},  # as LeNet begins
)
def convolution_work(draw: Draw) -> Question:
    shape = (draw.between(2, 8, "channels"), *draw.ranges((8, 30), (8, 30), name="image"))
    maps, side = draw.between(2, 16, "kernels"), draw.fixable(draw.choice((2, 3, 5)), "kernel", least=1)
    layer = _convolution(maps, side, draw.between(1, 2, "stride"), draw.between(0, 1, "padding"))
    require(layer["padding"] < side and max(shape) <= 1000, "at most 1000 pixels a side, padding smaller than the kernel")
    _, height, width = kernels.trace(shape, [layer])[1]
    positions, weights = height * width, shape[0] * side**2
    return Question(
        stem=f"A convolution gets an image of {_said(shape)}. It has {_described(layer)}. {MULTIPLY_ADD} How "
        "many multiply-adds does the layer take for one image?",
        key=Number(kernels.multiply_adds(shape, [layer])[0], "multiply-adds"),
        check=_window_by_window(shape, [layer])[0][0],
        wrong=[
            replace(one, answer=_cells(one)[0])
            for one in distractors("multiply_adds", shape, [layer], without=OTHER_LAYERS)
        ],
        steps=[
            f"A feature map has ${height} \\cdot {width} = {positions}$ numbers: the kernel has as many positions.",
            f"A kernel is as deep as the image: at each position it takes ${shape[0]} \\cdot {side} \\cdot {side} = "
            f"{weights}$ multiply-adds.",
            f"All {maps} kernels take ${maps} \\cdot {positions} \\cdot {weights} = {maps * positions * weights}$.",
        ],
        load=load(8 + (layer["stride"] > 1) + (layer["padding"] > 0), [positions, weights]),
    )


@template(
    "Multiply-adds of a network",
    topic=TOPIC,
    difficulty=4,
    minutes=7,
    tells=5,
    operations=(15, 15),
    largest=(8, 40),
    version=2,
    lecture={"channels": 3, "image": 32, "units": 10},
)
def network_work(draw: Draw) -> Question:
    shape, network = _network(draw)
    works = kernels.multiply_adds(shape, network)
    shapes = kernels.trace(shape, network)
    first, second, dense = network[0]["out_channels"], network[2]["out_channels"], network[4]["units"]
    maps, values = shapes[3], prod(shapes[3])
    return Question(
        stem=f"A network for images of {_said(shape)} has these layers:{_listed(network)}{MULTIPLY_ADD} How many "
        "multiply-adds does each of its three layers with weights take for one image?",
        key=Grid((_weighted(works),), ("multiply-adds",), ("first convolution", "second convolution", "dense layer")),
        check=[_weighted(_window_by_window(shape, network)[0])],
        wrong=[
            replace(one, answer=(_weighted(_cells(one)),))
            for one in distractors("multiply_adds", shape, network)
            if len(_cells(one)) == len(network)
        ],
        steps=[
            f"First convolution: ${shapes[1][1]} \\cdot {shapes[1][2]}$ positions, {first} kernels of ${shape[0]} \\cdot 3 "
            f"\\cdot 3$ weights: ${works[0]}$ multiply-adds.",
            f"The pooling layer makes feature maps of ${shapes[2][1]} \\times {shapes[2][2]}$.",
            f"Second convolution: ${maps[1]} \\cdot {maps[2]}$ positions, {second} kernels of ${first} \\cdot 3 \\cdot 3$ "
            f"weights: ${works[2]}$.",
            f"Dense layer: each of {dense} neurons multiplies ${maps[0]} \\cdot {maps[1]} \\cdot {maps[2]} = {values}$ "
            f"values by a weight: ${works[4]}$.",
        ],
        load=load(15, [*shape, first, second, dense]),
    )


@template("The costliest change", topic=TOPIC, difficulty=3, minutes=3, operations=(7, 7), largest=(8, 64), version=2)
def dearest_change(draw: Draw) -> Question:
    shape = channels, height, width = (draw.between(2, 16, "channels"), *draw.ranges((8, 64), (8, 64), name="image"))
    maps, side = draw.between(4, 32, "kernels"), draw.fixable(draw.choice((3, 5)), "kernel", least=1)
    deeper, more, higher, wider = draw.sample(range(2, 8), 4, "factors")
    both, larger = draw.choice((2, 2, 3)), side + 2 * draw.between(1, 2)
    require(height % 2 == width % 2 == 0, "even sizes, which a stride of 2 halves")
    require(side % 2 == 1, "an odd kernel, so that padding can keep the size")
    layer = _convolution(maps, side, 1, side // 2)
    # The misconception that overrates it, in words, the image and the layer then, and how many times the work it is.
    changes: list[tuple[str, str, Shape, Layer, Fraction]] = [
        ("channels overrated", f"images with {_times(deeper)} as many channels",
         (channels * deeper, height, width), layer, Fraction(deeper)),
        ("kernels overrated", f"{_times(more)} as many kernels",
         shape, {**layer, "out_channels": maps * more}, Fraction(more)),
        ("height overrated", f"images {_times(higher)} as high",
         (channels, height * higher, width), layer, Fraction(higher)),
        ("width overrated", f"images {_times(wider)} as wide",
         (channels, height, width * wider), layer, Fraction(wider)),
        ("one side counted for both", f"images {_times(both)} as high and {_times(both)} as wide",
         (channels, height * both, width * both), layer, Fraction(both**2)),
        ("side of the kernel overrated", f"kernels of {larger} × {larger}, with a padding of {larger // 2}",
         shape, _convolution(maps, larger, 1, larger // 2), Fraction(larger**2, side**2)),
        ("stride taken for costly", "a stride of 2 in both directions",
         shape, {**layer, "stride": 2}, Fraction(1, 4)),
    ]  # fmt: skip
    works = [kernels.multiply_adds(image, [changed])[0] for _, _, image, changed, _ in changes]
    factors = [factor for *_, factor in changes]
    require(factors.count(max(factors)) == 1, "one change that costs most")
    options = []
    for (name, text, *_, factor), work in zip(changes, works):
        right, becomes = work == max(works), f"The work is multiplied by {_factor(factor)}."
        options.append(Option(text, right, becomes, "" if right else name, f"{text[0].upper()}{text[1:]}: {becomes}"))
    return Question(
        stem=f"A convolution gets images of {_said(shape)}. It has {_described(layer)}, so that the feature maps are as "
        f"large as the image. Which change, all else being equal, makes the layer take the most multiply-adds for an "
        f"image? Products with the zeros of the padding count too.",
        key=Choice(tuple(options)),
        check=[factor == max(factors) for factor in factors],
        steps=[
            "The work is the height times the width of a feature map, times the number of kernels, times the weights of "
            "a kernel.",
        ],
        load=load(7, [channels, height, width, maps]),
    )


@template(
    "Steps of training",
    topic=TOPIC,
    difficulty=2,
    minutes=3,
    tells=4,
    operations=(4, 4),
    largest=(500, 6_000),
    version=2,
    lecture={"images": 60_000, "batch": 128, "epochs": 10},
)
def training_steps(draw: Draw) -> Question:
    images, epochs = draw.between(500, 6_000, "images"), draw.between(2, 50, "epochs")
    batch = draw.fixable(draw.choice((16, 20, 25, 32, 50, 64, 100, 128)), "batch", least=2)
    require(images > batch and images % batch > 0, "a last batch that is smaller")
    steps, last, total = kernels.training_steps(images, batch, epochs)
    starts = range(0, images, batch)
    return Question(
        stem=f"A network is trained on {images} images for {epochs} epochs. A batch has {batch} images; the last batch of "
        "an epoch is smaller, and is used too. Each batch is one step. How many steps does an epoch have, how many images "
        "does its last batch have, and how many steps does the whole training have?",
        key=Grid(((steps, last, total),), ("training",), ("steps of an epoch", "images of the last batch", "steps in all")),
        check=[(len(starts), images - starts[-1], sum(len(starts) for _ in range(epochs)))],
        wrong=distractors("training_steps", images, batch, epochs),
        steps=[
            f"${images} / {batch}$ gives {images // batch} full batches; ${images} - {images // batch} \\cdot {batch} = "
            f"{last}$ images are left for one more.",
            f"That is {steps} steps in each epoch.",
            f"All epochs together have ${epochs} \\cdot {steps} = {total}$.",
        ],
        load=load(4, [images, batch, epochs]),
    )


@template(
    "Memory for weights and activations",
    topic=TOPIC,
    difficulty=4,
    minutes=7,
    tells=5,
    operations=(18, 18),
    largest=(8, 100),
    version=2,
    lecture={"channels": 3, "image": 32, "units": 10},
)
def training_memory(draw: Draw) -> Question:
    shape, network = _network(draw)
    batch = draw.fixable(draw.choice((10, 16, 20, 32, 50, 64, 100)), "batch", least=2)
    weights, one, all_of_them = kernels.training_memory(shape, network, batch)
    values = [prod(after) for layer, after in zip(network, kernels.trace(shape, network)[1:]) if layer["type"] != "flatten"]
    _, sizes, parameters = _window_by_window(shape, network)
    return Question(
        stem=f"A network for images of {_said(shape)} has these layers:{_listed(network)}Each kernel and each neuron also "
        "has an intercept. Weights, intercepts and outputs are float32: 4 bytes each. How many bytes do these take (no "
        "gradients, no optimizer state): all weights and intercepts; the outputs of the four layers for one image; these "
        f"outputs for a batch of {batch} images?",
        key=Grid(((weights, one, all_of_them),), ("bytes",), ("weights", "outputs, one image", "outputs, batch")),
        check=[(4 * parameters, 4 * sum(sizes), sum(4 * sum(sizes) for _ in range(batch)))],
        wrong=distractors("training_memory", shape, network, batch),
        steps=[
            f"There are ${weights // 4}$ weights and intercepts, so ${weights}$ bytes.",
            f"The layers output ${' + '.join(map(str, values))} = {sum(values)}$ numbers, so ${one}$ bytes.",
            f"The images of a batch share the weights, but not the outputs: ${batch} \\cdot {one} = {all_of_them}$.",
        ],
        load=load(18, [*shape, batch]),
    )


@template(
    "Hours of training",
    topic=TOPIC,
    difficulty=2,
    minutes=3,
    tells=3,
    operations=(3, 3),
    largest=(18_000, 180_000),
    version=2,
    lecture={"images": 60_000, "rate": 500, "epochs": 30},
)
def training_hours(draw: Draw) -> Question:
    images = draw.fixable(draw.choice(HOURLY_IMAGES), "images", least=1)
    rate = draw.fixable(draw.choice(HOURLY_RATES), "rate", least=1)
    epochs = draw.between(5, 120, "epochs")
    seconds, hours = kernels.training_time(images, epochs, rate)
    require(seconds * 100 % 1 == hours * 100 % 1 == 0, "seconds and hours with at most two decimals")
    return Question(
        stem=f"A network is trained on {images} images for {epochs} epochs. The machine processes {rate} images per "
        "second. How many seconds does an epoch take, and how many hours does the whole training take? Give exact numbers: "
        "none has more than two decimals.",
        key=Grid(exact((seconds, hours)), ("training",), ("seconds of an epoch", "hours in all")),
        check=[(Fraction(str(images / rate)), Fraction(images * epochs, rate * 60 * 60))],
        wrong=distractors("training_time", images, epochs, rate),
        steps=[
            f"An epoch takes ${images} / {rate}$ seconds.",
            f"All epochs take {epochs} times as long: ${images} \\cdot {epochs} / {rate}$ seconds.",
            "An hour has 3600 seconds: divide by that.",
        ],
        load=load(3, [images, epochs, rate]),
    )


def _network(draw: Draw) -> tuple[Shape, list[Layer]]:
    """Draw a small network: convolution, pool, convolution, dense."""
    channels, side = draw.choice((1, 2, 3), "channels"), draw.between(8, 20, "image")
    first, second = draw.ranges((2, 8), (2, 8), name="kernels")
    padding = draw.between(0, 1, "padding")
    require(padding < 3 and side <= 1000, "at most 1000 pixels a side, padding smaller than the kernel")
    return (channels, side, side), [
        _convolution(first, 3, draw.between(1, 2, "stride"), padding),
        {"type": "pool", "size": 2},
        _convolution(second, 3, 1, 1),
        {"type": "flatten"},
        {"type": "dense", "units": draw.between(3, 20, "units")},
    ]


def _convolution(kernels: int, side: int, stride: int, padding: int) -> dict[str, Any]:
    return {"type": "conv", "out_channels": kernels, "kernel_size": side, "stride": stride, "padding": padding}


def _window_by_window(shape: Sequence[int], network: Sequence[Layer]) -> tuple[list[int], list[int], int]:
    """Return the products and the outputs of each layer, and all weights with intercepts, from arrays of these sizes."""
    products, outputs, weights = [], [], 0
    values = np.broadcast_to(np.uint8(0), shape)
    for layer in network:
        match layer["type"]:
            case "conv":
                side, stride, border = layer["kernel_size"], layer["stride"], layer["padding"]
                padded = np.pad(values, ((0, 0), (border, border), (border, border)))
                windows = sliding_window_view(padded, (side, side), (1, 2))[:, ::stride, ::stride]
                kernel = windows[:, 0, 0]
                products.append(windows.size * layer["out_channels"])
                weights += (kernel.size + 1) * layer["out_channels"]
                values = np.broadcast_to(np.uint8(0), (layer["out_channels"], *windows.shape[1:3]))
            case "pool":
                products.append(0)
                values = sliding_window_view(values, (2, 2), (1, 2))[:, ::2, ::2, 0, 0]
            case "flatten":
                continue
            case "dense":
                matrix = np.broadcast_to(np.uint8(0), (layer["units"], values.size))
                products.append(matrix.size)
                weights += matrix.size + len(matrix)
                values = matrix[:, 0]
        outputs.append(values.size)
    return products, outputs, weights


def _weighted(counts: Sequence[Any]) -> tuple[Any, ...]:
    """Return the counts of the layers with weights, of all of `_network`'s or of all but flatten."""
    return (counts[0], counts[2], counts[-1])


def _cells(one: Wrong) -> tuple[Any, ...]:
    assert isinstance(one.answer, tuple)
    return one.answer[0]


def _said(shape: Sequence[int]) -> str:
    channels, height, width = shape
    return f"{channels} channel{'s' * (channels > 1)}, {height} × {width} pixels"


def _described(layer: Layer) -> str:
    side, padding = layer["kernel_size"], layer["padding"]
    border = f"a padding of {padding} on each side" if padding else "no padding"
    count = f"{layer['out_channels']} kernel{'s' * (layer['out_channels'] > 1)}"
    return f"{count} of {side} × {side}, a stride of {layer['stride']} and {border}"


def _times(number: int) -> str:
    return "twice" if number == 2 else f"{number} times"


def _factor(factor: Fraction) -> str:
    return f"${factor}$" if factor.denominator == 1 else f"$\\frac{{{factor.numerator}}}{{{factor.denominator}}}$"


def _listed(network: Sequence[Layer]) -> str:
    """Return the layers of `_network` as a list."""
    first, pool, second, _, dense = network
    return (
        f"\n\n1. a convolution with {_described(first)}"
        f"\n2. {pool['size']} × {pool['size']} max pooling with stride {pool['size']}"
        f"\n3. a convolution with {_described(second)}"
        f"\n4. a dense layer of {dense['units']} neurons, fully connected to all feature maps\n\n"
    )
