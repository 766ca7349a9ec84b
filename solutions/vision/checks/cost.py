"""Part 6: what a network costs."""

from dataclasses import dataclass

from autograder.authoring import Part, number, partial_credit

DIGITS, PHOTOS = (1, 28, 28), (3, 32, 32)
CLASSES = {"type": "dense", "units": 10}
LENET = [
    {"type": "conv", "out_channels": 6, "kernel_size": 5, "padding": 2},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    {"type": "conv", "out_channels": 16, "kernel_size": 5},
    {"type": "relu"},
    {"type": "pool", "size": 2},
    {"type": "flatten"},
    {"type": "dense", "units": 120},
    {"type": "relu"},
    {"type": "dense", "units": 84},
    {"type": "relu"},
    CLASSES,
]
DENSE = [{"type": "flatten"}, {"type": "dense", "units": 84}, {"type": "relu"}, CLASSES]
PERCEPTRON = [{"type": "flatten"}, CLASSES]
# No percentage of these except 100 is an integer, so that it does not matter how a student's floats are rounded.
WIDTHS = (7, 9, 11, 13, 17, 19, 21, 23, 27, 29, 31, 33, 37, 39)


class Cost(Part):
    """cost.py: multiply_adds, training_cost, narrower."""

    @number("6.1")
    @partial_credit
    def test_networks_of_the_lecture(self, set_score=None):
        """multiply_adds: digits with dense layers, and LeNet"""
        self.require_share(
            set_score,
            {
                "dense layers": [self.case("multiply_adds", DIGITS, DENSE)],
                "LeNet": [self.case("multiply_adds", DIGITS, LENET), self.case("multiply_adds", PHOTOS, LENET)],
            },
        )

    @number("6.2")
    def test_training_by_hand(self):
        """training_cost: LeNet on 60,000 digits, and a single image"""
        self.require(
            self.case("training_cost", 416_520, 60_000, 10, 50.0, 380.0),
            self.case("training_cost", 1_000_000, 1, 1, 2.5, 400.0),
        )

    @number("6.3")
    def test_narrower_by_hand(self):
        """narrower: LeNet within half of its work, all of it, and almost none"""
        small = [{"type": "conv", "out_channels": 8, "kernel_size": 3}, {"type": "flatten"}, {"type": "dense", "units": 5}]
        self.require(
            self.case("narrower", (1, 4, 4), small, 240),
            self.case("narrower", DIGITS, LENET, 416_520 // 2),
            self.case("narrower", DIGITS, LENET, 416_520),
            self.case("narrower", DIGITS, LENET, 1_000_000),
            self.case("narrower", DIGITS, PERCEPTRON, 7_840),
            self.case("narrower", DIGITS, PERCEPTRON, 7_839),
        )

    @number("6.4")
    def test_networks_any(self):
        """multiply_adds: any network, with size, stride and padding each an integer or a pair"""

        def draw():
            return [self.case("multiply_adds", *self._network()) for _ in range(3)] + [
                self.case("multiply_adds", *self._one_layer(stride, padding))
                for stride in (None, 2, (1, 3), (3, 2))
                for padding in (None, 2, (0, 1), (2, 0))
            ]

        self.require(*self.draw(draw))
        shape = (self.between(2, 4), self.between(4, 7), self.between(7, 10))
        others = [[], [{"type": "relu"}], [{"type": "flatten"}], [{"type": "pool", "size": (2, 3), "stride": (1, 2)}]]
        self.require(*(self.case("multiply_adds", shape, layers) for layers in others))
        self.require(self.case("multiply_adds", list(shape), tuple(self._network()[1])))

    @number("6.5")
    def test_training_any(self):
        """training_cost: any network, images, epochs and conversions"""

        def draw():
            return [
                self.case(
                    "training_cost",
                    self.between(10**3, 10**8),
                    images=self.between(100, 10**6),
                    epochs=self.between(2, 300),
                    picojoules=self.between(4, 400) / 4,
                    grams_per_kwh=self.between(30, 900) / 2,
                )
                for _ in range(3)
            ]

        self.require(*self.draw(draw))

    @number("6.6")
    def test_narrower_any(self):
        """narrower: any network and budget, met exactly, missed by one, or not met at all"""

        def draw():
            cases = []
            for percent in (self.between(80, 100), self.between(40, 80), self.between(10, 40), self.between(2, 10)):
                family = self._family()
                met = family.work(*(max(1, width * percent // 100) for width in family.widths))
                cases += [family.narrower(self, budget) for budget in (met, met - 1)]
            family = self._family()
            whole, least = family.work(*family.widths), family.work(1, 1, 1)
            budgets = (2 * whole, whole, whole - 1, whole // 2, whole // 9, least, least - 1)
            return cases + [family.narrower(self, budget) for budget in budgets]

        self.require(*self.draw(draw))

    def _network(self):
        """Draw convolutions and pools, then dense layers, all with options that matter."""
        shape = (self.between(2, 5), self.between(28, 34), self.between(35, 41))
        return shape, [
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

    def _one_layer(self, stride, padding):
        """Draw a convolution with options that are left out where they are None, and a dense layer behind it."""
        given = {"stride": stride, "padding": padding}
        layer = {
            "type": "conv",
            "out_channels": self.between(3, 9),
            "kernel_size": (self.between(2, 4), self.between(4, 6)) if self.between(0, 2) else self.between(2, 5),
            **{name: value for name, value in given.items() if value is not None},
        }
        dense = {"type": "dense", "units": self.between(2, 9)}
        shape = (self.between(2, 5), self.between(8, 14), self.between(14, 20))
        return shape, [layer, {"type": "flatten"}, dense]

    def _family(self):
        first, second, units = (int(self.random.choice(WIDTHS)) for _ in range(3))
        shape = (self.between(1, 4), 2 * self.between(2, 5), 2 * self.between(5, 8))
        return Family(shape, (first, second, units), self.between(3, 12))


@dataclass(frozen=True)
class Family:
    """Networks that differ in their widths, and whose work is known by formula."""

    shape: tuple[int, int, int]  # of an image; height and width are even
    widths: tuple[int, int, int]  # of the widest
    classes: int

    def narrower(self, part, budget):
        """Return a case of `narrower`: the widest network, and this budget."""
        first, second, units = self.widths
        layers = [
            {"type": "conv", "out_channels": first, "kernel_size": (3, 5), "padding": (1, 2)},
            {"type": "relu"},
            {"type": "pool", "size": 2},
            {"type": "conv", "out_channels": second, "kernel_size": 1, "stride": 1},
            {"type": "flatten"},
            {"type": "dense", "units": units},
            {"type": "relu"},
            {"type": "dense", "units": self.classes},
        ]
        return part.case("narrower", self.shape, layers, budget)

    def work(self, first, second, units):
        """Return the multiply-adds of the network with these widths."""
        channels, height, width = self.shape
        pixels = height * width
        return pixels * 15 * channels * first + pixels // 4 * (first * second + second * units) + units * self.classes
