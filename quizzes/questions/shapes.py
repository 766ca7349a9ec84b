"""What shape comes out of each layer of a network."""

from collections.abc import Callable, Sequence
from functools import partial
from math import prod

import kernels
from kernels.network import Layer
from kernels.types import Shape
from misconceptions import about
from quizzes.drawing.architectures import feature_maps
from quizzes.question import Grid, Load, Number, Question, Wrong, distractors, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.layers import architecture, by, names
from quizzes.tools.windows import fixable_pair

Trace = Callable[[Shape, Sequence[Layer]], list[Shape]]
TOPIC = "Shapes through a network"


@template(
    "Shapes through an architecture",
    topic=TOPIC, difficulty=3, minutes=5, tells=4, operations=(20, 30), largest=(36, 80), version=2,
    lecture={"channels": 3, "image": [32, 32]},
)  # fmt: skip
def shapes_through_an_architecture(draw: Draw) -> Question:
    image = _image(draw, 36, 80)
    layers = _convolutions_and_pools(draw)
    shapes = kernels.trace(image, layers)
    return Question(
        stem=f"An image of {_shape(image)} (channels, height, width) goes through these layers:\n\n{architecture(layers)}"
        "\n\nGive the number of channels, the height and the width of the output of each layer.",
        key=Grid(tuple(shapes[1:]), tuple(names(layers)), ("channels", "height", "width")),
        check=_counted(image, layers)[1:],
        wrong=distractors("trace", image, layers, part=lambda shapes: shapes[1:]),
        steps=_steps(shapes, layers),
        load=_load(image, layers),
        picture=partial(feature_maps, image, layers),
    )


@template(
    "Inputs of the first dense layer",
    topic=TOPIC, difficulty=3, minutes=4, tells=4, operations=(20, 32), largest=(36, 120), version=2,
    lecture={"channels": 3, "image": [32, 32]},
)  # fmt: skip
def inputs_of_the_first_dense_layer(draw: Draw) -> Question:
    image = _image(draw, 36, 120)
    layers = _convolutions_and_pools(draw)
    shapes = kernels.trace(image, layers)
    flattened = kernels.trace(shapes[-1], [{"type": "flatten"}])[-1]
    return Question(
        stem=f"An image of {_shape(image)} (channels, height, width) goes through these layers:\n\n{architecture(layers)}"
        "\n\nThen a flatten layer puts all values into a row. How many inputs does the dense layer after it have?",
        key=Number(flattened[0]),
        check=prod(_counted(image, layers)[-1]),
        wrong=[
            *distractors("trace_sizes", image, layers, part=lambda shapes: prod(shapes[-1])),
            *distractors("flattened", image, layers),
        ],
        steps=[
            *_steps(shapes, layers),
            f"flatten keeps all values: ${shapes[-1][0]} \\cdot {shapes[-1][1]} \\cdot {shapes[-1][2]} = {flattened[0]}$.",
        ],
        load=_load(image, layers, 2),
        picture=partial(feature_maps, image, layers),
    )


