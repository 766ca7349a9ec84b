"""The expected answer of each kernel of the homework: NumPy in float64, which knows neither blocks nor threads.

A reference takes the arguments of its kernel except the output, which it returns.
"""

from dataclasses import replace

import numpy as np

import kernels
import misconceptions
from autograder.authoring import misconception, reference, sums_in_float32

THREADS = 256  # values behind each of block_sums' sums
WINDOW = {"size": 3, "stride": 2}  # of max_pool


# --- mapping.py and indexing.py


@reference(in_float64=True, tolerance=lambda values, factor: sums_in_float32(1, abs(values * factor), 0.0))
def scale(values, factor):
    return values * factor


@misconception("scale", says="the factor is added. Each value is multiplied by it.")
def factor_added(values, factor):
    return values + factor


@reference(in_float64=True, tolerance=lambda image, level: sums_in_float32(2, abs(image) + abs(level), 0.0))
def darken(image, level):
    return np.maximum(image - level, 0)


@misconception("darken", says="pixels go below black. A difference below 0 becomes 0.")
def darker_than_black(image, level):
    return image - level


@misconception("darken", says="the pixels get brighter. The level is subtracted.")
def brightened(image, level):
    return np.maximum(image + level, 0)


# --- direct.py, tiled.py and blocked.py


def _convolution(images, filters, bias, padding):
    return kernels.conv2d(images[None], filters, bias, padding=padding, backend="numpy")[0]


def _of_convolution(images, kernels, bias, padding):
    """Return the tolerance of sums of products in float32."""
    images, kernels, bias = abs(images), abs(kernels), abs(bias)
    largest = images.max() * kernels.sum(axis=(1, 2, 3)).max()
    return sums_in_float32(kernels[0].size, _convolution(images, kernels, bias, padding), largest)


def _wrong_convolutions():
    """Return the misconceptions about batches of images that a single one, with stride 1, can show."""

    def of_one_image(answer):
        return lambda images, kernels, bias, padding: answer(images[None], kernels, bias=bias, padding=padding)[0]

    found = misconceptions.about(
        "conv2d_channels", without=("stride", "pairs", "one side", "last places", "several images")
    )
    return [replace(one, answer=of_one_image(one.answer)) for one in found]


@reference(in_float64=True, tolerance=_of_convolution, misconceptions=_wrong_convolutions())
def convolve(images, kernels, bias, padding):
    return _convolution(images, kernels, bias, padding)


convolve_tiled = convolve_blocked = convolve


@misconception(
    *("convolve", "convolve_tiled", "convolve_blocked"),
    says="windows begin at the position of their output. Padding moves them up and to the left by that many pixels.",
)
def padding_not_subtracted(images, kernels, bias, padding):
    return _convolution(np.pad(images, [(0, 0), (0, 2 * padding), (0, 2 * padding)]), kernels, bias, 0)


# --- pooling.py


@reference(in_float64=True, tolerance=0.0)
def max_pool(images):
    return kernels.pool2d(images[None], **WINDOW, backend="numpy")[0]


@misconception("max_pool", says="a window's NaN is lost. Comparisons with NaN are false, so it never counts as larger.")
def nan_lost(images):
    return kernels.pool2d(np.where(np.isnan(images), -np.inf, images)[None], **WINDOW, backend="numpy")[0]


@misconception("max_pool", says="the search for the largest number begins at 0. All numbers of a window may be negative.")
def at_least_zero(images):
    return np.maximum(max_pool(images), 0)


@misconception("max_pool", says="windows are 2 x 2. They are 3 x 3.")
def windows_of_two(images):
    rows, columns = max_pool(images).shape[1:]
    return kernels.pool2d(images[None], 2, 2, backend="numpy")[0, :, :rows, :columns]


# --- reduction.py


def _blocks(values):
    """Return the values of each block as a row, with 0 beyond the end."""
    return np.pad(values, (0, -len(values) % THREADS)).reshape(-1, THREADS)


def _of_sums(values):
    magnitudes = _blocks(abs(values)).sum(axis=1)
    return sums_in_float32(THREADS, magnitudes, 0.0)


@reference(in_float64=True, tolerance=_of_sums)
def block_sums(values):
    return _blocks(values).sum(axis=1)


@misconception("block_sums", says="only the first half of each block's values is added up. The first step is missing.")
def first_halves(values):
    return _blocks(values)[:, : THREADS // 2].sum(axis=1)


@misconception("block_sums", says="each block writes the sum of everything up to its end. It adds its own values only.")
def running_sums(values):
    return _blocks(values).sum(axis=1).cumsum()
