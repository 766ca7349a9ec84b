"""Counting the weights of well-known networks, with other numbers."""

from collections.abc import Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

import kernels
from kernels.network import Layer
from kernels.types import Shape
from quizzes.drawing.architectures import feature_maps
from quizzes.question import Choice, Grid, Number, Option, Question, distractors, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.layers import architecture, names

TOPIC = "Architectures"
LENET = {"channels": 1, "image": 32, "kernels": [6, 16], "sizes": [5, 5], "padding": 0, "units": [120, 84]}
CHANGES = {  # what is changed in a LeNet: the place of the layer, and which of its numbers
    "kernels of conv 1": (0, "out_channels"),
    "kernels of conv 2": (2, "out_channels"),
    "kernel size of conv 2": (2, "kernel_size"),
    "units of dense 1": (5, "units"),
    "units of dense 2": (6, "units"),
}
SQUARE = ("pairs", "no intercepts")  # tags of what changes nothing where kernels are square and have intercepts


@template(
    "Weights of a LeNet",
    topic=TOPIC,
    difficulty=4,
    minutes=8,
    tells=6,
    operations=(30, 38),
    largest=(80, 800),
    version=2,
    lecture=LENET,
)
def weights_of_a_lenet(draw: Draw) -> Question:
    image, layers = _lenet(draw)
    counts = kernels.count_layers(image, layers)
    shapes = kernels.trace(image, layers)
    weighty = [place for place, layer in enumerate(layers) if layer["type"] in ("conv", "dense")]
    called = names(layers)

    def with_total(counts: Sequence[int]) -> list[list[int]]:
        return [[counts[place]] for place in weighty] + [[sum(counts)]]

    by_hand = _weights_by_hand(image, layers)
    steps = [f"The sizes are {', then '.join(_by(shape) for shape in shapes[1 : weighty[2]])}."]
    for place in weighty:
        layer, before = layers[place], shapes[place]
        if layer["type"] == "conv":
            size, maps = layer["kernel_size"], layer["out_channels"]
            steps.append(
                f"{called[place]}: ${maps} \\cdot ({before[0]} \\cdot {size} \\cdot {size} + 1) = {counts[place]}$."
            )
        else:
            steps.append(f"{called[place]}: ${layer['units']} \\cdot ({before[0]} + 1) = {counts[place]}$.")
    steps.append(f"Together, the network has {sum(counts)} weights.")
    return Question(
        stem=f"A network like LeNet-5 gets images of {_by(image)} (channels, height, "
        f"width):\n\n{architecture(layers)}\n\nEach kernel sees all feature maps that go into its layer. Each kernel and "
        "each unit has an intercept. How many weights does each of these layers have, intercepts included, and how many "
        "does the network have?",
        key=Grid(tuple(tuple(row) for row in with_total(counts)), (*(called[place] for place in weighty), "network")),
        check=with_total(by_hand),
        wrong=distractors("count_layers", image, layers, part=with_total),
        steps=steps,
        load=load(
            20 + 2 * len(weighty) + 2 * (layers[0]["padding"] > 0),
            [shapes[weighty[2]], *(layer.get("units", 0) for layer in layers)],
        ),
        picture=partial(feature_maps, image, layers[:4]),
    )


