"""What is set before training and what training changes; steps downhill; when to stop, and what to choose."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import kernels
from kernels.network import Layer
from quizzes.question import Grid, Question, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, table
from quizzes.tools.statements import Statement, ticked

TOPIC = "Hyperparameters"

# What a thing around a training is, for anyone who takes it for something else: the misconception's name, and what to read.
KINDS = {
    "set": ("hyperparameters taken for learned", "This is set before training: no step of the optimizer changes it."),
    "learned": (
        "weights taken for hyperparameters",
        "The optimizer changes these numbers in every step: they are learned.",
    ),
    "computed": (
        "results taken for settings",
        "This is computed from images and weights: nobody sets it, and the optimizer does not change it directly.",
    ),
    "given": (
        "data taken for settings",
        "The data are given: they are not a setting of the network, and no step changes them.",
    ),
}

RATES = (0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.25)  # learning rates that are easy to multiply by


@template(
    "Hyperparameters or learned weights",
    topic=TOPIC,
    difficulty=1,
    minutes=2,
    version=2,
    lecture={"image": 32, "channels": 3},
)
def hyper_parameters(draw: Draw) -> Question:
    size, channels = draw.fixable(draw.choice((28, 32, 48, 64, 96)), "image", least=1), draw.choice((1, 3), "channels")
    layers: list[Layer] = [
        {
            "type": "conv",
            "out_channels": draw.fixable(draw.choice((8, 12, 16, 20, 24, 32)), "kernels", least=1),
            "kernel_size": draw.fixable(draw.choice((3, 5)), "kernel", least=1),
            "padding": draw.choice((1, 2), "padding"),
        },
        {"type": "relu"},
        {"type": "pool", "size": draw.choice((2, 4))},
        {"type": "conv", "out_channels": draw.choice((10, 15, 25, 30, 40, 50)), "kernel_size": draw.choice((3, 5))},
        {"type": "flatten"},
        {"type": "dense", "units": draw.between(2, 11, "classes")},
    ]
    training = {
        "learning rate": draw.choice((0.1, 0.05, 0.02, 0.01, 0.001), "rate"),
        "epochs": draw.between(15, 60, "epochs"),
        "batch": draw.fixable(draw.choice((64, 100, 128, 200, 256)), "batch", least=1),
        "dropout": draw.choice((20, 30, 40), "dropout"),
    }
    asked = draw.choice(("set", "learned"), "asked")
    shape = (channels, size, size)
    found_as = _parameters(shape, layers) if asked == "learned" else _settings(layers, training)
    statements = []
    for text, kind, place in _things(shape, layers, training):
        name, sentence = KINDS[kind]
        statements.append(Statement(text, kind == asked, place in found_as, name, sentence))
    question = (
        "Which of these are **learned**: numbers that the optimizer changes during training?"
        if asked == "learned"
        else "Which of these are **hyperparameters**: set before training, and never changed by the optimizer?"
    )
    conv, _, pool, second, _, dense = layers
    return Question(
        stem=f"A network gets {'grey' if channels == 1 else 'colour'} images of {size} × {size} pixels.\n\n"
        + table(
            ("layer", "kind", "details"),
            (
                (1, "convolution", _conv_details(conv)),
                (2, "ReLU", "on all values"),
                (3, "max pooling", f"{pool['size']} × {pool['size']}, stride {pool['size']}"),
                (4, "convolution", _conv_details(second)),
                (5, "flatten", "all values in one row"),
                (6, "dense", f"{dense['units']} neurons, one for each class"),
            ),
        )
        + f"\n\nIt is trained for {training['epochs']} epochs in batches of {training['batch']} images, with a learning "
        f"rate of {training['learning rate']}; dropout turns off {training['dropout']} % of the values after layer 3. "
        f"All convolutions and the dense layer have intercepts.\n\n{question} Tick all that apply.",
        **ticked(statements),
        steps=[
            "A hyperparameter is something that you choose before training.",
            "What the optimizer changes is learned: weights and intercepts of convolutions and dense layers.",
            "What is computed from images and weights is neither, and neither are the data.",
        ],
        load=load(6, [size]),
        offered=6,
    )


@template(
    "Two steps of gradient descent",
    topic=TOPIC,
    difficulty=3,
    minutes=4,
    tells=4,
    operations=(9, 9),
    largest=(4, 75),
    negatives=(0, 5),
    version=2,
)
def gradient_descent(draw: Draw) -> Question:
    steepness, rate = draw.between(1, 5, "steepness"), Fraction(str(draw.choice(RATES, "rate")))
    minimum, weight = draw.between(-9, 9, "minimum"), draw.between(-21, 21, "weight")
    away = weight - minimum
    require(2 <= abs(away) <= 12, "a start that lies 2 to 12 from the minimum")
    shrinks = 1 - 2 * steepness * rate
    require(shrinks >= -2, "steps that are not huge")
    require(shrinks not in (0, -1), "a step that neither reaches the minimum nor jumps to its other side as far")
    rows = [
        (2 * steepness * away * shrinks**step, minimum + away * shrinks ** (step + 1))  # the distance shrinks by a factor
        for step in range(2)
    ]
    gradients, weights = zip(*rows)

    def loss(place: Fraction) -> Fraction:
        return steepness * (place - minimum) ** 2

    walked, place = [], Fraction(weight)
    for _ in range(2):
        slope = (loss(place + 1) - loss(place - 1)) / 2  # of a parabola, this is exact
        place -= rate * slope
        walked.append((slope, place))
    squared = f"(w {_signed(-minimum)})" if minimum else "w"
    factor = str(steepness) if steepness > 1 else ""
    learning_rate = written(exact(rate))
    before = (weight, weights[0])
    return Question(
        stem=f"A network has a single weight $w$, and its loss is $L(w) = {factor}{squared}^2$. Gradient descent starts at "
        f"$w = {weight}$ with a learning rate of {learning_rate}. Work out two steps: for each, give the gradient that it "
        f"uses and the weight after it. Give exact decimal numbers.",
        key=Grid(exact(rows), ("step 1", "step 2"), ("gradient", "weight after the step")),
        check=walked,
        wrong=distractors("gradient_descent", steepness, minimum, weight, rate, 2),
        steps=[
            f"The gradient is the derivative of the loss: ${2 * steepness} \\cdot {squared}$.",
            *(
                f"Step {step + 1}: at ${_w(old)}$ the gradient is ${_w(gradient)}$, so the weight becomes "
                f"${_w(old)} - {learning_rate} \\cdot {_bracketed(gradient)} = {_w(new)}$."
                for step, (old, gradient, new) in enumerate(zip(before, gradients, weights))
            ),
            "Each step jumps over the minimum and lands farther away: the learning rate is too large."
            if shrinks < -1
            else "Each step jumps over the minimum and lands closer to it."
            if shrinks < 0
            else "Each step comes closer to the minimum.",
        ],
        load=load(9, [weight, *gradients, *weights]),
    )


@template("Learning rates that are too large", topic=TOPIC, difficulty=3, minutes=3, largest=(1, 60), version=2)
def learning_rates(draw: Draw) -> Question:
    steepness = draw.choice((1, 2, 4, 5, 8, 10, 20, 25), "steepness")  # so that rates are short
    minimum, weight = draw.between(-12, 12, "minimum"), draw.between(-50, 50, "weight")
    require(weight != minimum, "a start away from the minimum")
    farther = draw.choice(("closer", "farther"), "direction") == "farther"
    squared = f"(w {_signed(-minimum)})" if minimum else "w"
    factor = str(steepness) if steepness > 1 else ""
    statements = []
    for tenths in (2, 4, 6, 8, 12, 14, 16, 18, 20, 22, 24, 28, 32, 40):
        rate = Fraction(tenths, 20 * steepness)
        shrinks = 1 - 2 * steepness * rate
        distance = Fraction(weight - minimum)
        distances = [abs(distance)]
        for _ in range(3):
            distance -= 2 * steepness * rate * distance
            distances.append(abs(distance))
        rises = [late > early for early, late in zip(distances, distances[1:])]
        falls = [late < early for early, late in zip(distances, distances[1:])]
        name, sentence = _about_step(shrinks)
        sentence += f" Each step multiplies the distance from the minimum by {written(abs(shrinks))}."
        holds = abs(shrinks) > 1 if farther else abs(shrinks) < 1
        seen = all(rises) if farther else all(falls)
        statements.append(Statement(_decimal(rate), holds, seen, name, sentence, sentence))
    return Question(
        stem=f"A network has a single weight $w$, and its loss is $L(w) = {factor}{squared}^2$. Gradient descent starts at "
        f"$w = {weight}$. With which of these learning rates does each step bring the weight "
        f"{'**farther away** from' if farther else '**closer** to'} the minimum? Tick all that apply.",
        **ticked(statements),
        steps=[
            f"The gradient is ${2 * steepness} \\cdot {squared}$, and the minimum lies at ${minimum}$.",
            f"With a learning rate $r$, a step multiplies the distance from the minimum by $1 - {2 * steepness} \\cdot r$.",
            "The weight comes closer if that factor lies between $-1$ and $1$, and moves away if it is below $-1$.",
            f"So ${2 * steepness} \\cdot r$ must be less than 2 to come closer: the limit is $r = "
            f"{_decimal(Fraction(1, steepness))}$.",
        ],
        load=load(5, [weight, steepness]),
        offered=5,
    )


@template(
    "Early stopping with patience",
    topic=TOPIC,
    difficulty=2,
    minutes=3,
    tells=4,
    operations=(12, 22),
    largest=(1, 3),
    version=2,
)
def early_stopping(draw: Draw) -> Question:
    patience, best, late = draw.between(2, 3, "patience"), draw.between(4, 7, "best"), draw.choice((False, True))
    require(2 <= patience <= 9 and 3 <= best <= 10, "a patience from 2 to 9, and a best epoch from 3 to 10")
    bump = draw.between(2, best - 1)  # an epoch that is worse than the one before, long before the patience is used up
    validation = [draw.between(160, 300)]
    lowest = validation[0]
    for epoch in range(2, best + 1):
        if epoch == bump:
            validation.append(lowest + draw.between(1, 8))
        else:
            lowest -= draw.between(6, 24)
            validation.append(lowest)
    for rise in draw.sample(range(2, 24), patience):  # the patience is used up
        validation.append(lowest + rise)
    validation += [lowest - draw.between(2, 9) if late else lowest + draw.between(2, 24), lowest + draw.between(25, 40)]
    training = [validation[0] - draw.between(3, 14)]  # it falls on, below the validation loss
    for value in validation[1:]:
        training.append(min(training[-1], value) - draw.between(3, 14))
    require(training[-1] > 0, "losses above 0")
    losses = [Fraction(value, 100) for value in validation]
    trained = [Fraction(value, 100) for value in training]

    stop, held, misses = 0, 0, 0
    for epoch, loss in enumerate(losses):
        misses = 0 if loss == min(losses[: epoch + 1]) else misses + 1
        held = held if misses else epoch
        if misses == patience:
            stop = epoch
            break
    by_definition = next(
        end
        for end in range(patience + 1, len(losses) + 1)
        if min(losses[: end - patience]) < min(losses[end - patience : end])
    )
    kept = min(range(by_definition), key=lambda epoch: losses[epoch])
    in_a_row = listed(range(held + 2, stop + 2))
    return Question(
        stem="A network is trained; after each epoch its loss is measured.\n\n"
        + table(
            ("epoch", "training loss", "validation loss"),
            ((epoch, f"{float(a):.2f}", f"{float(b):.2f}") for epoch, (a, b) in enumerate(zip(trained, losses), start=1)),
        )
        + f"\n\nWith **early stopping** and a patience of {patience}, training stops as soon as the validation loss has "
        f"failed {patience} epochs in a row to fall below its lowest value so far. The weights of the best epoch so far "
        "are kept. After which epoch does training stop, which epoch's weights are kept, and what is their validation "
        "loss?",
        key=Grid(
            exact([(stop + 1, held + 1, losses[held])]), (), ("stops after epoch", "keeps epoch", "its validation loss")
        ),
        check=[(by_definition, kept + 1, losses[kept])],
        wrong=distractors("early_stopping", trained, losses, patience),
        steps=[
            "Only the validation loss counts: the training loss falls in each epoch and does not matter here.",
            f"A worse epoch such as epoch {bump} does not stop it: a new best follows before the patience is used up.",
            f"After epoch {held + 1}, with {float(losses[held]):.2f}, epochs {in_a_row} bring no new best: that makes "
            f"{patience} in a row.",
            "What comes later in the table never happens.",
        ],
        load=load(len(losses) + stop, losses),
    )


@template(
    "Choose a setting, report its accuracy",
    topic=TOPIC,
    difficulty=2,
    minutes=2,
    tells=4,
    operations=(6, 6),
    largest=(60, 100),
    version=2,
)
def choose_a_setting(draw: Draw) -> Question:
    settings = draw.sample([(kernels, rate) for kernels in (8, 16, 24, 32, 48, 64) for rate in ("0.1", "0.03", "0.01")], 6)
    by_training, by_validation, by_test = draw.sample(range(6), 3)
    usual = draw.between(600, 860)
    validation = [usual + more for more in draw.sample(range(80), 6)]
    validation[by_validation] = max(validation) + draw.between(4, 18)
    test = [value + draw.between(-22, 8) for value in validation]
    test[by_test] = max(test) + draw.between(4, 12)
    training = [value + draw.between(3, 20) for value in validation]
    training[by_training] = max(training) + draw.between(4, 15)
    train, valid, tested = ([Fraction(value, 10) for value in column] for column in (training, validation, test))
    chosen = max(range(6), key=lambda place: valid[place])
    best_first = sorted(zip(validation, range(1, 7), test), reverse=True)
    return Question(
        stem="Six settings of the hyperparameters were tried. The table gives the accuracy of each in percent.\n\n"
        + table(
            ("setting", "kernels", "learning rate", "training images", "validation images", "test images"),
            (
                (place, *setting, *(f"{float(accuracy):.1f}" for accuracy in accuracies))
                for place, (setting, accuracies) in enumerate(zip(settings, zip(train, valid, tested)), start=1)
            ),
        )
        + "\n\nWhich setting do you choose, and which accuracy do you report as the one to expect on new images?",
        key=Grid(exact([(chosen + 1, tested[chosen])]), (), ("setting", "accuracy in %")),
        check=[(best_first[0][1], Fraction(best_first[0][2], 10))],
        wrong=distractors("model_selection", train, valid, tested),
        steps=[
            "The training images cannot decide: the network may have memorised them.",
            "The test images must not decide: they are kept for an honest report at the end.",
            f"The validation images decide: setting {chosen + 1} is best on them.",
            "The choice favours its accuracy on them, but not its accuracy on the test images: report that one.",
        ],
        load=load(6, [*train, *valid, *tested]),
    )


def _things(shape: Sequence[int], layers: Sequence[Layer], training: Mapping[str, Any]) -> list[tuple[str, str, Any]]:
    """Return things around a training: words, kind, and where in the network or its settings it is found."""
    conv, _, pool, second, _, dense = layers
    shapes = kernels.trace(tuple(shape), layers)
    first_weights = kernels.count_network(shapes[0], [conv], bias=False)
    second_weights = kernels.count_network(shapes[3], [second], bias=False)
    dense_weights = kernels.count_network(shapes[5], [dense], bias=False)
    maps, high, wide = shapes[1]
    size = conv["kernel_size"]
    return [
        (f"the number of kernels in layer 1: {conv['out_channels']}", "set", (1, "out_channels")),
        (f"the size of the kernels in layer 1: {size} × {size} pixels", "set", (1, "kernel_size")),
        (f"the padding of layer 1: {conv['padding']} on each side", "set", (1, "padding")),
        ("the kind of layer 2: ReLU", "set", (2, "type")),
        (f"the size of the pooling window in layer 3: {pool['size']} × {pool['size']} pixels", "set", (3, "size")),
        (f"the number of kernels in layer 4: {second['out_channels']}", "set", (4, "out_channels")),
        (f"the learning rate: {training['learning rate']}", "set", "learning rate"),
        (f"the number of epochs: {training['epochs']}", "set", "epochs"),
        (f"the size of a batch: {training['batch']} images", "set", "batch"),
        (f"the share of values that dropout turns off: {training['dropout']} %", "set", "dropout"),
        (f"the {first_weights} numbers in the kernels of layer 1", "learned", (1, "weights")),
        (f"the {conv['out_channels']} intercepts of layer 1", "learned", (1, "intercepts")),
        (f"the {second_weights} numbers in the kernels of layer 4", "learned", (4, "weights")),
        (f"the {second['out_channels']} intercepts of layer 4", "learned", (4, "intercepts")),
        (f"the {dense_weights} weights of the dense layer", "learned", (6, "weights")),
        (f"the {dense['units']} intercepts of the dense layer", "learned", (6, "intercepts")),
        (f"the {maps} feature maps of {high} × {wide} values after layer 1", "computed", "feature maps"),
        (f"the loss on a batch of {training['batch']} images", "computed", "loss"),
        (f"the accuracy on validation images after {training['epochs']} epochs", "computed", "accuracy"),
        (f"the gradient of the loss for each of the {first_weights} numbers in layer 1", "computed", "gradient"),
        (f"the {dense['units']} outputs of the last layer for an image", "computed", "outputs"),
        (f"the {shape[0] * shape[1] * shape[2]} values of an image", "given", "images"),
        ("the labels that people gave to the training images", "given", "labels"),
    ]


def _settings(layers: Sequence[Layer], training: Mapping[str, Any]) -> set[Any]:
    """Return where a network's description and that of its training hold a value."""
    return {(number, name) for number, layer in enumerate(layers, start=1) for name in layer} | set(training)


