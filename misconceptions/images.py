"""Wrong ways to count and to scale what an image feeds into a network. Each takes its function's arguments."""

from collections.abc import Sequence
from fractions import Fraction
from functools import partial

import kernels
from misconceptions.bank import misconception
from misconceptions.types import Number

BITS = 8  # of a byte
_inputs = partial(misconception, "input_size")
_bytes = partial(misconception, "image_bytes")
_standardised = partial(misconception, "standardised")


@_inputs(says="an input is counted for each pixel only. Each pixel has a number for each channel.")
def channels_not_counted(height: int, width: int, channels: int) -> int:
    return height * width


@_inputs(says="height and width are added. Pixels fill a rectangle: multiply.")
def sides_added(height: int, width: int, channels: int) -> int:
    return (height + width) * channels


@_inputs(says="the channels are added to the pixels. Each pixel has all channels: multiply.")
def channels_added(height: int, width: int, channels: int) -> int:
    return height * width + channels


@_inputs(says="every image is assumed to have red, green and blue. Count the channels that it has.")
def always_three_channels(height: int, width: int, channels: int) -> int:
    return 3 * height * width


@_inputs(says="the image is treated as a square, as wide as it is high.")
def height_for_width(height: int, width: int, channels: int) -> int:
    return height * height * channels


@_inputs(says="the image is treated as a square, as high as it is wide.")
def width_for_height(height: int, width: int, channels: int) -> int:
    return width * width * channels


@_inputs(says="the channels are multiplied in for each side. Once is enough.")
def channels_squared(height: int, width: int, channels: int) -> int:
    return height * width * channels**2


@_inputs(says="the 256 values that a number can take are counted. A number is one input, whatever its value.")
def values_counted(height: int, width: int, channels: int) -> int:
    return height * width * channels * 256


@_bytes(says="bits are counted. A byte has 8 of them.")
def bits_for_bytes(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return kernels.image_bytes(images, height, width, channels, bytes_per_value) * BITS


@_bytes(says="each value is counted as one bit, 8 of them to a byte. Here a value takes whole bytes.")
def values_taken_for_bits(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return Fraction(kernels.image_bytes(images, height, width, channels, bytes_per_value), BITS)


@_bytes(says="a pixel is counted as one value. It has one for each channel.")
def one_value_per_pixel(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return kernels.image_bytes(images, height, width, 1, bytes_per_value)


@_bytes(says="each value is given a single byte. A float32 takes 4 bytes.")
def one_byte_per_value(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return kernels.image_bytes(images, height, width, channels, 1)


@_bytes(says="each value is given 4 bytes, as a float32 takes. Here it takes a single byte.")
def always_floats(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return kernels.image_bytes(images, height, width, channels, 4)


@_bytes(says="a single image is counted.")
def single_image(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return kernels.image_bytes(1, height, width, channels, bytes_per_value)


@_bytes(says="the channels are multiplied in twice. Once, with the pixels, is enough.")
def channels_counted_twice(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> Number:
    return kernels.image_bytes(images, height, width, channels**2, bytes_per_value)


@_standardised(says="the mean is not subtracted.")
def mean_left_in(pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]) -> list[list[Fraction]]:
    return kernels.standardised(pixels, [0] * len(means), deviations)


@_standardised(says="the pixel is subtracted from the mean. The mean is subtracted from the pixel.")
def mean_less_pixel(
    pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]
) -> list[list[Fraction]]:
    return [[-value for value in pixel] for pixel in kernels.standardised(pixels, means, deviations)]


@_standardised(says="the difference is not divided by the standard deviation.")
def not_divided(pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]) -> list[list[Fraction]]:
    return kernels.standardised(pixels, means, [1] * len(means))


@_standardised(says="the first channel's mean and deviation are used for all channels. Each channel has its own.")
def first_channel_for_all(
    pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]
) -> list[list[Fraction]]:
    return kernels.standardised(pixels, [means[0]] * len(means), [deviations[0]] * len(means))


@_standardised(says="the pixel is divided first, and then the mean is subtracted. Subtract first.")
def divided_before_subtracted(
    pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]
) -> list[list[Fraction]]:
    return [
        [Fraction(value, deviation) - mean for value, mean, deviation in zip(pixel, means, deviations)] for pixel in pixels
    ]


@_standardised(says="the signs are lost: a pixel darker than the mean gets a negative value.")
def negatives_lost(
    pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]
) -> list[list[Fraction]]:
    return [[abs(value) for value in pixel] for pixel in kernels.standardised(pixels, means, deviations)]


@_standardised(says="values below 0 are set to 0. A pixel darker than the mean gets a negative value.")
def negatives_cut_off(
    pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]
) -> list[list[Fraction]]:
    return [[max(value, Fraction(0)) for value in pixel] for pixel in kernels.standardised(pixels, means, deviations)]


@_standardised(says="means and deviations are used in the order blue, green, red.")
def channels_in_reverse(
    pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]
) -> list[list[Fraction]]:
    return kernels.standardised(pixels, means[::-1], deviations[::-1])
