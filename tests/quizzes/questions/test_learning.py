"""Templates on training, transfer, data and failures: against PyTorch, their tables, and what their pictures show."""

import re
from contextlib import suppress
from fractions import Fraction
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from quizzes.drawing.plots import Axis, Curve, plot
from quizzes.question import RejectedDraw
from quizzes.questions import data, features
from quizzes.rng import Seeded
from quizzes.search import draw_variants
from quizzes.template import find

MANY = [str(number) for number in range(60)]


def numbers(text):
    text = text.replace("\N{MINUS SIGN}", "-")
    return [float(number.replace(",", "")) for number in re.findall(r"-?\d[\d,]*(?:\.\d+)?", text)]


def lines(variant):
    """The cells of a stem's table, without its headings."""
    rows = [line.strip("| ").split(" | ") for line in variant.stem.splitlines() if line.startswith("|")]
    return rows[2:]


@pytest.mark.costly
def test_torch_takes_the_same_steps_downhill():
    for variant in draw_variants(find("gradient-descent"), "torch", MANY):
        steepness, sign, minimum = re.search(r"L\(w\) = (\d*)\(?w(?: ([+-]) (\d+)\))?\^2", variant.stem).groups()
        minimum = -int(f"{sign}{minimum}") if sign else 0
        weight, rate = numbers(variant.stem.split("starts at")[1])[:2]
        weight = torch.tensor(weight, dtype=torch.float64, requires_grad=True)
        descent = torch.optim.SGD([weight], lr=rate)
        for gradient, after in variant.answer.values:
            descent.zero_grad()
            (int(steepness or 1) * (weight - minimum) ** 2).backward()
            assert weight.grad.item() == pytest.approx(float(gradient))
            descent.step()
            assert weight.item() == pytest.approx(float(after))


def test_torch_sends_the_same_gradients_back():
    for variant in draw_variants(find("vanishing-gradient"), "torch", MANY):
        layers = [numbers(" ".join(row[1:])) for row in lines(variant)]
        value = torch.ones((), dtype=torch.float64, requires_grad=True)
        inputs = []
        for weight, slope in layers:
            value.retain_grad()
            inputs.append(value)
            value = slope * (weight * value)
        (value * numbers(variant.stem.split("output of layer 4 is")[1])[0]).backward()
        assert [one.grad.item() for one in inputs[::-1]] == pytest.approx([float(one) for one in variant.answer.values[0]])


@pytest.mark.costly
def test_torch_trains_as_many_weights():
    for variant in draw_variants(find("trained-weights"), "torch", MANY):
        size = int(re.search(r"images of (\d+) ×", variant.stem)[1])
        shape = torch.zeros(1, 1 if "grey" in variant.stem else 3, size, size)
        layers = []
        for _, kind in lines(variant):
            count = int(numbers(kind)[0]) if numbers(kind) else 0
            made = {"conv": torch.nn.LazyConv2d(count, 3, padding=1), "2 × ": torch.nn.MaxPool2d(2)}
            made |= {"flat": torch.nn.Flatten(), "dens": torch.nn.LazyLinear(count)}
            layers.append(made[kind[:4]])
            shape = layers[-1](shape)
        new, *places = (int(one) for one in numbers(variant.stem.split("new dense layer of")[1]))
        layers[-1] = torch.nn.Linear(layers[-1].in_features, new)
        with_weights = [layer for layer in layers if list(layer.parameters())]
        for layer in with_weights[: places[-1]]:
            layer.requires_grad_(False)
        trained = sum(p.numel() for layer in layers for p in layer.parameters() if p.requires_grad)
        assert variant.answer.value == trained


@pytest.mark.costly
def test_gradients_show_how_far_a_layer_sees():
    for variant in draw_variants(find("first-layer-to-see"), "torch", MANY[:20]):
        windows = [(int(row[2].split()[0]), int(row[3])) for row in lines(variant)]
        widths = dict(re.findall(r"((?:an? )[a-z ]+?) is (\d+) pixels", variant.stem))
        assert set(widths) == set(variant.answer.rows)
        for name, (layer, field) in zip(variant.answer.rows, variant.answer.values):
            assert _field(windows[: layer - 1]) < int(widths[name]) <= field == _field(windows[:layer])


def _field(windows):
    image = torch.ones(1, 1, 400, requires_grad=True)
    value = image
    for window, stride in windows:
        value = torch.nn.functional.conv1d(value, torch.ones(1, 1, window), stride=stride)
    value[0, 0, 0].backward()
    return int((image.grad != 0).sum())


def test_each_pattern_is_made_of_what_the_level_before_has():
    below = dict(zip(list(features.LEVELS)[1:], features.LEVELS.values()))
    for level, names in list(features.LEVELS.items())[1:]:
        for name in names:
            assert set(features.MADE_OF[name]) <= set(below[level]), name
    assert set(features.MADE_OF) == {name for level in below for name in features.LEVELS[level]}


