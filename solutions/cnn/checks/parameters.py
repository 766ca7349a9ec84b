"""Part 3: counting parameters."""

import numpy as np

from autograder.authoring import Part, number, partial_credit

DIGITS = (1, 28, 28)
DENSE_NETWORK = [{"type": "flatten"}, {"type": "dense", "units": 84}, {"type": "relu"}, {"type": "dense", "units": 10}]
CONVOLUTIONAL_NETWORK = [
    {"type": "conv", "out_channels": 10, "kernel_size": 5},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    {"type": "conv", "out_channels": 20, "kernel_size": 5},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    *DENSE_NETWORK,
]


class Parameters(Part):
    """parameters.py: count_dense, count_conv, count_network."""

    @number("3.1")
    def test_dense_of_the_lecture(self):
        """count_dense: the lecture's network 15-10-5-2, without and with intercepts"""
        self.require(
            self.case("count_dense", [15, 10, 5, 2], bias=False),
            self.case("count_dense", [15, 10, 5, 2]),
            self.case("count_dense", (3, 1), bias=True),
        )

    @number("3.2")
    def test_conv_by_hand(self):
        """count_conv: kernels for gray and colour images, square and not"""
        self.require(
            self.case("count_conv", 1, 10, 5, bias=False),
            self.case("count_conv", 3, 8, np.int64(3)),
            self.case("count_conv", 4, 6, (3, 5), bias=True),
        )

    @number("3.3")
    @partial_credit
    def test_networks_of_the_lecture(self, set_score=None):
        """count_network: digits with and without convolutions"""
        self.require_share(
            set_score,
            {
                "without convolutions": [self.case("count_network", DIGITS, DENSE_NETWORK, bias=False)],
                "with convolutions": [
                    self.case("count_network", DIGITS, CONVOLUTIONAL_NETWORK, bias=False),
                    self.case("count_network", DIGITS, CONVOLUTIONAL_NETWORK),
                ],
            },
        )

    @number("3.4")
    @partial_credit
    def test_layers_any(self, set_score=None):
        """count_dense and count_conv: any sizes"""

        def draw_dense():
            def sizes(layers):
                return [self.between(2, 40) for _ in range(layers)]

            return [
                self.case("count_dense", sizes(3), bias=True),
                self.case("count_dense", sizes(5), False),
                self.case("count_dense", tuple(sizes(2))),
                self.case("count_dense", tuple(sizes(4)), bias=False),
                self.case("count_dense", sizes(1)),  # only inputs
                self.case("count_dense", list(np.array(sizes(3))), True),
            ]

        def draw_conv():
            def channels():
                return self.between(2, 20), self.between(20, 40)

            return [
                self.case("count_conv", *channels(), self.between(2, 8), bias=True),
                self.case("count_conv", *channels(), (self.between(2, 5), self.between(5, 8)), False),
                self.case("count_conv", *channels()[::-1], (self.between(5, 8), self.between(2, 5))),
                self.case("count_conv", *channels()[::-1], np.int64(self.between(2, 8)), bias=False),
                self.case("count_conv", *map(np.int64, channels()), (np.int64(1), self.between(2, 8))),
                self.case("count_conv", 1, 1, 1, bias=False),
                self.case("count_conv", 1, 1, 1),
            ]

        self.require_share(set_score, {"dense": self.draw(draw_dense), "conv": self.draw(draw_conv)})

    @number("3.5")
    def test_networks_any(self):
        """count_network: any architecture, with size, stride and padding each an integer or a pair"""

        def draw():
            deep = [self._draw_network(bias) for bias in ({"bias": True}, {"bias": False}, {})]
            return [*deep, *self._convolutions(), *self._pools(), *self._others()]

        self.require(*self.draw(draw))

    def _draw_network(self, bias):
        """Draw convolutions and pools, then dense layers, all with options that matter."""
        shape = (self.between(2, 4), self.between(28, 34), self.between(35, 41))
        layers = [
            {
                "type": "conv",
                "out_channels": self.between(4, 9),
                "kernel_size": (self.between(2, 4), self.between(4, 6)),
                "stride": (1, 2),
                "padding": (self.between(2, 4), 1),
            },
            {"type": "relu"},
            {"type": "pool", "size": 3, "stride": 2},
            {"type": "conv", "out_channels": self.between(9, 12), "kernel_size": 3, "padding": 1},
            {"type": "pool", "size": (2, 1)},
            {"type": "flatten"},
            {"type": "dense", "units": self.between(20, 50)},
            {"type": "relu"},
            {"type": "dense", "units": self.between(2, 20)},
        ]
        return self.case("count_network", shape, layers, **bias)

    def _convolutions(self):
        """Draw a network for each way to write a convolution's options, and for every remainder of its strides."""
        for row, stride in enumerate((None, 2, (1, 2), (3, 1))):
            for column, padding in enumerate((None, 2, (1, 3), (2, 0))):
                kernel_size = (self.between(2, 4), self.between(4, 6)) if (row + column) % 2 else self.between(2, 5)
                given = {"kernel_size": kernel_size, "stride": stride, "padding": padding}
                options = {name: value for name, value in given.items() if value is not None}
                yield self._behind_one_layer({"type": "conv", **options})
        for above, beside in np.ndindex(2, 3):
            layer = {"type": "conv", "kernel_size": (2, 3), "stride": (2, 3), "padding": (1, 2)}
            yield self._behind_one_layer(layer, above, beside)
        yield self._behind_one_layer({"type": "conv", "kernel_size": np.int64(3), "stride": np.int64(2)}, 1, 0)

    def _pools(self):
        """Draw a network for each way to write a pool's options, and for every remainder of its strides."""
        for size in (3, (2, 4)):
            for stride in (None, 2, (1, 2), (3, 1)):
                options = {} if stride is None else {"stride": stride}
                yield self._behind_one_layer({"type": "pool", "size": size, **options})
        for above, beside in np.ndindex(2, 3):
            yield self._behind_one_layer({"type": "pool", "size": (3, 2), "stride": (2, 3)}, above, beside)
        yield self._behind_one_layer({"type": "pool", "size": (2, 3)}, 1, 2)

    def _behind_one_layer(self, layer, above=0, beside=0):
        """Put a dense layer behind a convolution or a pool, so that each of its positions counts.

        above, beside: how many rows and columns are left over after the last step.
        """
        convolves = "kernel_size" in layer
        size = layer["kernel_size" if convolves else "size"]
        options = size, layer.get("stride", 1 if convolves else size), layer.get("padding", 0)
        sizes, strides, paddings = (np.broadcast_to(option, 2).tolist() for option in options)
        steps = self.between(4, 7), self.between(8, 12)
        height, width = (
            window + step * count + left - 2 * around
            for window, step, count, left, around in zip(sizes, strides, steps, (above, beside), paddings)
        )
        if convolves:
            layer = {**layer, "out_channels": self.between(3, 9)}
        shape = (self.between(2, 5), height, width)
        return self.case("count_network", shape, [layer, {"type": "flatten"}, {"type": "dense", "units": 1}], bias=False)

    def _others(self):
        """Draw networks without windows, and with layers and shapes in tuples and NumPy's integers."""
        units = [self.between(2, 30) for _ in range(3)]
        dense = [{"type": "dense", "units": count} for count in units]
        conv = {"type": "conv", "out_channels": self.between(3, 9), "kernel_size": 2}
        shape = [self.between(2, 4), self.between(4, 7), self.between(7, 10)]
        return [
            self.case("count_network", shape, [{"type": "relu"}, {"type": "flatten"}, *dense]),
            self.case("count_network", tuple(shape), ({"type": "flatten"}, dense[0], {"type": "relu"}, dense[1]), False),
            self.case("count_network", tuple(map(np.int64, shape)), [conv, {"type": "relu"}]),
            self.case(
                "count_network", shape, (conv, {"type": "flatten"}, {"type": "dense", "units": np.int64(units[0])}), True
            ),
            self.case("count_network", (1, 301, 403), [{**conv, "stride": (2, 3)}, {"type": "flatten"}, dense[0]]),
            self.case("count_network", (1, 110, 125), [{**conv, "kernel_size": (40, 30)}, {"type": "flatten"}, dense[0]]),
            self.case("count_network", tuple(shape), []),
            self.case("count_network", tuple(shape), [{"type": "flatten"}]),
        ]
