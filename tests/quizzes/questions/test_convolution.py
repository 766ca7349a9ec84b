"""Keys of the convolution templates against PyTorch, the lecture's own numbers, and slides as a page reads them."""

import numpy as np
import pytest
import torch

from quizzes.certify import certify
from quizzes.rng import Repeated, Seeded
from quizzes.search import draw_variants, repeat
from quizzes.template import find
from tests.quizzes.made import from_record

MANY = [str(number) for number in range(100)]


def convolved(slide):
    """What PyTorch makes of a slide."""
    images, kernels = (torch.tensor(part, dtype=torch.float64)[None] for part in (slide.images, slide.kernels))
    bias = torch.tensor([slide.bias], dtype=torch.float64)
    return torch.nn.functional.conv2d(images, kernels, bias, slide.stride, slide.padding)[0, 0].tolist()


@pytest.mark.costly
@pytest.mark.parametrize("name", ["convolution-by-hand", "convolution-with-padding", "convolution-with-channels"])
def test_torch_gives_the_same_feature_maps(name):
    for variant in draw_variants(find(name), "torch", MANY):
        assert [list(row) for row in variant.answer.values] == convolved(variant.slide)


@pytest.mark.costly
def test_torch_gives_the_same_numbers_at_two_places():
    for variant in draw_variants(find("places-of-a-feature-map"), "torch", MANY):
        places = [[int(word) - 1 for word in name.replace(",", "").split()[1::2]] for name in variant.answer.columns]
        feature_map = convolved(variant.slide)
        assert list(variant.answer.values[0]) == [feature_map[row][column] for row, column in places]


def matrices(text):
    """Read the matrices of a text back."""
    parts = [part.split(r"\end")[0] for part in text.split(r"\begin{bmatrix}")[1:]]
    return [[[int(cell) for cell in row.split("&")] for row in part.split(r"\\")] for part in parts]


@pytest.mark.costly
def test_torch_finds_the_one_kernel_that_fits():
    for variant in draw_variants(find("which-kernel"), "torch", MANY):
        image, shown = (torch.tensor(rows, dtype=torch.float64) for rows in matrices(variant.stem))
        for option in variant.answer.options:
            kernel = torch.tensor(matrices(option.text)[0], dtype=torch.float64)
            fits = torch.equal(torch.nn.functional.conv2d(image[None, None], kernel[None, None])[0, 0], shown)
            assert fits == option.right


def test_torch_gives_the_same_answers_to_an_edge():
    for variant in draw_variants(find("edge-kernels"), "torch", MANY):
        patch, *kernels = (torch.tensor(rows, dtype=torch.float64) for rows in matrices(variant.stem))
        answers = torch.nn.functional.conv2d(patch[None, None], torch.stack(kernels)[:, None]).flatten().tolist()
        assert list(variant.answer.values[0]) == answers


@pytest.mark.costly
def test_torch_sees_no_difference_after_a_flip_that_changes_nothing():
    image = torch.tensor(np.random.default_rng(0).integers(-9, 9, (1, 1, 6, 6)), dtype=torch.float64)
    for variant in draw_variants(find("kernels-that-may-be-flipped"), "torch", MANY):
        for option in variant.answer.options:
            kernel = torch.tensor(matrices(option.text)[0], dtype=torch.float64)[None, None]
            one, other = (torch.nn.functional.conv2d(image, each) for each in (kernel, kernel.flip(2, 3)))
            assert torch.equal(one, other) == option.right


def test_the_lectures_image_and_kernel():
    """1 to 16 in order, the kernel 1, 1, 0, 2, padding 1 and stride 2: the first example of the homework too."""
    template = find("convolution-with-padding")
    draw = Seeded("lecture", fixed=template.lecture)
    question = template.make(draw)
    certify(template, repeat(template, draw.drawn), draw.drawn)
    assert question.slide.images[0] == tuple(tuple(range(start, start + 4)) for start in (1, 5, 9, 13))
    assert question.slide.kernels[0] == ((1, 1), (0, 2))
    assert question.key.values == ((2, 6, 0), (23, 35, 8), (13, 29, 16))


@pytest.mark.parametrize("name", ["convolution-with-channels", "overlapping-pooling", "output-shape"])
def test_slides_survive_json(name):
    (variant,) = draw_variants(find(name), "json", ["one"])
    assert (variant.slide is None) == (name == "output-shape")
    assert from_record(variant) == variant


def test_alt_texts_read_out_every_row():
    for variant in draw_variants(find("convolution-with-padding"), "alt", MANY[:20]):
        (image,), (kernel,) = variant.slide.images, variant.slide.kernels
        around = [[0] * 6, *([0, *row, 0] for row in image), [0] * 6]
        for rows in (around, kernel):
            assert "; ".join(", ".join(map(str, row)) for row in rows) in variant.picture.alt


def test_all_weights_of_a_kernel_are_drawn_anywhere():
    """A shuffle that left a zero in its place would make some variants easier."""
    kernels = [variant.slide.kernels[0] for variant in draw_variants(find("convolution-by-hand"), "zeros", MANY)]
    assert (np.array(kernels) == 0).any(axis=0).all() and (np.array(kernels) != 0).any(axis=0).all()


def test_a_repeated_draw_is_the_same_question():
    (variant,) = draw_variants(find("places-of-a-feature-map"), "again", ["one"])
    assert find("places-of-a-feature-map").make(Repeated(variant.certificate.drawn)).stem == variant.stem