@template(
    "Where a network breaks",
    topic=TOPIC, difficulty=4, minutes=6, tells=3, operations=(20, 64), largest=(80, 400), version=2,
)  # fmt: skip
def where_a_network_breaks(draw: Draw) -> Question:
    sides = draw.between(30, 70), draw.between(80, 400)
    image = (3, *draw.fixable(sides if draw.below(2) else sides[::-1], "image", least=1))
    layers = []
    for nth in range(1, 6):
        layers += [
            {
                "type": "conv",
                "kernel_size": draw.between(3, 7, f"kernel {nth}"),
                "out_channels": 8,
                "stride": draw.fixable(draw.choice((1, 1, 1, 2)), f"stride {nth}", least=1),
                "padding": draw.between(0, 1, f"padding {nth}"),
            },
            {"type": "pool", "size": draw.between(2, 3, f"pool {nth}"), "stride": 2},
        ]
    _require_pixels(layers)
    position, shapes = _first_misfit(kernels.trace, image, layers)
    require(position >= 3, "the first two layers fit")
    require(position <= 8, "the network breaks before its last two layers")
    got, counted = shapes[-1], _counted(image, layers)
    steps = _steps(shapes, layers)
    size, _, padding = kernels.window(layers[position - 1])
    return Question(
        stem=f"These layers are stacked for images {image[1]} pixels high and {image[2]} pixels wide:\n\n"
        f"{architecture(layers)}\n\nSuch images do not get through: at one layer the window no longer fits into the "
        f"feature maps. "
        "Which is the first such layer (counted from 1, pooling layers included), and what are the height and the width of "
        "the feature maps that it gets?",
        key=Grid(((position, got[1], got[2]),), (), ("layer", "height", "width")),
        check=[(len(counted), *counted[-1][1:])],
        wrong=[
            *_breaks_elsewhere(image, layers),
            wrong(
                [(position - 1, got[1], got[2])],
                "last layer that fits",
                "the last layer that still fits is given. The question asks for the next one.",
            ),
            wrong(
                [(position - 1, *shapes[-2][1:])],
                "one layer too early",
                "the last layer that still fits is given, with the feature maps that it gets.",
            ),
            wrong(
                [(position, got[2], got[1])], "width before height", "height and width are swapped. The height comes first."
            ),
        ],
        steps=[
            *steps,
            f"Layer {position} has a window of {by(*size)}. It does not fit into {by(got[1], got[2])}"
            f"{f', not even with a padding of {padding[0]}' if padding[0] else ''}.",
        ],
        load=_load(image, layers[: position - 1], 2),
    )


@template(
    "Smallest image for a network",
    topic=TOPIC, difficulty=4, minutes=5, tells=4, operations=(12, 24), largest=(10, 120), version=2,
)  # fmt: skip
def smallest_image_for_a_network(draw: Draw) -> Question:
    first, second, third = (
        fixable_pair(draw, draw.sample((2, 3, 4, 5, 6, 7), 2), f"kernel {nth}", least=1) for nth in (1, 2, 3)
    )
    layers = [
        {"type": "conv", "kernel_size": first, "stride": draw.between(1, 2, "stride 1")},
        {"type": "pool", "size": draw.between(2, 3, "pool"), "stride": 2},
        {"type": "conv", "kernel_size": second, "stride": draw.between(1, 2, "stride 2")},
        {"type": "conv", "kernel_size": third, "stride": 1},
    ]
    key = [kernels.receptive_field(layers, axis)[-1].size for axis in (0, 1)]
    require(max(key) <= 1000, "an image of at most 1000 pixels")
    vertical, horizontal = (
        distractors("field_size", layers, axis=axis, part=lambda fields: fields[-1].size) for axis in (0, 1)
    )
    windows = list(zip(names(layers), map(kernels.window, layers)))[::-1]
    steps, size = ["Go back from the last layer, which has to output at least one value."], [1, 1]
    for name, (kernel, stride, _) in windows:
        before = [(n - 1) * s + k for n, k, s in zip(size, kernel, stride)]
        steps.append(
            f"{name} outputs {by(*size)} from at least $({size[0]} - 1) \\cdot {stride[0]} + {kernel[0]} = {before[0]}$ "
            f"rows and $({size[1]} - 1) \\cdot {stride[1]} + {kernel[1]} = {before[1]}$ columns."
        )
        size = before
    return Question(
        stem="A network has these layers, all without padding. Windows are given as height × width.\n\n"
        f"{architecture(layers)}\n\nWhat are the smallest height and the smallest width of an image that every "
        "window fits into?",
        key=Grid((tuple(key),), (), ("height", "width")),
        check=[[_smallest(layers, axis) for axis in (0, 1)]],
        wrong=[
            *(wrong([[one.answer, two.answer]], one.name, one.sentence) for one, two in zip(vertical, horizontal)),
            wrong([key[::-1]], "height and width swapped", "height and width are swapped. The height comes first."),
        ],
        steps=steps,
        load=load(4 * len(layers), [first, second, third, key]),
    )


def _image(draw: Draw, least: int, most: int) -> tuple[int, int, int]:
    """Draw channels, height and width of an image."""
    channels = draw.fixable(draw.choice((1, 3)), "channels", least=1)
    return (channels, *fixable_pair(draw, draw.sample(range(least, most + 1), 2), "image", least=1))