def test_what_a_change_does_to_labels_follows_from_what_the_classes_depend_on():
    for each in data.DATA.values():
        assert each.safe | set(each.harmful) <= set(data.CHANGES) and not each.safe & set(each.harmful)
        assert bool(each.depends) != bool(each.signs)
        for change in each.safe | set(each.harmful):
            assert (change in each.harmful) == each.spoilt_by(change), (each.words, change)


SHAPES = {  # of letters and arrows, as an eye sees them
    "b": ("X..", "X..", "XXX", "X.X", "XXX"), "d": ("..X", "..X", "XXX", "X.X", "XXX"),
    "p": ("XXX", "X.X", "XXX", "X..", "X.."), "q": ("XXX", "X.X", "XXX", "..X", "..X"),
    "<": ("..X", ".X.", "X..", ".X.", "..X"), ">": ("X..", ".X.", "..X", ".X.", "X.."),
    "^": (".....", ".....", "..X..", ".X.X.", "X...X"), "v": ("X...X", ".X.X.", "..X..", ".....", "....."),
    "6": ("XXX", "X..", "XXX", "X.X", "XXX"), "9": ("XXX", "X.X", "XXX", "..X", "XXX"),
    "0": ("XXX", "X.X", "X.X", "X.X", "XXX"), "8": ("XXX", "X.X", "XXX", "X.X", "XXX"),
}  # fmt: skip


def drawn(shape):
    """The pixels that a shape fills, wherever it stands."""
    rows, columns = (np.array([list(line) for line in shape]) == "X").nonzero()
    return frozenset(zip((rows - rows.min()).tolist(), (columns - columns.min()).tolist()))


def test_signs_look_after_a_flip_as_their_shapes_do():
    flips = {"mirror": np.fliplr, "upend": np.flipud, "half turn": lambda sign: np.rot90(sign, 2)}
    flips["quarter turn"] = lambda sign: np.rot90(sign, -1)
    shapes = {drawn(shape): sign for sign, shape in SHAPES.items()}
    for each in data.DATA.values():
        for sign in set(each.signs) & set(SHAPES):
            for place, flip in enumerate(data.FLIPS):
                seen = shapes.get(drawn(flips[flip](np.array([list(line) for line in SHAPES[sign]]))), data.NONE)
                said = each.signs[sign][place]
                assert said == (seen if seen in each.signs else data.NONE), (sign, flip)
    for sign, look in data.DATA["digits"].signs.items():  # a flip back gives the sign again
        assert all(after in (sign, data.NONE) or data.DATA["digits"].signs[after][2] == sign for after in look[:3])


def curves(picture, width, top, low=0.0):
    """The lines of a plot, read from the drawing: points in the units of the axes."""
    found = []
    for line in ElementTree.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}polyline"):
        points = [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        if len(points) > 3:
            found.append(points)
    axes = next(
        [tuple(map(float, point.split(","))) for point in line.get("points").split()]
        for line in ElementTree.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}polyline")
        if len(line.get("points").split()) == 3
    )
    (left, upper), (_, bottom), (right, _) = axes
    return [
        [((x - left) / (right - left) * width, low + (bottom - y) / (bottom - upper) * (top - low)) for x, y in points]
        for points in found
    ]


def test_the_gain_can_be_read_from_the_drawing():
    for variant in draw_variants(find("transfer-gain"), "plot", MANY):
        top = numbers(re.search(r"from 0 to ([\d,]+)\. transferred", variant.picture.alt)[1])[0]
        transferred, scratch = curves(variant.picture, 40, top)
        place = -1 if "at the end" in variant.stem else 0
        read = transferred[place][1] - scratch[place][1]
        ticks = [
            word.text for word in ElementTree.fromstring(variant.picture.svg).iter() if word.get("text-anchor") == "end"
        ]
        half = numbers(ticks[1])[0] / 2
        for height in (line[end][1] for line in (transferred, scratch) for end in (0, -1)):
            assert abs(height / half - round(height / half)) < 0.02  # at a grid line, or midway
        assert abs(read - variant.answer.value) < variant.answer.tolerance / 4
        assert all(abs(read - float(one.answer)) > 3 * variant.answer.tolerance for one in variant.wrong)


def test_advantages_can_be_read_from_the_drawing():
    for variant in draw_variants(find("transfer-advantages"), "plot", MANY):
        transferred, scratch = curves(variant.picture, 40, 100)
        leads = {
            "At epoch 0": transferred[0][1] - scratch[0][1],
            "In the very first epochs": (transferred[2][1] - transferred[0][1]) - (scratch[2][1] - scratch[0][1]),
            "Once both lines are flat": transferred[-1][1] - scratch[-1][1],
        }
        for option in variant.answer.options:
            when, _, what = option.text.partition(", ")
            if when in leads:
                lead = 0 if abs(leads[when]) < 2 else leads[when]
                said = 0 if "both networks" in what else -1 if "from scratch" in what else 1
                assert option.right == ((lead > 0) - (lead < 0) == said), option.text


