"""Part 3: counting parameters."""

from gradescope_utils.autograder_utils.decorators import number

from autograder.checks.part import Part, in_shares

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

    title = "Counting parameters"
    file = "parameters.py"

    @number("3.1")
    def test_dense_of_the_lecture(self):
        """count_dense: the lecture's network 15-10-5-2, without and with intercepts"""
        self.require(
            self.case("count_dense", [15, 10, 5, 2], bias=False),
            self.case("count_dense", [15, 10, 5, 2]),
            self.case("count_dense", [3, 1], bias=True),
        )

    @number("3.2")
    def test_conv_by_hand(self):
        """count_conv: kernels for gray and colour images, square and not"""
        self.require(
            self.case("count_conv", 1, 10, 5, bias=False),
            self.case("count_conv", 3, 8, 3),
            self.case("count_conv", 4, 6, (3, 5), bias=True),
        )

    @number("3.3")
    @in_shares
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
    @in_shares
    def test_layers_any(self, set_score=None):
        """count_dense and count_conv: any sizes"""

        def draw_dense():
            return [
                self.case("count_dense", [self._between(2, 40) for _ in range(layers)], bias=bias)
                for layers, bias in ((3, True), (5, False), (2, True))
            ]

        def draw_conv():
            return [
                self.case("count_conv", self._between(2, 20), self._between(2, 20), kernel, bias=bias)
                for kernel, bias in ((self._between(2, 8), True), ((self._between(2, 5), self._between(5, 8)), False))
            ]

        self.require_share(set_score, {"dense": self.draw_telling(draw_dense), "conv": self.draw_telling(draw_conv)})

    @number("3.5")
    def test_networks_any(self):
        """count_network: any architecture, with stride and padding for each axis"""

        def draw():
            return [self._draw_network(bias) for bias in (True, False, True)]

        self.require(*self.draw_telling(draw))

    def _draw_network(self, bias):
        """Draw convolutions and pools, then dense layers, all with options that matter."""
        shape = (self._between(1, 4), self._between(28, 41), self._between(28, 41))
        layers = [
            {
                "type": "conv",
                "out_channels": self._between(3, 9),
                "kernel_size": (self._between(2, 4), self._between(2, 6)),
                "stride": (1, 2),
                "padding": (self._between(1, 3), 1),
            },
            {"type": "relu"},
            {"type": "pool", "size": 3, "stride": 2},
            {"type": "conv", "out_channels": self._between(3, 9), "kernel_size": 3, "padding": 1},
            {"type": "pool", "size": (2, 1)},
            {"type": "flatten"},
            {"type": "dense", "units": self._between(5, 50)},
            {"type": "relu"},
            {"type": "dense", "units": self._between(2, 20)},
        ]
        return self.case("count_network", shape, layers, bias=bias)

    def _between(self, least, end):
        return int(self.random.integers(least, end))
