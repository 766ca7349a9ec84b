"""Keys of the templates on sizes against PyTorch."""

import re

import numpy as np
import pytest
import torch

from quizzes.question import RejectedDraw
from quizzes.rng import Repeated, Seeded
from quizzes.search import draw_up_to, draw_variants, walk
from quizzes.template import find

MANY = [str(number) for number in range(100)]


def shape(size, kernel, stride, padding):
    """The shape that PyTorch gives a feature map."""
    image, weights = torch.zeros(1, 1, *size), torch.zeros(1, 1, *kernel)
    return torch.nn.functional.conv2d(image, weights, None, stride, padding).shape[2:]


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


def pairs(text):
    found = numbers(text)
    return list(zip(found[::2], found[1::2]))


@pytest.mark.costly
@pytest.mark.parametrize("name", ["output-shape", "kernel-places"])
def test_torch_gives_the_same_shapes(name):
    for variant in draw_variants(find(name), "torch", MANY):
        kernel, size, stride, padding = pairs(variant.stem)
        height, width = shape(size, kernel, stride, padding)
        places = height * width
        wanted = (height, width) if name == "output-shape" else (places, places * kernel[0] * kernel[1])
        assert variant.answer.values == (wanted,)


@pytest.mark.costly
def test_torch_fits_the_smallest_and_largest_images_and_none_beyond():
    for variant in draw_variants(find("images-that-fit"), "torch", MANY):
        kernel, stride, padding, wanted = pairs(variant.stem)
        least, most = variant.answer.values
        for size, fits in ((least, True), (most, True), ([x - 1 for x in least], False), ([x + 1 for x in most], False)):
            high, wide = shape(size, kernel, stride, padding)
            assert (high == wanted[0], wide == wanted[1]) == (fits, fits)


def test_torch_agrees_with_the_missing_numbers_and_with_no_other():
    for variant in draw_variants(find("missing-numbers"), "torch", MANY[:50]):
        lines = [
            line.strip("| ").split(" | ")[1:]
            for line in variant.stem.splitlines()
            if line.startswith(("| A", "| B", "| C"))
        ]
        for line, (key,) in zip(lines, variant.answer.values):
            for value in (key - 1, key, key + 1):
                size, kernel, stride, padding, count = (value if cell == "?" else int(cell) for cell in line)
                if min(size, kernel, padding + 1) >= 1 and size + 2 * padding >= kernel:
                    found = torch.nn.functional.conv1d(
                        torch.zeros(1, 1, size), torch.zeros(1, 1, kernel), None, stride, padding
                    )
                    assert (found.shape[-1] == count) == (value == key)


@pytest.mark.costly
def test_torch_keeps_the_size_where_the_right_options_say_so():
    for variant in draw_variants(find("keeps-the-size"), "torch", MANY):
        size = numbers(variant.stem)[0]
        for option in variant.answer.options:
            kernel, _, stride, padding = numbers(option.text)
            assert (shape((size, size), (kernel, kernel), stride, padding) == (size, size)) == option.right


WINDOWS = ["output-size", "output-shape", "kernel-places", "images-that-fit", "convolutional-locally-connected-dense"]


@pytest.mark.parametrize("name", WINDOWS)
def test_no_window_lies_on_padding_alone(name):
    template = find(name)
    for variant in draw_variants(template, "padding", MANY[:50]):
        draw = Repeated(variant.certificate.drawn)
        template.make(draw)
        assert (np.array(draw.named["padding"]) < draw.named["kernel"]).all()
    too_wide = np.array(draw.named["kernel"]).max() + 0 * np.array(draw.named["padding"])
    with pytest.raises(RejectedDraw, match="a padding smaller than the kernel"):
        template.make(Seeded("wide", fixed={"kernel": draw.named["kernel"], "padding": too_wide.tolist()}))


def test_a_small_number_has_enough_variants_for_a_lecture_hall():
    assert len(draw_up_to(find("output-size"), "many", 120)) == 120


@pytest.mark.costly
def test_the_whole_space_of_a_small_template_has_right_keys():
    """A walk raises WrongKey wherever the two ways to the key differ, in the variants that no pool shows too."""
    stems, keys = zip(*((question.stem, question.key.value) for question in walk(find("output-size"))))
    assert len(stems) == len(set(stems)) > 5000
    assert {variant.answer.value for variant in draw_variants(find("output-size"), "a seed", MANY)} < set(keys)
