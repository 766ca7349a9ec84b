"""The homework neurons: masters and references against independent oracles, and how its judges take whatever comes."""

import doctest
import json
import shutil
import zipfile
from itertools import product

import nbformat
import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from nbclient import NotebookClient
from torch.nn import functional as F

from autograder import loading
from autograder.assignment import find
from autograder.grading import grade
from autograder.part import CheckFailed, Grading
from autograder.sandbox.child import wire
from autograder.sandbox.replay import KeptReplies
from autograder.sandbox.replies import Returned
from autograder.verdicts import Verdict
from release.proof import trials
from tests.autograder.answering import let_reply
from tests.conftest import ROOT

NEURONS = find("neurons")
gates, network, learning, search = (loading.master(NEURONS.folder, part.file) for part in NEURONS.parts)
surfaces, training = (loading.module(NEURONS.folder, f"checks.{name}") for name in ("surfaces", "hidden.training"))
REFERENCE = NEURONS.reference()
OF_TORCH = {"identity": lambda sums: sums, "relu": F.relu, "sigmoid": torch.sigmoid, "tanh": torch.tanh}
seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("module", [gates, network, learning, search], ids=lambda module: module.__name__.split(".")[-1])
def test_examples_in_docstrings(module):
    ran = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert ran.failed == 0 and ran.attempted > 0


@pytest.mark.parametrize("outputs", [*product((0, 1), repeat=2), *product((0, 1), repeat=4)])
def test_a_gate_keeps_its_outputs_with_noise(outputs):
    count = len(outputs).bit_length() - 1
    neuron = gates.gate(outputs)
    if outputs in ((0, 1, 1, 0), (1, 0, 0, 1)):
        assert neuron is None
        return
    random = np.random.default_rng(0)
    for inputs, wanted in zip(product((0, 1), repeat=count), outputs):
        noisy = np.array(inputs) + random.uniform(-0.1, 0.1, (200, count))
        assert (gates.fires(noisy, *neuron) == wanted).all()


@given(seeds)
def test_xor_by_formula_and_by_network_agree_with_noise(seed):
    random = np.random.default_rng(seed)
    switches = random.integers(0, 2, (20, 2))
    inputs = switches + random.uniform(-0.1, 0.1, (20, 2))
    outputs = inputs
    for weights, thresholds in gates.xor_network():
        outputs = (outputs @ weights >= thresholds).astype(int)
    assert gates.xor(inputs).tolist() == outputs[:, 0].tolist() == (switches.sum(axis=1) == 1).tolist()


def drawn(seed):
    """Draw inputs, labels and layers, and the same layers of PyTorch's, which keep gradients."""
    random = np.random.default_rng(seed)
    sizes = random.integers(1, 6, random.integers(2, 5)).tolist()
    activations = [str(name) for name in random.choice(list(OF_TORCH), len(sizes) - 2)] + ["identity"]
    layers = [
        (random.normal(size=shape), random.normal(size=shape[1]), activation)
        for shape, activation in zip(zip(sizes, sizes[1:]), activations)
    ]
    count = int(random.integers(1, 7))
    inputs, labels = random.normal(size=(count, sizes[0])), random.integers(0, sizes[-1], count)
    tensors = [[torch.tensor(each, requires_grad=True) for each in layer[:2]] for layer in layers]
    return inputs, labels, layers, tensors


def loss_of_torch(inputs, labels, layers, tensors):
    outputs = torch.from_numpy(inputs)
    for (weights, biases), (_, _, activation) in zip(tensors, layers):
        outputs = OF_TORCH[activation](outputs @ weights + biases)
    return F.cross_entropy(outputs, torch.from_numpy(labels)), outputs


@pytest.mark.costly
@given(seeds)
def test_forward_loss_and_gradients_are_those_of_automatic_differentiation(seed):
    inputs, labels, layers, tensors = drawn(seed)
    loss, outputs = loss_of_torch(inputs, labels, layers, tensors)
    np.testing.assert_allclose(network.forward(inputs, layers), outputs.detach(), rtol=1e-12, atol=1e-12)
    assert network.cross_entropy(outputs.detach().numpy(), labels) == pytest.approx(loss.item(), rel=1e-12, abs=1e-14)
    loss.backward()
    for found in (learning.gradients, REFERENCE.function("gradients")):
        for pair, expected in zip(found(inputs, labels, layers), tensors):
            for own, tensor in zip(pair, expected):
                np.testing.assert_allclose(own, tensor.grad, rtol=1e-9, atol=1e-13)


