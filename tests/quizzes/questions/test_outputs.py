"""Keys of the templates on outputs, errors and further reading against PyTorch and against their own tables."""

import re
from itertools import product

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from quizzes.search import draw_variants
from quizzes.template import find

MANY = [str(number) for number in range(60)]


def numbers(text):
    return [float(number) for number in re.findall(r"-?\d+(?:\.\d+)?", text.replace("\N{MINUS SIGN}", "-"))]


def lines(text):
    """The cells of a text's tables, with their headings."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if "---" not in row]


def test_torch_ranks_the_right_classes_alike():
    for variant in draw_variants(find("rank-of-the-right-class"), "torch", MANY):
        (_, _, *classes), *rows = lines(variant.stem)
        scores = torch.tensor([numbers(" ".join(row[2:])) for row in rows])
        right = torch.tensor([[classes.index(row[1])] for row in rows])
        *ranks, one, five = variant.answer.values[0]
        assert ((scores.argsort(dim=1, descending=True) == right).nonzero()[:, 1] + 1).tolist() == ranks
        found = [int((scores.topk(most).indices == right).any(dim=1).sum()) for most in (1, 5)]
        assert [4 - found[0], 4 - found[1]] == [one, five]


def test_the_deviation_is_that_of_many_drawn_test_sets():
    draws = np.random.default_rng(0)
    for variant in draw_variants(find("more-than-chance"), "draws", MANY[:20]):
        errors, images = map(int, numbers(variant.stem.replace(",", ""))[:2])
        deviation, low, high = variant.answer.values[0]
        drawn = draws.binomial(images, errors / images, 20_000)
        assert drawn.std() == pytest.approx(deviation, abs=0.7)
        assert ((low <= drawn) & (drawn <= high)).mean() > 0.93


def test_exactly_the_boxes_remain_that_no_remaining_better_one_overlaps():
    for variant in draw_variants(find("boxes-that-remain"), "subsets", MANY):
        (_, *names), (_, *scores), (_, *right), *rows = lines(variant.stem)
        scores = dict(zip(names, map(int, scores)))
        overlaps = {
            frozenset((name, other)): int(cell) for name, *cells in rows for other, cell in zip(right, cells) if cell
        }
        limit = int(re.search(r"above (\d+) %", variant.stem)[1])

        def loses(name, kept, scores=scores, overlaps=overlaps, limit=limit):
            return any(
                scores[other] > scores[name] and overlaps[frozenset((name, other))] > limit for other in kept - {name}
            )

        subsets = [{name for name, bit in zip(names, bits) if bit} for bits in product((0, 1), repeat=len(names))]
        (remaining,) = [kept for kept in subsets if all((name in kept) != loses(name, kept) for name in names)]
        assert {f"box {name}" for name in remaining} == {option.text for option in variant.answer.options if option.right}
        assert len(variant.answer.options) == len(names)


def test_torch_lays_the_same_kernels_down():
    for variant in draw_variants(find("transposed-convolution-of-a-row"), "torch", MANY):
        stride, *row = numbers(variant.stem.split(": it lays")[0])
        kernel = numbers(variant.stem.split("its kernel, ")[1].split(", once")[0])
        found = F.conv_transpose1d(torch.tensor([[row]]), torch.tensor([[kernel]]), stride=int(stride))
        assert found[0, 0].tolist() == list(variant.answer.values[0])
        for one in variant.wrong:
            if "nearest-neighbour" in one.hint:  # true of what it is said of
                larger = F.interpolate(torch.tensor([[row]]), scale_factor=stride)[0, 0].tolist()
                assert stride > 1 and list(one.answer[0][: len(larger)]) == larger


def test_a_recurrent_layer_of_torch_has_the_same_states():
    for variant in draw_variants(find("recurrent-neuron"), "torch", MANY):
        weight, back, bias = re.search(r"max\(0, (\d+) x_t ([+-] \d+) h_\{t-1\} ([+-] \d+)\)", variant.stem).groups()
        inputs = numbers(variant.stem.split("The inputs are ")[1].split(", one for")[0])
        layer = torch.nn.RNN(1, 1, nonlinearity="relu", batch_first=True)
        values = {"weight_ih_l0": weight, "weight_hh_l0": back, "bias_ih_l0": bias, "bias_hh_l0": "0"}
        for name, value in values.items():
            getattr(layer, name).data.fill_(float(value.replace(" ", "")))
        states, _ = layer(torch.tensor([inputs])[..., None])
        assert states.ravel().tolist() == list(variant.answer.values[0])
        assert (states > 0).sum() >= 2  # something to remember


def test_what_is_said_of_two_layers_is_about_what_was_claimed():
    about = {
        "puts out": "feature map",
        "dense layer has": "dense layer",
        "products": "product",
        "convolution has": "kernel",
    }
    for variant in draw_variants(find("convolutional-or-dense"), "about", MANY):
        for option, step in zip(variant.answer.options, variant.steps):
            _, said = step.split(option.text)
            assert all(word in said for claim, word in about.items() if claim in option.text)


def test_a_recurrent_network_of_torch_has_as_many_weights():
    for variant in draw_variants(find("weights-of-a-recurrent-network"), "torch", MANY):
        states, steps, inputs, *_ = map(int, numbers(variant.stem))
        outputs = int(re.search(r"makes (\d+) outputs", variant.stem)[1])
        recurrent, last, dense = variant.answer.values[0]
        # PyTorch has two intercepts for each neuron of a recurrent layer.
        assert recurrent == sum(each.numel() for each in torch.nn.RNN(inputs, states).parameters()) - states
        assert last == sum(each.numel() for each in torch.nn.Linear(states, outputs).parameters())
        assert dense == sum(each.numel() for each in torch.nn.Linear(steps * inputs, states).parameters())


def test_torch_has_the_same_losses_of_two_networks():
    for variant in draw_variants(find("two-networks-compete"), "torch", MANY):
        real, generated = (torch.tensor(numbers(" ".join(row[1:])), dtype=torch.float64) for row in lines(variant.stem)[1:])
        discriminator, generator, wrong = map(float, variant.answer.values[0])
        ones, zeros = torch.ones_like(real), torch.zeros_like(real)
        squares = torch.nn.MSELoss(reduction="sum")
        assert squares(real, ones) + squares(generated, zeros) == pytest.approx(discriminator)
        assert squares(generated, ones) == pytest.approx(generator)
        assert (real.round() == 0).sum() + (generated.round() == 1).sum() == wrong


def test_returns_are_polynomials_in_the_discount():
    for variant in draw_variants(find("returns-of-an-episode"), "polynomials", MANY):
        rewards = numbers(variant.stem.split("rewards ")[1].split(". Then")[0])
        discount = float(re.search(r"gamma = ([\d.]+)", variant.stem)[1])
        found = [np.polyval(rewards[: step - 1 if step else None : -1], discount) for step in range(4)]
        assert found == pytest.approx([float(value) for value in variant.answer.values[0]])