def _parameters(shape: tuple[int, ...], layers: Sequence[Layer]) -> set[Any]:
    """Return where the optimizer finds what it changes: in layers that are counted with weights."""
    found = set()
    for number, (layer, before) in enumerate(zip(layers, kernels.trace(shape, layers)), start=1):
        weights = kernels.count_network(before, [layer], bias=False)
        if weights:
            found.add((number, "weights"))
        if kernels.count_network(before, [layer]) > weights:
            found.add((number, "intercepts"))
    return found


def _conv_details(layer: Layer) -> str:
    padding = f", padding {layer['padding']}" if "padding" in layer else ""
    return f"{layer['out_channels']} kernels of {layer['kernel_size']} × {layer['kernel_size']}{padding}"


def _about_step(shrinks: Fraction) -> tuple[str, str]:
    if shrinks < -1:
        return "a step that is too large", "It jumps over the minimum and lands farther away."
    if shrinks == -1:
        return "back and forth taken for progress", "It jumps to the other side, exactly as far from the minimum."
    if shrinks < 0:
        return "a jump over the minimum taken for moving away", "It jumps over the minimum, but lands closer to it."
    return "a small step misjudged", "It stays on its side of the minimum and comes closer to it."


def _signed(number: int) -> str:
    return f"+ {number}" if number >= 0 else f"- {-number}"


def _bracketed(number: Fraction) -> str:
    return f"({_w(number)})" if number < 0 else _w(number)


def _w(number: float | Fraction) -> str:
    return written(exact(number))


def _decimal(value: Fraction) -> str:
    return f"{float(value):.4f}".rstrip("0").rstrip(".")
