"""Part 1: convolution."""

import numpy as np

from autograder.authoring import TYPES, Part, number, of_type, quarters, reals, whole

from . import windows

LECTURE_IMAGE = np.arange(1.0, 17.0).reshape(4, 4)
LECTURE_KERNEL = np.array([[1.0, 1.0], [0.0, 2.0]])
FILLINGS = (-2.5, 3, np.float32(0.75), np.int64(-2), 1.25)  # of the padding: no integer type holds all of them


class Convolution(Part):
    """convolution.py: output_size, conv2d, conv2d_channels."""

    explain = {"conv2d": windows.of_convolution, "conv2d_channels": windows.of_channels}

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
        self.require(self.case("output_size", 3, 5))  # on its own: it is often forgotten, whatever else is wrong

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
        """conv2d: images and kernels that are not square, negative numbers, halves, a padding value, a photo's bytes"""
        self.require(
            self.case("conv2d", whole(self.random, 4, 6), whole(self.random, 3, 2)),
            self.case("conv2d", whole(self.random, 6, 4), whole(self.random, 2, 3), padding=1, padding_value=5.0),
            self.case(
                "conv2d",
                whole(self.random, 5, 7) + 0.5,
                whole(self.random, 2, 3),
                stride=np.int64(2),
                padding=(1, 0),
            ),
            self.case(
                "conv2d",
                of_type(self.random, "uint8", 4, 5),
                of_type(self.random, "uint8", 2, 2),
                padding=1,
            ),
            self.case("conv2d", of_type(self.random, "uint8", 4, 5), whole(self.random, 3, 2) + 0.5),
        )

    @number("1.4")
    def test_channels_and_batches(self):
        """conv2d_channels: two images, three channels, four kernels, with and without bias"""
        images, kernels, bias = (
            whole(self.random, 2, 3, 4, 5),
            whole(self.random, 4, 3, 2, 3),
            whole(self.random, 4),
        )
        halves = images[:1, :1] + 0.5, kernels[:2, :1] + 0.5  # no integers
        self.require(
            self.case("conv2d_channels", images, kernels),
            self.case("conv2d_channels", images, kernels, bias=bias),
            self.case("conv2d_channels", images, kernels, bias=bias, stride=2, padding=1),
            self.case("conv2d_channels", *halves, bias=bias[:2] + 0.25),
        )

    @number("1.5")
    def test_output_size_any(self):
        """output_size: any size, stride and padding"""

        def draw():
            # Every remainder after the last step, so that being off by one anywhere shows at one of the ends.
            settings = [  # how far the kernel is free to move, kernel, stride, padding
                (self.between(3, 9) * stride + left, self.between(2, 8), stride, self.between(0, 5))
                for stride in (1, 2, 3, 4)
                for left in range(stride)
            ]
            settings += [
                (self.between(2, 9), self.between(2, 8), 1, 0),
                (self.between(12, 20), 1, 1, self.between(3, 6)),
                (0, self.between(2, 8), self.between(2, 5), 0),
                (1, self.between(5, 8), 4, 1),  # a stride too long for a second position
                (self.between(0, 3), self.between(9, 12), 2, 4),  # fits only thanks to the padding on both sides
            ]
            size, kernel = self.between(30, 40), self.between(4, 9)
            return [
                *(self._moving(*setting) for setting in settings),
                self.case("output_size", size, kernel),
                self.case("output_size", size, kernel, self.between(2, 5)),
                self.case("output_size", size, kernel, padding=self.between(2, 5)),
                self.case("output_size", size, kernel, stride=self.between(2, 5)),
                self.case("output_size", np.int64(size), np.int64(kernel), np.int64(3), np.int64(4)),
            ]

        too_large = [
            self._moving(-1, self.between(9, 12), 1, 2),
            self._moving(-1, self.between(5, 8), 3, 0),
            self._moving(-3, self.between(11, 14), 3, 1),
            self._moving(-self.between(4, 7), self.between(20, 25), 2, 0),
        ]
        self.require(*self.draw(draw, besides=too_large))
        self.require(*too_large)

    def _moving(self, free, kernel, stride, padding):
        """Return a case of a kernel that is free to move this far. Below 0, it is larger than the padded axis."""
        size = free + kernel - 2 * padding
        if size < 1:
            size, kernel = size + 2 * padding, kernel + 2 * padding
        return self.case("output_size", size, kernel, stride=stride, padding=padding)

    @number("1.6")
    def test_conv2d_any(self):
        """conv2d: stride and padding, each an integer or a pair, any padding value"""

        def draw():
            def image(*shape):
                return quarters(self.random, *shape)

            def filling():
                return float(self.random.choice([-4, -2.5, -0.25, 1.5, 3.75]))

            height, width = self.random.permutation([7, 9])
            return [
                self.case("conv2d", image(height, width), image(3, 2), stride=(2, 1), padding=(1, 2)),
                self.case("conv2d", image(width, height), image(2, 3), stride=(1, 3), padding=(2, 0)),
                self.case(
                    "conv2d", image(height, width), image(2, 2), stride=(3, 2), padding=(2, 1), padding_value=filling()
                ),
                self.case("conv2d", image(6, 8), image(3, 3), stride=(2, 1), padding=1),
                self.case("conv2d", image(8, 6), image(3, 3), stride=2, padding=(0, 2), padding_value=filling()),
                self.case("conv2d", image(6, 7), image(2, 3), 2, 1, filling()),
                self.case("conv2d", image(5, 7), image(2, 4), (1, 2)),
                self.case("conv2d", image(7, 5), image(4, 1), stride=3),
                self.case("conv2d", image(5, 4), image(3, 3), padding=(3, 1), padding_value=filling()),
                self.case("conv2d", image(4, 6), image(3, 2), padding=2),
                self.case("conv2d", image(4, 5), image(4, 5)),  # fits exactly once
                self.case("conv2d", image(2, 3), image(4, 3), padding=(1, 0), padding_value=filling()),
                # Mostly padding, with the last window at the very end of it.
                self.case("conv2d", image(2, 1), image(1, 1), stride=(4, 5), padding=(4, 5), padding_value=filling()),
                self.case("conv2d", image(3, 8), image(1, 5), stride=(1, 2), padding=(0, 1)),
                self.case("conv2d", image(8, 3), image(5, 1), stride=(2, 1), padding=(1, 0)),
                self.case("conv2d", image(7, 8), image(1, 1), stride=(3, 4), padding=np.int64(1)),
                self.case("conv2d", image(1, 6), image(1, 2), stride=(np.int64(2), np.int64(3)), padding=(0, 2)),
            ]

        self.require(*self.draw(draw))

    @number("1.7")
    def test_conv2d_of_every_type(self):
        """conv2d: booleans, integers and floats of any size; inputs left unchanged; the same result when called again"""

        def draw():
            shift = self.between(1, len(TYPES))
            pairs = [
                (of_image, of_kernel)
                for place, of_image in enumerate(TYPES)
                for of_kernel in (of_image, TYPES[(place + shift) % len(TYPES)])
            ]
            cases = [
                self.case(
                    "conv2d",
                    of_type(self.random, of_image, 3, 4),
                    of_type(self.random, of_kernel, 2, 2),
                    padding=1,
                    padding_value=FILLINGS[place % len(FILLINGS)],
                )
                for place, (of_image, of_kernel) in enumerate(pairs)
            ]
            image, other, kernel = (
                reals(self.random, 5, 6),
                reals(self.random, 5, 6),
                reals(self.random, 3, 2),
            )
            return [*cases, *(self.case("conv2d", each, kernel, padding=1) for each in (image, other, image))]

        catches = ("half precision", "cut off to integers", "padding value ignored")
        self.require(*self.draw(draw, *catches))

    @number("1.8")
    def test_channels_any(self):
        """conv2d_channels: any number of images, channels and kernels, stride and padding, numbers of any type"""

        def draw():
            def of(*shape):
                return reals(self.random, *shape)

            batch, channels, filters = self.random.permutation([2, 3, 4])
            images, kernels, bias = of(batch, channels, 4, 6), of(filters, channels, 3, 2), of(filters)
            wide = of(filters, channels, 2, 3)
            bytes_, signed = (
                of_type(self.random, "uint8", 2, 2, 3, 4),
                of_type(self.random, "int8", 3, 2, 2, 2),
            )
            return [
                self.case("conv2d_channels", images, kernels, bias=bias, stride=(2, 1), padding=(1, 2)),
                self.case("conv2d_channels", images, kernels[:2], stride=(1, 2), padding=(2, 1)),
                self.case("conv2d_channels", images, wide, bias, (3, 2), 1),
                self.case("conv2d_channels", images[:2], wide, None, 2, (0, 2)),
                self.case("conv2d_channels", of(1, channels, 5, 6), kernels[:1], bias=of(1)),
                self.case("conv2d_channels", of(1, 1, 5, 4), of(1, 1, 2, 3), of_type(self.random, "int8", 1), padding=1),
                self.case("conv2d_channels", of(2, 1, 4, 4), of(3, 1, 1, 1), bias=of(3), stride=3),
                self.case("conv2d_channels", of(1, 3, 3, 4), of(2, 3, 3, 4), bias=of(2)),  # fits exactly once
                self.case("conv2d_channels", of(2, 2, 2, 5), of(2, 2, 4, 2), stride=np.int64(2), padding=(1, np.int64(1))),
                # Mostly padding, with the last window at the very end of it.
                self.case("conv2d_channels", of(1, 1, 2, 1), of(1, 1, 1, 1), bias=of(1), stride=(4, 5), padding=(4, 5)),
                self.case("conv2d_channels", bytes_, signed, bias=of_type(self.random, "int16", 3), padding=1),
                self.case("conv2d_channels", bytes_, bytes_[:, :, :2, :3], bias=of_type(self.random, "uint8", 2)),
                self.case("conv2d_channels", bytes_ > 99, signed > 0, bias=quarters(self.random, 3)),
                self.case("conv2d_channels", bytes_ > 99, quarters(self.random, 3, 2, 2, 2)),
                self.case("conv2d_channels", bytes_.astype(np.float16), signed.astype(np.float16), padding=1),
                self.case("conv2d_channels", bytes_ / 4, of_type(self.random, "int64", 3, 2, 2, 2), bias=np.arange(3)),
                self.case("conv2d_channels", bytes_ / 4, signed),
            ]

        self.require(*self.draw(draw))
