"""Parts 4 and 5 of `vision`: the networks that the grader brings, what it makes of hostile answers, and wrong programs."""

import shutil
from dataclasses import replace

import numpy as np
import pytest
import torch

import kernels
from autograder import datasets, loading
from autograder.assignment import SOLUTIONS, find
from autograder.grading import grade
from autograder.part import CheckFailed, Grading
from autograder.report import html
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Harness, Limits
from autograder.submission import Submission
from autograder.verdicts import Verdict
from autograder.wrong_programs import RIGHT, programs

FOLDER = SOLUTIONS / "vision"
VISION = find("vision")
OURS = ("transfer", "failures")
given, transfer, failures = (loading.module(FOLDER, f"checks.{name}") for name in ("given", *OURS))
network, training = (loading.module(FOLDER, f"harness.{name}") for name in ("given", "transfer"))
NETWORKS = {"first_five": range(5), "ten_digits": range(10), "hidden/ten_digits": range(10)}
PROGRAMS = [program for program in programs(FOLDER) if program.file.removesuffix(".py") in OURS]


@pytest.fixture(autouse=True)
def without_mnist(monkeypatch, tmp_path):
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def quick(monkeypatch):
    """Train three times, not twenty times."""
    monkeypatch.setattr(transfer, "TRAININGS", 3)


@pytest.fixture
def few(monkeypatch):
    """Draw few images where no network learns from them."""
    monkeypatch.setattr(failures, "TRAINED", 5)
    monkeypatch.setattr(failures, "ASKED", 5)


def only(part):
    return replace(VISION, config=replace(VISION.config, parts={part: VISION.config.parts[part]}))


@pytest.fixture
def submission(tmp_path):
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in OURS:
        shutil.copy(FOLDER / f"{name}.py", folder)
    return folder


# The networks that the grader brings


@pytest.mark.costly
@pytest.mark.parametrize("name", NETWORKS)
def test_what_a_network_answers(name):
    """By NumPy here, by the reference kernels, and by PyTorch."""
    weights = given.network(name)
    images, labels = given.digits(datasets.find("mnist"), 40, np.random.default_rng(5), NETWORKS[name])
    logits = given.logits(weights, images)
    with torch.no_grad():
        assert logits == pytest.approx(network.with_weights(weights)(torch.from_numpy(images)).numpy(), abs=1e-3)
    first, one, second, two, hidden, three, last, four = weights
    seen = kernels.pool2d(kernels.relu(kernels.conv2d(images, first, one, padding=2)))
    seen = kernels.pool2d(kernels.relu(kernels.conv2d(seen, second, two)))
    values = kernels.relu(kernels.dense(seen.reshape(len(images), -1), hidden, three))
    assert logits == pytest.approx(kernels.dense(values, last, four), abs=1e-3)
    assert (logits.argmax(axis=1) == labels).mean() > 0.98
    assert (FOLDER / "checks" / f"{name}.npz").stat().st_size < 250_000


@pytest.mark.costly
def test_students_get_these_networks_but_for_the_hidden_one():
    from release import handout
    from release.bundle import assignment_files

    released = handout.contents(VISION)
    students = assignment_files(VISION, VISION.reference(), public_only=True)
    graders = assignment_files(VISION, VISION.reference())
    for name in ("first_five", "ten_digits"):
        stored = (FOLDER / "checks" / f"{name}.npz").read_bytes()
        assert stored == released[f"{name}.npz"] == students[f"checks/{name}.npz"] == graders[f"checks/{name}.npz"]
    assert "checks/hidden/ten_digits.npz" in graders
    assert not [name for name in (*released, *students) if "hidden" in name]


def test_images_are_moved_as_if_by_hand():
    image = np.arange(1.0, 7.0, dtype=np.float32).reshape(1, 1, 2, 3)
    assert given.moved(image, 0, 0).tolist() == image.tolist()
    assert given.moved(image, 1, 0)[0, 0].tolist() == [[0, 0, 0], [1, 2, 3]]
    assert given.moved(image, 0, -2)[0, 0].tolist() == [[3, 0, 0], [6, 0, 0]]
    assert given.moved(image, -1, 1)[0, 0].tolist() == [[0, 4, 5], [0, 0, 0]]


def test_digits_come_from_mnist_where_it_is(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (200, 1, 28, 28), dtype=np.uint8)
    labels = np.arange(200, dtype=np.uint8) % 10
    stored = type("Stored", (), {"load": lambda self, split: (images, labels)})()
    monkeypatch.setattr(datasets, "find", lambda name, split="test": stored)
    few, kinds = given.digits(datasets.find("mnist"), 3, np.random.default_rng(1), range(5, 10))
    assert np.bincount(kinds).tolist() == [0, 0, 0, 0, 0, 3, 3, 3, 3, 3]
    numbers = [int(np.flatnonzero((images == (255 * one).round().astype(np.uint8)).all(axis=(1, 2, 3)))[0]) for one in few]
    assert len(set(numbers)) == 15 and (labels[numbers] == kinds).all()


# Answers that no honest worker gives

