"""Keys of the templates that read PyTorch: the very code that they show is run."""

import re
from fractions import Fraction

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from quizzes.questions.training_code import losses_that_fit
from quizzes.rng import Seeded
from quizzes.search import draw_variants
from quizzes.template import find

MANY = [str(number) for number in range(60)]


def code(variant):
    return re.search(r"```python\n(.*?)```", variant.stem, re.DOTALL)[1]


def batch(variant):
    shape = re.search(r"of shape `\(([\d, ]+)\)`", variant.stem)[1]
    return torch.zeros(*map(int, shape.split(", ")), device="meta")  # a shape without numbers


def model(source):
    return run(source)["model"].to("meta")


def run(source, **names):
    names |= {"torch": torch, "nn": nn}
    exec(source, names)
    return names


@pytest.mark.costly
def test_each_line_puts_out_the_shape_of_the_key():
    for variant in draw_variants(find("shapes-after-each-line"), "torch", MANY):
        values = batch(variant)
        for layer, row in zip(model(code(variant)), variant.answer.values, strict=True):
            values = layer(values)
            assert tuple(values.shape) == row


@pytest.mark.costly
def test_the_model_runs_with_the_missing_number_and_with_no_other():
    for variant in draw_variants(find("missing-in-features"), "torch", MANY):
        values, key = batch(variant), variant.answer.value
        model(code(variant).replace("_____", str(key)))(values)
        for other in (key - 1, key + 1):
            with pytest.raises(RuntimeError):
                model(code(variant).replace("_____", str(other)))(values)


def test_torch_trains_as_many_parameters():
    for variant in draw_variants(find("parameters-of-each-line"), "torch", MANY):
        layers = model(code(variant))
        for row, (weights, biases) in zip(variant.answer.rows, variant.answer.values):
            layer = layers[int(row.removeprefix("line ")) - 1]
            assert (layer.weight.numel(), 0 if layer.bias is None else layer.bias.numel()) == (weights, biases)


def test_the_line_of_the_key_is_the_first_that_fails():
    faults = set()
    for variant in draw_variants(find("line-that-fails"), "torch", MANY):
        values, layers = batch(variant), model(code(variant))
        ((line, expects, gets),) = variant.answer.values
        for layer in layers[: line - 1]:
            values = layer(values)
        failing = layers[line - 1]
        with pytest.raises(RuntimeError):
            failing(values)
        convolution = isinstance(failing, nn.Conv2d)
        assert expects == (failing.in_channels if convolution else failing.in_features)
        assert gets == values.shape[1 if convolution else -1]
        faults.add((line, values.ndim))
    assert len(faults) == 4


def test_torch_stacks_the_same_batch():
    for variant in draw_variants(find("image-to-batch"), "torch", MANY):
        assert tuple(run(code(variant), image=batch(variant))["x"].shape) == variant.answer.values[0]
        assert all(min(one.answer[0]) >= 0 for one in variant.wrong), "no shape has a negative size"


def test_torch_reshapes_and_transposes_alike():
    for variant in draw_variants(find("reshape-and-transpose"), "torch", MANY):
        rows = re.search(r"bmatrix} (.*?) \\end", variant.stem)[1].split(r" \\ ")
        a = torch.tensor([[int(cell) for cell in row.split(" & ")] for row in rows])
        assert torch.hstack([a.reshape(3, 2), a.T]).tolist() == [list(row) for row in variant.answer.values]


@pytest.mark.costly
def test_the_program_prints_the_key():
    """As text: torch prints 5.9605e-08 for a weight of 0 that it has rounded."""
    for variant in draw_variants(find("without-zero-grad"), "torch", [str(number) for number in range(200)]):
        printed = []
        run(code(variant), print=lambda *values, to=printed: to.append([str(value) for value in values]))
        for texts, row in zip(printed, variant.answer.values, strict=True):
            shown = [re.match(r"tensor\((-?\d+\.\d*)[,)]", text)[1] for text in texts]
            assert [Fraction(text) for text in shown] == list(row)


def test_dropout_puts_out_the_key_or_zero():
    torch.manual_seed(0)
    for variant in draw_variants(find("dropout-in-training"), "torch", MANY[:20]):
        layer = nn.Dropout(float(re.search(r"Dropout\(p=([\d.]+)\)", variant.stem)[1]))
        training, after = (torch.tensor([float(value) for value in row]) for row in variant.answer.values)
        seen = layer(after.expand(400, -1)).max(dim=0).values
        assert torch.allclose(seen[training > 0], training[training > 0])
        assert torch.equal(layer.eval()(after), after)


@pytest.mark.costly
def test_a_loss_is_right_where_it_is_the_cross_entropy_of_torch():
    draw, losses = Seeded("losses"), set()
    for seed in range(8):
        draw.start_again()
        torch.manual_seed(seed)
        z, y = 2 * torch.randn(6, 4, dtype=torch.float64), torch.randint(4, (6,))
        for option in losses_that_fit.make(draw).key.options:
            value = eval(option.text.strip("`"), {"torch": torch, "F": F, "z": z, "y": y})
            assert option.right == torch.isclose(value, F.cross_entropy(z, y)).item(), option.text
            losses.add(option.text)
    assert len(losses) > 17