@template(
    "First layers of an AlexNet",
    topic=TOPIC,
    difficulty=3,
    minutes=5,
    tells=6,
    operations=(13, 14),
    largest=(96, 256),
    version=2,
    lecture={"image": 224, "kernels": 96, "kernel": 11, "stride": 4, "padding": 2},
)
def first_layers_of_an_alexnet(draw: Draw) -> Question:
    side = draw.between(96, 256, "image")
    conv: dict[str, Any] = {
        "type": "conv",
        "out_channels": draw.between(48, 128, "kernels"),
        "kernel_size": draw.between(7, 12, "kernel"),
        "stride": draw.between(3, 5, "stride"),
        "padding": draw.between(0, 3, "padding"),
    }
    layers, image = [conv, {"type": "pool", "size": 3, "stride": 2}], (3, side, side)
    size, stride, padding, maps = conv["kernel_size"], conv["stride"], conv["padding"], conv["out_channels"]
    shapes, weights = kernels.trace(image, layers), kernels.count_layers(image, layers)[0]

    def asked(shapes: Sequence[Shape], weights: int = weights) -> list[list[int]]:
        return [[shapes[1][1]], [prod(shapes[1])], [weights], [shapes[2][1]]]

    first = [range(left, left + size) for left in range(-padding, side + padding - size + 1, stride)]
    second = [left for left in range(0, len(first), 2) if left + 3 <= len(first)]
    return Question(
        stem=f"A network begins like AlexNet. Its images have 3 channels of {side} × {side} "
        f"pixels.\n\n{architecture(layers)}\n\nHow high are the feature maps of the convolution, how many neurons does "
        "it have, how many weights (with one intercept for each kernel), and how high are the feature maps after pooling?",
        key=Grid(
            tuple(tuple(row) for row in asked(shapes)), ("height after conv", "neurons", "weights", "height after pooling")
        ),
        check=[[len(first)], [sum(len(first) for _ in first) * maps], [_conv_by_hand(3, conv)], [len(second)]],
        wrong=[
            *distractors("trace_sizes", image, layers, part=asked),
            *distractors("count_conv", 3, maps, size, part=lambda count: asked(shapes, count), without=SQUARE),
            wrong(
                [[shapes[1][1]], [maps], [weights], [shapes[2][1]]],
                "a neuron for each kernel",
                "each kernel is counted as a neuron. There is a neuron for each value of each feature map.",
            ),
            wrong(
                [[shapes[1][1]], [prod(shapes[1])], [prod(shapes[1]) * (3 * size * size + 1)], [shapes[2][1]]],
                "weights of each neuron by itself",
                "each neuron has its own weights. All neurons of a feature map share one kernel.",
            ),
        ],
        steps=[
            f"The convolution has $\\lfloor ({side} + 2 \\cdot {padding} - {size}) / {stride} \\rfloor + 1 = "
            f"{shapes[1][1]}$ rows, and as many columns.",
            f"There is a neuron for each value: ${maps} \\cdot {shapes[1][1]} \\cdot {shapes[1][1]} = {prod(shapes[1])}$.",
            f"All neurons of a feature map share a kernel: ${maps} \\cdot (3 \\cdot {size} \\cdot {size} + 1) = "
            f"{weights}$.",
            f"The pooled maps have $\\lfloor ({shapes[1][1]} - 3) / 2 \\rfloor + 1 = {shapes[2][1]}$ rows.",
        ],
        load=load(13 + (padding > 0), [side, maps, size]),
        picture=partial(feature_maps, image, layers),
    )


@template(
    "Weights after one change",
    topic=TOPIC,
    difficulty=5,
    minutes=6,
    tells=4,
    operations=(12, 30),
    largest=(28, 160),
    version=2,
    lecture=LENET,
)
def weights_after_one_change(draw: Draw) -> Question:
    image, before = _lenet(draw)
    place, name = CHANGES[draw.choice(tuple(CHANGES), "change")]
    old = before[place][name]
    new = (5 if old == 3 else 3) if name == "kernel_size" else old + draw.between(2, 9, "more")
    after = [{**layer, name: new} if layer is before[place] else layer for layer in before]
    counts, counted = kernels.count_layers(image, before), kernels.count_layers(image, after)
    key = sum(counted) - sum(counts)
    what, was = {
        "out_channels": (f"{new} kernels", old),
        "kernel_size": (f"kernels of {_by((new, new))}", _by((old, old))),
        "units": (f"{new} units", old),
    }[name]
    changed = [(called, one, two) for called, one, two in zip(names(before), counts, counted) if one != two]
    return Question(
        stem=f"A network for images of {_by(image)} (channels, height, width), with an intercept for each kernel and "
        f"each unit:\n\n{architecture(before)}\n\nThen one thing is changed: {names(before)[place]} gets {what} instead "
        f"of {was}. By how much does the number of weights of the whole network change? Give a negative number if it "
        "gets smaller.",
        key=Number(key),
        check=sum(_weights_by_hand(image, after)) - sum(_weights_by_hand(image, before)),
        # Where only sizes change, a dense layer that gets a single value of each map does not change.
        wrong=distractors(
            "count_change",
            image,
            before,
            after,
            without=["flatten"] if name == "kernel_size" else [],
        ),
        steps=[
            *(
                f"{called} had {one} weights and now has {two}: ${two} - {one} = {two - one}$."
                for called, one, two in changed
            ),
            f"All other layers stay the same, so the difference is ${key}$ in all.",
        ],
        load=load(2 + 10 * len(changed), [image, old, new]),
        picture=partial(feature_maps, image, before[:4], False),
    )