WEIGHTS = given.network("first_five")
ODD = {
    "nothing": None,
    "a text": "passed",
    "a list of texts": ["passed"] * 8,
    "an empty tuple": (),
    "an array of NaN": np.full((3, 1, 28, 28), np.nan, np.float32),
    "complex numbers": np.zeros((3, 1, 28, 28), complex),
    "an empty array": np.zeros((0, 1, 28, 28), np.float32),
    "lists in a tuple": ([], [], np.zeros(3), [], []),
    "weights of other shapes": ([np.zeros(3, np.float32)] * 8, [True] * 8, np.zeros((5, 5)), WEIGHTS, [True] * 8),
    "weights that do not answer so": (
        [*WEIGHTS[:-2], np.zeros((5, 64), np.float32), np.zeros(5, np.float32)],
        [True] * 8,
        np.zeros((7, 5), np.float32),
        WEIGHTS,
        [True] * 8,
    ),
    "texts for truth values": (WEIGHTS, ["True"] * 8, given.logits(WEIGHTS, np.zeros((10, 1, 28, 28), np.float32)), [], []),
    "a history without weights": ([], [0.5] * failures.EPOCHS),
    "weights that are texts": (["w"] * 8, [0.5] * failures.EPOCHS),
    "weights of NaN": ([np.full_like(each, np.nan) for each in given.network("ten_digits")], [0.5] * failures.EPOCHS),
    "a history of NaN": (given.network("ten_digits"), [float("nan")] * failures.EPOCHS),
    "shares that are arrays": {"as they are": np.ones(3)},
}


@pytest.mark.sampled(1)
@pytest.mark.parametrize("number", [check.number for part in OURS for check in only(part).checks()])
def test_an_odd_answer_is_wrong_and_breaks_nothing(number, submission, few, monkeypatch):
    """Whatever a forged worker sends, the check fails for the student's reasons, not for the grader's."""
    check = next(check for check in VISION.checks() if check.number == number)
    with Sandbox(strict=False) as sandbox:
        for odd, answer in ODD.items():
            part = check.on(Grading(Submission(submission), sandbox, "a", VISION.reference()))
            part.setUp()
            monkeypatch.setattr(part, "ask", lambda *arguments, answer=answer, **options: answer)
            with pytest.raises(CheckFailed) as failed:
                getattr(part, check.method)()
            assert failed.value.failure.verdict is Verdict.WRONG, odd
            assert not getattr(type(part), check.method).__dict__.get("__score__"), odd


# The curves


def test_where_curves_begin_meet_and_end():
    new = np.array([0.2, 0.4, 0.6, 0.7, 0.8, 0.8, 0.8])
    trained = transfer.Trained(np.array([0.5, 0.7, 0.795, 0.9, 0.9, 0.9, 0.9]), new)
    assert trained.ends == pytest.approx((0.9, 0.8))
    assert trained.epochs == 3
    assert transfer.Trained(np.full(7, 0.5), new).epochs == np.inf


@pytest.mark.costly
def test_the_training_is_that_of_the_weights_and_the_seed_alone():
    images, labels = given.digits(datasets.find("mnist"), 4, np.random.default_rng(0), range(5, 10))
    arguments = (images, labels - 5, images, 2)
    shared = [True] * 4 + [False] * 4
    once = training.learning(None, WEIGHTS, shared, [True] * 8, *arguments, 1)
    assert once.shape == (2, 20) and once.dtype == np.uint8
    assert (once == training.learning(None, WEIGHTS, shared, [True] * 8, *arguments, 1)).all()
    assert (once != training.learning(None, WEIGHTS, shared, [True] * 8, *arguments, 2)).any()
    other = [each + 1 for each in WEIGHTS]
    nothing = [False] * 8
    assert (
        training.learning(None, WEIGHTS, nothing, [True] * 8, *arguments, 1)
        == training.learning(None, other, nothing, [True] * 8, *arguments, 1)
    ).all()


# Whole submissions


@pytest.mark.long
def test_the_solution_gets_all_points_and_a_picture(submission, quick):
    report = grade(submission, VISION, seed="a")
    ours = [outcome for outcome in report.outcomes if outcome.number[0] in "45"]
    assert {outcome.number: outcome.verdict.value for outcome in ours} == {each.number: "passed" for each in ours}
    assert sum(outcome.score for outcome in ours) == 33  # two halves of a point on top
    assert not report.faults
    page = html.render(report, "a student")
    assert page.count("<polyline") == 4 and "Accuracy after each epoch" in page
    assert "transferred" in report.document["tests"][[outcome.number for outcome in report.outcomes].index("4.2")]["output"]


@pytest.mark.costly
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_wrong_program(program, submission, quick, monkeypatch):
    shutil.move(submission / program.file, submission / f"{RIGHT}{program.file}")
    shutil.copy(program.path, submission / program.file)
    # A training takes seconds: with few images it fails, and so it is looked at where a program is about it alone.
    trains = "5.5" in program.verdicts or "train_robust" in program.path.read_text()
    if not trains:
        monkeypatch.setattr(failures, "TRAINED", 5)
        monkeypatch.setattr(failures, "ASKED", 5)
    report = grade(submission, only(program.file.removesuffix(".py")), seed="a")
    verdicts = {outcome.number: outcome.verdict for outcome in report.outcomes if trains or outcome.number != "5.5"}
    assert verdicts == {number: program.verdicts.get(number, Verdict.PASSED) for number in verdicts}
    explanations = [str(outcome.failure) for outcome in report.outcomes if outcome.number in program.verdicts]
    assert not program.says or any(program.says in each for each in explanations), "\n\n".join(explanations)
    assert not report.faults


def test_nothing_of_a_submission_runs_where_the_grader_trains(tmp_path):
    source = """
def answer(student):
    try:
        import helper
    except ImportError:
        helper = None
    return [student is None, helper is None]
"""
    with Sandbox(strict=False) as sandbox:
        (sandbox.submission / "helper.py").write_text("raise SystemExit\n")
        worker = sandbox.worker(sandbox.alone(), Limits(harness=Harness.of(source.encode())))
        assert worker.call("answer", harness=True).result == [True, True]
