"""Further reading: networks that remember, networks that compete, and learning from rewards."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from quizzes.question import Grid, Question, Value, distractors, exact, load, require, written
from quizzes.rng import Draw
from quizzes.template import template
from quizzes.text.writing import listed, minus, table
from quizzes.tools.independent import in_brackets

TOPIC = "Further reading"


@template(
    "A recurrent neuron step by step",
    topic=TOPIC, difficulty=3, minutes=3, tells=5, operations=(12, 12), largest=(4, 40), negatives=(1, 5),
)  # fmt: skip
def recurrent_neuron(draw: Draw) -> Question:
    inputs = draw.ranges(*[(-3, 6)] * 4, name="inputs")
    weight, back, bias = (
        draw.choice((2, 3, 4), "weight"),
        draw.choice((-3, -2, 2), "weight of the state"),
        draw.between(-3, 3),
    )
    require(weight != back and bias != 0, "weights that differ, and an intercept")
    states, sums = [0], []
    for each in inputs:
        sums.append(weight * each + back * states[-1] + bias)
        states.append(max(0, sums[-1]))
    require(min(sums) < 0 < sums[0], "a sum below 0, not the first one")
    require(sum(state > 0 for state in states) >= 2, "two states above 0")
    rule = f"\\max(0, {weight} x_t {_signed(back)} h_{{t-1}} {_signed(bias)})"
    return Question(
        stem=f"A recurrent network has one neuron, with the state $h_t = {rule}$ after step $t$; before the first step, "
        f"$h_0 = 0$. The inputs are {minus(listed(inputs))}, one for each step. What is the state after each step?",
        key=Grid((tuple(states[1:]),), columns=("step 1", "step 2", "step 3", "step 4")),
        check=[[_state(inputs[:step], weight, back, bias) for step in (1, 2, 3, 4)]],
        wrong=distractors("recurrent_states", inputs, weight, back, bias),
        steps=[
            *(
                f"Step {step}: ${weight} \\cdot {in_brackets(each)} {_signed(back)} \\cdot {before} {_signed(bias)} = "
                f"{total}$, so the state is {after}."
                for step, (each, before, total, after) in enumerate(zip(inputs, states, sums, states[1:]), start=1)
            ),
            "All steps use the same three weights: a recurrent network shares them over time, a CNN over positions.",
        ],
        load=load(12, [inputs, sums]),
    )


@template(
    "Weights of a recurrent network",
    topic=TOPIC,
    difficulty=3,
    minutes=3,
    tells=5,
    operations=(9, 9),
    largest=(100, 40_000),
)
def weights_of_a_recurrent_network(draw: Draw) -> Question:
    inputs, states = draw.between(3, 30, "inputs"), draw.between(4, 40, "states")
    outputs, steps = draw.between(2, 9, "outputs"), draw.between(5, 20, "steps")
    recurrent, last = states * (inputs + states + 1), outputs * (states + 1)
    dense = states * (steps * inputs + 1)
    tensors = [
        [(states, inputs), (states, states), (states,)],
        [(outputs, states), (outputs,)],
        [(states, steps, inputs), (states,)],
    ]
    return Question(
        stem=f"A recurrent layer of {states} neurons reads a sequence of {steps} steps with {inputs} numbers each. In each "
        f"step, every neuron gets these {inputs} numbers and the states of all {states} neurons after the step before. A "
        f"dense layer makes {outputs} outputs from the states after the last step. How many weights does each of these two "
        f"layers have? And how many does a dense layer of {states} neurons have that gets the numbers of all "
        f"{steps} steps at once? Count an intercept for each neuron.",
        key=Grid(((recurrent, last, dense),), columns=("recurrent", "output", "dense on all steps")),
        check=[[sum(np.broadcast_to(0, shape).size for shape in layer) for layer in tensors]],
        wrong=distractors("recurrent_weights", inputs, states, outputs, steps),
        steps=[
            f"Recurrent: each neuron has {inputs} weights for the input, {states} for the states and an intercept: "
            f"${states} \\cdot ({inputs} + {states} + 1) = {recurrent}$, however long the sequence is.",
            f"Output: ${outputs} \\cdot ({states} + 1) = {last}$.",
            f"Dense on all steps: ${states} \\cdot ({steps} \\cdot {inputs} + 1) = {dense}$; it grows with the sequence.",
        ],
        load=load(9, [recurrent, last, dense]),
    )


@template("Two networks compete", topic=TOPIC, difficulty=3, minutes=4, tells=5, operations=(16, 16), largest=(0, 3))
def two_networks_compete(draw: Draw) -> Question:
    tenths = [
        [draw.choice((1, 2, 3, 4, 6, 7, 8, 9), f"tenths of {kind} {n}") for n in (1, 2, 3)]
        for kind in ("real", "generated")
    ]
    real, generated = ([Fraction(output, 10) for output in outputs] for outputs in tenths)
    discriminator = sum((1 - output) ** 2 for output in real) + sum(output**2 for output in generated)
    generator = sum((1 - output) ** 2 for output in generated)
    mistakes = sum(output < Fraction(1, 2) for output in real) + sum(output > Fraction(1, 2) for output in generated)
    errors = (np.array([[10], [0]]) - tenths) ** 2
    require(0 < mistakes < 6 and discriminator != generator, "some mistakes, and losses that differ")
    return Question(
        stem="In a GAN (generative adversarial network), a generator makes images, and a discriminator has to tell which "
        "images are real: its output should be 1 for real ones and 0 for generated ones. Its outputs for three of "
        "each:\n\n"
        + table(("", "1st", "2nd", "3rd"), [("real", *map(_w, real)), ("generated", *map(_w, generated))])
        + "\n\nThe discriminator's loss is the sum of the squared errors over all six images. The generator wants its "
        "images to be taken for real: its loss is the sum of the squared distances of their outputs from 1. What are the "
        "two losses? And how many of the six images does the discriminator get wrong, if an output above 0.5 means real?",
        key=Grid(exact([[discriminator, generator, mistakes]]), columns=("discriminator", "generator", "wrong images")),
        check=[[Fraction(int(errors.sum()), 100), Fraction(sum((10 - output) ** 2 for output in tenths[1]), 100),
                int((errors > 25).sum())]],
        wrong=distractors("adversarial_losses", real, generated),
        steps=[
            f"Real images: the errors are {listed([_w(1 - output) for output in real])}; generated ones: "
            f"{listed(list(map(_w, generated)))}.",
            f"Their squares sum to {_w(discriminator)}.",
            f"The generator's distances are {listed([_w(1 - output) for output in generated])}; their squares sum to "
            f"{_w(generator)}.",
            f"Real images below 0.5 and generated ones above 0.5 are wrong: {mistakes}.",
            "Whatever lowers one network's loss on generated images raises the other's: they compete.",
        ],
        load=load(16, [discriminator, generator]),
    )  # fmt: skip


@template(
    "Returns of an episode",
    topic=TOPIC, difficulty=2, minutes=3, tells=5, operations=(6, 6), largest=(10, 200), negatives=(0, 4)
)  # fmt: skip
def returns_of_an_episode(draw: Draw) -> Question:
    rewards = [draw.choice(range(-30, 91, 10), f"reward {step}") for step in (1, 2, 3, 4)]
    discount = Fraction(draw.choice((2, 4, 5, 6, 8, 9), "tenths of the discount"), 10)
    require(all(rewards), "rewards that are not 0")
    returns = [Fraction(rewards[-1])]
    for reward in rewards[-2::-1]:
        returns.insert(0, reward + discount * returns[0])
    steps = ("step 1", "step 2", "step 3", "step 4")
    return Question(
        stem=f"An agent takes four steps and gets the rewards {minus(listed(rewards))}. Then the episode is over. The "
        f"discount factor is $\\gamma = {_w(discount)}$. What is the return from each step on: its reward, plus the "
        "discounted rewards of all later steps?",
        key=Grid(exact([returns]), columns=steps),
        check=[[sum(discount**later * reward for later, reward in enumerate(rewards[step:])) for step in range(4)]],
        wrong=distractors("discounted_returns", rewards, discount),
        steps=[
            f"Begin at the end. Step 4: the return is its reward, {minus(rewards[3])}.",
            *(
                f"{name.capitalize()}: ${reward} + {_w(discount)} \\cdot {_bracketed(after)} = {_w(total)}$."
                for name, reward, after, total in list(zip(steps, rewards, returns[1:], returns))[::-1]
            ),
            "The later a reward comes, the more often it is multiplied by the discount factor: once for each step.",
        ],
        load=load(6, [rewards, returns]),
    )


@template(
    "A step of Q-learning",
    topic=TOPIC, difficulty=3, minutes=3, tells=5, operations=(5, 5), largest=(20, 200), negatives=(0, 3)
)  # fmt: skip
def step_of_q_learning(draw: Draw) -> Question:
    value, reward = draw.choice(range(-50, 121, 10), "value"), draw.choice(range(-30, 91, 10), "reward")
    following = draw.sample(range(-50, 151, 10), 3, "following")
    rate, discount = (Fraction(tenths, 10) for tenths in draw.sample((1, 2, 4, 5, 8, 9), 2, "tenths"))
    require(reward != 0 and max(following) > 0 and value != reward + discount * max(following), "something to learn")
    target = reward + discount * max(following)
    new = value + rate * (target - value)
    return Question(
        stem=f"An agent learns values of actions by Q-learning, with the learning rate $\\alpha = {_w(rate)}$ and the "
        f"discount factor $\\gamma = {_w(discount)}$. Its action had the value {minus(value)}; it gets the reward "
        f"{minus(reward)} and reaches a state whose actions have the values {minus(listed(following))}. What is the "
        "target, and what is the new value of the action?",
        key=Grid(exact([[target, new]]), columns=("target", "new value")),
        check=[[reward + max(discount * each for each in following),
                (1 - rate) * value + rate * reward + rate * discount * sorted(following)[-1]]],
        wrong=distractors("q_learning_step", value, reward, following, rate, discount),
        steps=[
            f"The target is the reward plus the discounted best value that follows: ${reward} + {_w(discount)} \\cdot "
            f"{max(following)} = {_w(target)}$.",
            f"The learning rate says how far the value moves towards the target: ${value} + {_w(rate)} \\cdot "
            f"({_w(target)} - "
            f"{in_brackets(value)}) = {_w(new)}$.",
        ],
        load=load(5, [value, reward, following, target, new]),
    )  # fmt: skip


def _state(inputs: Sequence[int], weight: int, back: int, bias: int) -> int:
    """Return the state after the last input, from the one before it."""
    return max(weight * inputs[-1] + back * _state(inputs[:-1], weight, back, bias) + bias, 0) if inputs else 0


def _signed(value: int) -> str:
    return f"+ {value}" if value > 0 else f"- {-value}"


def _w(value: Value) -> str:
    return written(exact(value))


def _bracketed(value: Value) -> str:
    return f"({written(exact(value))})" if value < 0 else written(exact(value))
