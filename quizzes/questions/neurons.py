"""Neurons with a step function, and XOR: which one neuron cannot compute, but two layers can."""

from collections.abc import Callable, Sequence
from functools import cache, partial
from itertools import combinations_with_replacement, permutations, product
from typing import Any

import numpy as np

import kernels
from quizzes.drawing import networks
from quizzes.question import Choice, Grid, Option, Question, RejectedDraw, distractors, exact, load, require
from quizzes.rng import LARGEST, Draw
from quizzes.template import template
from quizzes.text.writing import listed, minus, table
from quizzes.tools import logic

TOPIC = "Neurons and XOR"
BITS = tuple(product((0, 1), repeat=2))
COMPUTES = "weights and a threshold with which the neuron computes its gate"
ROWS = tuple(f"a = {a}, b = {b}" for a, b in BITS)
RULE = "A neuron outputs 1 if the weighted sum of its inputs is at least its threshold, otherwise 0."
Table = tuple[int, ...]  # the outputs for the inputs of BITS, in their order
Neuron = tuple[tuple[int, int], int]  # weights and threshold
Network = tuple[Sequence[tuple[int, int]], Sequence[int], Sequence[int], Any]  # as kernels.two_layer_table takes it

# What a single neuron computes of two inputs, unless it ignores one: its outputs, and the signs of its weights.
GATES: dict[str, tuple[Table, tuple[int, int]]] = {
    "AND": ((0, 0, 0, 1), (1, 1)),
    "OR": ((0, 1, 1, 1), (1, 1)),
    "NAND": ((1, 1, 1, 0), (-1, -1)),
    "NOR": ((1, 0, 0, 0), (-1, -1)),
    "a AND NOT b": ((0, 0, 1, 0), (1, -1)),
    "b AND NOT a": ((0, 1, 0, 0), (-1, 1)),
    "a OR NOT b": ((1, 0, 1, 1), (1, -1)),
    "b OR NOT a": ((1, 1, 0, 1), (-1, 1)),
}
# The same in inequalities, for the weights p and q and the threshold t: what must not fire, < t <=, what must.
INEQUALITIES: dict[str, Callable[[int, int, int], bool]] = {
    "AND": lambda p, q, t: max(0, p, q) < t <= p + q,
    "OR": lambda p, q, t: 0 < t <= min(p, q, p + q),
    "NAND": lambda p, q, t: p + q < t <= min(0, p, q),
    "NOR": lambda p, q, t: max(p, q, p + q) < t <= 0,
    "a AND NOT b": lambda p, q, t: max(0, q, p + q) < t <= p,
    "b AND NOT a": lambda p, q, t: max(0, p, p + q) < t <= q,
    "a OR NOT b": lambda p, q, t: q < t <= min(0, p, p + q),
    "b OR NOT a": lambda p, q, t: p < t <= min(0, q, p + q),
}
XOR: Table = (0, 1, 1, 0)
# The lecture's network for XOR: (a OR b) AND NOT (a AND b).
LECTURE = {
    "weights of g": [1, 1],
    "threshold of g": 1,
    "weights of h": [1, 1],
    "threshold of h": 2,
    "weights of y": [1, -1],
}
XOR_GATES = ["OR", "AND", "a AND NOT b"]  # of g, h and y in the lecture's network
FUNCTIONS: dict[str, Table] = {**{name: outputs for name, (outputs, _) in GATES.items()}, "XOR": XOR, "XNOR": (1, 0, 0, 1)}
MEANINGS = {
    "AND": "AND: both inputs are 1",
    "OR": "OR: at least one input is 1",
    "NAND": "NAND: not both inputs are 1",
    "NOR": "NOR: neither input is 1",
    "XOR": "XOR: exactly one input is 1",
    "XNOR": "XNOR: both inputs are equal",
    "a AND NOT b": "a AND NOT b: only a is 1",
    "b AND NOT a": "b AND NOT a: only b is 1",
    "a OR NOT b": "a OR NOT b: a is 1 or b is 0",
    "b OR NOT a": "b OR NOT a: b is 1 or a is 0",
}