@pytest.mark.costly
@given(seeds, st.floats(0.01, 1.0), st.integers(0, 5))
def test_train_is_gradient_descent(seed, rate, epochs):
    inputs, labels, layers, tensors = drawn(seed)
    optimizer = torch.optim.SGD([each for layer in tensors for each in layer], lr=rate)
    expected = []
    for _ in range(epochs):
        loss, _ = loss_of_torch(inputs, labels, layers, tensors)
        expected.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for train in (learning.train, REFERENCE.function("train")):
        trained, losses = train(layers, inputs, labels, rate, epochs)
        assert losses == pytest.approx(expected, rel=1e-9, abs=1e-12)
        for (weights, biases, _), pair in zip(trained, tensors):
            np.testing.assert_allclose(weights, pair[0].detach(), rtol=1e-8, atol=1e-12)
            np.testing.assert_allclose(biases, pair[1].detach(), rtol=1e-8, atol=1e-12)


@given(seeds, st.sampled_from([1.0, 100.0, 10_000.0]))
def test_softmax_and_cross_entropy_of_any_size(seed, size):
    random = np.random.default_rng(seed)
    logits = np.clip(random.normal(size=random.integers(1, 6, 2)) * size, -10_000, 10_000)
    labels = random.integers(0, logits.shape[1], len(logits))
    tensor, right = torch.from_numpy(logits), torch.from_numpy(labels)
    for softmax in (network.softmax, REFERENCE.function("softmax")):
        np.testing.assert_allclose(softmax(logits), torch.softmax(tensor, dim=1), rtol=1e-9, atol=1e-15)
    for cross_entropy in (network.cross_entropy, REFERENCE.function("cross_entropy")):
        assert cross_entropy(logits, labels) == pytest.approx(F.cross_entropy(tensor, right).item(), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("activation", ["identity", "step", "relu", "sigmoid", "tanh"])
def test_activations_of_masters_and_references_agree_without_a_warning(activation):
    sums = np.concatenate([np.linspace(-1000, 1000, 4001), np.linspace(-5, 5, 101)])
    np.testing.assert_allclose(
        network.activate(sums, activation), REFERENCE.function("activate")(sums, activation), atol=1e-15
    )


def test_the_grader_trains_as_the_masters_do():
    losses, learned = training.trainings_of_xor((2, 4, 3, 2), 0.7, 0.4, 20)
    random = np.random.default_rng(0)
    shapes = [(2, 4), (4, 3), (3, 2)]
    starts = [random.normal(size=(training.STARTS, *shape)) * 0.7 / np.sqrt(shape[0]) for shape in shapes]
    for start in range(training.STARTS):
        activations = ["tanh", "tanh", "identity"]
        layers = [(weights[start], np.zeros(weights.shape[2]), name) for weights, name in zip(starts, activations)]
        layers, expected = learning.train(layers, training.INPUTS, training.LABELS, 0.4, 20)
        logits = network.forward(training.INPUTS, layers)
        assert losses[:, start] == pytest.approx([*expected, network.cross_entropy(logits, training.LABELS)], rel=1e-9)
        assert learned[start] == (logits.argmax(axis=1) == training.LABELS).all()
        bare = [(weights, biases) for weights, biases, _ in layers]
        np.testing.assert_allclose(training.logits(bare, training.INPUTS), logits, rtol=1e-12)


@given(st.tuples(st.floats(1e-5, 10), st.integers(1, 1024), st.floats(1e-6, 1)))
def test_a_setting_has_one_place(setting):
    place = surfaces.place(setting)
    assert (place >= -1e-12).all() and (place <= 1 + 1e-12).all()
    rate, width, regularisation = surfaces.setting(place)
    assert (rate, regularisation) == pytest.approx((setting[0], setting[2])) and width == setting[1]


@pytest.mark.costly
def test_random_search_beats_half_of_random_searches():
    random = np.random.default_rng(1)
    shares = []
    for _ in range(300):
        surface = surfaces.draw(random)
        losses = surface.losses(random.uniform(size=(surfaces.TRIALS, 3)))
        seen = losses + surface.noise(random, surfaces.TRIALS)
        shares.append(surfaces.beaten(surface, losses[seen.argmin()], random))
        assert surfaces.beaten(surface, surface.losses(surface.best), random) == 1.0
    assert np.mean(shares) == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / 300))


