"""cost.py
all: passed
"""
import copy
from bisect import bisect_right
from dataclasses import dataclass
from functools import reduce


@dataclass
class Work:
    shape: tuple
    counts: list

    def both(self, value):
        return value if type(value) is tuple else (value,) * 2

    def window(self, size, stride, padding):
        (h, w), (down, right), (above, beside) = map(self.both, (size, stride, padding))
        rows = (self.shape[1] - h + 2 * above + down) // down
        columns = (self.shape[2] - w + 2 * beside + right) // right
        return rows, columns, h * w

    def add(self, layer):
        kind, count = layer["type"], 0
        if kind == "conv":
            rows, columns, area = self.window(layer["kernel_size"], layer.get("stride", 1), layer.get("padding", 0))
            count = area * self.shape[0] * rows * columns * layer["out_channels"]
            self.shape = (layer["out_channels"], rows, columns)
        if kind == "pool":
            rows, columns, _ = self.window(layer["size"], layer.get("stride", layer["size"]), 0)
            self.shape = (self.shape[0], rows, columns)
        if kind == "flatten":
            self.shape = (reduce(int.__mul__, self.shape, 1),)
        if kind == "dense":
            count, self.shape = self.shape[0] * layer["units"], (layer["units"],)
        self.counts.append(count)
        return self


def multiply_adds(input_shape, layers):
    return reduce(Work.add, layers, Work(tuple(input_shape), [])).counts


def training_cost(per_image, images, epochs, picojoules, grams_per_kwh):
    work = per_image * images * epochs * 3
    joules = work * (picojoules * 1e-12)
    return dict(grams=joules * grams_per_kwh / 3_600_000, kilowatt_hours=joules / 3_600_000, joules=joules, multiply_adds=work)


def narrower(input_shape, layers, budget):
    """Finds the percentage by bisection: more of it never costs less."""

    def scaled(percent):
        network, classes = copy.deepcopy(layers), [layer for layer in layers if layer["type"] == "dense"][-1]
        for layer, old in zip(network, layers):
            for name in {"out_channels", "units"} & layer.keys() if old is not classes else ():
                layer[name] = max(1, int(layer[name] * (percent / 100)))
        return network

    percent = bisect_right(range(1, 101), budget, key=lambda each: sum(multiply_adds(input_shape, scaled(each))))
    return scaled(percent) if percent else None
