"""How much of the image a value of a feature map sees."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import kernels
from kernels.network import Layer
from kernels.receptive_field import Field
from quizzes.drawing.architectures import one_dimension
from quizzes.question import Grid, Question, distractors, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.layers import architecture, names
from quizzes.text.writing import minus

TOPIC = "Receptive field"
WIDEST = 30  # pixels of an image that is drawn unit by unit


@template(
    "Receptive field layer by layer",
    topic=TOPIC,
    difficulty=3,
    minutes=5,
    tells=5,
    operations=(16, 16),
    largest=(12, 90),
    version=2,
    lecture={"kernels": [3, 3, 2, 3], "strides": [1, 1, 2, 1]},  # as VGG begins
)
def receptive_field_layer_by_layer(draw: Draw) -> Question:
    sizes = draw.ranges((3, 7), (2, 5), (2, 3), (2, 5), name="kernels")
    strides = draw.ranges((1, 3), (1, 2), (2, 3), (1, 2), name="strides")
    layers = [
        {"type": kind, "size" if kind == "pool" else "kernel_size": size, "stride": stride}
        for kind, size, stride in zip(("conv", "conv", "pool", "conv"), sizes, strides)
    ]
    fields = kernels.receptive_field(layers)
    require(fields[-1].size <= 2000, "a receptive field of at most 2000 pixels")
    steps = []
    for name, layer, before, after in zip(names(layers), layers, fields, fields[1:]):
        (kernel, _), (stride, _), _ = kernels.window(layer)
        steps.append(
            f"{name}: the field grows by $({kernel} - 1) \\cdot {before.jump} = {(kernel - 1) * before.jump}$ to "
            f"${after.size}$; the jump becomes ${before.jump} \\cdot {stride} = {after.jump}$."
        )

    def size_and_jump(fields: Sequence[Field]) -> list[tuple[int, int]]:
        return [field[:2] for field in fields[1:]]

    return Question(
        stem=f"These layers have square windows:\n\n{architecture(layers)}\n\nFor each layer, give the receptive field "
        "of its values (how many pixels wide it is in the image) and the jump (the distance between the left edges of "
        "neighbouring fields, in pixels). For the image itself both are 1.",
        key=Grid(tuple(field[:2] for field in fields[1:]), tuple(names(layers)), ("receptive field", "jump")),
        check=[_seen_and_moved(layers[: place + 1]) for place in range(len(layers))],
        wrong=distractors("field_size", layers, part=size_and_jump),
        steps=steps,
        load=load(4 * len(layers), [field[:2] for field in fields]),
    )


@template(
    "Which pixels a value sees",
    topic=TOPIC,
    difficulty=4,
    minutes=5,
    tells=4,
    operations=(14, 18),
    largest=(14, 130),
    version=2,
)
def which_pixels_a_value_sees(draw: Draw) -> Question:
    layers: list[dict[str, Any]] = [
        {
            "type": "conv",
            "kernel_size": draw.fixable(draw.sample((3, 4, 5, 6, 7), 2), "kernel", least=1),
            "stride": draw.between(1, 3, "stride"),
            "padding": draw.between(1, 2, "padding", least=0),
        },
        {"type": "pool", "size": 2, "stride": 2},
        {"type": "conv", "kernel_size": draw.choice((3, 5)), "stride": 1, "padding": draw.between(0, 1)},
    ]
    require(layers[0]["padding"] < min(layers[0]["kernel_size"]), "a padding smaller than the kernel")
    rows, columns = draw.ranges((4, 8), (4, 8), name="feature map")
    place = draw.between(0, rows - 1), draw.between(0, columns - 1)
    image = [rows, columns]  # of the last feature map; go back, so that the windows end where the image ends
    for size, stride, padding in map(kernels.window, reversed(layers)):
        image = [(n - 1) * s + k - 2 * p for n, k, s, p in zip(image, size, stride, padding)]
    fields = [kernels.receptive_field(layers, axis)[-1] for axis in (0, 1)]
    key = []
    for field, position, length in zip(fields, place, image):
        first, last = field.pixels(position)
        key.append((max(first, 0) + 1, min(last, length - 1) + 1))
    return Question(
        stem=f"An image of {image[0]} rows and {image[1]} columns goes through these layers (windows are height × "
        f"width):\n\n{architecture(layers)}\n\nOne value of the last feature map is in row {place[0] + 1}, column "
        f"{place[1] + 1}. Which rows and which columns of the image does it depend on? Rows and "
        "columns are counted from 1, in the feature maps too. Padding does not belong to the image and is not counted.",
        key=Grid(tuple(key), ("rows", "columns"), ("first", "last")),
        check=[_from_one(seen) for seen in _seen(image, layers, place)],
        wrong=distractors("pixels_seen", image, layers, place),
        steps=_told_back(image, layers, place),
        load=load(2 * 2 * len(layers) + 2 + sum(layer.get("padding", 0) > 0 for layer in layers), [image]),
    )


@template(
    "Layers until everything is seen",
    topic=TOPIC,
    difficulty=4,
    minutes=5,
    tells=4,
    operations=(6, 30),
    largest=(100, 3000),
    version=2,
    lecture={"kernel": 3, "image": 224},
)
def layers_until_everything_is_seen(draw: Draw) -> Question:
    kernel, pixels = draw.fixable(draw.choice((3, 5, 7)), "kernel", least=2), draw.between(100, 3000, "image")
    designs = [(kernel, 1, 0), (kernel, 2, 0), (kernel, 1, 1)]
    key = (-(-(pixels - 1) // (kernel - 1)), _doublings(pixels, kernel - 1), _doublings(pixels, kernel))
    given = [distractors("depth_to_see", pixels, *design) for design in designs]
    return Question(
        stem=f"An image is {pixels} pixels wide. Each network below repeats one block, with kernels of {kernel} × "
        f"{kernel}:\n\n- A: a convolution with a stride of 1;\n- B: a convolution with a stride of 2;\n- C: a "
        "convolution with a stride of 1, followed by 2 × 2 pooling with a stride of 2.\n\nHow many blocks does each "
        f"network need at least, so that the receptive field of a value after the last block is at least {pixels} "
        "pixels wide? Padding keeps the feature maps large enough.",
        key=Grid((key,), (), ("A", "B", "C")),
        check=[[_fewest_blocks(pixels, *design) for design in designs]],
        wrong=[wrong([[one.answer for one in row]], row[0].name, row[0].sentence) for row in zip(*given)],
        steps=[
            f"A: each block adds {kernel - 1} pixels to the one that is seen without any: $1 + {kernel - 1} \\cdot "
            f"{key[0]} = {1 + (kernel - 1) * key[0]}$ is enough, one block fewer gives {1 + (kernel - 1) * (key[0] - 1)}.",
            f"B: the jump doubles with each block, which adds {kernel - 1}, {2 * (kernel - 1)}, {4 * (kernel - 1)}, ... "
            f"pixels: $1 + {kernel - 1} \\cdot (2^{{{key[1]}}} - 1) = {1 + (kernel - 1) * (2 ** key[1] - 1)}$ is enough, "
            f"one block fewer gives {1 + (kernel - 1) * (2 ** (key[1] - 1) - 1)}.",
            f"C: the kernel adds {kernel - 1} jumps and pooling one more: {kernel}, {2 * kernel}, {4 * kernel}, ... "
            f"pixels. $1 + {kernel} \\cdot (2^{{{key[2]}}} - 1) = {1 + kernel * (2 ** key[2] - 1)}$ is enough, one block "
            f"fewer gives {1 + kernel * (2 ** (key[2] - 1) - 1)}.",
        ],
        load=load(4 + key[1] + key[2], [pixels]),
    )


@template(
    "Follow the lines to the image",
    topic=TOPIC,
    difficulty=2,
    minutes=3,
    tells=3,
    operations=(6, 6),
    largest=(6, WIDEST),
    version=2,
)
def follow_the_lines_to_the_image(draw: Draw) -> Question:
    sizes = draw.ranges((2, 5), (2, 5), (2, 5), name="kernels")
    windows = list(zip(sizes, draw.ranges((1, 2), (1, 2), (1, 2), name="strides")))
    layers = [
        {"type": kind, name: kernel, "stride": stride}
        for (kernel, stride), (kind, name) in zip(
            windows, (("conv", "kernel_size"), ("pool", "size"), ("conv", "kernel_size"))
        )
    ]
    place = draw.between(2, 9, "unit")
    units = place + draw.between(1, 3)
    size = units
    for kernel, stride in windows[::-1]:
        size = (size - 1) * stride + kernel
    require(size <= WIDEST, f"an image of at most {WIDEST} pixels")
    depths = (2, 1, 0)  # how many layers lie below what is asked for
    key = [_from_one(kernels.receptive_field(layers[low:])[-1].pixels(place - 1)) for low in depths]
    misread = [
        distractors("field_size", layers[low:], part=lambda fields: [_from_one(fields[-1].pixels(place - 1))])
        for low in depths
    ]
    steps, first, last = [], place, place
    for below, (kernel, stride) in zip(("layer 2", "layer 1", "the image"), windows[::-1]):
        ends = (first - 1) * stride + 1, (last - 1) * stride + kernel
        steps.append(
            f"The lines end in {below} at $({first} - 1) \\cdot {stride} + 1 = {ends[0]}$ to "
            f"$({last} - 1) \\cdot {stride} + {kernel} = {ends[1]}$."
        )
        first, last = ends
    return Question(
        stem=f"The picture shows a network in one dimension: an image of {size} pixels, a convolution (layer 1), a "
        f"pooling layer (layer 2) and a convolution (layer 3), all without padding. Unit {place} of layer 3 is marked. "
        "Which units of layer 2, which units of layer 1 and which pixels of the image does it depend on? All are counted "
        "from 1.",
        key=Grid(tuple(key), ("layer 2", "layer 1", "image"), ("first", "last")),
        check=[[min(seen) + 1, max(seen) + 1] for seen in _back({place - 1}, layers)],
        wrong=[
            *(wrong([one.answer[0] for one in row], row[0].name, row[0].sentence) for row in zip(*misread)),
            wrong(
                [(first - 1, last - 1) for first, last in key],
                "counted from zero",
                "units are counted from 0. Here they are counted from 1.",
            ),
        ],
        steps=steps,
        load=load(6, [size]),
        needs_picture=True,
        picture=partial(one_dimension, size, layers, place),
    )


def _from_one(ends: Sequence[int]) -> tuple[int, int]:
    """Return the first and the last place, counted from 0, as a student counts them: from 1."""
    first, last = ends
    return first + 1, last + 1


def _back(seen: set[int], layers: Sequence[Layer], sizes: Sequence[int] = ()) -> list[set[int]]:
    """Push places of the last feature map back through the layers: return which places of each one below they reach.

    sizes: those of the feature maps along the axis, from the image on; places outside them are padding and reach nothing.
    """
    reached = []
    for depth, layer in reversed(list(enumerate(layers))):
        (kernel, _), (stride, _), (padding, _) = kernels.window(layer)
        seen = {place * stride - padding + offset for place in seen for offset in range(kernel)}
        if sizes:
            seen = {place for place in seen if 0 <= place < sizes[depth]}
        reached.append(seen)
    return reached


def _seen_and_moved(layers: Sequence[Layer]) -> list[int]:
    """Return how far what the first value sees reaches, and how far on what the second sees begins."""
    first, second = (_back({place}, layers)[-1] for place in (0, 1))
    return [max(first) - min(first) + 1, min(second) - min(first)]


def _along(axis: int, image: Sequence[int], layers: Sequence[Layer]) -> tuple[list[Layer], list[int]]:
    """Return the layers along one axis, and the sizes of their feature maps, by counting places."""
    alone, sizes = list[Layer](), [image[axis]]
    for layer in layers:
        kernel, stride, padding = (both[axis] for both in kernels.window(layer))
        alone.append({"type": "conv", "kernel_size": kernel, "stride": stride, "padding": padding})
        sizes.append(len(range(-padding, sizes[-1] + padding - kernel + 1, stride)))
    return alone, sizes


def _seen(image: Sequence[int], layers: Sequence[Layer], place: Sequence[int]) -> list[list[int]]:
    """Return the first and last row and column that a place depends on."""
    seen = []
    for axis, position in enumerate(place):
        pixels = _back({position}, *_along(axis, image, layers))[-1]
        seen.append([min(pixels), max(pixels)])
    return seen


def _told_back(image: Sequence[int], layers: Sequence[Layer], place: Sequence[int]) -> list[str]:
    """Return the steps from a value back to the image, in rows and in columns."""
    along = [_along(axis, image, layers) for axis in (0, 1)]
    parts, steps = [[position, position] for position in place], []
    below = [f"The output of {name}" for name in names(layers)[:-1]]
    for depth, name in reversed(list(enumerate(["The image", *below]))):
        sides = []
        for axis, (alone, sizes) in enumerate(along):
            (kernel, _), (stride, _), (padding, _) = kernels.window(alone[depth])
            low, high = parts[axis][0] * stride - padding, parts[axis][1] * stride - padding + kernel - 1
            parts[axis] = [max(low, 0), min(high, sizes[depth] - 1)]
            (first, last), (start, end) = _from_one((low, high)), _from_one(parts[axis])
            cut = "" if (first, last) == (start, end) else f", without padding {start} to {end}"
            sides.append(f"{('rows', 'columns')[axis]} {minus(first)} to {last}{cut}")
        steps.append(f"{name}: {', and '.join(sides)}.")
    return [
        "With a kernel of $k$, a stride of $s$ and a padding of $p$, the value at position $i$ sees $k$ positions. The "
        "first of them is $(i - 1) \\cdot s - p + 1$.",
        *steps,
    ]


def _doublings(pixels: int, adds: int) -> int:
    """Return the least number of blocks that add `adds`, then twice, then four times as many pixels to the first one."""
    return (-(-(pixels - 1) // adds)).bit_length()


def _fewest_blocks(pixels: int, kernel: int, stride: int, pool: int) -> int:
    """Add blocks and go back through all of them from a single value, until it sees enough."""
    blocks, seen = 0, 1
    while seen < pixels:
        seen = 2 * seen if pool else seen
        blocks, seen = blocks + 1, (seen - 1) * stride + kernel
    return blocks