@template(
    "A stack of small kernels against one large kernel",
    topic=TOPIC,
    difficulty=4,
    minutes=4,
    tells=5,
    operations=(9, 13),
    largest=(8, 40),
    version=2,
    lecture={"channels": 128, "kernels": 256, "kernel": 3, "layers": 3},
)
def a_stack_of_small_kernels(draw: Draw) -> Question:
    channels, maps = draw.between(8, 40, "channels"), draw.between(8, 40, "kernels")
    kernel = draw.fixable(draw.choice((3, 5)), "kernel", least=2)
    depth = draw.between(2, 4 if kernel == 3 else 2, "layers")
    require(2 <= depth <= 50 and kernel <= 50, "a stack of 2 to 50 layers, with kernels of at most 50")
    layers = [{"type": "conv", "kernel_size": kernel, "out_channels": maps}] * depth
    large = kernels.receptive_field(layers)[-1].size
    stack = sum(kernels.count_conv(given, maps, kernel, bias=False) for given in [channels, *[maps] * (depth - 1)])
    single = kernels.count_conv(channels, maps, large, bias=False)
    by_hand = sum(maps * deep for deep in [channels, *[maps] * (depth - 1)] for _ in range(kernel * kernel))
    seen = len(set().union(*[range(left, left + kernel) for left in range(1 + (depth - 1) * (kernel - 1))]))
    return Question(
        stem=f"VGG stacks small kernels. Here {channels} feature maps go into {depth} convolutional layers one after the "
        f"other, each with {maps} kernels of {kernel} × {kernel}, a stride of 1 and no intercepts. A single "
        f"convolutional layer could make {maps} feature maps whose values see just as many pixels.\n\nHow many weights "
        "does the stack have, how many does the single layer have, and how many does the stack save (negative if it needs "
        "more)?",
        key=Grid(((stack, single, single - stack),), (), ("stack", "single layer", "saved")),
        check=[[by_hand, channels * maps * seen * seen, channels * maps * seen * seen - by_hand]],
        wrong=distractors("compare_stack", channels, maps, kernel, depth),
        steps=[
            f"The first layer has ${channels} \\cdot {kernel} \\cdot {kernel} \\cdot {maps} = "
            f"{channels * maps * kernel * kernel}$ weights, each further one ${maps} \\cdot {kernel} \\cdot {kernel} "
            f"\\cdot {maps} = {maps * maps * kernel * kernel}$: together {stack}.",
            f"A value after the stack sees ${kernel} + {depth - 1} \\cdot {kernel - 1} = {large}$ pixels across.",
            f"A single layer of kernels of {large} × {large} has ${channels} \\cdot {large} \\cdot {large} \\cdot {maps} = "
            f"{single}$ weights.",
            f"The stack saves ${single} - {stack} = {single - stack}$.",
        ],
        load=load(9 + 2 * (depth - 2), [channels, maps, kernel]),
    )


