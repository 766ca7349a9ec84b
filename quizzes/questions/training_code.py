"""Reading code that trains: gradients that add up, dropout in training and after it, scores and losses that fit."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from math import exp, isclose, log

import numpy as np
from numpy.typing import NDArray

from quizzes.question import Grid, Question, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed
from quizzes.tools.independent import in_brackets
from quizzes.tools.statements import Statement, ticked

TOPIC = "Reading PyTorch"
Floats = NDArray[np.float64]


@template(
    "Without zero_grad", topic=TOPIC, difficulty=3, minutes=3, tells=6, operations=(9, 9), largest=(5, 20), negatives=(1, 8)
)
def without_zero_grad(draw: Draw) -> Question:
    weight, rate = draw.between(-9, 9, "weight"), Fraction(draw.choice((1, 2, 5), "tenths of the rate"), 10)
    inputs = draw.ranges((-6, 6), (-6, 6), (-6, 6), name="inputs")
    require(all(inputs) and len({value > 0 for value in inputs}) == 2, "inputs of both signs")
    sums = list(accumulate(inputs))
    weights = list(accumulate(sums, lambda at, gradient: at - rate * gradient, initial=Fraction(weight)))
    require(all(weights), "no weight of 0: PyTorch prints 5.9605e-08 instead where it has rounded")
    # After n steps the first input has counted n times, the second n - 1 times, and so on.
    moved = [sum((n - place) * each for place, each in enumerate(inputs[:n])) for n in (1, 2, 3)]
    return Question(
        stem="This program trains one weight. One line is missing from its loop: `optimizer.zero_grad()`.\n\n```python\n"
        f"w = torch.tensor({weight}.0, requires_grad=True)\n"
        f"optimizer = torch.optim.SGD([w], lr={written(rate)})\n"
        f"for x in {inputs}:\n    loss = x * w\n    loss.backward()\n    optimizer.step()\n    print(w.grad, w)\n```\n\n"
        "Which numbers does it print?",
        key=Grid(exact(list(zip(sums, weights[1:]))), ("1st step", "2nd step", "3rd step"), ("w.grad", "w")),
        check=[[sum(inputs[:n]), weight - rate * by] for n, by in zip((1, 2, 3), moved)],
        wrong=distractors("steps_without_zero_grad", weight, rate, inputs),
        steps=[
            "The derivative of $x w$ with respect to $w$ is $x$. `backward` adds it to what `w.grad` already holds.",
            *(
                f"Step {n}: `w.grad` is ${_sum(inputs[:n])}$, and `w` becomes "
                f"${written(exact(before))} - {written(rate)} \\cdot {in_brackets(total)} = {written(exact(after))}$."
                for n, (total, before, after) in enumerate(zip(sums, weights, weights[1:]), start=1)
            ),
            "With `zero_grad` in the loop, each step would follow only its own gradient.",
        ],
        load=load(9, [*inputs, *sums, *weights]),
    )


@template(
    "Dropout in training and after it", topic=TOPIC, difficulty=2, minutes=2, tells=5, operations=(3, 4), largest=(10, 100)
)
def dropout_in_training(draw: Draw) -> Question:
    tenths = draw.choice((2, 5, 6, 8), "tenths dropped")
    chance = Fraction(tenths, 10)
    values = draw.sample(range(2, 21), 5, "values")
    places = draw.sample(range(5), draw.between(1, 2))
    training = [0 if place in places else value / (1 - chance) for place, value in enumerate(values)]
    # In ten passes a value stays 10 - tenths times: then it must make up for the others.
    check = [Fraction(0 if place in places else 10 * value, 10 - tenths) for place, value in enumerate(values)]
    dropped = [value for place, value in enumerate(values) if place in places]
    stays = next(place for place in range(5) if place not in places)
    return Question(
        stem=f"The values {listed(values)} go through `nn.Dropout(p={written(chance)})` twice: once after `model.train()`, "
        f"where {listed(dropped)} {'happens' if len(dropped) == 1 else 'happen'} to be dropped, and once after "
        "`model.eval()`. What comes out?",
        key=Grid(exact([training, values]), ("train", "eval"), ("1st", "2nd", "3rd", "4th", "5th")),
        check=[check, values],
        wrong=distractors("dropout", values, places, chance),
        steps=[
            f"In training, dropped values become 0. The others are divided by $1 - p = {written(1 - chance)}$, so that the "
            "mean over many passes is the value itself.",
            f"For example, ${values[stays]} / {written(1 - chance)} = {written(exact(training[stays]))}$.",
            "After `eval()` the layer passes on every value as it is.",
        ],
        load=load(5 - len(places), [training]),
    )


@dataclass(frozen=True)
class Loss:
    """A loss of scores z, one row for each image, and classes y, as code and in NumPy. n: a drawn number."""

    code: str
    value: Callable[[Floats, NDArray[np.int64], int], float]
    name: str = ""  # of the misconception, where it is not the cross-entropy
    sentence: str = ""


def _log_softmax(scores: Floats, axis: int = 1) -> Floats:
    found: Floats = scores - np.log(np.exp(scores).sum(axis, keepdims=True))
    return found


def _picked(scores: Floats, classes: NDArray[np.int64]) -> float:
    """Return what PyTorch's nll_loss does: minus the mean of the numbers that stand at the classes."""
    return -float(scores[np.arange(len(classes)), classes].mean())


def _cross_entropy(scores: Floats, classes: NDArray[np.int64]) -> float:
    return _picked(_log_softmax(scores), classes)


def _sigmoid(scores: Floats) -> Floats:
    found: Floats = 1 / (1 + np.exp(-scores))
    return found