@template(
    "Sums and outputs of a neuron",
    topic=TOPIC, difficulty=1, minutes=2, tells=4, largest=(4, 40), negatives=(1, 2), version=2,
    lecture={"weights": [1, 1], "threshold": 2},
)  # fmt: skip
def neuron_sums(draw: Draw) -> Question:
    weights = _weights(draw, draw.choice([(1, -1), (-1, 1)]), 4, 40, "weights")
    reached = draw.choice([0, max(weights), sum(weights)])
    threshold = draw.fixable(reached - draw.below(2), "threshold", least=-LARGEST)
    sums = [weights[0] * a + weights[1] * b for a, b in BITS]
    return Question(
        stem=f"A neuron has the inputs $a$ and $b$ with the weights ${weights[0]}$ and ${weights[1]}$, and the threshold "
        f"${threshold}$. {RULE} For each combination of inputs, give the weighted sum and the output.",
        key=Grid(exact(kernels.neuron_table(weights, threshold)), ROWS, ("sum", "output")),
        check=[(total, 1 if total >= threshold else 0) for total in sums],
        wrong=distractors("neuron_table", weights, threshold),
        steps=[
            f"The weighted sum is {_sum(weights, 'ab')}. Where an input is 0, its weight adds nothing.",
            f"The sums are {_row(sums)}.",
            f"The output is 1 where the sum is at least ${threshold}$: it is {_row(_outputs(weights, threshold))}.",
        ],
        load=load(9, [*weights, threshold]),
        picture=partial(networks.neuron, weights, threshold),
    )


@template(
    "Two layers by hand",
    topic=TOPIC, difficulty=3, minutes=5, tells=4, largest=(3, 30), negatives=(2, 6), version=2,
    lecture={"gates": ["OR", "AND"], **LECTURE, "threshold of y": 1},
)  # fmt: skip
def two_layer_values(draw: Draw) -> Question:
    g, h = (_neuron_for(draw, gate, of=f" of {name}") for name, gate in zip("gh", draw.sample(list(GATES), 2, "gates")))
    weights = _weights(draw, [draw.choice([1, -1]) for _ in range(2)], 3, 30, "weights of y")
    sums = _last_sums(g, h, weights)
    require(len(set(sums)) > 1, "an output neuron whose sum is not always the same")
    threshold = draw.fixable(draw.choice(sorted(set(sums))[1:]), "threshold of y", least=-LARGEST)
    network = _network(g, h, weights, threshold)
    return Question(
        stem=f"{_in_words(network)}\n\nFor each combination of inputs, give the outputs of $g$ and $h$, the weighted sum "
        "of $y$, and the output of $y$.",
        key=Grid(exact(kernels.two_layer_table(*network)), ROWS, ("g", "h", "sum of y", "y")),
        check=[(*row, int(row[-1] >= threshold)) for row in zip(_outputs(*g), _outputs(*h), sums)],
        wrong=distractors("two_layer_table", *network),
        steps=_through(network, sums),
        load=load(24, _numbers(network)),
        picture=partial(networks.two_layers, *network),
    )


@template(
    "The function of a network",
    topic=TOPIC, difficulty=3, minutes=4, largest=(3, 20), negatives=(0, 9), version=2,
    lecture={"function": "XOR"},
)  # fmt: skip
def network_function(draw: Draw) -> Question:
    gates = draw.choice(_constructions()[draw.choice(list(FUNCTIONS), "function")])
    g, h, (weights, threshold) = (_neuron_for(draw, gate, of=f" of {name}") for name, gate in zip("ghy", gates))
    network = _network(g, h, weights, threshold)
    outputs = tuple(kernels.two_layer_table(*network)[:, -1].tolist())
    sums = _last_sums(g, h, weights)
    options = [
        Option(MEANINGS[name], True, "Right.")
        if each == outputs
        else Option(MEANINGS[name], False, _difference(each, "this function", outputs, "the network"), f"taken for {name}")
        for name, each in FUNCTIONS.items()
    ]
    return Question(
        stem=f"{_in_words(network)}\n\nWhich function of $a$ and $b$ does $y$ compute?",
        key=Choice(tuple(options)),
        check=[each == tuple(int(total >= threshold) for total in sums) for each in FUNCTIONS.values()],
        steps=[*_through(network, sums), f"The outputs for {'; '.join(ROWS)} are those of {_name(outputs)}."],
        load=load(24, _numbers(network)),
        picture=partial(networks.two_layers, *network),
        offered=5,
    )


