"""How networks fail: by heart, by a shortcut, by a little noise, by neurons and gradients that die, by a kind measure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise, product
from typing import NamedTuple

import numpy as np

from quizzes.drawing.plots import Axis, Curve, plot
from quizzes.question import Choice, Grid, Option, Picture, Question, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, matrix, minus, table
from quizzes.tools.statements import Statement, ticked

TOPIC = "Failures of networks"
EPOCHS = 60
HIGHEST = 2.5  # loss that the plot shows
CLEAR = 0.08  # how much higher than another point of a plot a point must lie for an eye to see it

# Failures, each with what somebody who suspects it without reason should look at.
FAILURES: Mapping[str, tuple[str, str]] = {
    "overfitting": (
        "It overfits: it has memorised the training images.",
        "A network that overfits is far better on training images than on new ones of the same kind.",
    ),
    "underfitting": (
        "It underfits: it is too small or was trained too briefly.",
        "A network that underfits is bad on the training images too.",
    ),
    "shortcut": (
        "It took a shortcut: it looks at the background.",
        "A network that looks at the background fails when the same things appear in front of a different one.",
    ),
    "adversarial noise": (
        "It is fooled by noise that nobody can see.",
        "A network that is fooled by noise loses accuracy when noise is added, and only then.",
    ),
    "dead neurons": (
        "Many of its ReLU neurons are dead.",
        "Dead neurons give 0 for all images: look at their share.",
    ),
    "vanishing gradients": (
        "Its gradients vanish before they reach layer 1.",
        "If gradients vanish, those of layer 1 are many times smaller than those of the last layer.",
    ),
    "biased data": (
        "It was trained on too few images of one group.",
        "Biased data show up as a group on which the network is far worse than on the others.",
    ),
}
LEARN_LITTLE = ("dead neurons", "vanishing gradients")  # such networks underfit, too


@dataclass(frozen=True)
class Losses:
    """The losses of a training: that on the training images falls to its lowest value, that on others lies above it."""

    start: float
    lowest: float
    power: int  # how much faster it falls in the beginning
    span: int  # epochs until it is flat
    gap: float  # by which the validation loss lies above it in the end
    grows: int  # epochs for which the gap grows

    def training(self, epoch: float) -> float:
        """Return the loss on the training images after so many epochs."""
        return self.lowest + (self.start - self.lowest) * max(0, 1 - epoch / self.span) ** self.power

    def validation(self, epoch: float) -> float:
        """Return the loss on the validation images after so many epochs."""
        return self.training(epoch) + self.gap * min(epoch / self.grows, 1)


def _losses(draw: Draw, kind: str, best: int) -> Losses:
    """Draw a training of this kind: one that overfits does so from epoch `best` on."""
    start, gap = draw.between(180, 230) / 100, draw.between(5, 11) / 100
    match kind:
        case "overfitting":
            lowest = draw.between(4, 12) / 100
            # Where the slopes of the falling loss and of the growing gap are equal, the validation loss is lowest.
            return Losses(start, lowest, 4, EPOCHS, 4 * (start - lowest) * (1 - best / EPOCHS) ** 3, EPOCHS)
        case "underfitting":
            return Losses(start, start * draw.between(62, 72) / 100, 2, 50, gap, 10)
        case "unfinished":
            return Losses(start, draw.between(15, 25) / 100, 2, 2 * EPOCHS, gap, 10)
        case "good":
            return Losses(start, draw.between(15, 25) / 100, 2, 50, gap, 10)
    raise ValueError(f"there is no kind of training {kind!r}")


@template(
    "Overfitting in a plot of losses",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    operations=(4, 4),
    largest=(1_000, 10_000),
    version=2,
)
def over_fitting(draw: Draw) -> Question:
    kind = draw.choice(("overfitting", "underfitting", "unfinished", "good"), "kind")
    best = draw.between(22, 30, "turning point")
    other = best + draw.choice((-10, 14))
    require(10 < best < EPOCHS - 14, f"a turning point from 11 to {EPOCHS - 15}")
    losses = _losses(draw, kind, best)
    training, validation = losses.training, losses.validation
    seen, shown = dict(_points(training)), dict(_points(validation))
    turn = min(shown, key=shown.__getitem__)
    over = kind == "overfitting"
    require(seen[best] - seen[EPOCHS] > CLEAR, "a training loss that falls clearly")
    require(shown[EPOCHS] <= HIGHEST, "losses that the plot has room for")
    require(not over or shown[other] - shown[best] > CLEAR, "a validation loss that is lowest at one epoch, clearly")
    rises, falls = shown[EPOCHS] > shown[turn] + CLEAR, seen[EPOCHS - 10] > seen[EPOCHS] + CLEAR
    apart, high = shown[EPOCHS] - seen[EPOCHS], seen[EPOCHS] > 1
    statements = [
        Statement(
            f"From about epoch {best} on, the network overfits.",
            over,
            rises and abs(turn - best) < 3,
            "overfitting seen where there is none",
            "Overfitting shows where the validation loss rises while the training loss still falls.",
        ),
        Statement(
            f"From about epoch {other} on, the network overfits, but not before.",
            False,
            rises and abs(turn - other) < 3,
            "the turning point misread",
            "Look for the lowest point of the validation loss, and whether it rises from there.",
        ),
        Statement(
            f"The weights of epoch {best} are better for new images than those of epoch {EPOCHS}.",
            over,
            shown[EPOCHS] > shown[best],
            "stopped too early",
            "The validation loss still falls after that epoch: later weights are better for new images.",
        ),
        Statement(
            f"The weights of epoch {EPOCHS} are better for new images than those of epoch {best}.",
            not over,
            shown[EPOCHS] < shown[best],
            "the training loss decides",
            "The validation loss, not the training loss, shows what to expect on new images.",
        ),
        Statement(
            "The network underfits: both losses have stopped falling, but are still high.",
            kind == "underfitting",
            high and not rises and not falls,
            "underfitting taken for a gap",
            "A network underfits if its loss stays high on the training images too.",
        ),
        Statement(
            "A larger network could help: the training loss stays high.",
            kind == "underfitting",
            high and not falls,
            "more of everything",
            "More weights help against a training loss that stays high. Here it is low at the end, or still falls.",
        ),
        Statement(
            "Longer training could help: both losses are still falling.",
            kind == "unfinished",
            falls and not rises,
            "more of everything",
            "Longer training helps as long as the validation loss falls. Look at the last ten epochs.",
        ),
        Statement(
            "More training images or dropout could help: the losses are far apart.",
            over,
            apart > 0.5,
            "remedies for overfitting against everything",
            "These help if the validation loss is far above the training loss.",
        ),
        Statement(
            f"At epoch {EPOCHS} the validation loss is more than 0.4 above the training loss.",
            validation(EPOCHS) - training(EPOCHS) > 0.4,
            apart > 0.4,
            "the gap misread",
            f"Read both lines at epoch {EPOCHS} and subtract.",
        ),
        Statement(
            f"The training loss is lower at epoch {EPOCHS} than at epoch {best}.",
            training(EPOCHS) < training(best),
            seen[EPOCHS] < seen[best],
            "the two lines swapped",
            "Check in the legend which line is the training loss.",
        ),
        Statement(
            f"The validation loss is higher at epoch {EPOCHS} than at epoch {best}.",
            validation(EPOCHS) > validation(best),
            shown[EPOCHS] > shown[best],
            "the two lines swapped",
            "Check in the legend which line is the validation loss.",
        ),
    ]
    images = draw.between(1001, 9999, "images")
    return Question(
        stem=f"A network is trained on {images} images for {EPOCHS} epochs. The plot shows its losses. Which of these "
        f"statements are true? Tick all that apply.",
        **ticked(statements),
        steps=[
            f"The training loss begins at about {training(0):.2f} and ends at about {training(EPOCHS):.2f}.",
            f"The validation loss is lowest at about epoch {best}, and ends at about {validation(EPOCHS):.2f}."
            if over
            else f"The validation loss ends at about {validation(EPOCHS):.2f}, and has not risen before.",
            {
                "overfitting": "It rises while the training loss falls: from its lowest point on, the network overfits.",
                "underfitting": "Both stay high and flat: the network underfits.",
                "unfinished": "Both are still falling, close together: training is not finished.",
                "good": "Both are low, flat and close together: the network neither overfits nor underfits.",
            }[kind],
        ],
        load=load(4, [images]),
        needs_picture=True,
        picture=partial(_two_losses, losses),
        offered=5,
    )


@template("Which failure is it?", topic=TOPIC, difficulty=3, minutes=2, operations=(8, 8), largest=(48, 100), version=2)
def diagnose(draw: Draw) -> Question:
    failure, things = draw.choice(tuple(FAILURES), "failure"), draw.choice(tuple(THINGS), "things")
    group = THINGS[things]
    train = draw.between(935, 985)
    valid = train - draw.between(8, 30)
    if failure == "overfitting":
        train = draw.between(990, 999)
        valid = draw.between(560, 720)
    elif failure == "underfitting":
        train = draw.between(520, 610)
        valid = train - draw.between(3, 20)
    elif failure in LEARN_LITTLE:
        train = draw.between(800, 860)
        valid = train - draw.between(3, 20)
    background = valid - (draw.between(350, 500) if failure == "shortcut" else draw.between(0, 25))
    noisy = draw.between(10, 120) if failure == "adversarial noise" else valid - draw.between(0, 25)
    worst = valid - (draw.between(250, 400) if failure == "biased data" else draw.between(5, 30))
    dead = draw.between(550, 900) if failure == "dead neurons" else draw.between(0, 40)
    ratio = draw.between(200, 900) * 100 if failure == "vanishing gradients" else draw.between(2, 4)
    accuracies = {"training images": train, "validation images": valid, "validation images, other backgrounds": background}
    accuracies |= {"validation images, noise chosen to mislead": noisy, f"validation images, {group} only": worst}
    measured = {
        "overfitting": f"{_share(train)} on training images, {_share(valid)} on validation images",
        "underfitting": f"{_share(train)} on training images",
        "shortcut": f"{_share(background)} with other backgrounds, {_share(valid)} with the usual ones",
        "adversarial noise": f"{_share(noisy)} with the noise, {_share(valid)} without",
        "dead neurons": f"{_share(dead)} of the neurons always give 0",
        "vanishing gradients": f"The last layer's gradients are about {ratio} times those of layer 1",
        "biased data": f"{_share(worst)} on {group}, {_share(valid)} on all",
    }
    found = _diagnosis(Measured(train, valid, background, noisy, worst, dead, ratio))
    offered = [name for name in FAILURES if name != "underfitting" or failure not in LEARN_LITTLE]
    options = []
    for name in offered:
        (text, sentence), right = FAILURES[name], name == failure
        step = f"{name.capitalize()}? {measured[name]}: {'that is it' if right else 'no'}."
        if right:
            options.append(Option(text, True, "Right: that is the one measurement far from what it should be.", step=step))
        else:
            options.append(Option(text, False, sentence, f"{name} suspected", step))
    return Question(
        stem=f"A network learns to recognise {things}. These measurements were made.\n\n"
        + table(("accuracy on", "in %"), ((name, f"{value / 10:.1f}") for name, value in accuracies.items()))
        + f"\n\nOf the neurons of layer 2, {_share(dead)} give 0 for every image. In training, the gradients of the last "
        f"layer are about {ratio} times as large as those of layer 1. What is wrong with this network?",
        key=Choice(tuple(options)),
        check=tuple(name == found for name in offered),
        steps=["Compare each measurement with that of a healthy network."],
        load=load(8, [train // 10]),
    )


@template(
    "A gradient on its way back",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    tells=4,
    operations=(8, 8),
    largest=(200, 5_000),
    negatives=(1, 7),
    version=2,
)
def vanishing_gradient(draw: Draw) -> Question:
    gradient = draw.fixable(100 * draw.between(2, 30), "gradient", least=1)
    slopes = [Fraction(draw.choice((1, 2, 4, 5, 10)), 20) for _ in range(4)]
    weights = [draw.choice((-1, 1)) * Fraction(draw.choice((2, 4, 5, 6, 8, 10, 12, 16, 20)), 10) for _ in range(4)]
    require(any(weight < 0 for weight in weights), "a negative weight")
    row, reached = [], Fraction(gradient)
    for weight, slope in zip(weights[::-1], slopes[::-1]):
        reached *= weight * slope
        row.append(reached)
    require(all(100 * value % 1 == 0 for value in row), "two decimals at most")
    wanted = []
    for layer in (4, 3, 2, 1):  # how much the output changes per change of a layer's input, all layers taken as lines
        value = Fraction(1)
        for weight, slope in list(zip(weights, slopes))[layer - 1 :]:
            value = slope * (weight * value)
        wanted.append(value * gradient)
    headings = tuple(f"input of layer {layer}" for layer in (4, 3, 2, 1))
    return Question(
        stem="Four layers form a chain; each has a single neuron with one input. The table gives their weights, and the "
        "slopes of their activations at the current values.\n\n"
        + table(
            ("layer", "weight", "slope of the activation"),
            ((layer, minus(_w(weight)), _w(slope)) for layer, (weight, slope) in enumerate(zip(weights, slopes), start=1)),
        )
        + f"\n\nThe gradient of the loss with respect to the output of layer 4 is {gradient}. What is it with respect to "
        "the input of layer 4, of layer 3, of layer 2 and of layer 1? Give exact decimal numbers.",
        key=Grid(exact([row]), (), headings),
        check=[wanted],
        wrong=distractors("gradient_through_layers", gradient, weights, slopes),
        steps=[
            "On the way back, each layer multiplies the gradient by its weight and by the slope of its activation.",
            *(
                f"Layer {layer}: ${_w(before)} \\cdot {_bracketed(weights[layer - 1])} \\cdot {_w(slopes[layer - 1])} = "
                f"{_w(after)}$."
                for layer, (before, after) in zip((4, 3, 2, 1), pairwise([Fraction(gradient), *row]))
            ),
            "Slopes far below 1 in many layers make the gradient vanish: the first layers hardly learn.",
        ],
        load=load(8, [gradient, *row, *weights]),
    )


@template(
    "Dead ReLU neurons",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    operations=(20, 20),
    largest=(4, 30),
    negatives=(5, 30),
    version=2,
)
def dead_neurons(draw: Draw) -> Question:
    statements, numbers = [], []
    for _ in range(9):
        weights = [draw.choice((-1, 1, 1)) * draw.between(1, 9) for _ in range(3)]
        reach = sum(weight for weight in weights if weight > 0)
        intercept = -reach + draw.choice((-3, -2, -1, 0, 1, 2, 4)) if reach else draw.between(-4, 4)
        highest = intercept + reach
        numbers += [*weights, intercept]
        values = [sum(w * x for w, x in zip(weights, pixels)) + intercept for pixels in product((0, 1), repeat=3)]
        if intercept < 0:
            name, because = "a negative intercept taken for dead", "A negative intercept alone does not kill a neuron."
        else:
            name, because = "negative weights taken for dead", "Negative weights alone do not kill a neuron."
        statements.append(
            Statement(
                minus(f"weights {listed(weights)}; intercept {intercept}"),
                highest <= 0,
                all(value <= 0 for value in values),
                name,
                f"{because} Make the pixels with positive weights 1, all others 0: the sum is above 0.",
                "Right: even with 1 for each positive weight and 0 for the others, the sum is not above 0.",
            )
        )
    require(len({each.text for each in statements}) == len(statements), "neurons that differ")
    require(2 <= sum(each.holds for each in statements) <= 7, "dead neurons and live ones")
    count = draw.between(1001, 9999, "images")
    return Question(
        stem="The neurons of a network's first layer have ReLU activations and three inputs each, which are pixels from 0 "
        f"to 1. Training continues with {count} images, whose pixels take all values in this range. Which of these neurons "
        "are **dead**: which ones output 0 whatever the pixels are, and so never get a gradient again? Tick all that "
        "apply.",
        **ticked(statements),
        steps=[
            "A ReLU neuron outputs 0 as long as its weighted sum, with the intercept, is not above 0.",
            "The sum is largest if each pixel with a positive weight is 1 and each with a negative weight is 0.",
            "So add the positive weights and the intercept: if that is not above 0, the neuron is dead.",
            "Where the output is always 0, so is the slope: no gradient passes through, and the weights stay the same.",
        ],
        load=load(20, numbers),
        offered=5,
    )


@template(
    "Accuracy, precision and recall of a rare illness",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    tells=4,
    operations=(9, 9),
    largest=(350, 2_500),
    version=2,
)
def rare_illness(draw: Draw) -> Question:
    people = draw.choice((400, 500, 1000, 2000, 2500), "people")
    ill, alarms = draw.choice((16, 20, 25, 40, 50), "ill"), draw.choice((10, 16, 20, 25, 40, 50), "alarms")
    found = draw.between(2, min(ill, alarms) - 2, "found")
    require(0 < found < min(ill, alarms), "some who are ill found, but not all, and some false alarms")
    false, missed = alarms - found, ill - found
    quiet = people - found - false - missed
    shares = [
        Fraction(100 * (found + quiet), people),
        Fraction(100 * found, alarms),
        Fraction(100 * found, ill),
        Fraction(100 * (people - ill), people),
    ]
    require(ill != alarms, "precision and recall that differ")
    illness = draw.choice(ILLNESSES, "illness")
    return Question(
        stem=f"A network looks at x-rays of {people} people and raises an alarm where it sees {illness}.\n\n"
        + table(
            ("people", "alarm", "no alarm"),
            ((f"with {illness}", found, missed), ("healthy", false, quiet)),
        )
        + "\n\nWhat are its accuracy, its precision and its recall, in percent? And what is the accuracy of a network that "
        "never raises an alarm? Give exact decimal numbers.",
        key=Grid(exact([shares]), (), ("accuracy", "precision", "recall", "accuracy without alarms")),
        check=[_person_by_person(found, false, missed, quiet)],
        wrong=distractors("precision_and_recall", found, false, missed, quiet),
        steps=[
            f"Accuracy: right answers among all, ${found} + {quiet} = {found + quiet}$ of {people}: {_w(shares[0])} %.",
            f"Precision: right alarms among all alarms, {found} of {alarms}: {_w(shares[1])} %.",
            f"Recall: right alarms among all who are ill, {found} of {ill}: {_w(shares[2])} %.",
            f"Without alarms, the answers for the {people - ill} healthy people are right: {_w(shares[3])} %, although "
            "nobody who is ill is found. Accuracy says little if one class is rare.",
        ],
        load=load(9, [found, false, missed, quiet]),
    )


@template(
    "The worst noise that is allowed",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    tells=4,
    operations=(6, 6),
    largest=(60, 99),
    negatives=(2, 4),
    version=2,
)
def adversarial_noise(draw: Draw) -> Question:
    image = draw.numbers(2, 3, low=12, high=99, name="image")
    weights = draw.numbers(2, 3, low=-9, high=9, name="weights")
    most = draw.between(2, 6, "noise")
    require(bool(weights.all()) and 0 < (weights < 0).sum() < 6, "positive and negative weights, and none of 0")
    require(most <= image.min(), "noise that leaves all pixels at 0 or more")
    changed = image - most * ((weights > 0) * 1 - (weights < 0))
    by_trying = [
        [min((pixel - most, pixel, pixel + most), key=lambda value: value * weight) for pixel, weight in zip(*rows)]
        for rows in zip(image.tolist(), weights.tolist())
    ]
    score, lowered = int((image * weights).sum()), int((changed * weights).sum())
    total = int(abs(weights).sum())
    return Question(
        stem="A network gives an image of 2 × 3 pixels a score: the sum of all pixels, each times its weight. The image is"
        f"\n\n{matrix(image)}\n\nand the weights are\n\n{matrix(weights)}\n\nSomebody may change each pixel by at most "
        f"{most}, up or down: too little for anyone to see. Which changed image has the **lowest** score?",
        key=Grid(exact(changed)),
        check=by_trying,
        wrong=distractors("adversarial_image", image, weights, most),
        steps=[
            "A pixel with a positive weight lowers the score if it decreases, one with a negative weight if it increases.",
            f"So subtract {most} where the weight is positive, and add {most} where it is negative: only the sign matters.",
            f"Without signs, the weights add up to {total}: the score falls by ${most} \\cdot {total} = {most * total}$, "
            f"from ${score}$ to ${lowered}$.",
            "With many thousands of pixels, noise that nobody can see changes the score a lot: the class can change.",
        ],
        load=load(6, [image, weights]),
    )


THINGS = {
    "huskies and wolves": "puppies",
    "ships and trains": "wooden ships",
    "ripe and unripe fruit": "plums",
    "healthy and ill plants": "potted plants",
    "cars and lorries": "cars from before 1990",
    "cats and dogs": "black animals",
    "men and women": "people over 70",
    "cows and camels": "calves",
    "mugs and bowls": "glass mugs",
    "oaks and beeches": "young trees",
}
ILLNESSES = ("a fracture", "a tumour", "pneumonia", "a collapsed lung", "a kidney stone", "tuberculosis", "an embolism")


def _two_losses(losses: Losses) -> Picture:
    return plot(
        Axis("epoch", tuple(range(0, EPOCHS + 1, 10))),
        Axis("loss", (0, 0.5, 1, 1.5, 2, HIGHEST)),
        [Curve("training loss", _points(losses.training)), Curve("validation loss", _points(losses.validation))],
        said_at=(0, 5, 10, 15, 20, 25, 30, 35, 40, 50, 60),
    )


def _points(loss: Callable[[float], float]) -> list[tuple[float, float]]:
    return [(epoch, round(loss(epoch), 3)) for epoch in range(EPOCHS + 1)]


class Measured(NamedTuple):
    """Measurements of a network, in tenths of a percent; the ratio of gradients is a number."""

    train: int
    valid: int
    background: int
    noisy: int
    worst: int
    dead: int
    ratio: int


def _diagnosis(measured: Measured) -> str:
    """Return the failure that measurements point to."""
    train, valid, background, noisy, worst, dead, ratio = measured
    clear = 150
    signs = {
        "overfitting": train - valid > clear,
        "underfitting": train < 700,
        "shortcut": valid - background > clear,
        "adversarial noise": valid - noisy > clear,
        "dead neurons": dead > 300,
        "vanishing gradients": ratio > 1000,
        "biased data": valid - worst > clear,
    }
    found = [name for name, shows in signs.items() if shows]
    assert len(found) == 1, f"{found} show at once"
    return found[0]


def _share(tenths: int) -> str:
    return f"{tenths / 10:.1f} %"


def _person_by_person(found: int, false: int, missed: int, quiet: int) -> list[Fraction]:
    """Return accuracy, precision, recall and the accuracy without alarms, counted over everybody."""
    ill = np.repeat([True, False, True, False], [found, false, missed, quiet])
    alarm = np.repeat([True, True, False, False], [found, false, missed, quiet])
    shares = (ill == alarm, ill[alarm], alarm[ill], ~ill)
    return [Fraction(100 * int(share.sum()), len(share)) for share in shares]


def _w(number: Fraction) -> str:
    return written(exact(number))


def _bracketed(number: Fraction) -> str:
    return f"({_w(number)})" if number < 0 else _w(number)
