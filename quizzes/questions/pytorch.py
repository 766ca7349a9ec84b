"""Reading PyTorch: shapes and parameters of a model, the line that fails, dimensions of a batch."""

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

import kernels
from kernels.network import Layer
from quizzes.question import Grid, Load, Number, Question, distractors, exact, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, matrix, minus
from quizzes.tools import independent

TOPIC = "Reading PyTorch"
PIXELS = 10**6
DIMENSIONS = ("dim 0", "dim 1", "dim 2", "dim 3")


@template("Shapes after each line", topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(10, 22), largest=(36, 96))
def shapes_after_each_line(draw: Draw) -> Question:
    images, *image = _batch(draw)
    layers = [
        _convolution(image[0], draw.between(4, 24, "kernels"), draw.choice((3, 5, 7), "kernel"),
                     draw.between(1, 2, "stride"), draw.between(0, 2, "padding")),
        {"type": "relu"},
        {"type": "pool", "size": draw.between(2, 3, "pool"), **draw.choice(({}, {"stride": 1}, {"stride": 2}))},
    ]  # fmt: skip
    layers.append(_convolution(layers[0]["out_channels"], draw.between(25, 48, "more kernels"), draw.choice((2, 3, 4))))
    shapes = kernels.trace(tuple(image), layers)
    wrongly = distractors("trace", tuple(image), layers, part=lambda found: [[images, *shape] for shape in found[1:]])
    return Question(
        stem=f"A batch of shape {_shape([images, *image])} goes through this model, line by line.\n\n{_model(layers)}\n\n"
        "What is the `shape` of the output of each line?",
        key=Grid(exact([[images, *shape] for shape in shapes[1:]]), _lines(layers), DIMENSIONS),
        check=_shapes_in_numpy([images, *image], layers),
        wrong=[
            *wrongly,
            wrong(
                [[images, *shape[1:], shape[0]] for shape in shapes[1:]],
                "channels last",
                "the channels come last. PyTorch keeps them before height and width.",
            ),
            wrong([[1, *shape] for shape in shapes[1:]], "a single image", "a single image is followed. The batch stays."),
        ],
        steps=["Dimension 0 counts the images: no layer changes it.", *_steps(shapes, layers)],
        load=_load(image, layers),
    )


@template("The missing in_features", topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(10, 24), largest=(24, 64))
def missing_in_features(draw: Draw) -> Question:
    images, *image = _batch(draw, 24, 64)
    layers = [
        _convolution(image[0], draw.between(4, 16, "kernels"), draw.choice((3, 5), "kernel"), 1, draw.between(0, 2)),
        {"type": "pool", "size": 2},
        _convolution(0, draw.between(17, 48, "more kernels"), 3, draw.between(1, 2, "stride"), draw.between(0, 1)),
        {"type": "pool", "size": draw.between(2, 3, "pool"), **draw.choice(({}, {"stride": 2}))},
    ]
    layers[2]["inputs"] = layers[0]["out_channels"]
    shapes = kernels.trace(tuple(image), layers)
    flat = prod(shapes[-1])
    lines = [*map(_line, layers), "nn.Flatten()", f"nn.Linear(_____, {draw.between(2, 20, 'classes')})"]
    return Question(
        stem=f"This model gets batches of shape {_shape([images, *image])}. Which number belongs in the gap?\n\n"
        f"{_program(lines)}",
        key=Number(flat),
        check=prod(_shapes_in_numpy([images, *image], layers)[-1][1:]),
        wrong=[
            *distractors("trace_sizes", tuple(image), layers, part=lambda found: prod(found[-1])),
            *distractors("flattened", tuple(image), layers),
            wrong(
                images * flat,
                "images of the batch flattened",
                "the images of the batch are put into one row. `nn.Flatten` keeps dimension 0: each image has its own row.",
            ),
        ],
        steps=[
            *_steps(shapes, layers),
            "Line 5 puts all values of an image into a row: "
            f"${independent.product_written(shapes[-1])} = {flat}$, and line 6 has to expect as many.",
        ],
        load=_load(image, layers, 2),
    )