def _convolutions_and_pools(draw: Draw) -> list[Layer]:
    """Draw two convolutions, with a pool after each."""
    layers: list[Layer] = [
        {
            "type": "conv",
            "out_channels": draw.between(4, 16, "feature maps 1"),
            "kernel_size": draw.fixable(draw.choice((3, 5, 7)), "kernel 1", least=1),
            "stride": draw.between(1, 2, "stride 1"),
            "padding": draw.between(0, 2, "padding 1"),
        },
        {"type": "pool", "size": draw.between(2, 3, "pool 1"), "stride": 2},
        {
            "type": "conv",
            "out_channels": draw.between(17, 40, "feature maps 2"),
            "kernel_size": draw.between(3, 4, "kernel 2"),
            "stride": 1,
            "padding": draw.between(0, 1, "padding 2"),
        },
        {"type": "pool", "size": 2, "stride": 2},
    ]
    _require_pixels(layers)
    return layers


def _require_pixels(layers: Sequence[Layer]) -> None:
    """Refuse windows that lie on nothing but padding."""
    windows = [axis for layer in layers for axis in zip(*kernels.window(layer))]
    require(all(padding < size for size, _, padding in windows), "a padding smaller than the kernel")


def _counted(image: Shape, layers: Sequence[Layer]) -> list[Shape]:
    """Return the shapes up to the first layer that does not fit, each size by counting the window's places."""
    shapes = [tuple(image)]
    for layer in layers:
        sizes = []
        for length, kernel, stride, padding in zip(shapes[-1][1:], *kernels.window(layer)):
            sizes.append(
                len([left for left in range(-padding, length + padding, stride) if left + kernel <= length + padding])
            )
        if not all(sizes):
            return shapes
        shapes.append((layer.get("out_channels", shapes[-1][0]), *sizes))
    return shapes


def _first_misfit(trace: Trace, image: Shape, layers: Sequence[Layer]) -> tuple[int, list[Shape]]:
    """Return the first layer, counted from 1, that does not fit, and the shapes before it."""
    shapes = [tuple(image)]
    for position, layer in enumerate(layers, start=1):
        try:
            shapes.append(trace(shapes[-1], [layer])[-1])
        except ValueError:
            return position, shapes
    return len(layers) + 1, shapes


def _breaks_elsewhere(image: Shape, layers: Sequence[Layer]) -> list[Wrong]:
    """Return where the network breaks for those who follow the shapes in a wrong way."""
    answers = []
    for one in about("trace_sizes"):
        position, shapes = _first_misfit(one.answer, image, layers)
        if position <= len(layers):
            answers.append(wrong([(position, *shapes[-1][1:])], one.name, one.sentence))
    return answers


def _smallest(layers: Sequence[Layer], axis: int) -> int:
    """Return the smallest size that every layer fits into, by trying one after the other."""
    windows = [(kernel[axis], stride[axis]) for kernel, stride, _ in map(kernels.window, layers)]
    size = 0
    while True:
        size += 1
        left = size
        for kernel, stride in windows:
            left = len(range(0, left - kernel + 1, stride))
        if left:
            return size


def _steps(shapes: Sequence[Shape], layers: Sequence[Layer]) -> list[str]:
    """Return one line for each layer that was passed."""
    steps = []
    for name, layer, before, after in zip(names(layers), layers, shapes, shapes[1:]):
        (kernel, _), (stride, _), (padding, _) = kernels.window(layer)
        sides = " and ".join(
            f"$\\lfloor ({size} + 2 \\cdot {padding} - {kernel}) / {stride} \\rfloor + 1 = {new}$"
            if padding
            else f"$\\lfloor ({size} - {kernel}) / {stride} \\rfloor + 1 = {new}$"
            for size, new in zip(before[1:], after[1:])
        )
        maps = f"{after[0]} kernels make {after[0]} feature maps" if layer["type"] == "conv" else f"{after[0]} maps remain"
        steps.append(f"{name}: {maps}; height and width are {sides}.")
    return steps


def _load(image: Shape, layers: Sequence[Layer], more: int = 0) -> Load:
    """Return the load of following height and width: subtract, divide, add, and twice the padding."""
    operations = sum(2 * (2 + (stride[0] > 1) + (padding[0] > 0)) for _, stride, padding in map(kernels.window, layers))
    return load(operations + more, [image])


def _shape(shape: Shape) -> str:
    return " × ".join(map(str, shape))
