"""Draws that several parts share: the arrays of a convolution, and large sizes."""

from autograder.authoring import of_type


def quarters(random, *shape):
    """Draw multiples of 1/4, which a person can follow, as float32."""
    return of_type(random, "float32", *shape)


def convolution(draw, image, filters, kernel=(3, 3), padding=1):
    """Return the arguments of a convolution of an image (channels, height, width) with kernels (height, width).

    draw: returns random numbers in an array of a shape.
    """
    images, kernels, bias = draw(*image), draw(filters, image[0], *kernel), draw(filters)
    return images, kernels, bias, padding


def beyond_a_block(random):
    """Return more than the 64 threads that a block can have along z, and more than the 1,024 along x."""
    return int(random.integers(65, 80)), int(random.integers(1025, 1100))
