"""Dense networks: their weights, intercepts and neurons."""

from collections.abc import Sequence
from functools import partial
from itertools import count, pairwise

import numpy as np
from numpy.typing import NDArray

import kernels
from quizzes.drawing import networks
from quizzes.question import Grid, Number, Question, distractors, exact, load, require, wrong
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed

TOPIC = "Dense networks"
CONNECTED = "Consecutive layers are fully connected"
PAIRS = "Between two layers, each neuron has a weight for each neuron (or input) of the layer before."
LAYERS = ("first hidden layer", "second hidden layer", "output layer")


@template(
    "Weights of a dense network",
    topic=TOPIC, difficulty=2, minutes=3, tells=6, operations=(5, 8), largest=(15, 70), version=2,
    lecture={"layers": [15, 10, 5, 2]},
)  # fmt: skip
def dense_weights(draw: Draw) -> Question:
    sizes = draw.ranges((15, 70), (10, 32), (5, 16), (2, 10), name="layers")
    intercepts = draw.choice([True, False], "intercepts")
    if intercepts:
        said = "and each neuron has an intercept, which counts as a weight"
        last = f"Each of the {_added(sizes[1:])} neurons has an intercept: ${kernels.count_dense(sizes)}$ in all."
    else:
        said = "and no neuron has an intercept"
        last = "There are no intercepts to add."
    return Question(
        stem=f"A dense network has {_in_words(sizes)}. {CONNECTED}, {said}. How many weights does the network have?",
        key=Number(kernels.count_dense(sizes, intercepts), "weights"),
        check=sum(_matrix(outputs, inputs + intercepts).size for inputs, outputs in pairwise(sizes)),
        wrong=distractors("dense_weights", sizes, intercepts),
        steps=[
            PAIRS,
            f"That makes {_products(sizes)}, together ${kernels.count_dense(sizes, bias=False)}$.",
            last,
        ],
        load=load(5 + 3 * intercepts, sizes),
        picture=partial(networks.layers, sizes),
    )


@template(
    "Weights of each dense layer",
    topic=TOPIC, difficulty=2, minutes=3, tells=4, largest=(12, 90), version=2, lecture={"layers": [15, 10, 5, 2]},
)  # fmt: skip
def dense_layer_table(draw: Draw) -> Question:
    sizes = draw.ranges((12, 90), (8, 30), (4, 20), (2, 10), name="layers")
    matrices = [_matrix(outputs, inputs) for inputs, outputs in pairwise(sizes)]
    return Question(
        stem=f"A dense network has {_in_words(sizes)}. {CONNECTED}, and each neuron also has an intercept. For each layer "
        "of neurons, give the number of its weights (without intercepts) and the number of its intercepts.",
        key=Grid(exact(kernels.dense_layers(sizes)), LAYERS, ("weights", "intercepts")),
        check=[(matrix.size, matrix[:, 0].size) for matrix in matrices],
        wrong=distractors("dense_layers", sizes),
        steps=[
            PAIRS,
            f"That makes {_products(sizes)}.",
            f"Each neuron has one intercept: {listed(sizes[1:])}.",
        ],
        load=load(3, sizes),
        picture=partial(networks.layers, sizes),
    )


@template(
    "Neurons of a dense network",
    topic=TOPIC, difficulty=1, minutes=1, tells=6, operations=(2, 3), largest=(200, 999), version=2,
    lecture={"hidden layers": 2, "layers": [15, 10, 5, 2]},
)  # fmt: skip
def network_neurons(draw: Draw) -> Question:
    count_hidden = draw.between(2, 3, "hidden layers")
    require(count_hidden <= 6, "at most 6 hidden layers")
    hidden = [(20, 600)] * count_hidden
    sizes = draw.ranges((200, 999), *hidden, (2, 20), name="layers")
    return Question(
        stem=f"A dense network has {_in_words(sizes)}. How many neurons does it have? Each neuron computes a weighted sum.",
        key=Number(kernels.count_neurons(sizes), "neurons"),
        check=len([neuron for size in sizes[1:] for neuron in range(size)]),
        wrong=distractors("count_neurons", sizes),
        steps=[
            f"Inputs are given, not computed: the {sizes[0]} inputs are not neurons.",
            f"Hidden and output neurons: ${_added(sizes[1:])} = {sum(sizes[1:])}$.",
        ],
        load=load(len(hidden), sizes),
        picture=partial(networks.layers, sizes),
    )


