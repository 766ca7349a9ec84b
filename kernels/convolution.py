"""Convolution and its gradients, in front of the backends: check the shapes, agree on a type, hand over."""

from functools import lru_cache
from numbers import Real
from typing import NamedTuple

from kernels.arrays import gather, require_shape
from kernels.shapes import Geometry, Pair, feature_map_size, pair
from kernels.types import Array, DType, Float, Shape


class ConvolutionGradients(NamedTuple):
    """The gradients of a loss with respect to a convolution's inputs, each in the shape of its input."""

    images: Array
    kernels: Array
    bias: Array


def conv2d(
    images: Array,
    kernels: Array,
    bias: Array | None = None,
    stride: Pair = 1,
    padding: Pair = 0,
    padding_value: float = 0.0,
    backend: str | None = None,
    *,
    dilation: Pair = 1,
    groups: int = 1,
) -> Array:
    """Slide each kernel over each image and sum the element-wise products (no flip), channels included.

    (N, C, H, W), (K, C, KH, KW), (K,) -> (N, K, OH, OW); a single image (H, W) with a single kernel (KH, KW) -> (OH, OW).
    A dilation of d takes every d-th pixel of a window. With groups, channels and kernels are dealt out evenly, in order:
    each group of kernels, (K, C / groups, KH, KW) in all, sees its own group of channels; C groups are "depthwise".
    Float32 in gives float32 arithmetic and result; any other type is computed in float64. In float32, 3x3 kernels over many
    channels may round relative to the layer's largest values (Winograd's transform). A NaN makes the outputs that see it
    NaN, and no others. If an array is on a GPU, the others are copied there, and the result stays there:
    kernels/arrays.py has the rules.
    Raises ValueError when shapes do not fit, BackendUnavailable when the backend cannot run here.
    Source: the lecture on convolution; the same operation as torch.nn.functional.conv2d, which has zero padding only.
    """
    place, (images, kernels, bias) = gather(backend, ("images", "kernels", "bias"), images, kernels, bias)
    single = len(images.shape) == 2 and len(kernels.shape) == 2
    if single:
        images, kernels = images.reshape((1, 1, *images.shape)), kernels.reshape((1, 1, *kernels.shape))
    geometry = Geometry(pair(stride, "stride", 1), pair(padding, "padding", 0), pair(dilation, "dilation", 1))
    shape = _fit(images.shape, kernels.shape, geometry, _whole(groups))
    filters = shape[1]
    if bias is None:
        bias = place.zeros((filters,))
    if tuple(bias.shape) != (filters,):
        raise ValueError(f"bias must have one number for each of the {filters} kernels, not shape {tuple(bias.shape)}")
    value = _number(padding_value, place.dtype)
    output = place.empty(shape)
    if output.size:
        place.backend.conv2d(images, kernels, bias, geometry, value, output)
    return output.reshape(shape[2:]) if single else output


def conv2d_gradients(
    images: Array,
    kernels: Array,
    upstream: Array,
    stride: Pair = 1,
    padding: Pair = 0,
    padding_value: float = 0.0,
    backend: str | None = None,
    *,
    dilation: Pair = 1,
    groups: int = 1,
) -> ConvolutionGradients:
    """Return the gradients of a loss with respect to a convolution's images, kernels and bias.

    upstream is the loss's gradient with respect to the convolution's output: (N, C, H, W), (K, C, KH, KW), (N, K, OH, OW)
    -> gradients of the shapes (N, C, H, W), (K, C, KH, KW), (K,). The padding is a constant: it gets no gradient, but it
    counts in that of the kernels. Dilation, groups, types, NaN and arrays on a GPU as for conv2d.
    Raises ValueError when shapes do not fit, BackendUnavailable when the backend cannot run here.
    Source: the chain rule; the same numbers as torch.autograd of torch.nn.functional.conv2d.
    """
    place, (images, kernels, upstream) = gather(backend, ("images", "kernels", "upstream"), images, kernels, upstream)
    geometry = Geometry(pair(stride, "stride", 1), pair(padding, "padding", 0), pair(dilation, "dilation", 1))
    shape = _fit(images.shape, kernels.shape, geometry, _whole(groups))
    require_shape(upstream, "upstream", shape)
    value = _number(padding_value, place.dtype)
    if not images.size:
        return ConvolutionGradients(place.zeros(images.shape), place.zeros(kernels.shape), place.zeros(shape[1:2]))
    gradients = ConvolutionGradients(place.empty(images.shape), place.empty(kernels.shape), place.empty(shape[1:2]))
    place.backend.conv2d_gradients(images, kernels, upstream, geometry, value, *gradients)
    return gradients


@lru_cache(1024)  # the same few layers come again and again, and small ones take less time than this check
def _fit(images: Shape, kernels: Shape, geometry: Geometry, groups: int) -> Shape:
    """Return the output's shape for arrays of these shapes. Raises ValueError if the shapes do not fit."""
    if len(images) != 4 or len(kernels) != 4:
        raise ValueError(
            "conv2d takes images (N, C, H, W) and kernels (K, C, KH, KW), or (H, W) and (KH, KW) without gradients; "
            f"not {images} and {kernels}"
        )
    (batch, channels, *plane), (filters, depth, *window) = images, kernels
    if channels != depth * groups:
        each = "" if groups == 1 else f" in each of {groups} groups"
        raise ValueError(f"the images have {channels} channels, but the kernels {depth}{each}")
    if filters % groups:
        raise ValueError(f"{filters} kernels cannot be divided evenly into {groups} groups")
    if not (channels and filters) or 0 in plane or 0 in window:
        raise ValueError(
            "images and kernels must have at least one channel, row and column, and there must be a kernel; "
            f"not {images} and {kernels}"
        )
    return batch, filters, *feature_map_size(plane, window, geometry)


def _whole(groups: int) -> int:
    if type(groups) is not int or groups < 1:
        raise ValueError(f"groups must be a whole number of at least 1, not {groups!r}")
    return groups


def _number(padding_value: float, dtype: DType) -> Float:
    if type(padding_value) is not float and not isinstance(padding_value, Real):
        raise ValueError(f"padding_value must be a number, not {padding_value!r}")
    value: Float = dtype.type(padding_value)
    return value