@template(
    "A threshold for XOR",
    topic=TOPIC, difficulty=4, minutes=5, tells=2, largest=(10, 60), negatives=(1, 8), version=2,
    lecture={"gates": XOR_GATES, **LECTURE},
)  # fmt: skip
def xor_threshold(draw: Draw) -> Question:
    g_gate, h_gate, y_gate = draw.choice(_constructions()["XOR"], "gates")
    g, h = _neuron_for(draw, g_gate, of=" of g"), _neuron_for(draw, h_gate, of=" of h")
    weights = _weights(draw, GATES[y_gate][1], 10, 60, "weights of y")
    network = _network(g, h, weights, "?")
    sums = _last_sums(g, h, weights)
    require(max(sums[0], sums[3]) < min(sums[1], sums[2]), "a threshold for which $y$ is XOR")
    limits = np.arange(min(sums), max(sums) + 2)
    fitting = limits[((np.array(sums) >= limits[:, None]) == np.array(XOR)).all(axis=1)]
    smallest, largest = kernels.threshold_range(sums, XOR)
    return Question(
        stem=f"{_in_words(network)}\n\nThe threshold of $y$ is a whole number. What are the smallest and the largest "
        f"threshold for which $y$ is $a$ XOR $b$, that is, 1 where exactly one of the inputs is 1?",
        key=Grid(((smallest, largest),), ("threshold of y",), ("smallest", "largest")),
        check=[(fitting[0], fitting[-1])],
        wrong=distractors("threshold_range", sums, XOR),
        steps=[
            *_through(network, sums),
            f"At ${sums[1]}$ and ${sums[2]}$ the neuron $y$ must fire: its threshold is at most ${largest}$.",
            f"At ${sums[0]}$ and ${sums[3]}$ it must not: its threshold is at least ${smallest}$.",
        ],
        load=load(24, _numbers(network)),
        picture=partial(networks.two_layers, *network),
    )


@template(
    "Weights and threshold of a gate",
    topic=TOPIC, difficulty=2, minutes=2, operations=(16, 16), largest=(3, 40), version=2,
    lecture={"gate": "AND", "weights": [1, 1], "threshold": 2},
)  # fmt: skip
def neuron_for_a_gate(draw: Draw) -> Question:
    gate = draw.choice(list(GATES), "gate")
    others = draw.sample([other for other in GATES if other != gate], 4)
    wanted = FUNCTIONS[gate]
    weights, threshold = _neuron_for(draw, gate, 20, of="")
    near = _neuron_for(draw, gate, 20)[0]
    sums = [near[0] * a + near[1] * b for a, b in BITS]
    smallest, largest = kernels.threshold_range(sums, wanted)
    neurons = [(weights, threshold), (near, largest + draw.between(1, 3)), (near, smallest - draw.between(1, 3))]
    neurons += [_neuron_for(draw, other, 20) for other in others]
    names = ["", "threshold too high", "threshold too low", *(f"taken for {other}" for other in others)]
    options = [
        Option(
            minus(f"weights {each[0]} and {each[1]}, threshold {limit}"),
            outputs == wanted,
            "Right." if outputs == wanted else _difference(outputs, "this neuron", wanted, gate),
            name,
        )
        for (each, limit), name in zip(neurons, names)
        for outputs in [tuple(kernels.neuron_table(each, limit)[:, 1].tolist())]
    ]
    return Question(
        stem=f"A neuron has two inputs, $a$ and $b$, one weight for each, and a threshold. {RULE} With which weights (of "
        f"$a$ and of $b$) and which threshold does it compute “{MEANINGS[gate]}”?",
        key=Choice(tuple(options)),
        check=[INEQUALITIES[gate](*each, limit) for each, limit in neurons],
        steps=[
            f"For {'; '.join(ROWS)}, “{gate}” is {_row(wanted)}.",
            "Where it is 1, the weighted sum must be at least the threshold; elsewhere it must be smaller.",
            f"With the weights ${weights[0]}$ and ${weights[1]}$ the sums are "
            f"{_row([weights[0] * a + weights[1] * b for a, b in BITS])}; the threshold ${threshold}$ separates them.",
        ],
        load=load(16, [number for each, limit in neurons for number in (*each, limit)]),
    )