@template(
    "Parameters of each line", topic=TOPIC, difficulty=2, minutes=3, tells=5, operations=(9, 9), largest=(1_000, 20_000)
)
def parameters_of_each_line(draw: Draw) -> Question:
    channels, few, many = draw.choice((1, 3), "channels"), draw.between(4, 12, "kernels"), draw.between(13, 32, "maps")
    wide, narrow = draw.choice((5, 7), "kernel"), draw.choice((2, 3), "small kernel")
    inputs, outputs = draw.choice(range(120, 481, 10), "inputs"), draw.between(2, 40, "outputs")
    biases = draw.choice(((True, False, True), (False, True, True), (True, True, False)))
    modules: list[dict[str, Any]] = [
        {"weight": weight, "bias": bias}
        for weight, bias in zip(((few, channels, wide, wide), (many, few, narrow, narrow), (outputs, inputs)), biases)
    ]
    lines = [
        _line(_convolution(channels, few, wide)),
        "nn.ReLU()",
        "nn.MaxPool2d(2)",
        _line(_convolution(few, many, narrow)),
        "nn.Flatten()",
        f"nn.Linear({inputs}, {outputs})",
    ]
    counted = [0, 3, 5]
    for line, bias in zip(counted, biases):
        lines[line] = lines[line] if bias else f"{lines[line][:-1]}, bias=False)"
    key = [(prod(module["weight"]), module["bias"] * module["weight"][0]) for module in modules]
    return Question(
        stem=f"How many trainable numbers do `weight` and `bias` (the intercepts) of lines 1, 4 and 6 "
        f"hold?\n\n{_program(lines)}\n\nWrite 0 where a line has none.",
        key=Grid(tuple(key), tuple(f"line {line + 1}" for line in counted), ("weight", "bias")),
        check=[[tensor.size, len(tensor) if module["bias"] else 0]
               for module in modules for tensor in [np.broadcast_to(0, module["weight"])]],
        wrong=distractors("module_parameters", modules),
        steps=[
            "ReLU, pooling and flatten have nothing to train. `bias=True` is the default.",
            *(
                f"Line {line + 1}: ${independent.product_written(module['weight'])} = {weights}$ weights, "
                + (f"and {bias} intercepts, one for each output." if bias else "and no intercepts.")
                for line, module, (weights, bias) in zip(counted, modules, key)
            ),
        ],
        load=load(9, [weights for weights, _ in key]),
    )  # fmt: skip


@template("The line that fails", topic=TOPIC, difficulty=4, minutes=5, tells=3, operations=(10, 24), largest=(24, 64))
def line_that_fails(draw: Draw) -> Question:
    images, *image = _batch(draw, 24, 64)
    first, second = draw.choice(range(4, 17, 2), "kernels"), draw.choice(range(20, 37, 4), "more kernels")
    units, classes = draw.choice(range(30, 121, 10), "neurons"), draw.between(2, 20, "classes")
    layers: list[dict[str, Any]] = [
        _convolution(image[0], first, draw.choice((3, 5), "kernel"), 1, draw.between(0, 2, "padding")),
        {"type": "pool", "size": 2},
        _convolution(first, second, draw.choice((2, 3, 4), "small kernel")),
        {"type": "pool", "size": draw.between(2, 3, "pool")},
        {"type": "flatten"},
        {"type": "dense", "units": units},
        {"type": "dense", "units": classes, "inputs": units},
    ]
    shapes = kernels.trace(tuple(image), layers[:5])
    (channels, height, width), (flat,) = shapes[4:]
    layers[5]["inputs"] = flat
    match draw.choice(("channels", "features", "no flatten", "neurons"), "mistake"):
        case "channels":
            line, gets = 3, first
            layers[2]["inputs"] = draw.choice((image[0], second, 2 * first))
            reason = f"line 2 passes on {gets} channels, one for each kernel of line 1."
        case "features":
            line, gets = 6, flat
            layers[5]["inputs"] = draw.choice((height * width, 2 * flat, flat + channels))
            reason = f"line 5 makes ${independent.product_written(shapes[4])} = {flat}$ features of the feature maps."
        case "no flatten":
            line, gets = 5, width
            del layers[4]
            reason = (
                f"the feature maps are not flattened: `nn.Linear` works on the last dimension, which has {width} entries."
            )
        case "neurons":
            line, gets = 7, units
            layers[6]["inputs"] = units + draw.choice((-20, -10, 10, 20))
            reason = f"line 6 fits, and passes on {units} features."
    expects: int = layers[line - 1]["inputs"]
    require(expects not in (0, gets), "a line that fails")
    return Question(
        stem=f"A batch of shape {_shape([images, *image])} goes through this model, and PyTorch stops with an error.\n\n"
        f"{_model(layers)}\n\nWhich line fails? How many channels (of a convolution) or features (of a linear layer) does "
        "it expect, and how many does it get?",
        key=Grid(((line, expects, gets),), columns=("line", "expects", "gets")),
        check=[_misfit([images, *image], layers)],
        wrong=[
            wrong(
                [[line, gets, expects]], "expected and received swapped", "what it expects and what it gets are swapped."
            ),
            wrong(
                [[line - 1, expects, gets]],
                "line before",
                "the line before is blamed. It works, but its output does not fit the next line.",
            ),
            *(
                wrong([[line, expects, believed]], name, sentence)
                for believed, name, sentence in (
                    (image[0], "channels of the image", "the channels of the image are given. Line 1 has changed them."),
                    (
                        images,
                        "images of the batch",
                        "images are counted. They are in dimension 0, which no layer changes.",
                    ),
                    (
                        height,
                        "rows of the maps",
                        "the rows of a feature map are counted. The last dimension counts its columns.",
                    ),
                    (height * width, "values of one map", "the values of a single feature map are counted."),
                    (channels, "feature maps of line 4", "the feature maps that leave line 4 are counted."),
                    (classes, "outputs of the last line", "the outputs of the last line are counted."),
                )
                if believed != expects  # nobody sees an error there
            ),
        ],
        steps=[
            *_steps(shapes[: min(line, 5)], layers),
            f"Line {line} was made for {expects} {'channels' if line == 3 else 'features'}, but {reason}",
        ],
        load=_load(image, layers[:4]),
    )


