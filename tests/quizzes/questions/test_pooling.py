"""Keys of the pooling templates against PyTorch."""

import pytest
import torch
from torch.nn import functional

import kernels
from quizzes.question import written
from quizzes.search import draw_variants
from quizzes.template import find
from quizzes.tools import independent

MANY = [str(number) for number in range(100)]


def pooled(image, size, stride, mode):
    """What PyTorch makes of an image."""
    image = torch.tensor(image, dtype=torch.float64)[None, None]
    match mode:
        case "max":
            return functional.max_pool2d(image, size, stride)[0, 0]
        case "min":
            return -functional.max_pool2d(-image, size, stride)[0, 0]
        case "average":
            return functional.avg_pool2d(image, size, stride)[0, 0]
        case "median":
            windows = image[0, 0].unfold(0, size[0], stride[0]).unfold(1, size[1], stride[1]).flatten(2)
            return torch.quantile(windows, 0.5, dim=-1)
        case _:
            raise NotImplementedError(mode)


@pytest.mark.parametrize(
    ("name", "modes"),
    [
        ("max-and-min-pooling", {"max", "min"}),
        ("average-pooling", {"average"}),
        ("median-pooling", {"median"}),
        ("overlapping-pooling", {"max", "min"}),
    ],
)
def test_torch_gives_the_same_maps(name, modes):
    met = set()
    for variant in draw_variants(find(name), "torch", MANY):
        slide = variant.slide
        wanted = pooled(slide.images[0], slide.size, slide.stride, slide.pool)
        assert [[float(value) for value in row] for row in variant.answer.values] == wanted.tolist()
        met.add(slide.pool)
    assert met == modes


def test_every_mode_can_be_pooled_on_paper():
    assert set(independent.REDUCTIONS) == set(kernels.MODES)
    with pytest.raises(NotImplementedError, match='by "made up" on paper is not written yet'):
        independent.pooled([[1, 2], [3, 4]], (2, 2), (2, 2), "made up")


def rows(text):
    return [[float(cell) for cell in row.split("&")] for row in text.split(r"\end")[0].split(r"\\")]


def test_torch_sees_the_same_growth():
    for variant in draw_variants(find("changed-pixel"), "torch", MANY):
        image = rows(variant.stem.split(r"\begin{bmatrix}")[1])
        row, column, old, new = (
            int(variant.stem.split(before)[-1].split()[0].strip(",?.")) for before in ("row ", "column ", "from ", " to ")
        )
        before = pooled(image, (3, 3), (2, 2), "max")
        assert image[row - 1][column - 1] == old
        image[row - 1][column - 1] = new
        grown = pooled(image, (3, 3), (2, 2), "max") - before
        assert grown.tolist() == [[float(value) for value in line] for line in variant.answer.values]
        assert (grown > 0).sum() == 2


def test_torch_finds_the_one_way_to_pool_that_fits():
    called = {"maximum": "max", "minimum": "min", "median": "median"}
    for variant in draw_variants(find("which-pooling"), "torch", MANY):
        image, shown = (rows(part) for part in variant.stem.split(r"\begin{bmatrix}")[1:])
        for option in variant.answer.options:
            mode, *numbers = option.text.replace("$", "").replace(r"\times", "").replace(",", "").split()
            size, stride = ([int(word) for word in numbers if word.isdigit()][at : at + 2] for at in (0, 2))
            assert (pooled(image, size, stride, called[mode]).tolist() == shown) == option.right


def test_averages_have_decimals_that_can_be_written():
    values = {
        value
        for variant in draw_variants(find("average-pooling"), "s", MANY)
        for row in variant.answer.values
        for value in row
    }
    assert {written(value).partition(".")[2] for value in values} == {"", "25", "5", "75"}