@template(
    "What changes the weights of a layer",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    version=2,
    lecture={"channels": 3, "image": [32, 32]},
)
def what_changes_the_weights_of_a_layer(draw: Draw) -> Question:
    image, layers = _small_network(draw, dense=False)
    return _what_changes(
        draw,
        image,
        layers,
        "A convolutional layer, with an intercept for each kernel, gets images of",
        "Which of these changes, each made on its own, change the number of weights of this layer?",
    )


@template(
    "What changes the weights of a network",
    topic=TOPIC,
    difficulty=4,
    minutes=4,
    version=2,
    lecture={"channels": 3, "image": [32, 32]},
)
def what_changes_the_weights_of_a_network(draw: Draw) -> Question:
    image, layers = _small_network(draw, dense=True)
    return _what_changes(
        draw,
        image,
        layers,
        "A network, with an intercept for each kernel and each unit, gets images of",
        "Which of these changes, each made on its own, change the number of weights of the whole network?",
    )


def _lenet(draw: Draw) -> tuple[tuple[int, int, int], list[dict[str, Any]]]:
    """Draw an image, and two convolutions with a pool after each, and three dense layers."""
    channels, side = draw.choice((1, 3), "channels"), draw.between(28, 34, "image")
    maps, more_maps = draw.ranges((4, 10), (12, 20), name="kernels")
    size, next_size = draw.fixable([draw.choice((3, 5)) for _ in range(2)], "sizes", least=1)
    units, fewer_units = draw.ranges((80, 120), (40, 79), name="units")
    padding = draw.between(0, 2, "padding")
    require(padding < size, "a padding smaller than the kernel")
    return (channels, side, side), [
        {"type": "conv", "out_channels": maps, "kernel_size": size, "stride": 1, "padding": padding},
        {"type": "pool", "size": 2, "stride": 2},
        {"type": "conv", "out_channels": more_maps, "kernel_size": next_size, "stride": 1, "padding": 0},
        {"type": "pool", "size": 2, "stride": 2},
        {"type": "flatten"},
        {"type": "dense", "units": units},
        {"type": "dense", "units": fewer_units},
        {"type": "dense", "units": 10},
    ]


def _small_network(draw: Draw, dense: bool) -> tuple[Shape, list[Layer]]:
    """Draw an image and a convolution, with a pool and a dense layer after it if wanted."""
    image = (draw.choice((1, 3), "channels"), *draw.ranges((24, 64), (24, 64), name="image"))
    conv: dict[str, Any] = {
        "type": "conv",
        "out_channels": draw.between(8, 32, "kernels"),
        "kernel_size": draw.fixable(draw.choice((3, 5)), "kernel", least=1),
        "stride": 1,
        "padding": draw.between(0, 1, "padding"),
    }
    if not dense:
        return image, [conv]
    units = draw.between(10, 99, "units")
    return image, [conv, {"type": "pool", "size": 2, "stride": 2}, {"type": "flatten"}, {"type": "dense", "units": units}]


