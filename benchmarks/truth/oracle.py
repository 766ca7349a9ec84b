"""The right answers by brute force, from the handout's sentences alone: loops over plain lists, ints and floats.

Nothing here knows the kernels, the checks or the misconceptions, so that a mistake of theirs cannot hide in both. Sums are
exact (math.fsum), so the oracle errs by one rounding of float64. Each function of the homework has one of the same name and
parameters here; arrays are nested lists.
"""

from collections.abc import Callable, Sequence
from math import floor, fsum

Plane = list[list[float]]
Size = int | tuple[int, int]  # for both axes, or (vertical, horizontal)


def output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    """Slide the kernel along the axis and count where it fits."""
    positions, start = 0, -padding
    while start + kernel <= size + padding:
        positions += 1
        start += stride
    return positions


def conv2d(image: Plane, kernel: Plane, stride: Size = 1, padding: Size = 0, padding_value: float = 0.0) -> Plane:
    """Sum the products at each position of the kernel."""
    return [[fsum(products) for products in row] for row in terms([image], [kernel], stride, padding, padding_value)]


def conv2d_channels(images: list, kernels: list, bias: list | None = None, stride: Size = 1, padding: Size = 0) -> list:
    """Sum the products of all channels, and the kernel's bias."""
    added = [0.0] * len(kernels) if bias is None else bias
    return [
        [
            [[fsum([*products, float(extra)]) for products in row] for row in terms(image, kernel, stride, padding, 0.0)]
            for kernel, extra in zip(kernels, added)
        ]
        for image in images
    ]


def pool2d(images: list, size: Size = 2, stride: Size | None = None, mode: str = "max") -> list:
    """Keep one number of each window."""
    reductions: dict[str, Callable] = {"max": max, "min": min, "average": average, "median": median}
    return [
        [[[reductions[mode](values) for values in row] for row in windows(channel, size, stride)] for channel in image]
        for image in images
    ]


def count_dense(layer_sizes: Sequence[int], bias: bool = True) -> int:
    """Count one weight for each input of each neuron, and the neuron's intercept."""
    weights = 0
    for layer in range(1, len(layer_sizes)):
        for _neuron in range(int(layer_sizes[layer])):
            weights += int(layer_sizes[layer - 1])
            if bias:
                weights += 1
    return weights


def count_conv(in_channels: int, out_channels: int, kernel_size: Size, bias: bool = True) -> int:
    """Count the weights of each kernel in turn, channel by channel, row by row."""
    height, width = pair(kernel_size)
    weights = 0
    for _kernel in range(int(out_channels)):
        for _channel in range(int(in_channels)):
            for _row in range(height):
                weights += width
        if bias:
            weights += 1
    return weights


def count_network(input_shape: Sequence[int], layers: Sequence[dict], bias: bool = True) -> int:
    """Follow the shape through the layers and count the weights of each."""
    shape, weights = [int(length) for length in input_shape], 0
    for layer in layers:
        if layer["type"] == "conv":
            size, stride, padding = pair(layer["kernel_size"]), pair(layer.get("stride", 1)), pair(layer.get("padding", 0))
            weights += count_conv(shape[0], layer["out_channels"], size, bias)
            shape = [int(layer["out_channels"]), *map(output_size, shape[1:], size, stride, padding)]
        elif layer["type"] == "pool":
            size, stride = pair(layer["size"]), pair(layer.get("stride", layer["size"]))
            shape = [shape[0], *map(output_size, shape[1:], size, stride)]
        elif layer["type"] == "flatten":
            values = 1
            for length in shape:
                values *= length
            shape = [values]
        elif layer["type"] == "dense":
            weights += count_dense([shape[0], layer["units"]], bias)
            shape = [int(layer["units"])]
    return weights


def terms(image: list, kernel: list, stride: Size, padding: Size, padding_value: float) -> list[list[list[float]]]:
    """Return the products at each position, in rows: image and kernel are lists of as many channels."""
    (down, right), (above, beside) = pair(stride), pair(padding)
    height, width = len(image[0]), len(image[0][0])
    kernel_height, kernel_width = len(kernel[0]), len(kernel[0][0])

    def pixel(channel: int, row: int, column: int) -> float:
        inside = 0 <= row < height and 0 <= column < width
        return float(image[channel][row][column]) if inside else float(padding_value)

    return [
        [
            [
                pixel(channel, y * down - above + row, x * right - beside + column) * float(kernel[channel][row][column])
                for channel in range(len(kernel))
                for row in range(kernel_height)
                for column in range(kernel_width)
            ]
            for x in range(output_size(width, kernel_width, right, beside))
        ]
        for y in range(output_size(height, kernel_height, down, above))
    ]


def windows(plane: Plane, size: Size, stride: Size) -> list[list[list[float]]]:
    """Return the values of each window, in rows."""
    height, width = pair(size)
    down, right = pair(size if stride is None else stride)
    return [
        [
            [float(plane[y * down + row][x * right + column]) for row in range(height) for column in range(width)]
            for x in range(output_size(len(plane[0]), width, right))
        ]
        for y in range(output_size(len(plane), height, down))
    ]


def average(values: list[float]) -> float:
    """Return the sum, divided by how many there are."""
    return fsum(values) / len(values)


def median(values: list[float]) -> float:
    """Return the value in the middle, or the mean of the two in the middle."""
    middle = (len(values) - 1) / 2
    ordered = sorted(values)
    return (ordered[floor(middle)] + ordered[floor(middle + 0.5)]) / 2


def pair(value: Size) -> tuple[int, int]:
    """Return (vertical, horizontal)."""
    if isinstance(value, tuple):
        return int(value[0]), int(value[1])
    return int(value), int(value)
