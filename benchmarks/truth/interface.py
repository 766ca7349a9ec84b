"""Draw calls of the homework's functions from everything that the handout allows, with a preference for corner cases.

Types of arrays: booleans and all integers and floats, mixed. Integers: Python's and np.int64. Defaults are left
out or given, by position or by name. Values are chosen so that no right program looks wrong: numbers to pool
are multiples of 1/4, whose medians are exact in any type of floats; integers are small enough for exact sums in 64 bits,
though not in their own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np

Choice = TypeVar("Choice")
Integer = int | np.int64

FILES = {
    "convolution.py": ("output_size", "conv2d", "conv2d_channels"),
    "pooling.py": ("pool2d",),
    "parameters.py": ("count_dense", "count_conv", "count_network"),
}
PARAMETERS = {
    "output_size": ("size", "kernel", "stride", "padding"),
    "conv2d": ("image", "kernel", "stride", "padding", "padding_value"),
    "conv2d_channels": ("images", "kernels", "bias", "stride", "padding"),
    "pool2d": ("images", "size", "stride", "mode"),
    "count_dense": ("layer_sizes", "bias"),
    "count_conv": ("in_channels", "out_channels", "kernel_size", "bias"),
    "count_network": ("input_shape", "layers", "bias"),
}
MODES = ("max", "min", "average", "median")
FLOATS = ("float16", "float32", "float64")
TYPES = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", *FLOATS)


@dataclass(frozen=True)
class Call:
    """A call of a function that the handout documents."""

    function: str
    arguments: tuple
    options: dict[str, Any]

    def __str__(self) -> str:
        """Return the call as Python, with all its numbers."""
        shown = [literal(value) for value in self.arguments]
        shown += [f"{name}={literal(value)}" for name, value in self.options.items()]
        return f"{self.function}({', '.join(shown)})"

    def named(self) -> dict[str, Any]:
        """Return all arguments that are given, by name."""
        return dict(zip(PARAMETERS[self.function], self.arguments)) | self.options

    @property
    def size(self) -> int:
        """Return how much there is to read in it."""
        return sum(np.size(value) for value in (*self.arguments, *self.options.values()))


def calls(function: str, count: int, seed: object) -> list[Call]:
    """Draw calls of a function, small ones first; the same for the same seed."""
    draw = Drawing(np.random.default_rng(list(f"{function}/{seed}".encode())))
    return sorted((DRAWN[function](draw) for _ in range(count)), key=lambda call: call.size)


class Drawing:
    """Random numbers, types and shapes, as the handout allows them."""

    def __init__(self, random: np.random.Generator) -> None:
        self.random = random

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return bool(self.random.random() < probability)

    def one_of(self, *choices: Choice) -> Choice:
        """Return any one of the choices."""
        return choices[self.random.integers(len(choices))]

    def between(self, least: int, most: int) -> int:
        """Return an integer of Python."""
        return int(self.random.integers(least, most + 1))

    def integer(self, value: int) -> Integer:
        """Return an integer as Python's or NumPy's."""
        return value if self.chance(0.8) else np.int64(value)

    def written(self, values: tuple[int, int]) -> Integer | tuple[Integer, Integer]:
        """Write (vertical, horizontal) as a pair, or as one integer where both are equal and it happens so."""
        if values[0] == values[1] and self.chance(0.7):
            return self.integer(values[0])
        return self.integer(values[0]), self.integer(values[1])

    def both(self, least: int, most: int) -> tuple[int, int]:
        """Return a number for each axis, equal ones often."""
        first = self.between(least, most)
        return first, first if self.chance(0.4) else self.between(least, most)

    def type(self) -> str:
        """Return a type of arrays; float64 more often than each other one."""
        return "float64" if self.chance(0.4) else self.one_of(*TYPES)

    def array(self, *shape: int, kind: str | None = None, to_pool: bool = False) -> np.ndarray:
        """Return an array of any documented type: of few values, of many, of one sign, of the whole range of a byte."""
        kind = kind or self.type()
        style = self.one_of("small", "small", "wide", "few")
        if kind == "bool":
            return self.random.integers(0, 2, shape).astype(bool)
        if kind in FLOATS:
            if style == "wide" and not to_pool:
                return self.random.normal(size=shape).astype(kind)
            largest = {"small": 9, "wide": {"float16": 36, "float32": 2**20, "float64": 2**40}[kind], "few": 1}[style]
            numbers = self.random.integers(-4 * largest, 4 * largest + 1, shape) / 4
            return (self.signs(numbers) if style != "few" else np.round(numbers)).astype(kind)
        limits = np.iinfo(kind)
        largest = {"small": 9, "wide": min(limits.max, 2**40 if to_pool else 2**20), "few": 1}[style]
        values = self.random.integers(-min(largest, -limits.min), largest + 1, shape)
        return (self.signs(values) if limits.min else values).astype(kind)

    def signs(self, values: np.ndarray) -> np.ndarray:
        """Return values of both signs, or all of them below zero, or all above it."""
        return self.one_of(values, values, -1 - abs(values // 2), 1 + abs(values // 2))

    def call(self, function: str, required: dict[str, Any], optional: dict[str, tuple[Any, bool]]) -> Call:
        """Pass arguments by position or by name, and leave out defaults at will.

        optional: for each name the value, and whether it is the default.
        """
        named = self.chance(0.05)
        arguments = [] if named else list(required.values())
        options = dict(required) if named else {}
        by_position = not named and self.chance(0.3)
        for name, (value, is_default) in optional.items():
            if is_default and self.chance(0.6):
                by_position = False
            elif by_position and self.chance(0.8):
                arguments.append(value)
            else:
                by_position = False
                options[name] = value
        if self.chance(0.3):
            options = dict(sorted(options.items(), key=lambda _: self.random.random()))
        return Call(function, tuple(arguments), options)

    def slide(self, smallest: int, largest: int, most_padding: int) -> tuple[tuple[int, int], ...]:
        """Return size, stride, padding and length of the image along both axes; the window fits at least once."""
        size, stride = self.both(smallest, largest), self.both(1, 4)
        padding = self.both(0, self.one_of(min(2, most_padding), most_padding)) if self.chance(0.7) else (0, 0)
        lengths = []
        for window, added in zip(size, padding):
            least = max(1, window - 2 * added)
            lengths.append(least if self.chance(0.2) else least + self.between(0, 5))
        return size, stride, padding, (lengths[0], lengths[1])


def literal(value: object) -> str:
    """Write a value so that Python reads it back, with NumPy as np."""
    if isinstance(value, np.ndarray):
        return f"np.array({value.tolist()}, np.{value.dtype.name})".replace("np.bool)", "bool)")
    if isinstance(value, np.generic):
        return f"np.{type(value).__name__}({value.item()!r})"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name!r}: {literal(each)}" for name, each in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        inside = ", ".join(map(literal, value)) + ("," if isinstance(value, tuple) and len(value) == 1 else "")
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    return repr(value)


def _output_size(draw: Drawing) -> Call:
    kernel, stride, padding = draw.between(1, 7), draw.between(1, 5), draw.between(0, 4) if draw.chance(0.6) else 0
    fits = draw.one_of(draw.between(0, 40), draw.between(0, 3), 0, -draw.between(1, 9))
    size = max(1, kernel - 2 * padding + fits)
    required = {"size": draw.integer(size), "kernel": draw.integer(kernel)}
    optional = {"stride": (draw.integer(stride), stride == 1), "padding": (draw.integer(padding), padding == 0)}
    return draw.call("output_size", required, optional)


def _conv2d(draw: Drawing) -> Call:
    size, stride, padding, lengths = draw.slide(1, 4, 5)
    value = draw.one_of(0.0, 0, 1, -3, 5.0, -2.5, 0.5, np.float32(1.5), np.float64(-0.75), np.int64(2))
    required = {"image": draw.array(*lengths), "kernel": draw.array(*size)}
    optional = _stride_and_padding(draw, stride, padding)
    return draw.call("conv2d", required, {**optional, "padding_value": (value, bool(value == 0))})


def _conv2d_channels(draw: Drawing) -> Call:
    batch, channels, filters = (draw.between(1, 3) for _ in range(3))
    size, stride, padding, lengths = draw.slide(1, 3, 5)
    required = {"images": draw.array(batch, channels, *lengths), "kernels": draw.array(filters, channels, *size)}
    bias = draw.array(filters) if draw.chance(0.6) else None
    optional = _stride_and_padding(draw, stride, padding)
    return draw.call("conv2d_channels", required, {"bias": (bias, bias is None), **optional})


def _stride_and_padding(draw: Drawing, stride: tuple[int, int], padding: tuple[int, int]) -> dict[str, tuple[Any, bool]]:
    return {
        "stride": (draw.written(stride), stride == (1, 1)),
        "padding": (draw.written(padding), padding == (0, 0)),
    }


def _pool2d(draw: Drawing) -> Call:
    size, stride, _, lengths = draw.slide(1, 4, 0)
    size = (2, 2) if min(lengths) >= 2 and draw.chance(0.15) else size
    images = draw.array(draw.between(1, 3), draw.between(1, 3), *lengths, to_pool=True)
    chosen = None if draw.chance(0.35) else draw.written(stride)
    mode = draw.one_of(*MODES)
    optional = {
        "size": (draw.written(size), size == (2, 2)),
        "stride": (chosen, chosen is None),
        "mode": (mode, mode == "max"),
    }
    return draw.call("pool2d", {"images": images}, optional)


def _count_dense(draw: Drawing) -> Call:
    sizes = [_layer_size(draw) for _ in range(draw.between(1, 6))]
    return draw.call("count_dense", {"layer_sizes": draw.one_of(list, tuple)(sizes)}, _bias(draw))


def _count_conv(draw: Drawing) -> Call:
    size = draw.written(draw.both(1, 7))
    required = {"in_channels": _layer_size(draw), "out_channels": _layer_size(draw), "kernel_size": size}
    return draw.call("count_conv", required, _bias(draw))


def _layer_size(draw: Drawing) -> Integer:
    return draw.integer(draw.one_of(1, draw.between(1, 9), draw.between(1, 500)))


def _count_network(draw: Drawing) -> Call:
    most = draw.one_of(6, 24, 120)
    shape = draw.between(1, 4), draw.between(1, most), draw.between(1, most)
    inputs = draw.one_of(list, tuple)(map(draw.integer, shape))
    sides, layers = shape[1:], []
    for _ in range(draw.between(0, 5)):
        kind = draw.one_of("conv", "conv", "pool", "relu")
        layer, sides = {"conv": _convolution, "pool": _pool}.get(kind, _relu)(draw, sides)
        layers.append(layer)
    if draw.chance(0.8):
        layers.append({"type": "flatten"})
        for _ in range(draw.between(0, 3)):
            layers += [{"type": "relu"}] * draw.chance(0.3)
            layers.append(_shuffled(draw, {"type": "dense", "units": draw.integer(draw.between(1, 40))}))
        layers += [{"type": "relu"}] * draw.chance(0.2)
    required = {"input_shape": inputs, "layers": layers if draw.chance(0.8) else tuple(layers)}
    return draw.call("count_network", required, _bias(draw))


def _convolution(draw: Drawing, sides: tuple[int, int]) -> tuple[dict, tuple[int, int]]:
    stride, padding = draw.both(1, 3), draw.both(0, 2) if draw.chance(0.6) else (0, 0)
    size = _within(draw, sides, padding)
    layer = {
        "type": "conv", "out_channels": draw.integer(draw.between(1, 8)), "kernel_size": draw.written(size),
        "stride": draw.written(stride), "padding": draw.written(padding),
    }  # fmt: skip
    if stride == (1, 1) and draw.chance(0.6):
        del layer["stride"]
    if padding == (0, 0) and draw.chance(0.6):
        del layer["padding"]
    return _shuffled(draw, layer), _sides_after(sides, size, stride, padding)


def _pool(draw: Drawing, sides: tuple[int, int]) -> tuple[dict, tuple[int, int]]:
    size = _within(draw, sides, (0, 0))
    stride = size if draw.chance(0.4) else draw.both(1, 4)
    layer = {"type": "pool", "size": draw.written(size), "stride": draw.written(stride)}
    if stride == size and draw.chance(0.8):
        del layer["stride"]
    return _shuffled(draw, layer), _sides_after(sides, size, stride, (0, 0))


def _relu(draw: Drawing, sides: tuple[int, int]) -> tuple[dict, tuple[int, int]]:
    return {"type": "relu"}, sides


def _within(draw: Drawing, sides: tuple[int, int], padding: tuple[int, int]) -> tuple[int, int]:
    """Draw a window that fits, square ones often, sometimes exactly once."""
    most = [side + 2 * added for side, added in zip(sides, padding)]
    if draw.chance(0.1):
        return most[0], most[1]
    square = draw.between(1, min(4, *most))
    return (square, square) if draw.chance(0.4) else (draw.between(1, min(5, most[0])), draw.between(1, min(5, most[1])))


def _sides_after(
    sides: tuple[int, int], size: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
) -> tuple[int, ...]:
    return tuple((side + 2 * pad - window) // step + 1 for side, window, step, pad in zip(sides, size, stride, padding))


def _shuffled(draw: Drawing, layer: dict[str, Any]) -> dict[str, Any]:
    """Return the layer with its options in another order: they are named, so none comes first."""
    return dict(sorted(layer.items(), key=lambda _: draw.random.random())) if draw.chance(0.3) else layer


def _bias(draw: Drawing) -> dict[str, tuple[bool, bool]]:
    bias = draw.chance(0.5)
    return {"bias": (bias, bias)}


DRAWN: dict[str, Callable[[Drawing], Call]] = {
    "output_size": _output_size,
    "conv2d": _conv2d,
    "conv2d_channels": _conv2d_channels,
    "pool2d": _pool2d,
    "count_dense": _count_dense,
    "count_conv": _count_conv,
    "count_network": _count_network,
}
