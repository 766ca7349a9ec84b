"""Wrong ways to program what is well understood: a loop that ends too early, an index that lacks its stride.

The autograder names them; quizzes don't draw on them, since nobody answers so on paper. Each takes the arguments of the
function of `kernels` that it distorts, and raises ValueError where such a program would crash.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial
from itertools import permutations
from math import prod
from operator import mul

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import kernels
from kernels import POOLINGS, output_size, pair
from kernels.shapes import Pair
from kernels.types import Array, Shape
from misconceptions.bank import slip
from misconceptions.types import Layers, Pad

_conv2d: Callable[..., Array] = partial(kernels.conv2d, backend="numpy")
_pool2d: Callable[..., Array] = partial(kernels.pool2d, backend="numpy")
_both = partial(slip, "conv2d", "conv2d_channels")
_channels = partial(slip, "conv2d_channels")
_pooling = partial(slip, "pool2d")
_size = partial(slip, "output_size")
_dense = partial(slip, "count_dense")
_conv = partial(slip, "count_conv")
_network = partial(slip, "count_network")


# --- convolutions


@_both(says="the mean of the products is returned. Return their sum.")
def mean_of_the_products(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _with_bias(_conv2d(images, kernels, **options) / prod(kernels.shape[-3:]), bias)


@_both(says="only the last product counts: use += to sum; = replaces what was there.")
def last_product_only(images: Array, kernels: Array, **options: object) -> Array:
    last = np.zeros_like(kernels)
    corner = (..., -1, -1, -1) if kernels.ndim == 4 else (-1, -1)
    last[corner] = kernels[corner]
    return _conv2d(images, last, **options)


@_both(says="only the first product counts: does a loop end too early, or is a return inside it?")
def first_product_only(images: Array, kernels: Array, **options: object) -> Array:
    first = np.zeros_like(kernels)
    corner = (..., 0, 0, 0) if kernels.ndim == 4 else (0, 0)
    first[corner] = kernels[corner]
    return _conv2d(images, first, **options)


@_both(says="only the first column of products is summed: sum() adds up rows, array.sum() adds up all numbers.")
def first_column_only(images: Array, kernels: Array, **options: object) -> Array:
    first = np.zeros_like(kernels)
    first[..., 0] = kernels[..., 0]
    return _conv2d(images, first, **options)


@_both(says="the last row and the last column of each window are left out: does a loop end too early?")
def windows_one_too_small(images: Array, kernels: Array, **options: object) -> Array:
    inner = np.zeros_like(kernels)
    inner[..., :-1, :-1] = kernels[..., :-1, :-1]
    return _conv2d(images, inner, **options)


@_both(says="the kernel is mirrored, left to right. It slides as it is.")
def kernel_mirrored(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, kernels[..., ::-1], **options)


@_both(says="the kernel is upside down. It slides as it is.")
def kernel_upside_down(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, kernels[..., ::-1, :], **options)


@_both(says="rows and columns of the result are swapped. Keep the image's order: out[row, column].")
def result_transposed(images: Array, kernels: Array, **options: object) -> Array:
    return np.swapaxes(_conv2d(images, kernels, **options), -1, -2)


@_both(says="rows and columns of the image are swapped.")
def image_transposed(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(np.swapaxes(images, -1, -2), kernels, **options)


@_both(says="vertical and horizontal are swapped, for both stride and padding. A pair is (vertical, horizontal).")
def pairs_swapped(images: Array, kernels: Array, *, stride: Pair = 1, padding: Pair = 0, **options: object) -> Array:
    stride, padding = pair(stride, "stride", 1)[::-1], pair(padding, "padding", 0)[::-1]
    return _conv2d(images, kernels, stride=stride, padding=padding, **options)


@slip("conv2d", says="the sums are divided by the sum of the kernel's numbers. Leave them as they are.")
def divided_by_the_kernels_sum(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, kernels, **options) / (np.sum(kernels, dtype=np.float64) or 1.0)


@_both(says="the results are rounded to integers. Keep their decimals.")
def rounded_to_integers(images: Array, kernels: Array, **options: object) -> Array:
    return np.round(_conv2d(images, kernels, **options))


@_both(says="the window and the kernel are multiplied as matrices (@, np.dot). Multiply number by number: use *.")
def matrix_product(
    images: Array,
    kernels: Array,
    *,
    bias: Array | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    padding_value: float = 0.0,
) -> Array:
    if kernels.shape[-1] != kernels.shape[-2]:
        raise ValueError("these matrices have no product")
    windows = _windows(_padded(images, padding, padding_value), kernels.shape[-2:], stride)
    columns, rows = windows.sum(axis=-2), kernels.sum(axis=-1)  # all that the sum of a product's numbers depends on
    return _with_bias(np.einsum("hwj,j->hw" if images.ndim == 2 else "nchwj,kcj->nkhw", columns, rows), bias)


@_both(says="the feature map has the right size, but the window moves by one. It starts at row * stride, column * stride.")
def position_without_stride(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    rows, columns = _conv2d(images, kernels, stride=stride, **options).shape[-2:]
    return _conv2d(images, kernels, **options)[..., :rows, :columns]


@_both(says="the stride is used vertically only: columns move by one. The window starts at row * stride, column * stride.")
def column_without_stride(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    rows, columns = _conv2d(images, kernels, stride=stride, **options).shape[-2:]
    return _conv2d(images, kernels, stride=(pair(stride, "stride", 1)[0], 1), **options)[..., :rows, :columns]


@_both(says="without a stride, the kernel moves by its own size, like a pool. It should move by one.")
def default_stride_of_the_size(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    return _conv2d(images, kernels, stride=kernels.shape[-2:] if stride == 1 else stride, **options)


@_both(says="the padding is above and below only. It belongs on all four sides.")
def padding_of_rows_only(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    return _conv2d(images, kernels, padding=(pair(padding, "padding", 0)[0], 0), **options)


@_both(says="the padding is on the left and on the right only. It belongs on all four sides.")
def padding_of_columns_only(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    return _conv2d(images, kernels, padding=(0, pair(padding, "padding", 0)[1]), **options)


@_both(says="the stride is used horizontally only: rows move by one. The window starts at row * stride, column * stride.")
def row_without_stride(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    rows, columns = _conv2d(images, kernels, stride=stride, **options).shape[-2:]
    return _conv2d(images, kernels, stride=(1, pair(stride, "stride", 1)[1]), **options)[..., :rows, :columns]


@_both(says="the image is in the top left corner of the padded array. It belongs in the middle.")
def image_in_the_corner_of_its_padding(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    vertical, horizontal = pair(padding, "padding", 0)
    sides = [(0, 0)] * (images.ndim - 2) + [(0, 2 * vertical), (0, 2 * horizontal)]
    return _conv2d(np.pad(images, sides, constant_values=padding_value), kernels, **options)


@_both(says="the padding continues at the opposite edge of the image. It holds zeros, unless it is given another value.")
def padding_wraps_around(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    return _conv2d(_padded(images, padding, mode="wrap"), kernels, **options)


@_both(says="the image is padded twice: does a function that you call pad it again?")
def padded_twice(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    return _conv2d(images, kernels, padding=tuple(2 * width for width in pair(padding, "padding", 0)), **options)


@_both(says="the image is padded by half the kernel as well. Only `padding` says how much to pad.")
def padded_for_the_kernel_too(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    around = tuple(width + side // 2 for width, side in zip(pair(padding, "padding", 0), kernels.shape[-2:]))
    return _conv2d(images, kernels, padding=around, **options)


@_both(says="the pair is passed to np.pad as it is, which reads it as (before, after). np.pad needs a pair for each axis.")
def padding_read_as_before_and_after(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    sides = [(0, 0)] * (images.ndim - 2) + [pair(padding, "padding", 0)] * 2
    return _conv2d(np.pad(images, sides, constant_values=padding_value), kernels, **options)


@_both(says="the kernel is centred on each pixel, whatever the padding is. It starts at the padded image's corner.")
def centred_on_each_pixel(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    padded = _padded_for_each_pixel(images, kernels, padding_value, lambda length: (length - 1) // 2)
    return _conv2d(padded, kernels, **options)


@_both(says="the feature map is made as large as the image, whatever the padding is. Only padding can do that.")
def as_large_as_the_image(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    padded = _padded_for_each_pixel(images, kernels, padding_value, lambda length: length // 2)
    return _conv2d(padded, kernels, **options)


@_both(says="the width of the feature map is computed from the image's height.")
def square_images_only(images: Array, kernels: Array, *, stride: Pair = 1, padding: Pair = 0, **options: object) -> Array:
    (_, right), (_, beside) = pair(stride, "stride", 1), pair(padding, "padding", 0)
    sums = _conv2d(images, kernels, stride=stride, padding=padding, **options)
    columns = output_size(images.shape[-2], kernels.shape[-1], right, beside)
    more = max(columns - sums.shape[-1], 0)  # windows behind the edge: nothing is written there
    return np.pad(sums, [(0, 0)] * (sums.ndim - 1) + [(0, more)])[..., :columns]


@_both(says="stride and padding are swapped: give them by name, stride=stride.")
def stride_and_padding_swapped(
    images: Array, kernels: Array, *, stride: Pair = 1, padding: Pair = 0, **options: object
) -> Array:
    if 0 in pair(padding, "padding", 0):
        raise ValueError("a stride of 0 leads nowhere")
    return _conv2d(images, kernels, stride=padding, padding=stride, **options)


@_channels(says="only the last channel counts. A kernel is as deep as the image: sum over all channels.")
def last_channel_only(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images[:, -1:], kernels[:, -1:], **options)


@_channels(says="the largest channel is used. The products of all channels are summed.")
def largest_of_the_channels(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _with_bias(_by_channel(images, kernels, **options).max(axis=2), bias)


@_channels(says="the channels are kept separate. The products of all channels are summed.")
def channels_not_summed(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    apart = _by_channel(images, kernels, **options)
    return apart if bias is None else apart + np.asarray(bias)[:, None, None, None]


@_channels(says="each kernel gets the first kernel's bias. Each has its own: bias[k].")
def bias_of_the_first_kernel(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _with_bias(_conv2d(images, kernels, **options), bias if bias is None else np.full_like(bias, bias[0]))


@_channels(says="each kernel gets the sum of all biases. Each has its own: bias[k].")
def biases_summed(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _with_bias(_conv2d(images, kernels, **options), bias if bias is None else np.full(len(kernels), np.sum(bias)))


@_channels(says="the outputs are multiplied by the bias. It is added.")
def multiplied_by_the_bias(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    sums = _conv2d(images, kernels, **options)
    return sums if bias is None else sums * np.asarray(bias)[:, None, None]


@_channels(says="the bias is added along the columns. It has one number for each kernel: bias[:, None, None].")
def bias_along_the_columns(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    sums = _conv2d(images, kernels, **options)
    return sums if bias is None else sums + np.asarray(bias)  # ValueError where their lengths differ


# --- pools


@_pooling(says="the largest absolute value is used. -7 is smaller than 2.")
def largest_absolute_value(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(np.abs(images) if mode == "max" else images, size, stride, mode)


@_pooling(says="the results are rounded to integers. Keep their decimals.")
def pooled_and_rounded(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return np.round(_pool2d(images, size, stride, mode))


@_pooling(says="the position of the number within its window is returned (argmax, argmin). Return the number itself.")
def place_for_number(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    if mode not in ("max", "min"):
        return _pool2d(images, size, stride, mode)
    windows = _windows(images, pair(size, "size", 1), size if stride is None else stride)
    numbers = windows.reshape(*windows.shape[:-2], -1)
    places: Array = (np.argmax if mode == "max" else np.argmin)(numbers, axis=-1).astype(float)
    return places


@_pooling(says="the two values in the middle are averaged before the values are sorted.")
def middle_of_unsorted_values(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    if mode != "median":
        return _pool2d(images, size, stride, mode)
    windows = _windows(images, pair(size, "size", 1), size if stride is None else stride)
    numbers = windows.reshape(*windows.shape[:-2], -1)
    count = numbers.shape[-1]
    return (numbers[..., (count - 1) // 2] + numbers[..., count // 2]) / 2


@_pooling(says="sums are always divided by 4. Divide by the number of values in the window.")
def always_divided_by_four(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    pooled = _pool2d(images, size, stride, mode)
    return pooled * prod(pair(size, "size", 1)) / 4 if mode == "average" else pooled


def _taken_for(mode: str, other: str) -> None:
    """Enter that one mode does what another one should do."""

    def answer(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
        return _pool2d(images, size, stride, other if mode == confused else mode)

    confused, answer.__name__ = mode, f"{mode}_taken_for_{other}"
    _pooling(says=f'mode="{mode}" does what mode="{other}" should do.')(answer)


for _mode, _other in permutations(POOLINGS, 2):
    _taken_for(_mode, _other)


@_pooling(says="the first number of each window is kept, whatever the others are.")
def first_number_kept(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _windows(images, pair(size, "size", 1), size if stride is None else stride)[..., 0, 0].astype(float)


@_pooling(says="each channel is pooled as a whole. A window slides over it.")
def whole_channels_pooled(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    whole = POOLINGS[mode].reduce(images, axis=(2, 3), keepdims=True)
    return np.broadcast_to(whole, _pool2d(images, size, stride, mode).shape)


@_pooling(says="the default stride is 2. Without a stride the window moves by its own size.")
def default_stride_of_two(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, 2 if stride is None else stride, mode)


@_pooling(says="without a stride, the window moves by its height on both axes. It should move by its own size.")
def default_stride_of_the_height(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, pair(size, "size", 1)[0] if stride is None else stride, mode)


@_pooling(says="the window is as high as it is wide. A pair is (vertical, horizontal).")
def width_on_both_axes(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, pair(size, "size", 1)[1], size if stride is None else stride, mode)


@_pooling(says="the first number of the stride is used for both axes. A pair is (vertical, horizontal).")
def vertical_stride_for_both_axes(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(images, size, stride if stride is None else pair(stride, "stride", 1)[0], mode)


@_pooling(says="the output has the right size, but the window moves by one. It starts at row * stride, column * stride.")
def window_without_stride(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    rows, columns = _pool2d(images, size, stride, mode).shape[-2:]
    return _pool2d(images, size, 1, mode)[..., :rows, :columns]


@_pooling(says="only the columns are pooled. A window has a height as well.")
def pooled_along_the_columns_only(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    step = pair(size if stride is None else stride, "stride", 1)
    return _pool2d(images, (1, pair(size, "size", 1)[1]), (1, step[1]), mode)


@_pooling(says="only the rows are pooled. A window has a width as well.")
def pooled_along_the_rows_only(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    step = pair(size if stride is None else stride, "stride", 1)
    return _pool2d(images, (pair(size, "size", 1)[0], 1), (step[0], 1), mode)


@_pooling(says="the channels are pooled into one. Pooling leaves the number of channels as it is.")
def channels_pooled_into_one(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    pooled: Array = POOLINGS[mode].reduce(_pool2d(images, size, stride, mode), axis=1)
    return pooled


@_pooling(says="rows and columns of the images are swapped.")
def images_transposed(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return _pool2d(np.swapaxes(images, -1, -2), size, stride, mode)


@_pooling(says="rows and columns of the result are swapped. Keep the images' order: out[..., row, column].")
def pooled_and_transposed(images: Array, size: Pair = 2, stride: Pair | None = None, mode: str = "max") -> Array:
    return np.swapaxes(_pool2d(images, size, stride, mode), -1, -2)


# --- sizes


@_size(says="a kernel that is larger than the axis gets a number below 1. It has 0 positions.")
def no_end_at_zero(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size + 2 * padding - kernel) // stride + 1


@_size(says="the quotient is truncated towards 0, as int() does. A kernel that is larger than the axis has 0 positions.")
def cut_off_towards_zero(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return int((size + 2 * padding - kernel) / stride) + 1


@_size(says="the last position is missing if the kernel ends right at the edge: range(size - kernel) needs a + 1.")
def last_position_left_out(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return len(range(0, size + 2 * padding - kernel, stride))


@_size(says="a kernel that is larger than the axis gets one position. It has 0.")
def at_least_one_position(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return max(output_size(size, kernel, stride, padding), 1)


@_size(says="the division is rounded to the nearest integer. Positions past the edge don't count: round down.")
def rounded_to_the_nearest(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return max(round((size + 2 * padding - kernel) / stride + 1), 0)


@_size(says="the padding is added after the division. It is part of the axis: add it before.")
def padding_added_at_last(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return max((size - kernel) // stride + 1 + 2 * padding, 0)


@_size(says="the + 1 is inside the division. It belongs after it.")
def one_added_before_the_division(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size + 2 * padding - kernel + 1) // stride


@_size(says="only the kernel is divided by the stride: put the whole difference in brackets.")
def brackets_forgotten(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return size + 2 * padding - kernel // stride + 1


@_size(says="any padding is assumed to keep the size. It does so only if it makes up for the kernel.")
def padding_taken_to_keep_the_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return size // stride if padding else output_size(size, kernel, stride)


# --- weights


@_dense(says="a weight is counted for each neuron. There is one for each pair of neighbouring neurons.")
def computing_neurons_counted(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return sum(layer_sizes[1:])


@_dense(says="neighbouring layers are added. Each neuron has a weight for each input: multiply them.")
def layers_added(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return sum(inputs + neurons for inputs, neurons in zip(layer_sizes, layer_sizes[1:]))


@_dense(says="each layer has an intercept for each of its inputs. Each neuron has one.")
def intercept_for_each_input(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes, bias=False) + bias * sum(layer_sizes[:-1])


@_dense(says="the last layer is left out: does the loop end too early?")
def last_layer_left_out(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes[:-1], bias) if len(layer_sizes) > 1 else 0


@_dense(says="only the first layer is counted: is a return inside the loop?")
def first_layer_only(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes[:2], bias)


@_dense(says="only the last layer is counted: use += to sum; = replaces what was there.")
def last_layer_only(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes[-2:], bias)


@_dense(says="only the last layer has intercepts. With bias, each neuron of each layer has one.")
def intercepts_of_the_last_layer_only(layer_sizes: Sequence[int], bias: bool = True) -> int:
    last = layer_sizes[-1] if len(layer_sizes) > 1 else 0
    return kernels.count_dense(layer_sizes, bias=False) + bias * last


@_dense(says="each layer is connected to itself. Its inputs are the neurons of the layer before.")
def layers_connected_with_themselves(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return sum(neurons * neurons + bias * neurons for neurons in layer_sizes[1:])


@_dense(says="the network has a single intercept. With bias, each neuron has one.")
def one_intercept_for_all_layers(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return kernels.count_dense(layer_sizes, bias=False) + bias


@_dense(says="each layer is in one pair only. Weights connect all neighbouring layers: 1-2, 2-3, 3-4.")
def pairs_that_do_not_overlap(layer_sizes: Sequence[int], bias: bool = True) -> int:
    return sum(kernels.count_dense(two, bias) for two in zip(layer_sizes[::2], layer_sizes[1::2]))


@_conv(says="there is one intercept for all kernels. With bias, each kernel has one.")
def one_intercept_for_all_kernels(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel_size, bias=False) + bias


@_conv(says="there is an intercept for each channel of the input. Each kernel has one.")
def intercept_for_each_input_channel(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel_size, bias=False) + bias * in_channels


@_conv(says="there is an intercept for each weight of a kernel. Each kernel has one.")
def intercept_for_each_weight(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, kernel_size, bias=False) * (1 + bias)


@_conv(says="a kernel_size that is a single number is not squared. Such a kernel is square: height times width.")
def number_not_squared(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    size = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, 1)
    return kernels.count_conv(in_channels, out_channels, size, bias)


@_conv(says="height and width of the kernel are added. It has height times width weights in each channel.")
def height_plus_width(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, (sum(pair(kernel_size, "kernel_size", 1)), 1), bias)


@_conv(says="the kernel is as high as it is wide. A pair is (vertical, horizontal).")
def width_squared(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    return kernels.count_conv(in_channels, out_channels, pair(kernel_size, "kernel_size", 1)[1], bias)


@_conv(says="the channels of input and output are added. Each kernel has a weight for each channel: multiply them.")
def channels_added(in_channels: int, out_channels: int, kernel_size: Pair, bias: bool = True) -> int:
    weights = prod(pair(kernel_size, "kernel_size", 1)) * (in_channels + out_channels)
    return weights + bias * out_channels


@_network(says="each convolution gets the channels of the image. It gets those of the layer before.")
def channels_of_the_image_only(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    shapes = kernels.trace(input_shape, layers)
    got = ((input_shape[0], *shape[1:]) if layer["type"] == "conv" else shape for layer, shape in zip(layers, shapes))
    return sum(kernels.count_network(shape, [layer], bias) for layer, shape in zip(layers, got))


@_network(says="each pool halves height and width. It divides them by its stride, which is its size if none is given.")
def pools_always_halve(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    halved = [{**layer, "size": 2, "stride": 2} if layer["type"] == "pool" else layer for layer in layers]
    return kernels.count_network(input_shape, halved, bias)


@_network(says="the first number of a convolution's stride is used for both axes. A pair is (vertical, horizontal).")
def vertical_stride_of_convolutions(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, _with_vertical("stride", "conv", layers), bias)


@_network(says="the first number of a padding is used for both axes. A pair is (vertical, horizontal).")
def vertical_padding_of_convolutions(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, _with_vertical("padding", "conv", layers), bias)


@_network(says="the first number of a pool's stride is used for both axes. A pair is (vertical, horizontal).")
def vertical_stride_of_pools(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, _with_vertical("stride", "pool", layers), bias)


@_network(says="vertical and horizontal are swapped in each pair. A pair is (vertical, horizontal).")
def pairs_of_a_network_swapped(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    swapped = [{name: each[::-1] if isinstance(each, tuple) else each for name, each in layer.items()} for layer in layers]
    return kernels.count_network(input_shape, swapped, bias)


@_network(says="without a stride, pools move by one. They should move by their own size.")
def default_stride_of_pools_is_one(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    moved = [{"stride": 1, **layer} if layer["type"] == "pool" else layer for layer in layers]
    return kernels.count_network(input_shape, moved, bias)


@_network(says="sizes are rounded up. Positions past the edge don't count: round down.")
def network_sizes_rounded_up(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return _sized(input_shape, layers, bias, lambda size, window, step, pad: -(-(size + 2 * pad - window) // step) + 1)


@_network(says="the + 1 of the output size is missing: the first position counts too.")
def network_first_place_forgotten(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return _sized(input_shape, layers, bias, lambda size, window, step, pad: (size + 2 * pad - window) // step)


@_network(says="the + 1 of the output size is missing in convolutions: the first position counts too.")
def first_place_of_convolutions_forgotten(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    def positions(size: int, window: int, step: int, pad: int) -> int:
        return (size + 2 * pad - window) // step

    return _sized(input_shape, layers, bias, positions, of=("conv",))


@_network(says="the padding is added once. It belongs on both sides.")
def network_padding_counted_once(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return _sized(input_shape, layers, bias, lambda size, window, step, pad: (size + pad - window) // step + 1)


@_network(says="each output of a convolution has weights of its own. All positions share the weights of the kernel.")
def no_weight_sharing(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    shapes = kernels.trace(input_shape, layers)
    counts = kernels.count_layers(input_shape, layers, bias)
    times = (prod(shape[1:]) if layer["type"] == "conv" else 1 for layer, shape in zip(layers, shapes[1:]))
    return sum(map(mul, counts, times))


@_network(says="pools have weights. They have none: they only choose or average.")
def weights_of_pools(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    pools = (prod(pair(layer["size"], "size", 1)) for layer in layers if layer["type"] == "pool")
    return kernels.count_network(input_shape, layers, bias) + sum(pools)


@_network(says="dense layers have no intercepts. With bias, each neuron has one.")
def no_intercepts_in_dense_layers(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    neurons: int = sum(layer["units"] for layer in layers if layer["type"] == "dense")
    return kernels.count_network(input_shape, layers, bias) - bias * neurons


@_network(says="convolutions have no intercepts. With bias, each kernel has one.")
def no_intercepts_in_convolutions(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    of_kernels: int = sum(layer["out_channels"] for layer in layers if layer["type"] == "conv")
    return kernels.count_network(input_shape, layers, bias) - bias * of_kernels


@_network(says="each convolution has one intercept. With bias, each kernel has one.")
def one_intercept_for_each_convolution(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    more: int = sum(layer["out_channels"] - 1 for layer in layers if layer["type"] == "conv")
    return kernels.count_network(input_shape, layers, bias) - bias * more


@_network(says="each ReLU has a weight. It has none.")
def weights_of_relus(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return kernels.count_network(input_shape, layers, bias) + sum(1 for layer in layers if layer["type"] == "relu")


@_network(says="the dense layer gets all values of the image. It gets those of the feature maps before it.")
def dense_layers_behind_the_image(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    shapes, total, seen = kernels.trace(input_shape, layers), 0, False
    for layer, shape in zip(layers, shapes):
        is_first = layer["type"] == "dense" and not seen
        seen = seen or is_first
        total += kernels.count_network((prod(input_shape),) if is_first else shape, [layer], bias)
    return total


@_network(says="the last layer with weights is left out: does a loop end too early?")
def last_layer_with_weights_left_out(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    counts = kernels.count_layers(input_shape, layers, bias)
    return sum(counts) - next(filter(None, reversed(counts)), 0)


@_network(says="only the last layer with weights is counted: use += to sum; = replaces what was there.")
def last_layer_of_a_network_only(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return next(filter(None, reversed(kernels.count_layers(input_shape, layers, bias))), 0)


@_network(says="only the first layer with weights is counted: is a return inside the loop?")
def first_layer_of_a_network_only(input_shape: Shape, layers: Layers, bias: bool = True) -> int:
    return next(filter(None, kernels.count_layers(input_shape, layers, bias)), 0)


def _windows(images: Array, size: Shape, stride: Pair) -> Array:
    """Return the windows of the last two axes: (..., H, W) -> (..., OH, OW, height, width)."""
    down, right = pair(stride, "stride", 1)
    windows: Array = sliding_window_view(images, size, axis=(-2, -1))[..., ::down, ::right, :, :]
    return windows


def _padded(images: Array, padding: Pair, value: float = 0.0, mode: Pad = "constant") -> Array:
    sides = [(0, 0)] * (images.ndim - 2) + [(width, width) for width in pair(padding, "padding", 0)]
    numbers = np.asarray(images, np.float64)
    return np.pad(numbers, sides, constant_values=value) if mode == "constant" else np.pad(numbers, sides, mode)


def _with_bias(sums: Array, bias: Array | None) -> Array:
    return sums if bias is None else sums + np.asarray(bias)[:, None, None]


def _padded_for_each_pixel(images: Array, kernels: Array, value: float, before: Callable[[int], int]) -> Array:
    """Pad as much as the kernel needs to be centred on each pixel. before: takes its length, returns the padding before."""
    sides = [(0, 0)] * (images.ndim - 2) + [(before(side), side - 1 - before(side)) for side in kernels.shape[-2:]]
    return np.pad(images, sides, constant_values=value)


def _by_channel(images: Array, kernels: Array, **options: object) -> Array:
    """Return what each channel adds to each output: (N, K, C, OH, OW)."""
    maps = [_conv2d(images[:, c : c + 1], kernels[:, c : c + 1], **options) for c in range(images.shape[1])]
    return np.stack(maps, axis=2)


def _with_vertical(option: str, kind: str, layers: Layers) -> Layers:
    """Return the layers, those of a kind with the first number of an option alone, where they have the option."""
    return [
        {**layer, option: pair(layer[option], option, 0)[0]} if layer["type"] == kind and option in layer else layer
        for layer in layers
    ]


def _sized(
    input_shape: Shape,
    layers: Layers,
    bias: bool,
    positions: Callable[[int, int, int, int], int],
    of: Collection[str] = ("conv", "pool"),
) -> int:
    """Count the weights where layers of these types have as many positions on an axis as a function says."""
    total, shape = 0, tuple(input_shape)
    for layer in layers:
        total += kernels.count_network(shape, [layer], bias)
        if layer["type"] in of:
            shape = (layer.get("out_channels", shape[0]), *map(positions, shape[1:], *kernels.window(layer)))
        else:
            shape = kernels.trace(shape, [layer])[-1]
    return total