@template("From an image to a batch", topic=TOPIC, difficulty=3, minutes=3, tells=6, operations=(5, 5), largest=(90, 240))
def image_to_batch(draw: Draw) -> Question:
    shape = (draw.between(90, 240, "height"), draw.between(90, 240, "width"), draw.choice((3, 4), "channels"))
    order = draw.choice(((2, 0, 1), (2, 1, 0)), "order")
    start = draw.between(5, 40, "start")
    rows = (start, start + draw.between(20, 45, "rows"))
    step, copies = draw.between(2, 5, "step"), draw.between(6, 64, "copies")
    first, second, third = (shape[old] for old in order)
    require(shape[0] != shape[1] and third % step > 0, "height and width that differ, and a step that does not divide")
    require(rows[1] <= second, "a slice within the image")
    key = [copies, first, rows[1] - rows[0], -(-third // step)]
    cut = np.broadcast_to(0, shape).transpose(order)[:, rows[0] : rows[1], ::step]
    return Question(
        stem=f"`image` is a tensor of shape {_shape(shape)}. What is the shape of `x` at the end?\n\n```python\n"
        f"x = image.permute({', '.join(map(str, order))})\nx = x[:, {rows[0]}:{rows[1]}, ::{step}]\n"
        f"x = torch.stack([x] * {copies})\n```",
        key=Grid((tuple(key),), columns=DIMENSIONS),
        check=[np.stack([cut] * copies).shape],
        wrong=distractors("image_to_batch", shape, order, rows, step, copies),
        steps=[
            f"`permute` puts old dimensions {listed(order)} in this order: {_shape([first, second, third])}.",
            f"The slice keeps ${rows[1]} - {rows[0]} = {key[2]}$ of {second} entries, and of {third} the first of every "
            f"{step}: $\\lceil {third} / {step} \\rceil = {key[3]}$.",
            f"`stack` puts a new dimension first, one entry for each of the {copies} tensors.",
        ],
        load=load(5, [shape]),
    )


@template(
    "Reshape and transpose",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    tells=5,
    operations=(12, 12),
    largest=(5, 20),
    negatives=(0, 4),
)
def reshape_and_transpose(draw: Draw) -> Question:
    values = np.array(draw.sample(range(-9, 21), 6, "values")).reshape(2, 3)
    (a, b, c), (d, e, f) = rows = values.tolist()
    return Question(
        stem=f"This is `a`, a tensor with two rows and three columns.\n\n{matrix(values)}\n\nFill in `a.reshape(3, 2)` in "
        "the two columns on the left, and `a.T` in the two columns on the right.",
        key=Grid(
            ((a, b, a, d), (c, d, b, e), (e, f, c, f)),
            ("top", "middle", "bottom"),
            ("reshape, left", "reshape, right", "T, left", "T, right"),
        ),
        check=np.hstack([values.reshape(3, 2), values.T]),
        wrong=distractors("reshape_and_transpose", rows),
        steps=[
            f"`reshape` reads row by row, {minus(listed([a, b, c, d, e, f]))}, and fills three rows of two with it.",
            f"`T` turns each row into a column: {minus(listed([a, b, c]))} are below each other on the left.",
            "Both have three rows and two columns, but only a transpose keeps each column of `a` together, as a row.",
        ],
        load=load(12, [values]),
    )


def _batch(draw: Draw, low: int = 36, high: int = 96) -> list[int]:
    """Draw the shape of a batch of images: number, channels, height, width."""
    images, channels = draw.between(5, 64, "images"), draw.choice((1, 3), "channels")
    height, width = draw.between(low, high, "height"), draw.between(low, high, "width")
    require(height != width, "height and width that differ")
    require(height * width <= PIXELS, f"at most {PIXELS:,} pixels")
    return [images, channels, height, width]


def _convolution(inputs: int, outputs: int, size: int, stride: int = 1, padding: int = 0) -> dict[str, Any]:
    return {
        "type": "conv", "inputs": inputs, "out_channels": outputs, "kernel_size": size, "stride": stride, "padding": padding
    }  # fmt: skip


def _line(layer: Layer) -> str:
    """Write a layer as PyTorch has it, with what is not the default."""
    match layer["type"]:
        case "conv":
            size = f"{layer['inputs']}, {layer['out_channels']}, kernel_size={layer['kernel_size']}"
            return f"nn.Conv2d({size}{_option('stride', layer['stride'], 1)}{_option('padding', layer['padding'], 0)})"
        case "pool":
            return f"nn.MaxPool2d({layer['size']}{_option('stride', layer.get('stride'), None)})"
        case "relu":
            return "nn.ReLU()"
        case "flatten":
            return "nn.Flatten()"
        case "dense":
            return f"nn.Linear({layer['inputs']}, {layer['units']})"
    raise ValueError(f"{layer['type']!r} has no line of PyTorch")


def _option(name: str, value: object, default: object) -> str:
    return "" if value == default else f", {name}={value}"


def _model(layers: Sequence[Layer]) -> str:
    return _program([_line(layer) for layer in layers])


def _program(lines: Sequence[str]) -> str:
    """Write the lines of a model as code, with their numbers behind them."""
    widest = max(map(len, lines)) + 1
    numbered = [f"    {f'{line},':{widest}}  # line {number}" for number, line in enumerate(lines, start=1)]
    return "\n".join(["```python", "model = nn.Sequential(", *numbered, ")", "```"])


def _lines(layers: Sequence[Layer]) -> tuple[str, ...]:
    return tuple(f"line {number}" for number in range(1, len(layers) + 1))


def _shape(shape: Sequence[int]) -> str:
    return f"`({', '.join(map(str, shape))})`"


def _steps(shapes: Sequence[Sequence[int]], layers: Sequence[Layer]) -> list[str]:
    """Return what each line does to channels, height and width."""
    steps = []
    for number, (layer, before, after) in enumerate(zip(layers, shapes, shapes[1:]), start=1):
        if layer["type"] == "relu":
            steps.append(f"Line {number}: ReLU changes no shape.")
            continue
        (kernel, _), (stride, _), (padding, _) = kernels.window(layer)
        around = f" + 2 \\cdot {padding}" if padding else ""
        sides = (
            f"$\\lfloor ({size}{around} - {kernel}) / {stride} \\rfloor + 1 = {new}$" if stride > 1
            else f"${size}{around} - {kernel} + 1 = {new}$"
            for size, new in zip(before[1:], after[1:])
        )  # fmt: skip
        maps = f"{after[0]} channels, one for each kernel" if layer["type"] == "conv" else f"{after[0]} channels as before"
        steps.append(f"Line {number}: {maps}; height and width are {listed(list(sides))}.")
    return steps


def _passed(values: NDArray[np.bool], layer: Layer) -> NDArray[np.bool]:
    """Pass an array through a layer, window by window where it has one: only the shape counts."""
    match layer["type"]:
        case "conv" | "pool":
            size, (down, right), padding = kernels.window(layer)
            around = np.pad(values, ((0, 0), (0, 0), *((side, side) for side in padding)))
            windows = np.lib.stride_tricks.sliding_window_view(around, size, (2, 3))[:, :, ::down, ::right]
            kept, channels, *places = windows.shape[:4]
            return np.zeros((kept, layer.get("out_channels", channels), *places), bool)
        case "relu":
            return values
        case "flatten":
            return values.reshape(len(values), -1)
        case "dense":
            return np.zeros((*values.shape[:-1], layer["units"]), bool)
    raise ValueError(f"{layer['type']!r} cannot be run")


def _shapes_in_numpy(batch: Sequence[int], layers: Sequence[Layer]) -> list[tuple[int, ...]]:
    values, shapes = np.zeros((1, *batch[1:]), bool), []
    for layer in layers:
        values = _passed(values, layer)
        shapes.append((batch[0], *values.shape[1:]))
    return shapes


def _misfit(batch: Sequence[int], layers: Sequence[Layer]) -> tuple[int, int, int] | None:
    """Run a model up to the first line that is made for another number of channels or features."""
    values = np.zeros((1, *batch[1:]), bool)
    for line, layer in enumerate(layers, start=1):
        gets = values.shape[1 if layer["type"] == "conv" else -1]
        if layer.get("inputs", gets) != gets:
            return line, layer["inputs"], gets
        values = _passed(values, layer)
    return None


def _load(image: Sequence[int], layers: Sequence[Layer], more: int = 0) -> Load:
    """Return the load of following height and width: subtract, divide, add, and twice the padding."""
    windows = [kernels.window(layer) for layer in layers if layer["type"] != "relu"]
    return load(more + sum(2 * (1 + (stride > 1) + (padding > 0)) for _, (stride, _), (padding, _) in windows), [image])