def test_the_validation_loss_lies_above_that_of_training():
    for variant in draw_variants(find("over-fitting"), "plot", MANY):
        training, validation = curves(variant.picture, 60, 2.5)
        assert all(above[1] >= below[1] - 0.01 for above, below in zip(validation, training))
        assert max(y for _, y in validation) <= 2.5


def test_what_is_said_of_losses_can_be_read_from_the_drawing():
    for variant in draw_variants(find("over-fitting"), "read", MANY):
        training, validation = ([y for _, y in line] for line in curves(variant.picture, 60, 2.5))
        lowest = validation.index(min(validation))
        falls = training[50] - training[60] > 0.08 and validation[50] - validation[60] > 0.08
        for option in variant.answer.options:
            if option.text.startswith("From about epoch") and option.right:
                said = int(numbers(option.text)[0])
                assert abs(said - lowest) < 2 and f"lowest at about epoch {said}," in variant.steps[1]
                assert min(validation[said - 10], validation[min(said + 14, 60)]) > validation[said] + 0.07
            elif option.text.startswith("From about epoch"):
                said = int(numbers(option.text)[0])
                assert min(validation) < validation[said] - 0.07 or max(validation[said:]) <= validation[said]
            elif option.text.startswith("Longer training"):
                assert option.right == falls
            elif "weights of epoch" in option.text:
                better, worse = map(int, numbers(option.text))
                assert abs(validation[better] - validation[worse]) > 0.05
                assert option.right == (validation[better] < validation[worse])


@pytest.mark.parametrize("turn", range(11, 46, 2))
def test_losses_stay_within_the_plot_wherever_they_turn(turn):
    template, draw = find("over-fitting"), Seeded("turn", fixed={"turning point": turn, "kind": "overfitting"})
    for _ in range(50):
        draw.start_again()
        with suppress(RejectedDraw):
            picture = template.make(draw).picture()
            assert all(0 <= y <= 2.51 for line in curves(picture, 60, 2.5) for _, y in line)


def test_only_one_failure_fits_what_was_measured():
    for variant in draw_variants(find("diagnose"), "fits", MANY):
        training, valid, background, noisy, group = (float(row[1]) for row in lines(variant))
        dead, ratio = numbers(variant.stem.split("layer 2,")[1])[0], numbers(variant.stem.split("about")[1])[0]
        fits = {
            "overfits": training - valid > 5,
            "underfits": training < 90,
            "shortcut": valid - background > 5,
            "noise": valid - noisy > 5,
            "dead": dead > 10,
            "vanish": ratio > 100,
            "too few images": valid - group > 5,
        }
        offered = {sign: option.right for option in variant.answer.options for sign in fits if sign in option.text}
        assert len(offered) == 4 and offered == {sign: fits[sign] for sign in offered}


def test_early_stopping_watches_a_loss_above_that_of_training():
    for variant in draw_variants(find("early-stopping"), "losses", MANY):
        training, validation = zip(*((float(row[1]), float(row[2])) for row in lines(variant)))
        assert all(above > below for below, above in zip(training, validation))
        assert all(late < early for early, late in zip(training, training[1:]))
        assert "patience" in variant.stem  # hints speak of it


def test_a_plot_says_its_numbers_and_tells_its_lines_apart():
    picture = plot(
        Axis("epoch", (0, 10, 20)),
        Axis("images", (0, 10000, 20000)),
        [Curve("one", [(0, 5), (20, 15000)]), Curve("two", [(0, 7.25), (20, 3000)])],
        said_at=(0, 20),
    )
    assert "one: 5 at 0, 15,000 at 20." in picture.alt and "two: 7.25 at 0, 3000 at 20." in picture.alt
    root = ElementTree.fromstring(picture.svg)
    styles = [
        (line.get("stroke"), line.get("stroke-dasharray"))
        for line in root.iter("{http://www.w3.org/2000/svg}polyline")
        if line.get("stroke-width") == "2.4"
    ]
    assert len(styles) == 4 and len({colour for colour, _ in styles}) == len({dashes for _, dashes in styles}) == 2


def test_dead_neurons_give_nothing_for_any_image():
    draws = torch.Generator().manual_seed(0)
    pixels = torch.cat([torch.rand(500, 3, generator=draws), torch.rand(500, 3, generator=draws).round()])
    for variant in draw_variants(find("dead-neurons"), "torch", MANY):
        for option in variant.answer.options:
            *weights, intercept = numbers(option.text)
            assert option.right == (torch.relu(pixels @ torch.tensor(weights) + intercept).max().item() == 0)


def test_the_shares_of_a_confusion_matrix():
    for variant in draw_variants(find("rare-illness"), "by hand", MANY):
        (_, found, missed), (_, false, quiet) = lines(variant)
        found, missed, false, quiet = map(int, (found, missed, false, quiet))
        accuracy, precision, recall, never = variant.answer.values[0]
        everybody = found + missed + false + quiet
        assert accuracy * everybody == 100 * (found + quiet) and never * everybody == 100 * (false + quiet)
        assert Fraction(precision) * (found + false) == Fraction(recall) * (found + missed) == 100 * found
