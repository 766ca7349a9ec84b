"""What the stems of questions on architectures say is enough for torch to find the keys."""

import re

import pytest
import torch
from torch import nn

from quizzes.search import draw_variants
from quizzes.template import find

SEEDS = [str(number) for number in range(12)]


def read(stem):
    """Return the image's shape and the rows of the table, as a student reads them."""
    shape = [int(number) for number in re.search(r"(\d+) × (\d+) × (\d+) \(channels", stem).groups()]
    lines = [[cell.strip() for cell in line.strip("| ").split("|")] for line in stem.splitlines() if line.startswith("|")]
    return shape, [dict(zip(lines[0], line)) for line in lines[2:]]


def build(channels, rows):
    """Return torch's layers for the rows of a table; a dense layer finds its inputs itself."""
    for row in rows:
        kind = row["Layer"].split()[0]
        window = [int(side) for side in row["Window"].split(" × ")] if kind in ("conv", "pool") else None
        if kind == "conv":
            maps = int(row["Kernels"])
            yield nn.Conv2d(channels, maps, window, int(row["Stride"]), int(row["Padding"]))
            channels = maps
        elif kind == "pool":
            yield nn.MaxPool2d(window, int(row["Stride"]))
        elif kind == "flatten":
            yield nn.Flatten()
        else:
            yield nn.LazyLinear(int(row["Units"]))


def run(stem):
    """Return the shapes and the numbers of weights, layer by layer."""
    shape, rows = read(stem)
    values, shapes, counts = torch.zeros(1, *shape), [], []
    for layer in build(shape[0], rows):
        values = layer(values)
        shapes.append(tuple(values.shape[1:]))
        counts.append(sum(weights.numel() for weights in layer.parameters()))
    return shapes, counts


@pytest.mark.filterwarnings("ignore:Lazy modules")
@pytest.mark.parametrize(
    "name", ["shapes-through-an-architecture", "inputs-of-the-first-dense-layer", "weights-of-a-lenet"]
)
def test_torch_finds_the_key_in_the_stem(name):
    for variant in draw_variants(find(name), "torch", SEEDS):
        shapes, counts = run(variant.stem)
        match name:
            case "shapes-through-an-architecture":
                assert variant.answer.values == tuple(shapes)
            case "inputs-of-the-first-dense-layer":
                assert variant.answer.value == torch.Size(shapes[-1]).numel()
            case _:
                counted = [count for count in counts if count]
                assert [value for (value,) in variant.answer.values] == [*counted, sum(counted)]


@pytest.mark.costly
def test_torch_breaks_where_the_key_says():
    for variant in draw_variants(find("where-a-network-breaks"), "torch", SEEDS):
        _, rows = read("1 × 1 × 1 (channels" + variant.stem)
        height, width = map(int, re.search(r"images (\d+) pixels high and (\d+) pixels", variant.stem).groups())
        values = torch.zeros(1, 3, height, width)
        ((position, *sides),) = variant.answer.values
        layers = list(build(3, rows))
        for layer in layers[: position - 1]:
            values = layer(values)
        assert list(values.shape[2:]) == sides
        with pytest.raises(RuntimeError, match=r"[Kk]ernel size|too small"):
            layers[position - 1](values)


@pytest.mark.costly
def test_one_change_changes_torch_as_much():
    for variant in draw_variants(find("weights-after-one-change"), "torch", SEEDS):
        before = sum(run(variant.stem)[1])
        name, number, size = re.search(
            r"changed: (\w+ \d) gets (?:(\d+) (?:kernels|units)|kernels of (\d+))", variant.stem
        ).groups()
        _, rows = read(variant.stem)
        (row,) = [row for row in rows if row["Layer"] == name]
        line = " | ".join(row.values())
        if size:
            row["Window"] = f"{size} × {size}"
        else:
            row["Kernels" if name.startswith("conv") else "Units"] = number
        assert line in variant.stem
        after = sum(run(variant.stem.replace(line, " | ".join(row.values())))[1])
        assert variant.answer.value == after - before
