"""Wrong ways to convolve, and to compute the size of what comes out.

Each takes the arguments of `kernels.conv2d`, on a single image or on batches with channels.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

import kernels
from kernels import pair
from kernels.shapes import Pair
from kernels.types import Array
from misconceptions.bank import misconception
from misconceptions.types import Pad

_conv2d: Callable[..., Array] = partial(kernels.conv2d, backend="numpy")
_both = partial(misconception, "conv2d", "conv2d_channels")
_channels = partial(misconception, "conv2d_channels")
_size = partial(misconception, "output_size")


@_both(says="the kernel is flipped. The lecture's convolution slides the kernel as it is: no flip.")
def flipped_kernel(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, kernels[..., ::-1, ::-1], **options)


@_both(says="rows and columns of the kernel are swapped.")
def transposed_kernel(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, np.swapaxes(kernels, -1, -2), **options)


@_both(says="the padding is forgotten.", tags={"padding"})
def no_padding(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    return _conv2d(images, kernels, **options)


@_both(
    says="the padding is only above and to the left, or counts only once in the result's size. It belongs "
    "on all four sides.",
    tags={"padding", "one side"},
)
def padding_only_before(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    return _conv2d(_pad(images, padding, padding_value, after=False), kernels, **options)


@_both(says="the padding is only below and to the right. It belongs on all four sides.", tags={"padding", "one side"})
def padding_only_after(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    return _conv2d(_pad(images, padding, padding_value, before=False), kernels, **options)


@_both(says="vertical and horizontal padding are swapped. The vertical number comes first.", tags={"padding", "pairs"})
def swapped_padding(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    return _conv2d(images, kernels, padding=pair(padding, "padding", 0)[::-1], **options)


@_both(
    says="the first number of the padding is used for both axes. The vertical number comes first.",
    tags={"padding", "pairs"},
)
def vertical_padding_on_both_axes(images: Array, kernels: Array, *, padding: Pair = 0, **options: object) -> Array:
    return _conv2d(images, kernels, padding=pair(padding, "padding", 0)[0], **options)


@misconception(
    "conv2d",
    says="the padding is filled with zeros. It should hold the given padding value.",
    tags={"padding", "padding value"},
)
def padding_value_ignored(images: Array, kernels: Array, *, padding_value: float = 0.0, **options: object) -> Array:
    return _conv2d(images, kernels, **options)


@_both(says="the stride is ignored: the kernel moves by one.", tags={"stride"})
def no_stride(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    return _conv2d(images, kernels, **options)


@_both(says="vertical and horizontal stride are swapped. The vertical number comes first.", tags={"stride", "pairs"})
def swapped_stride(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    return _conv2d(images, kernels, stride=pair(stride, "stride", 1)[::-1], **options)


@_both(
    says="the first number of the stride is used for both axes. The vertical number comes first.", tags={"stride", "pairs"}
)
def vertical_stride_on_both_axes(images: Array, kernels: Array, *, stride: Pair = 1, **options: object) -> Array:
    return _conv2d(images, kernels, stride=pair(stride, "stride", 1)[0], **options)


@_both(
    says="the last row and the last column of outputs are missing: count again how many positions the kernel can occupy.",
    tags={"last places"},
)
def one_place_too_few(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, kernels, **options)[..., :-1, :-1]


@_both(says="the largest product is used instead of the sum of all products.")
def largest_product(
    images: Array,
    kernels: Array,
    *,
    stride: Pair = 1,
    padding: Pair = 0,
    padding_value: float = 0.0,
    bias: Array | None = None,
) -> Array:
    down, right = pair(stride, "stride", 1)
    windows = sliding_window_view(_pad(images, padding, padding_value), kernels.shape[-2:], axis=(-2, -1))
    windows = windows[..., ::down, ::right, :, :]
    products = windows * kernels if images.ndim == 2 else np.einsum("nchwij,kcij->nkhwij", windows, kernels)
    largest: Array = products.max(axis=(-2, -1))
    return largest if bias is None else largest + np.asarray(bias)[:, None, None]


@_both(says="the kernel's numbers are added to the pixels. Multiply each pixel by the number on top of it.")
def added_for_multiplied(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    sums = np.atleast_1d(np.sum(kernels, axis=tuple(range(-min(kernels.ndim, 3), 0))))
    return _conv2d(images, np.ones_like(kernels), bias=sums if bias is None else sums + bias, **options)


@_both(says="the signs of the kernel's numbers are lost.")
def signs_of_the_kernel_lost(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, np.abs(kernels), **options)


@_both(says="negative sums are set to 0. That is a ReLU, a layer of its own.")
def negative_sums_set_to_zero(images: Array, kernels: Array, **options: object) -> Array:
    return np.maximum(_conv2d(images, kernels, **options), 0)


@_both(says="the kernel moves down first, then to the right. It moves left to right, then down.", tags={"order"})
def columns_before_rows(images: Array, kernels: Array, **options: object) -> Array:
    sums = _conv2d(images, kernels, **options)
    return np.swapaxes(sums, -1, -2).reshape(sums.shape)


@_both(
    says="the padding repeats the pixels at the edge. It holds zeros, unless it is given another value.", tags={"padding"}
)
def padding_repeats_the_edge(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    return _conv2d(_pad(images, padding, mode="edge"), kernels, **options)


@_both(
    says="the padding mirrors the image at its edge. It holds zeros, unless it is given another value.", tags={"padding"}
)
def padding_mirrors_the_image(
    images: Array, kernels: Array, *, padding: Pair = 0, padding_value: float = 0.0, **options: object
) -> Array:
    return _conv2d(_pad(images, padding, mode="reflect"), kernels, **options)


@_both(
    says="the results are truncated to integers. Keep the decimals: store them in an array of floats.",
    tags={"decimals"},
)
def cut_off_to_integers(images: Array, kernels: Array, **options: object) -> Array:
    return np.trunc(_conv2d(images, kernels, **options))


@_both(says="the results are rounded to half precision (float16). Compute in float64, and return that.", tags={"decimals"})
def half_precision(images: Array, kernels: Array, **options: object) -> Array:
    with np.errstate(over="ignore"):
        return _conv2d(images, kernels, **options).astype(np.float16).astype(np.float64)


@_channels(
    says="only the first channel is used. A kernel is as deep as the image: sum over all channels.", tags={"channels"}
)
def first_channel_only(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images[:, :1], kernels[:, :1], **options)


@_channels(says="the channels are averaged. The products of all channels are summed.", tags={"channels"})
def channels_averaged(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    averages = _conv2d(images, kernels, **options) / images.shape[1]
    return averages if bias is None else averages + np.asarray(bias)[:, None, None]


@_channels(
    says="the kernel's first channel slides over every channel of the image. Each channel has weights of its own.",
    tags={"channels"},
)
def kernel_shared_by_channels(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, np.broadcast_to(kernels[:, :1], kernels.shape), **options)


@_channels(says="the channels are paired in the wrong order.", tags={"channels"})
def channels_reversed(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images[:, ::-1], kernels, **options)


@_channels(says="the bias is forgotten.", tags={"bias"})
def bias_forgotten(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _conv2d(images, kernels, **options)


@_channels(says="the bias is added once for each channel. It is added once for each output.", tags={"bias", "channels"})
def bias_for_each_channel(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _conv2d(images, kernels, bias=None if bias is None else np.asarray(bias) * images.shape[1], **options)


@_channels(says="the bias is subtracted.", tags={"bias"})
def bias_subtracted(images: Array, kernels: Array, *, bias: Array | None = None, **options: object) -> Array:
    return _conv2d(images, kernels, bias=None if bias is None else -np.asarray(bias), **options)


@_channels(
    says="every feature map comes from the first kernel. Each kernel makes a feature map of its own.",
    tags={"several kernels"},
)
def first_kernel_only(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(images, np.broadcast_to(kernels[:1], kernels.shape), **options)


@_channels(says="every image of the batch gives the first image's answer.", tags={"several images"})
def first_image_only(images: Array, kernels: Array, **options: object) -> Array:
    return _conv2d(np.broadcast_to(images[:1], images.shape), kernels, **options)


@_size(says="the + 1 is missing: the kernel's first position counts too.")
def first_place_forgotten(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size + 2 * padding - kernel) // stride


@_size(says="the padding is added once. It belongs on both sides.")
def padding_counted_once(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size + padding - kernel) // stride + 1


@_size(says="the padding is forgotten.")
def padding_not_counted(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size - kernel) // stride + 1


@_size(says="the division is rounded up. Positions past the edge don't count: round down.")
def rounded_up(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return -(-(size + 2 * padding - kernel) // stride) + 1


@_size(says="the stride is ignored.")
def stride_not_counted(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return size + 2 * padding - kernel + 1


@_size(says="the size of the kernel is not subtracted.")
def kernel_not_counted(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size + 2 * padding) // stride


@_size(says="kernel and stride are swapped: the kernel is subtracted, then the stride divides.")
def kernel_and_stride_swapped(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return (size + 2 * padding - stride) // kernel + 1


@_size(says="the padding is assumed to make up for the kernel, whatever its width: only the stride is counted.")
def kernel_and_padding_cancelled(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    return -(-size // stride)


@_size(says="the result is a float. A number of positions is an integer: divide with //.", tags={"decimals"})
def not_rounded(size: int, kernel: int, stride: int = 1, padding: int = 0) -> float:
    return (size + 2 * padding - kernel) / stride + 1


def _pad(
    images: Array, padding: Pair, value: float = 0.0, *, before: bool = True, after: bool = True, mode: Pad = "constant"
) -> Array:
    vertical, horizontal = pair(padding, "padding", 0)
    sides = [(0, 0)] * (images.ndim - 2) + [(width * before, width * after) for width in (vertical, horizontal)]
    numbers = np.asarray(images, np.float64)
    return np.pad(numbers, sides, constant_values=value) if mode == "constant" else np.pad(numbers, sides, mode)
