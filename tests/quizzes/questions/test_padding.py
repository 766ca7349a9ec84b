"""Keys of the templates on padding against PyTorch."""

import re

import pytest
import torch
from torch.nn import functional as F

from quizzes.search import draw_variants
from quizzes.template import find

MANY = [str(number) for number in range(60)]


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+", text.replace("\N{MINUS SIGN}", "-"))]


def matrices(text):
    return [
        torch.tensor([numbers(row) for row in found.split(r"\\")])
        for found in re.findall(r"begin{bmatrix}(.*?)\\end", text)
    ]


@pytest.mark.costly
def test_torch_pads_a_row_alike():
    for variant in draw_variants(find("ways-to-pad-a-row"), "torch", MANY):
        text, rest = variant.stem.split(", gets two more")
        row, value = torch.tensor(numbers(text)), re.search(r"the value (\d+)", rest)[1]
        for mode, ends in zip(variant.answer.rows, variant.answer.values):
            wide = F.pad(row[None], (2, 2), mode, float(value) if mode == "constant" else None)[0]
            assert [*wide[:2], *wide[-2:]] == list(ends)


@pytest.mark.costly
def test_torch_convolves_a_padded_row_alike():
    for variant in draw_variants(find("convolution-of-a-padded-row"), "torch", MANY):
        text, rest = variant.stem.split(" slides over ")
        kernel, row = torch.tensor(numbers(text)), torch.tensor(numbers(rest.split(", one pixel")[0]))
        mode = re.search(r'padding_mode="(\w+)"', variant.stem)[1]
        layer = torch.nn.Conv1d(1, 1, 5, padding=2, padding_mode=mode, bias=False)
        layer.weight.data[:] = kernel
        assert layer(row[None])[0].tolist() == list(variant.answer.values[0])


def test_torch_convolves_with_a_padding_value_alike():
    for variant in draw_variants(find("convolution-with-a-padding-value"), "torch", MANY):
        image, kernel = matrices(variant.stem)
        value = float(re.search(r"filled with (\d+)", variant.stem)[1])
        found = F.conv2d(F.pad(image[None, None], (1, 1, 1, 1), value=value), kernel[None, None], stride=2)
        assert found[0, 0].tolist() == [list(row) for row in variant.answer.values]


@pytest.mark.costly
def test_torch_darkens_the_same_borders():
    for variant in draw_variants(find("borders-of-a-uniform-image"), "torch", MANY):
        pixel, value = (float(re.search(rf"{words} (\d+)", variant.stem)[1]) for words in ("grey image is", "if it is"))
        image, weights = torch.full((1, 1, 6, 6), pixel), torch.full((1, 1, 3, 3), 1 / 9)
        padded = (F.pad(image, (1,) * 4), F.pad(image, (1,) * 4, value=value), F.pad(image, (1,) * 4, "replicate"))
        for wide, row in zip(padded, variant.answer.values):
            found = F.conv2d(wide, weights)[0, 0]
            assert torch.allclose(torch.stack([found[0, 0], found[0, 3], found[3, 3]]), torch.tensor(row).float())
