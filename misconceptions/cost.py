"""Wrong ways to work out what training costs. Each takes the arguments of the function of `kernels` that it distorts."""

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial
from math import prod

import kernels
from kernels import pair
from kernels.network import Layer
from kernels.types import Shape
from misconceptions.bank import misconception
from misconceptions.types import Layers

_work = partial(misconception, "multiply_adds")
_memory = partial(misconception, "training_memory")
_steps = partial(misconception, "training_steps")
_time = partial(misconception, "training_time")


@_work(says="each weight of a kernel is counted once. A kernel is used again at each of its positions.")
def weights_used_once(input_shape: Shape, layers: Layers) -> list[int]:
    return [kernels.count_network(shape, [layer], bias=False) for layer, shape in _placed(input_shape, layers)]


@_work(says="a kernel is counted at each pixel of its input. It has as many positions as its feature map has numbers.")
def a_place_for_each_pixel(input_shape: Shape, layers: Layers) -> list[int]:
    return [
        kernels.count_network(shape, [layer], bias=False) * (prod(shape[1:]) if layer["type"] == "conv" else 1)
        for layer, shape in _placed(input_shape, layers)
    ]


@_work(says="kernels are counted without depth. A kernel has weights for each channel of its input.")
def work_without_depth(input_shape: Shape, layers: Layers) -> list[int]:
    return _each(input_shape, layers, lambda layer, shape: (layer, (1, *shape[1:])))


@_work(says="a single kernel is counted for each convolution.")
def work_of_a_single_kernel(input_shape: Shape, layers: Layers) -> list[int]:
    return _each(input_shape, layers, lambda layer, shape: ({**layer, "out_channels": 1}, shape))


@_work(says="the kernel is counted as a row. It has height times width weights in each channel.")
def work_of_a_row(input_shape: Shape, layers: Layers) -> list[int]:
    return [
        work // pair(layer["kernel_size"], "kernel_size", 1)[0] if layer["type"] == "conv" else work
        for layer, work in zip(layers, kernels.multiply_adds(input_shape, layers))
    ]


@_work(says="the stride is ignored: with a larger stride a kernel has fewer positions.")
def work_without_stride(input_shape: Shape, layers: Layers) -> list[int]:
    return _each(input_shape, layers, lambda layer, shape: ({**layer, "stride": 1}, shape))


@_work(says="the padding is ignored: with it a kernel has more positions.")
def work_without_padding(input_shape: Shape, layers: Layers) -> list[int]:
    return _each(input_shape, layers, lambda layer, shape: ({**layer, "padding": 0}, shape))


@_work(says="intercepts are counted as multiply-adds. An intercept is added, but not multiplied.")
def intercepts_multiplied(input_shape: Shape, layers: Layers) -> list[int]:
    return [
        work + (prod(after) if work else 0)
        for work, after in zip(kernels.multiply_adds(input_shape, layers), kernels.trace(input_shape, layers)[1:])
    ]


@_work(
    says="a dense layer's weights are counted for its inputs only. Each of its neurons weights all inputs.",
    tags={"dense layers"},
)
def work_of_a_single_neuron(input_shape: Shape, layers: Layers) -> list[int]:
    return [
        work // layer["units"] if layer["type"] == "dense" else work
        for layer, work in zip(layers, kernels.multiply_adds(input_shape, layers))
    ]


@_work(says="pooling is ignored: after it the feature maps are smaller.", tags={"pools"})
def work_without_pools(input_shape: Shape, layers: Layers) -> list[int]:
    left = [layer for layer in layers if layer["type"] != "pool"]
    works = iter(kernels.multiply_adds(input_shape, left))
    return [0 if layer["type"] == "pool" else next(works) for layer in layers]