@template("What a single neuron can compute", topic=TOPIC, difficulty=4, minutes=4, operations=(6, 6), version=2)
def single_neuron_functions(draw: Draw) -> Question:
    able = [statement for statement in STATEMENTS if _neuron_of(_table_of(statement))]
    unable = [statement for statement in STATEMENTS if statement not in able]
    options, check = [], []
    for statement in draw.sample(able, 5) + draw.sample(unable, 5):
        letters = draw.shuffled("abc")
        outputs = _table_of(statement, "".join(letters))
        found, proof = _neuron_of(outputs), _proof_against(outputs)
        text = statement.format(**dict(zip("pqr", letters)))
        if found:
            options.append(Option(text, True, f"Right: {found} work.", step=f"“{text}”: yes, with {found}."))
        else:
            sentence = f"{proof} So no threshold separates them."
            options.append(Option(text, False, sentence, "taken for linearly separable", f"“{text}”: no. {sentence}"))
        check.append(proof is None)
    require(len({option.text for option in options}) == len(options), "statements that differ")
    return Question(
        stem="A single neuron has three inputs, $a$, $b$ and $c$, each 0 or 1, with one weight for each, and a threshold. "
        f"{RULE} Which of these can it compute, so that it outputs 1 exactly where the statement is true?",
        key=Choice(tuple(options), several=True),
        check=check,
        steps=[
            "A neuron can compute what a plane separates: the inputs with output 1 on one side, those with output 0 on the "
            "other.",
        ],
        load=load(6, []),
        offered=6,
    )