LOSSES = (
    Loss("F.cross_entropy(z, y)", lambda z, y, n: _cross_entropy(z, y)),
    Loss("F.cross_entropy(z + {n}, y)", lambda z, y, n: _cross_entropy(z + n, y)),
    Loss("F.cross_entropy(z - {n}, y)", lambda z, y, n: _cross_entropy(z - n, y)),
    Loss(
        "F.cross_entropy(z - z.max(dim=1, keepdim=True).values, y)",
        lambda z, y, n: _cross_entropy(z - z.max(1, keepdims=True), y),
    ),
    Loss("F.nll_loss(F.log_softmax(z, dim=1), y)", lambda z, y, n: _picked(_log_softmax(z), y)),
    Loss("F.nll_loss(F.softmax(z, dim=1).log(), y)", lambda z, y, n: _picked(np.log(np.exp(_log_softmax(z))), y)),
    Loss(
        "F.nll_loss(z - z.logsumexp(dim=1, keepdim=True), y)",
        lambda z, y, n: _picked(z - np.logaddexp.reduce(z, 1, keepdims=True), y),
    ),
    Loss(
        "F.cross_entropy(F.softmax(z, dim=1), y)",
        lambda z, y, n: _cross_entropy(np.exp(_log_softmax(z)), y),
        "softmax twice",
        "`cross_entropy` contains a softmax: this one applies it twice.",
    ),
    Loss(
        "F.cross_entropy(torch.sigmoid(z), y)",
        lambda z, y, n: _cross_entropy(_sigmoid(z), y),
        "sigmoid before softmax",
        "`cross_entropy` expects the scores themselves: the sigmoid squeezes them into 0 to 1 first.",
    ),
    Loss(
        "F.cross_entropy(F.relu(z), y)",
        lambda z, y, n: _cross_entropy(z.clip(0), y),
        "ReLU on the scores",
        "ReLU makes all negative scores equal, but the softmax of z tells them apart.",
    ),
    Loss(
        "F.cross_entropy(z / {n}, y)",
        lambda z, y, n: _cross_entropy(z / n, y),
        "scaled scores",
        "Dividing all scores by a number changes their softmax: it becomes flatter.",
    ),
    Loss(
        "F.cross_entropy({n} * z, y)",
        lambda z, y, n: _cross_entropy(n * z, y),
        "scaled scores",
        "Multiplying all scores by a number changes their softmax: it becomes sharper.",
    ),
    Loss(
        "F.cross_entropy(-z, y)",
        lambda z, y, n: _cross_entropy(-z, y),
        "sign of the scores",
        "The minus sign is in the loss already: this one prefers the lowest score.",
    ),
    Loss(
        "F.nll_loss(z, y)",
        lambda z, y, n: _picked(z, y),
        "nll_loss of scores",
        "`nll_loss` contains no softmax and no logarithm: it expects logarithms of probabilities.",
    ),
    Loss(
        "F.nll_loss(F.softmax(z, dim=1), y)",
        lambda z, y, n: _picked(np.exp(_log_softmax(z)), y),
        "logarithm forgotten",
        "`nll_loss` contains no logarithm: it expects logarithms of probabilities.",
    ),
    Loss(
        "F.nll_loss(torch.sigmoid(z).log(), y)",
        lambda z, y, n: _picked(np.log(_sigmoid(z)), y),
        "sigmoid for softmax",
        "A sigmoid looks at each score alone, a softmax at all scores of an image.",
    ),
    Loss(
        "F.nll_loss(F.log_softmax(z, dim=0), y)",
        lambda z, y, n: _picked(_log_softmax(z, 0), y),
        "softmax over the batch",
        "Dimension 0 counts the images: the softmax has to run over the classes, dimension 1.",
    ),
)


SCORES, CLASSES = np.array([[1.5, -2, 0.5], [-1, 0.3, -2.5]]), np.array([0, 2])  # on which they are compared


@template("Scores and losses that fit", topic=TOPIC, difficulty=3, minutes=3, operations=(5, 5), largest=(3, 64))
def losses_that_fit(draw: Draw) -> Question:
    images, classes = draw.between(8, 64, "images"), draw.between(3, 40, "classes")
    right = -sum(log(exp(row[at]) / sum(map(exp, row))) for row, at in zip(SCORES.tolist(), CLASSES)) / 2
    statements = []
    for loss in LOSSES:
        number = draw.between(2, 9)
        seen = isclose(loss.value(SCORES, CLASSES, number), right)
        text = f"`{loss.code.format(n=number)}`"
        statements.append(Statement(text, not loss.name, seen, loss.name, loss.sentence))
    return Question(
        stem=f"A network ends with a linear layer. Its scores `z` have the shape `({images}, {classes})`, the right "
        f"classes `y` the shape `({images},)`. The softmax of an image's scores gives the probabilities of its classes. "
        "Which lines give the cross-entropy, the mean of $-\\log$ of the right class's probability? Tick all that apply.",
        **ticked(statements),
        steps=[
            "`cross_entropy` takes scores: log-softmax and `nll_loss` in one.",
            "`nll_loss` takes logarithms of probabilities and picks those of the right classes, with a minus sign.",
            "A softmax does not change if the same number is added to all scores of an image. It does if they are "
            "multiplied.",
            "`dim=1` runs over the classes of an image, `dim=0` over the images of the batch.",
        ],
        load=load(5, [images]),
        offered=5,
    )


def _sum(values: list[int]) -> str:
    """Write a sum and what it makes: 5 + (-3) = 2, and 5 for a single number."""
    return f"{' + '.join(map(in_brackets, values))} = {sum(values)}" if len(values) > 1 else str(values[0])
