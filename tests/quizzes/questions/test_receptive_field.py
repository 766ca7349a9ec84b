"""What a value sees, once more: which pixels a gradient reaches."""

import re

import torch
from torch import nn
from torch.nn import functional

from quizzes.search import draw_variants
from quizzes.template import find

SEEDS = [str(number) for number in range(12)]


def test_gradients_reach_the_pixels_of_the_key():
    for variant in draw_variants(find("which-pixels-a-value-sees"), "torch", SEEDS):
        height, width = map(int, re.search(r"(\d+) rows and (\d+) columns goes", variant.stem).groups())
        row, column = map(int, re.search(r"is in row (\d+), column (\d+)", variant.stem).groups())
        image = torch.ones(1, 1, height, width, requires_grad=True)
        values = image
        for line in [line for line in variant.stem.splitlines() if line.startswith("| ")][2:]:
            name, window, stride, padding = (cell.strip() for cell in line.strip("| ").split("|"))
            size = [int(side) for side in window.split(" × ")]
            if name.startswith("conv"):
                values = functional.conv2d(values, torch.ones(1, 1, *size), None, int(stride), int(padding))
            else:
                values = nn.AvgPool2d(size, int(stride))(values)
        reached = torch.autograd.grad(values[0, 0, row - 1, column - 1], image)[0][0, 0].nonzero()
        least, most = (reached.min(dim=0).values + 1).tolist(), (reached.max(dim=0).values + 1).tolist()
        rows, columns = key = variant.answer.values
        assert key == ((least[0], most[0]), (least[1], most[1]))
        wrong = {one.name: one.answer for one in variant.wrong}
        assert wrong.get("rows and columns swapped", key[::-1]) == (columns, rows)
        assert wrong.get("pixels counted from zero") == tuple((first - 1, last - 1) for first, last in key)


def test_the_lines_of_the_picture_are_told():
    for variant in draw_variants(find("follow-the-lines-to-the-image"), "told", SEEDS):
        told = re.findall(r"first (\d+) of .*?, and each next unit to \d+, (\d+) further", variant.picture.alt)
        seen = {int(re.search(r"Unit (\d+) of layer 3 is marked", variant.picture.alt).group(1))}
        ends = []
        for kernel, stride in reversed([(int(kernel), int(stride)) for kernel, stride in told]):
            seen = {(unit - 1) * stride + 1 + offset for unit in seen for offset in range(kernel)}
            ends.append((min(seen), max(seen)))
        assert variant.answer.values == tuple(ends)