@template("XOR from AND, OR and NOT", topic=TOPIC, difficulty=3, minutes=3, operations=(3, 7))
def xor_expression(draw: Draw) -> Question:
    p, q = draw.choice([("a", "b"), ("p", "q"), ("s", "t"), ("u", "v"), ("x", "y")], "letters")
    forms = [logic.turned(draw, form(p, q)) for form in draw.sample(XOR_FORMS, 4)]
    wrongs: dict[str, tuple[Any, Table]] = {}
    for form in forms:
        for expression in draw.sample(logic.spoilt(form), 3):
            outputs = _values_of(expression, p, q)
            if outputs != XOR:
                wrongs[logic.words(expression)] = (expression, outputs)
    require(len(wrongs) >= 5, "at least five wrong expressions")
    options = [Option(logic.words(forms[0]), _values_of(forms[0], p, q) == XOR, "Right.")]
    for text, (_, outputs) in wrongs.items():
        name = next((f"{name} for XOR" for name, table in FUNCTIONS.items() if table == outputs), "an input is ignored")
        options.append(Option(text, False, _difference(outputs, "this", XOR, "XOR", p + q), name))
    xor = {frozenset(p): 1, frozenset(q): 1, frozenset((p, q)): -2}
    return Question(
        stem=f"${p}$ and ${q}$ are 0 or 1. Which expression is ${p}$ XOR ${q}$, that is, 1 where exactly one of them is 1?",
        key=Choice(tuple(options)),
        check=[logic.polynomial(each) == xor for each in (forms[0], *(expression for expression, _ in wrongs.values()))],
        steps=[
            f"XOR is 1 for {p} = 0, {q} = 1 and for {p} = 1, {q} = 0, and 0 for {p} = {q}.",
            "Work out each expression for the four combinations of inputs; one that differs from XOR even once is not XOR.",
            f"{logic.words(forms[0])} agrees for all four.",
        ],
        load=load(logic.words(forms[0]).count(" ") // 2, []),
    )


@template("Where an expression is 1", topic=TOPIC, difficulty=2, minutes=3, operations=(3, 4))
def true_inputs(draw: Draw) -> Question:
    letters = draw.choice(["abc", "def", "pqr", "rst", "uvw", "xyz"], "letters")
    a, b, c = draw.shuffled(letters)
    inner, outer = draw.choice(["AND", "OR"], "inner"), draw.choice(["AND", "OR"], "outer")
    negated = draw.sample(range(4), draw.between(1, 2))
    first, second, third = (("NOT", each) if place in negated else each for place, each in enumerate((a, b, c)))
    part = (inner, first, second)
    left, right = draw.shuffled([("NOT", part) if 3 in negated else part, third])
    expression = (outer, left, right)
    inputs = [dict(zip(letters, values)) for values in product((0, 1), repeat=3)]
    true = [logic.holds(expression, values) for values in inputs]
    require(2 <= sum(true) <= 6, "two to six inputs at which it is 1")
    factors = logic.polynomial(expression)
    options = []
    for values, holds in zip(inputs, true):
        one, two = (int(logic.holds(each, values)) for each in (left, right))
        sentence = f"There {logic.words(left)} is {one} and {logic.words(right)} is {two}: {outer} gives 0."
        name = f"{outer} taken for {logic.OTHER[outer]}" if one != two else "parts worked out wrongly"
        options.append(
            Option(_assigned(values), holds, "Right.") if holds else Option(_assigned(values), False, sentence, name)
        )
    return Question(
        stem=f"For which of these inputs is the expression {logic.words(expression)} equal to 1?",
        key=Choice(tuple(options), several=True),
        check=[
            sum(times for letters, times in factors.items() if all(values[letter] for letter in letters)) == 1
            for values in inputs
        ],
        steps=[
            f"It joins {logic.words(left)} and {logic.words(right)} with {outer}.",
            f"{outer} gives 1 where {'both are' if outer == 'AND' else 'at least one of them is'} 1.",
            f"That holds for {'; '.join(_assigned(values) for values, holds in zip(inputs, true) if holds)}.",
        ],
        load=load(2 + len(negated), []),
        offered=len(inputs),
    )


XOR_FORMS: tuple[Callable[[str, str], logic.Expression], ...] = (
    lambda p, q: ("AND", ("OR", p, q), ("NOT", ("AND", p, q))),
    lambda p, q: ("AND", ("OR", p, q), ("OR", ("NOT", p), ("NOT", q))),
    lambda p, q: ("OR", ("AND", p, ("NOT", q)), ("AND", q, ("NOT", p))),
    lambda p, q: ("NOT", ("OR", ("AND", p, q), ("NOT", ("OR", p, q)))),
    lambda p, q: ("NOT", ("OR", ("AND", p, q), ("AND", ("NOT", p), ("NOT", q)))),
    lambda p, q: ("AND", ("NOT", ("AND", p, q)), ("NOT", ("AND", ("NOT", p), ("NOT", q)))),
    lambda p, q: ("NOT", ("AND", ("OR", p, ("NOT", q)), ("OR", q, ("NOT", p)))),
    lambda p, q: ("OR", ("NOT", ("OR", ("NOT", p), q)), ("NOT", ("OR", ("NOT", q), p))),
)

# Statements on three inputs, and when they are true.
STATEMENTS: dict[str, Callable[[int, int, int], bool]] = {
    "{p} AND ({q} OR {r})": lambda p, q, r: bool(p and (q or r)),
    "{p} OR ({q} AND {r})": lambda p, q, r: bool(p or (q and r)),
    "({p} OR {q}) AND NOT {r}": lambda p, q, r: bool((p or q) and not r),
    "({p} AND {q}) OR NOT {r}": lambda p, q, r: bool((p and q) or not r),
    "NOT {p} OR NOT {q}": lambda p, q, r: not (p and q),
    "{p} AND NOT {q}": lambda p, q, r: bool(p and not q),
    "({p} AND {q}) OR ({p} AND {r})": lambda p, q, r: bool((p and q) or (p and r)),
    "({p} OR {q}) AND ({p} OR {r})": lambda p, q, r: bool((p or q) and (p or r)),
    "at least two of {p}, {q} and {r} are 1": lambda p, q, r: p + q + r >= 2,
    "at most one of {p}, {q} and {r} is 1": lambda p, q, r: p + q + r <= 1,
    "not all of {p}, {q} and {r} are 1": lambda p, q, r: p + q + r < 3,
    "exactly one of {p}, {q} and {r} is 1": lambda p, q, r: p + q + r == 1,
    "exactly two of {p}, {q} and {r} are 1": lambda p, q, r: p + q + r == 2,
    "an odd number of {p}, {q} and {r} are 1": lambda p, q, r: (p + q + r) % 2 == 1,
    "an even number of {p}, {q} and {r} are 1": lambda p, q, r: (p + q + r) % 2 == 0,
    "{p}, {q} and {r} are all equal": lambda p, q, r: p == q == r,
    "{p} and {q} are equal": lambda p, q, r: p == q,
    "exactly one of {p} and {q} is 1": lambda p, q, r: p != q,
    "{p} is 1, and {q} and {r} differ": lambda p, q, r: bool(p and q != r),
    "({p} AND {q}) OR (NOT {p} AND {r})": lambda p, q, r: bool(q if p else r),
    "({p} OR {q}) AND (NOT {p} OR {r})": lambda p, q, r: bool(r if p else q),
}


@cache
def _table_of(statement: str, letters: str = "abc") -> Table:
    """Return where a statement is true, with these letters as its p, q and r: from a = b = c = 0 to a = b = c = 1."""
    places = ["abc".index(letter) for letter in letters]
    return tuple(int(STATEMENTS[statement](*(values[place] for place in places))) for values in product((0, 1), repeat=3))


@cache
def _neuron_of(outputs: Table) -> str | None:
    """Return weights and threshold of a neuron with these outputs, as the perceptron's rule finds them, or None."""
    weights, threshold = [0, 0, 0], 0
    for _ in range(100):  # epochs: far more than any function of three inputs needs that has a neuron
        for inputs, wanted in zip(product((0, 1), repeat=3), outputs):
            error = wanted - (sum(weight * value for weight, value in zip(weights, inputs)) >= threshold)
            weights = [weight + error * value for weight, value in zip(weights, inputs)]
            threshold -= error
        if tuple(kernels.neuron_table(weights, threshold)[:, 1].tolist()) == outputs:
            return minus(f"the weights {listed(weights)} and the threshold {threshold}")
    return None


@cache
def _proof_against(outputs: Table) -> str | None:
    """Return why no neuron has these outputs: two inputs with output 1 add up to what two with output 0 do.

    All functions of three inputs without such pairs have a neuron: a test goes through all 256.
    """
    inputs = list(product((0, 1), repeat=3))
    on = [each for each, output in zip(inputs, outputs) if output]
    off = [each for each, output in zip(inputs, outputs) if not output]
    for one, two in combinations_with_replacement(on, 2):
        for three, four in combinations_with_replacement(off, 2):
            if [sum(pair) for pair in zip(one, two)] == [sum(pair) for pair in zip(three, four)]:
                names = [", ".join(map(str, each)) for each in (one, two, three, four)]
                return (
                    f"For a, b, c = {names[0]} and {names[1]} it is 1, for {names[2]} and {names[3]} it is 0; but the "
                    "two pairs have the same total of weighted sums."
                )
    return None


@cache
def _constructions() -> dict[str, list[tuple[str, str, str]]]:
    """Return, for each function, the gates of g, h and y with which two layers compute it."""
    found: dict[str, list[tuple[str, str, str]]] = {name: [] for name in FUNCTIONS}
    for g, h in permutations(GATES, 2):
        for y in GATES:
            outputs = tuple(GATES[y][0][2 * one + two] for one, two in zip(GATES[g][0], GATES[h][0]))
            if outputs in FUNCTIONS.values():
                found[_name(outputs)].append((g, h, y))
    return found


def _neuron_for(draw: Draw, gate: str, most: int = 9, of: str | None = None) -> Neuron:
    """Draw a neuron that computes a gate, with weights up to `most`.

    of: the end of its numbers' names, " of g" for "weights of g"; without it they have none.
    """
    outputs, signs = GATES[gate]
    weights_name, threshold_name = ("", "") if of is None else (f"weights{of}", f"threshold{of}")
    weights = _weights(draw, signs, 2, most, weights_name)
    try:
        smallest, largest = kernels.threshold_range([weights[0] * a + weights[1] * b for a, b in BITS], outputs)
    except ValueError:
        raise RejectedDraw(COMPUTES) from None
    threshold = draw.between(smallest, largest, threshold_name, least=-LARGEST)
    require(smallest <= threshold <= largest, COMPUTES)
    return weights, threshold


def _weights(draw: Draw, signs: Sequence[int], least: int, most: int, name: str) -> tuple[int, int]:
    """Draw two weights with these signs."""
    weights = [sign * draw.between(least, most) for sign in signs]
    if name:
        weights = draw.fixable(weights, name, least=-LARGEST)
    return weights[0], weights[1]


def _network(g: Neuron, h: Neuron, weights: Sequence[int], threshold: int | str) -> Network:
    return (g[0], h[0]), (g[1], h[1]), tuple(weights), threshold


def _last_sums(g: Neuron, h: Neuron, weights: Sequence[int]) -> list[int]:
    """Return the weighted sums of the output neuron, whose inputs are what g and h put out."""
    return [weights[0] * one + weights[1] * two for one, two in zip(_outputs(*g), _outputs(*h))]


def _outputs(weights: Sequence[int], threshold: int) -> Table:
    return tuple(int(weights[0] * a + weights[1] * b >= threshold) for a, b in BITS)


def _values_of(expression: logic.Expression, p: str, q: str) -> Table:
    return tuple(int(logic.holds(expression, {p: a, q: b})) for a, b in BITS)


def _name(outputs: Table) -> str:
    return next(name for name, each in FUNCTIONS.items() if each == outputs)


def _difference(got: Table, whose: str, wanted: Table, other: str, letters: str = "ab") -> str:
    """Return the first input at which two functions differ, in words."""
    place = next(place for place in range(4) if got[place] != wanted[place])
    inputs = ", ".join(f"{letter} = {bit}" for letter, bit in zip(letters, BITS[place]))
    return f"For {inputs}, {whose} gives {got[place]}, but {other} gives {wanted[place]}."


def _in_words(network: Network) -> str:
    (g, h), (g_limit, h_limit), y, limit = network
    rows = [
        ("$g$", f"${g[0]}$ from $a$, ${g[1]}$ from $b$", f"${g_limit}$"),
        ("$h$", f"${h[0]}$ from $a$, ${h[1]}$ from $b$", f"${h_limit}$"),
        ("$y$", f"${y[0]}$ from $g$, ${y[1]}$ from $h$", f"${limit}$" if limit != "?" else "?"),
    ]
    return (
        f"A network has the inputs $a$ and $b$, two hidden neurons, $g$ and $h$, and an output neuron, $y$. {RULE}\n\n"
        + table(["neuron", "weights", "threshold"], rows)
    )


def _through(network: Network, sums: Sequence[int]) -> list[str]:
    """Return the steps through a network, in the order of BITS."""
    (g, h), (g_limit, h_limit), weights, threshold = network
    steps = [
        f"Take the inputs in this order: {'; '.join(ROWS)}.",
        f"$g$ has the sum {_sum(g, 'ab')} and the threshold ${g_limit}$: it outputs {_row(_outputs(g, g_limit))}.",
        f"$h$ has the sum {_sum(h, 'ab')} and the threshold ${h_limit}$: it outputs {_row(_outputs(h, h_limit))}.",
        f"$y$ weights these outputs, not the inputs: its sum is {_sum(weights, 'gh')}, so {_row(sums)}.",
    ]
    if threshold != "?":
        outputs = [int(total >= threshold) for total in sums]
        steps.append(f"With the threshold ${threshold}$, $y$ outputs {_row(outputs)}.")
    return steps


def _numbers(network: Network) -> list[int]:
    (g, h), limits, weights, threshold = network
    return [*g, *h, *limits, *weights, *([threshold] if threshold != "?" else [])]


def _sum(weights: Sequence[int], letters: str) -> str:
    first, second = weights
    return f"${first} \\cdot {letters[0]} {'-' if second < 0 else '+'} {abs(second)} \\cdot {letters[1]}$"


def _row(values: Sequence[int]) -> str:
    return ", ".join(f"${value}$" for value in values)


def _assigned(values: dict[str, int]) -> str:
    return ", ".join(f"{letter} = {value}" for letter, value in values.items())
