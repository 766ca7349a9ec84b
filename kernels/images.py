"""Images as a dense network gets them: how many numbers, how many bytes, how they are scaled."""

from collections.abc import Sequence
from fractions import Fraction


def input_size(height: int, width: int, channels: int) -> int:
    """Count the inputs of a network that gets a whole image: one for each pixel and channel."""
    return height * width * channels


def image_bytes(images: int, height: int, width: int, channels: int, bytes_per_value: int = 1) -> int:
    """Return the memory of images, in bytes: 1 byte per value as a camera stores it, 4 as float32."""
    return images * input_size(height, width, channels) * bytes_per_value


def standardised(pixels: Sequence[Sequence[int]], means: Sequence[int], deviations: Sequence[int]) -> list[list[Fraction]]:
    """Return pixels, a row of channels each, less the mean of each channel and divided by its standard deviation."""
    return [
        [Fraction(value - mean, deviation) for value, mean, deviation in zip(pixel, means, deviations)] for pixel in pixels
    ]
