"""What a network costs: multiply-adds, memory, steps and hours of training. Layers and shapes as in kernels/network.py."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from kernels.network import Layer, count_network, trace
from kernels.types import Shape


def multiply_adds(input_shape: Shape, layers: Sequence[Layer]) -> list[int]:
    """Return, for each layer, how many products of a weight and a value are summed for one image.

    Every number of a feature map costs a kernel's weights, every neuron its own; intercepts and other layers cost none.
    """
    counts = []
    shapes = trace(input_shape, layers)
    for layer, before, after in zip(layers, shapes, shapes[1:]):
        weights = count_network(before, [layer], bias=False)
        counts.append(weights * prod(after[1:]))  # prod(()) == 1: a neuron's weights are used once
    return counts


def activations(input_shape: Shape, layers: Sequence[Layer]) -> int:
    """Count the numbers that the layers output for one image: neither the image, nor what flatten only puts into a row."""
    shapes = trace(input_shape, layers)[1:]
    return sum(prod(shape) for layer, shape in zip(layers, shapes) if layer["type"] != "flatten")


def training_memory(
    input_shape: Shape, layers: Sequence[Layer], batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    """Return the bytes of the weights, with intercepts, of one image's activations, and of those of a batch."""
    one = activations(input_shape, layers) * bytes_per_value
    return count_network(input_shape, layers) * bytes_per_value, one, one * batch_size


def training_steps(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    """Return the steps of an epoch, the images of its last batch, which may be smaller, and the steps of all epochs."""
    full, rest = divmod(images, batch_size)
    steps = full + (rest > 0)
    return steps, rest or batch_size, steps * epochs


def training_time(images: int, epochs: int, images_per_second: int) -> tuple[Fraction, Fraction]:
    """Return the seconds that an epoch takes, and the hours of all epochs."""
    seconds = Fraction(images, images_per_second)
    return seconds, seconds * epochs / 3600