def _what_changes(draw: Draw, image: Shape, layers: list[Layer], opening: str, question: str) -> Question:
    """Ask which of some changes give another number of weights; each is counted with and without the change."""
    conv, dense = layers[0], len(layers) > 1
    size, maps, padding = conv["kernel_size"], conv["out_channels"], conv["padding"]
    more = draw.between(2, 9, "more")

    def with_conv(**change: object) -> tuple[Shape, list[Layer]]:
        return image, [{**conv, **change}, *layers[1:]]

    if dense:
        elsewhere = "After flatten, the dense layer has a different number of inputs, and so of weights."
    else:
        elsewhere = "The kernels slide over other positions, but their number and their size are the same."
    channels = 4 - image[0]  # 1 becomes 3, and 3 becomes 1
    changes = [
        (f"The images have {2 * image[1]} × {2 * image[2]} pixels", "image size counted", elsewhere,
         ((image[0], 2 * image[1], 2 * image[2]), layers)),
        (f"The images have {'3 channels' if channels == 3 else '1 channel'} instead of {image[0]}", "depth forgotten",
         "A kernel is as deep as the image.", ((channels, *image[1:]), layers)),
        (f"conv 1 has {maps + more} kernels instead of {maps}", "kernels forgotten",
         "Each kernel has its own weights.", with_conv(out_channels=maps + more)),
        (f"The kernels have {size + 2} × {size + 2} pixels", "kernel size forgotten",
         "A larger kernel has a weight for each of its pixels.", with_conv(kernel_size=size + 2)),
        (f"The kernels have {size} × {size + 1} pixels", "kernel size forgotten",
         "A kernel has height times width weights in each channel.", with_conv(kernel_size=(size, size + 1))),
        ("The stride is 2 instead of 1", "stride counted", elsewhere, with_conv(stride=2)),
        (f"The padding is {padding + 1} instead of {padding}", "padding counted", elsewhere,
         with_conv(padding=padding + 1)),
        (f"The batches have {8 * more} images instead of {4 * more}", "batch counted",
         "All images of a batch share the same weights.", (image, layers)),
        ("ReLU follows the convolution", "ReLU counted", "ReLU has no weights.",
         (image, [conv, {"type": "relu"}, *layers[1:]])),
        ("There are twice as many images to train on", "images counted",
         "Training changes the weights, not their number.", (image, layers)),
        (f"Training lasts {more + 3} epochs longer", "epochs counted",
         "Training changes the weights, not their number.", (image, layers)),
    ]  # fmt: skip
    if dense:
        units = {"type": "dense", "units": layers[3]["units"] + more}
        changes += [
            ("The pooling layer takes averages instead of maxima", "pool counted", "A pooling layer has no weights, and "
            "the sizes stay the same.",
             (image, layers)),
            ("The pooling layer is removed", "pool forgotten", "Without the pooling layer, the dense layer gets more "
            "inputs.",
             (image, [conv, *layers[2:]])),
            (f"The dense layer has {units['units']} units", "units forgotten", "Each unit has its own weights.",
             (image, [*layers[:3], units])),
        ]  # fmt: skip
    before, by_hand = kernels.count_network(image, layers), sum(_weights_by_hand(image, layers))
    options, check = [], []
    for text, name, sentence, (other_image, other_layers) in changes:
        differs = kernels.count_network(other_image, other_layers) != before
        check.append(sum(_weights_by_hand(other_image, other_layers)) != by_hand)
        step = f"“{text}”: {'yes' if differs else 'no'}. {sentence}"
        options.append(Option(text, differs, sentence, "" if differs else name, step))
    return Question(
        stem=f"{opening} {_by(image)} (channels, height, width):\n\n{architecture(layers)}\n\n{question}",
        key=Choice(tuple(options), several=True),
        check=tuple(check),
        steps=["Count the weights before and after each change."],
        load=load(len(options), [image]),
        offered=6,
    )


def _weights_by_hand(image: Shape, layers: Sequence[Layer]) -> list[int]:
    """Count the weights of each layer from arrays' sizes and windows' places: no formula is shared with the key."""
    (channels, *sides), counts = image, []
    for layer in layers:
        match layer["type"]:
            case "conv":
                counts.append(_conv_by_hand(channels, layer))
                channels = layer["out_channels"]
            case "dense":
                inputs = channels * prod(sides)
                counts.append(np.broadcast_to(0, (layer["units"], inputs + 1)).size)
                channels, sides = layer["units"], []
            case _:
                counts.append(0)
        if layer["type"] in ("conv", "pool"):
            sides = [
                sum(left + size <= length + padding for left in range(-padding, length + padding, stride))
                for length, size, stride, padding in zip(sides, *kernels.window(layer))
            ]
    return counts


def _conv_by_hand(channels: int, layer: Layer) -> int:
    """Count the weights of a convolution as the sizes of its arrays: kernels and intercepts."""
    size, maps = kernels.window(layer)[0], layer["out_channels"]
    return np.broadcast_to(0, (maps, channels, *size)).size + np.broadcast_to(0, maps).size


def _by(shape: Shape) -> str:
    return " × ".join(map(str, shape))