@_memory(says="numbers are counted, not bytes. Each takes 4 bytes as a float32.")
def numbers_for_bytes(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    return kernels.training_memory(input_shape, layers, batch_size, 1)


@_memory(says="bits are counted. A byte has 8 of them.")
def memory_in_bits(input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4) -> tuple[int, int, int]:
    return kernels.training_memory(input_shape, layers, batch_size, 8 * bytes_per_value)


@_memory(says="the weights are stored once for each image of the batch. All images share them.")
def weights_for_each_image(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    weights, one, batch = kernels.training_memory(input_shape, layers, batch_size, bytes_per_value)
    return weights * batch_size, one, batch


@_memory(says="the intercepts are forgotten.")
def memory_without_intercepts(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    _, one, batch = kernels.training_memory(input_shape, layers, batch_size, bytes_per_value)
    return kernels.count_network(input_shape, layers, bias=False) * bytes_per_value, one, batch


@_memory(says="only the last layer's outputs are counted. The outputs of all layers are kept for the way back.")
def last_activations_only(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    weights, *_ = kernels.training_memory(input_shape, layers, batch_size, bytes_per_value)
    one = prod(kernels.trace(input_shape, layers)[-1]) * bytes_per_value
    return weights, one, one * batch_size


@_memory(says="the image is counted among the outputs of layers.")
def image_among_the_activations(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    weights, *_ = kernels.training_memory(input_shape, layers, batch_size, bytes_per_value)
    one = (kernels.activations(input_shape, layers) + prod(input_shape)) * bytes_per_value
    return weights, one, one * batch_size


@_memory(says="a single feature map of each convolution is counted. Each kernel makes one.")
def a_single_feature_map(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    weights, *_ = kernels.training_memory(input_shape, layers, batch_size, bytes_per_value)
    copies = sum(prod(after) - prod(after[1:]) for after in kernels.trace(input_shape, layers)[1:] if len(after) == 3)
    one = (kernels.activations(input_shape, layers) - copies) * bytes_per_value
    return weights, one, one * batch_size


@_memory(says="the images of a batch share one set of outputs. Each image has outputs of its own.")
def batch_shares_the_activations(
    input_shape: Shape, layers: Layers, batch_size: int, bytes_per_value: int = 4
) -> tuple[int, int, int]:
    weights, one, _ = kernels.training_memory(input_shape, layers, batch_size, bytes_per_value)
    return weights, one, one


@_steps(says="the last batch is left out because it is smaller. Its images count too: it is a step.")
def last_batch_left_out(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    return images // batch_size, batch_size, images // batch_size * epochs


@_steps(says="the batches run on from one epoch into the next. Each epoch ends with its own, smaller batch.")
def batches_run_over_epochs(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    steps, last, _ = kernels.training_steps(images, batch_size, epochs)
    return steps, last, -(-images * epochs // batch_size)


@_steps(says="every image is a step. The weights are changed once for each batch.")
def a_step_for_each_image(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    return images, kernels.training_steps(images, batch_size, epochs)[1], images * epochs


@_steps(says="an epoch is mistaken for a step. An epoch goes through all batches, and each batch is a step.")
def an_epoch_is_a_step(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    steps, last, _ = kernels.training_steps(images, batch_size, epochs)
    return steps, last, epochs


@_steps(says="the last batch is counted as a full one. Only the images that are left over go into it.")
def last_batch_is_full(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    steps, _, total = kernels.training_steps(images, batch_size, epochs)
    return steps, batch_size, total


@_steps(says="the smaller batch at the end is counted once for all epochs. It comes at the end of each epoch.")
def last_batch_once(images: int, batch_size: int, epochs: int) -> tuple[int, int, int]:
    steps, last, _ = kernels.training_steps(images, batch_size, epochs)
    return steps, last, images // batch_size * epochs + 1


@_time(says="the epochs are forgotten: every image is seen once in each epoch.")
def a_single_epoch(images: int, epochs: int, images_per_second: int) -> tuple[Fraction, Fraction]:
    seconds, _ = kernels.training_time(images, epochs, images_per_second)
    return seconds, seconds / 3600


@_time(says="the result is in minutes, not hours. An hour has 3600 seconds.")
def minutes_for_hours(images: int, epochs: int, images_per_second: int) -> tuple[Fraction, Fraction]:
    seconds, hours = kernels.training_time(images, epochs, images_per_second)
    return seconds, hours * 60


@_time(says="the result is in seconds, not hours. An hour has 3600 seconds.")
def seconds_for_hours(images: int, epochs: int, images_per_second: int) -> tuple[Fraction, Fraction]:
    seconds, _ = kernels.training_time(images, epochs, images_per_second)
    return seconds, seconds * epochs


@_time(says="an hour is treated as 100 minutes of 60 seconds. It has 3600 seconds.")
def hours_of_a_hundred_minutes(images: int, epochs: int, images_per_second: int) -> tuple[Fraction, Fraction]:
    seconds, _ = kernels.training_time(images, epochs, images_per_second)
    return seconds, seconds * epochs / 6000


@_time(says="images are multiplied by the rate. More images in a second take less time: divide.")
def multiplied_with_the_rate(images: int, epochs: int, images_per_second: int) -> tuple[Fraction, Fraction]:
    seconds = Fraction(images * images_per_second)
    return seconds, seconds * epochs / 3600


def _placed(input_shape: Shape, layers: Layers) -> Iterable[tuple[Layer, Shape]]:
    return zip(layers, kernels.trace(input_shape, layers))


def _each(input_shape: Shape, layers: Layers, change: Callable[[Layer, Shape], tuple[Layer, Shape]]) -> list[int]:
    """Count each convolution by itself, after `change(layer, shape before it)`; the layers after it see no change."""
    counts = []
    for layer, shape in _placed(input_shape, layers):
        layer, shape = change(layer, shape) if layer["type"] == "conv" else (layer, shape)
        counts.extend(kernels.multiply_adds(shape, [layer]))
    return counts
