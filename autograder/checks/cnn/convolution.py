"""Part 1: convolution."""

import numpy as np
from gradescope_utils.autograder_utils.decorators import number

from autograder.checks.part import Part

LECTURE_IMAGE = np.arange(1.0, 17.0).reshape(4, 4)
LECTURE_KERNEL = np.array([[1.0, 1.0], [0.0, 2.0]])


class Convolution(Part):
    """convolution.py: output_size, conv2d, conv2d_channels."""

    title = "Convolution"
    file = "convolution.py"

    @number("1.1")
    def test_output_size_by_hand(self):
        """output_size: sizes that you can count by hand"""
        self.require(
            self.case("output_size", 4, 2),
            self.case("output_size", 5, 5),
            self.case("output_size", 28, 5),
            self.case("output_size", 7, 3, stride=2),
            self.case("output_size", 32, 3, padding=1),
            self.case("output_size", 4, 2, stride=2, padding=1),
            self.case("output_size", 8, 3, stride=2),  # does not divide: the last column is left out
        )

    @number("1.2")
    def test_conv2d_of_the_lecture(self):
        """conv2d: the lecture's 4x4 image, without and with padding and stride"""
        self.require(
            self.case("conv2d", LECTURE_IMAGE, LECTURE_KERNEL),
            self.case("conv2d", LECTURE_IMAGE, LECTURE_KERNEL, stride=2),
            self.case("conv2d", LECTURE_IMAGE, LECTURE_KERNEL, padding=1),
            self.case("conv2d", LECTURE_IMAGE, LECTURE_KERNEL, stride=2, padding=1),
        )

    @number("1.3")
    def test_conv2d_not_square(self):
        """conv2d: images and kernels that are not square, negative numbers, a padding value"""
        self.require(
            self.case("conv2d", self._integers(4, 6), self._integers(3, 2)),
            self.case("conv2d", self._integers(6, 4), self._integers(2, 3), padding=1, padding_value=5.0),
            self.case("conv2d", self._integers(5, 7), self._integers(2, 3), stride=2, padding=1),
        )

    @number("1.4")
    def test_channels_and_batches(self):
        """conv2d_channels: two images, three channels, four kernels, with and without bias"""
        images, kernels, bias = self._integers(2, 3, 4, 5), self._integers(4, 3, 2, 3), self._integers(4)
        self.require(
            self.case("conv2d_channels", images, kernels),
            self.case("conv2d_channels", images, kernels, bias=bias),
            self.case("conv2d_channels", images, kernels, bias=bias, stride=2, padding=1),
        )

    @number("1.5")
    def test_output_size_any(self):
        """output_size: any size, stride and padding"""

        def draw():
            cases = []
            for _ in range(12):
                size, kernel, stride, padding = (int(self.random.integers(*bounds)) for bounds in _SIZES)
                cases.append(self.case("output_size", size, kernel, stride=stride, padding=padding))
            return cases

        self.require(*self.draw_telling(draw))

    @number("1.6")
    def test_conv2d_any(self):
        """conv2d: stride and padding for each axis, any padding value"""

        def draw():
            height, width = self.random.permutation([7, 9])
            return [
                self.case("conv2d", self._integers(height, width), self._integers(3, 2), stride=(2, 1), padding=(1, 2)),
                self.case("conv2d", self._integers(width, height), self._integers(2, 3), stride=(1, 3), padding=(2, 0)),
                self.case(
                    "conv2d",
                    self._integers(height, width),
                    self._integers(2, 2),
                    stride=(3, 2),
                    padding=(2, 1),
                    padding_value=float(self.random.choice([-4, -2.5, 1.5, 3])),
                ),
            ]

        self.require(*self.draw_telling(draw))

    @number("1.7")
    def test_conv2d_leaves_no_trace(self):
        """conv2d: images of integers, inputs left unchanged, the same answer whenever it is asked"""
        image, kernel = self.random.integers(-9, 10, (5, 6)), self.random.integers(-9, 10, (2, 2))
        other = self.random.integers(-9, 10, (5, 6))
        small = self._integers(3, 3)
        self.require(
            self.case("conv2d", image, kernel, padding=1),
            self.case("conv2d", other, kernel, padding=1),
            self.case("conv2d", image, kernel * 0.5, stride=2),
            self.case("conv2d", small, small),  # the kernel fits exactly once
            self.case("conv2d", small, self._integers(1, 1), stride=4),  # the stride is larger than the kernel
            self.case("conv2d", image, kernel, padding=1),
        )

    @number("1.8")
    def test_channels_any(self):
        """conv2d_channels: real numbers, any number of images, channels and kernels, stride and padding for each axis"""

        def draw():
            batch, channels, filters = self.random.permutation([2, 3, 4])
            images = self._reals(batch, channels, 6, 8)
            kernels = self._reals(filters, channels, 3, 2)
            return [
                self.case("conv2d_channels", images, kernels, bias=self._reals(filters), stride=(2, 1), padding=(1, 2)),
                self.case("conv2d_channels", images, kernels, stride=(1, 2), padding=(2, 1)),
                self.case("conv2d_channels", images[:1], kernels[:1], bias=self._reals(1)),
            ]

        self.require(*self.draw_telling(draw))

    def _integers(self, *shape):
        """Draw integers as floats: a person can follow the arithmetic."""
        return self.random.integers(-9, 10, shape).astype(np.float64)

    def _reals(self, *shape):
        """Draw float32 numbers that use all their digits: half precision would show."""
        return self.random.normal(size=shape).astype(np.float32)


_SIZES = ((8, 65), (1, 8), (1, 5), (0, 4))  # size, kernel, stride, padding: from, up to but not including