@template(
    "Sizes of layers from weights",
    topic=TOPIC, difficulty=4, minutes=5, tells=3, largest=(150, 4_000), version=2, lecture={"layers": [15, 10, 5, 2]},
)  # fmt: skip
def missing_layer_sizes(draw: Draw) -> Question:
    inputs, *hidden, outputs = draw.ranges((15, 40), (10, 40), (5, 30), (2, 10), name="layers")
    first, total = kernels.count_dense([inputs, hidden[0]]), kernels.count_dense([inputs, *hidden, outputs])
    m = first // (inputs + 1)
    rest = total - first
    n = (rest - outputs) // (m + 1 + outputs)
    found = next(size for size in count(1) if kernels.count_dense([inputs, size]) == first)
    without = first // inputs
    return Question(
        stem=f"A dense network has {inputs} inputs, hidden layers of $m$ and $n$ neurons, and {outputs} outputs. "
        f"{CONNECTED}, and each neuron has an intercept, which counts as a weight. The first hidden layer has {first} "
        f"weights, the whole network {total}. How large are $m$ and $n$?",
        key=Grid(((m, n),), ("neurons",), ("m", "n")),
        check=[(found, next(n for n in count(1) if kernels.count_dense([inputs, found, n, outputs]) == total))],
        wrong=[
            wrong(
                [(without, rest // (without + outputs))],
                "intercepts forgotten on the way back",
                "intercepts are forgotten: a neuron has one weight more than it has inputs.",
            ),
            wrong(
                [(m, rest // (m + 1))],
                "weights of the outputs forgotten",
                "the weights between the second hidden layer and the outputs are forgotten: they grow with $n$ too.",
            ),
            wrong(
                [(m, (total - outputs) // (m + 1 + outputs))],
                "first layer not subtracted",
                "the weights of the first hidden layer are not subtracted from the total.",
            ),
            wrong([(n, m)], "layers swapped", "the two layers are swapped: $m$ is the first."),
        ],
        steps=[
            f"A neuron of the first hidden layer has ${inputs} + 1$ weights, so $m = {first} / {inputs + 1} = {m}$.",
            f"${total} - {first} = {rest}$ weights are left for the second hidden layer and for the outputs.",
            f"They are $n \\cdot {m + 1}$ and ${outputs} \\cdot (n + 1)$, so $n \\cdot {m + 1 + outputs} + {outputs}$.",
            f"So $n = {rest - outputs} / {m + 1 + outputs} = {n}$.",
        ],
        load=load(6, [inputs, first, total]),
        picture=partial(networks.layers, [inputs, "m", "n", outputs]),
    )


@template(
    "A layer grows",
    topic=TOPIC, difficulty=3, minutes=3, tells=6, operations=(2, 3), largest=(40, 250), version=2,
    lecture={"layers": [15, 10, 5, 2]},
)  # fmt: skip
def more_neurons(draw: Draw) -> Question:
    sizes = draw.ranges((40, 250), (20, 90), (11, 40), (2, 10), name="layers")
    place, more = draw.choice([1, 2], "growing layer"), draw.between(2, 12, "more neurons")
    intercepts = draw.choice([True, False], "intercepts")
    grown = [size + more * (nth == place) for nth, size in enumerate(sizes)]
    before, own, behind = sizes[place - 1 : place + 2]
    said = "each neuron has an intercept, which counts as a weight" if intercepts else "there are no intercepts"
    return Question(
        stem=f"A dense network has {_in_words(sizes)}. {CONNECTED}, and {said}. The {LAYERS[place - 1]} gets {more} more "
        "neurons. By how many weights does the network grow?",
        key=Number(kernels.count_dense(grown, intercepts) - kernels.count_dense(sizes, intercepts), "weights"),
        check=more * (before + intercepts + behind),
        wrong=[
            wrong(
                more * (before + intercepts),
                "outgoing weights forgotten",
                "only the weights into the new neurons are counted. The next layer is connected to them too.",
            ),
            wrong(
                more * behind,
                "incoming weights forgotten",
                "only the weights out of the new neurons are counted. They are connected to the layer before, too.",
            ),
            wrong(
                more * (before + behind),
                "intercepts of new neurons forgotten",
                "the intercepts of the new neurons are forgotten.",
            ),
            wrong(
                more * (before + 1 + behind),
                "intercepts where there are none",
                "each new neuron is given an intercept, although there are none here.",
            ),
            wrong(
                more * before * behind,
                "both sides multiplied",
                "the sizes of the neighbouring layers are multiplied. A neuron is connected to both: add.",
            ),
            wrong(
                more * (before + intercepts + behind + own),
                "connected to their own layer",
                "the new neurons are connected to the others of their own layer. Only consecutive layers are connected.",
            ),
            wrong(before + intercepts + behind, "a single new neuron", "a single new neuron is counted."),
            wrong(
                kernels.count_dense(grown, intercepts),
                "whole network counted",
                "the weights of the whole new network are counted. The question asks by how many it grows.",
            ),
        ],
        steps=[
            f"A new neuron is connected to the {before} {'inputs' if place == 1 else 'neurons'} before it"
            + (" and has an intercept." if intercepts else "."),
            f"Each of the {behind} neurons of the next layer gets a new weight for it.",
            f"That is ${_added([before, 1, behind] if intercepts else [before, behind])} = {before + intercepts + behind}$ "
            f"for each new neuron, so ${more} \\cdot {before + intercepts + behind} = "
            f"{more * (before + intercepts + behind)}$ for all {more}.",
        ],
        load=load(2 + intercepts, [before, behind]),
        picture=partial(networks.layers, sizes),
    )


def _matrix(rows: int, columns: int) -> NDArray[np.uint8]:
    """Return the weights of a layer: a view of a single number, which takes no memory."""
    return np.broadcast_to(np.uint8(0), (rows, columns))


def _in_words(sizes: Sequence[int]) -> str:
    inputs, *hidden, outputs = sizes
    return f"{inputs} inputs, hidden layers of {listed(hidden)} neurons, and {outputs} outputs"


def _products(sizes: Sequence[int]) -> str:
    return listed([f"${inputs} \\cdot {outputs} = {inputs * outputs}$" for inputs, outputs in pairwise(sizes)])


def _added(numbers: Sequence[int]) -> str:
    return " + ".join(map(str, numbers))