# What a hostile process may send where many answers are right, or something near a right one with a fault in it.
ODD = (
    None, True, 0, 10**300, -1.5, float("nan"), float("inf"), "text", [], (), {}, [[]], [None] * 2, [[1, 2], [3]],
    ([1, 2], "3"), ([1, 2], np.array([3.0])), (np.array(["a"]), 1), (np.array([1j, 2]), 1), (np.array([[[]]]), 0),
    wire.Other("builtins.generator"), [wire.Other("x.Layer")] * 2, {"works": {}}, {1: 2}, [([[1, 2], [3, 4]], None)] * 2,
    np.zeros(0), np.zeros((0, 3)), np.full((2, 2), np.nan), np.array(7), np.array([10**18, 2]), np.float16(1),
    np.bool_(True), [(np.zeros((3, 7)), np.zeros(7), np.eye(2)), (np.zeros((7, 2)), np.zeros(2), None)],
    (0.1, np.array([3]), 0.1), (0.1, True, 0.1), (0.1, 3.0, 0.1), ([0.1], 3, 0.1), [(np.zeros((2, 2)), np.zeros(2), 5)] * 2,
    [(np.zeros((2, 2)), np.zeros(2), "tanh")] * 50_000, ([], [0.5] * 300), (0.1,) * 3,
)  # fmt: skip
JUDGED = ["1.2", "1.4", "1.6", "2.6", "3.2", "3.4", "3.7", "3.8", "4.1", "4.2", "4.4"]


def judging(number, reply):
    """Return how a check ends whose student's process always replies so."""
    check = next(check for check in NEURONS.checks() if check.number == number)
    part = check.on(Grading(submission=None, sandbox=None, seed="any", reference=REFERENCE))
    let_reply(part, lambda function, *arguments, **options: Returned(reply, list(arguments), {}, ""))
    part.setUp()
    with pytest.raises(CheckFailed) as failed:
        getattr(part, check.method)()
    return failed.value.failure


@pytest.mark.parametrize("number", JUDGED)
def test_whatever_comes_is_wrong_in_one_sentence(number):
    for reply in ODD:
        if number == "2.6" and isinstance(reply, list) and not reply:  # no warnings at all
            continue
        failure = judging(number, reply)
        assert failure.verdict is Verdict.WRONG, reply
        assert failure.sentence.endswith((".", "?")) and "\n" not in failure.sentence and len(failure.sentence) < 500


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just(np.zeros((2, 2))),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.tuples(inner, inner, inner),
    max_leaves=12,
)


@pytest.mark.parametrize("number", [number for number in JUDGED if number[0] != "2"])
@given(values)
def test_any_value_is_judged(number, value):
    check = next(check for check in NEURONS.checks() if check.number == number)
    part = check.on(Grading(submission=None, sandbox=None, seed="any", reference=REFERENCE))
    let_reply(
        part,
        lambda function, *arguments, **options: Returned(
            [value] * 150 if "propose_each" in function else value, [], {}, ""
        ),
    )
    part.setUp()
    try:
        getattr(part, check.method)()
    except CheckFailed as failed:
        assert failed.failure.verdict is Verdict.WRONG


def test_settings_that_cost_the_grader_most_are_bounded():
    most = {"sizes": (2, 16, 16, 2), "scale": 100.0, "rate": 10_000.0, "epochs": 1000}
    with np.errstate(all="raise", under="ignore"):
        losses, _ = training.trainings_of_xor(**most)
    assert losses.shape == (1001, training.STARTS)


@pytest.mark.costly
def test_a_search_with_random_numbers_is_graded_again_without_running(tmp_path):
    shutil.copy(NEURONS.folder / "wrong" / "random_search.py", tmp_path / "search.py")
    shutil.copy(NEURONS.folder / "search.py", tmp_path / "right_search.py")
    assigned, replies = trials.only(NEURONS, "search"), KeptReplies()
    report = grade(tmp_path, assigned, seed="secret", replies=replies)
    again = grade(tmp_path, assigned, seed="secret", replies=KeptReplies.unpack(replies.pack()), replay=True)
    assert [outcome.score for outcome in report.outcomes] == [3, 4, 5, 0]
    assert [str(outcome.failure) for outcome in again.outcomes] == [str(outcome.failure) for outcome in report.outcomes]


@pytest.mark.long
def test_the_notebook_runs_from_top_to_bottom(tmp_path):
    folder = shutil.copytree(ROOT / "assignments" / "neurons", tmp_path / "homework")
    for part in NEURONS.parts:
        shutil.copy(NEURONS.folder / part.file, folder)
    notebook = nbformat.read(folder / "neurons.ipynb", as_version=4)
    nbformat.validate(notebook)
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    outputs = [json.dumps(cell.get("outputs", [])) for cell in notebook.cells]
    assert sum(each.count("image/png") for each in outputs) == 13
    assert "41 of 41 points" in "".join(outputs)


def test_what_students_get_has_neither_answers_as_code_nor_the_grader_s_training():
    with zipfile.ZipFile(ROOT / "assignments" / "neurons" / "check.pyz") as archive:
        names = [name for name in archive.namelist() if name.startswith("assignment/")]
    assert "assignment/neurons/checks/learning.py" in names
    assert not [name for name in names if "hidden" in name or "reference" in name]
