"""assignment.toml: what an instructor changes is what happens, and a mistake in it is said."""

import time
from dataclasses import replace

import pytest

from autograder import grading
from autograder.assignment import find
from autograder.config import FILE, parse
from autograder.grading import grade
from common.errors import UserError
from tests.conftest import SOLUTIONS

OWN = (SOLUTIONS / FILE).read_text()


@pytest.fixture
def file(tmp_path):
    """A function that writes an assignment.toml in which something is changed."""

    def write(before, after):
        assert before in OWN
        path = tmp_path / "assignment.toml"
        path.write_text(OWN.replace(before, after))
        return path

    return write


def test_the_homework_has_100_points():
    checks = find("cnn").config.checks
    points = {part: sum(each.points for name, each in checks.items() if name[0] == part) for part in "1234"}
    assert points == {"1": 30, "2": 20, "3": 20, "4": 30}


@pytest.mark.costly
def test_points_and_visibility_are_the_instructors(file, solution, tmp_path):
    path = file('"1.1" = { points = 3, public = true }', '"1.1" = { points = 7.5 }')
    report = grade(solution, find("cnn", path), tmp_path / "results.json", seed="s")
    first = report.outcomes[0]
    assert (first.number, first.score, first.points, first.check.public) == ("1.1", 7.5, 7.5, False)
    assert report.score == 74.5


@pytest.mark.parametrize("when", ["after_due_date", "hidden", "visible"])
def test_when_hidden_checks_show(file, when):
    config = find("cnn", file('hidden_checks_show = "after_published"', f'hidden_checks_show = "{when}"')).config
    assert (config.visibility("1.1"), config.visibility("1.5")) == ("visible", when)


@pytest.mark.costly
def test_a_check_that_shows_is_drawn_from_the_secret_seed_all_the_same(file, solution):
    """Only what students run themselves is drawn from the public one."""
    (solution / "convolution.py").write_text(
        (solution / "convolution.py").read_text().replace("(window * kernel).sum()", "(window * kernel).sum() + 1")
    )
    assigned = find("cnn", file('hidden_checks_show = "after_published"', 'hidden_checks_show = "visible"'))

    def explanation(seed):
        report = grade(solution, assigned, seed=seed)
        return next(str(each.failure) for each in report.outcomes if each.number == "1.6")

    assert explanation("one") != explanation("two")


def test_the_leaderboard_can_be_off(file):
    on, off = find("cnn"), find("cnn", file("leaderboard = true", "leaderboard = false"))
    assert len(on.checks()) == len(off.checks()) + 3


@pytest.mark.costly
def test_allowed_packages_are_the_instructors(file, solution):
    (solution / "pooling.py").write_text("import click\nfrom numpy import *\n" + (solution / "pooling.py").read_text())
    pooling = lambda assigned: {each.verdict.value for each in grade(solution, assigned).parts()[1][1]}  # noqa: E731
    assert pooling(find("cnn")) == {"forbidden"}
    path = file('topics = ["Pooling"]\nallowed = ["numpy"]', 'topics = ["Pooling"]\nallowed = ["numpy", "click"]')
    assert pooling(find("cnn", path)) == {"passed"}


@pytest.mark.costly
def test_a_whole_submission_has_a_deadline(solution):
    (solution / "convolution.py").write_text(
        "import time\ndef output_size(*_, **__): time.sleep(5000)\nconv2d = output_size\n"
    )
    assigned = find("cnn")
    patient = {name: replace(part, call_seconds=5e3, part_seconds=5e3) for name, part in assigned.config.parts.items()}
    report = grade(solution, replace(assigned, config=replace(assigned.config, parts=patient)), seconds=2.0)
    outcomes = [outcome for part, outcomes in report.parts()[:3] for outcome in outcomes]
    assert {each.verdict.value for each in outcomes} == {"timed out"}
    assert report.seconds < 1000
    assert all("whole submission" in each.failure.sentence for each in outcomes)


def test_only_gradescopes_clock_ends_a_run_on_a_busy_machine(solution, monkeypatch):
    """Elsewhere a run has ten times as long, as its processor time is limited anyway."""
    deadlines = []
    original = grading.Sandbox
    monkeypatch.setattr(
        grading, "Sandbox", lambda deadline, **rest: deadlines.append(deadline) or original(deadline, **rest)
    )
    now = time.monotonic()
    grade(solution, find("cnn"), public_only=True)
    grade(solution, find("cnn"), public_only=True, seconds=540)
    assert [deadline - now for deadline in deadlines] == pytest.approx([5400, 540], abs=500)


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        ("seconds = 540", "seconds = true", "seconds must be a number, but is True"),
        ("seconds = 540", "seconds = nan", "seconds must be more than 0"),
        ("seconds = 540", "secnods = 540", "unknown option secnods; expected one of title, hidden_checks_show, seconds"),
        ("seconds = 540", "", "seconds is missing"),
        ("seconds = 540", "seconds = ", "Invalid value (at line"),
        ('colab = ""', 'colab = "https://github.com/a/b"', "colab must be the address at which Colab opens the folder"),
        ('colab = ""', 'colab = "https://colab.research.google.com/drive/a.ipynb"', "colab must be the address at which"),
        ('colab = ""', 'colab = "https://colab.research.google.com/a) (b"', "colab must be the address at which"),
        ('"at once"', '"never"', "hints must be 'at once' or 'on request', but is 'never'"),
        ('"after_published"', '"later"', "hidden_checks_show must be one of visible, after_due_date"),
        ('"1.1" = { points = 3, public = true }', '"1.1" = 3', "checks.1.1 must be a table, but is 3"),
        (
            '"1.1" = { points = 3, public = true }',
            '"1.1" = { points = -3 }',
            "checks.1.1.points must be 0 or more, but is -3",
        ),
        ('"1.1" = { points = 3, public = true }', "", "checks.1.1 is missing"),
        (
            '"1.1" = { points = 3',
            '"9.9" = { points = 3 }\n"1.1" = { points = 3',
            "checks.9.9 has points, but no check has this number",
        ),
        ("[parts.pooling]", "[parts.poling]", "checks/poling.py is missing"),
        ('allowed = ["numpy", "torch", "safetensors", "tqdm"]', "allowed = []", "parts.cifar10.allowed must include numpy"),
        ("no_points_below = 0.43", "no_points_below = 0.7", "settings.no_points_below must be below all_points_from"),
        (
            "worst_class_no_points_below = 0.20",
            "worst_class_no_points_below = 0.4",
            "settings.worst_class_no_points_below must be below worst_class_all_points_from",
        ),
        ("all_points_from = 0.67", "all_points_from = 70", "settings.all_points_from must be from 0 to 1, but is 70"),
        ("bonus = []", "bonus = [0.8]", "parts.cifar10.settings.bonus number 1 must be a table, but is 0.8"),
        ("bonus = []", "bonus = [{ accuracy = 0.8 }]", "parts.cifar10.settings.bonus number 1: points is missing"),
        (
            "bonus = []",
            "bonus = [{ accuracy = 80, points = 1 }]",
            "bonus number 1: accuracy must be from 0 to 1, but is 80",
        ),
        ("bonus = []", "bonus = [{ accuracy = 0.8, points = -1 }]", "bonus number 1: points must be 0 or more, but is -1"),
        ("test_images = 2000", "test_images = 0", "settings.test_images must be more than 0"),
        ("most_parameters = 5_000_000", "most_parameters = 0", "settings.most_parameters must be more than 0"),
        ("robustness_images = 300", "robustness_images = -1", "settings.robustness_images must be 0 or more"),
        ("loss_per_day = 0.0", "loss_per_day = 5", "late.loss_per_day must be from 0 to 1, but is 5"),
    ],
)
def test_a_mistake_is_said_in_a_sentence(file, before, after, sentence):
    path = file(before, after)
    with pytest.raises(UserError) as error:
        find("cnn", path)
    assert sentence in str(error.value) and str(error.value).startswith(str(path))


def test_what_is_no_text_is_no_options():
    with pytest.raises(UserError, match=r"some\.toml is not UTF-8"):
        parse(b"\xff", "some.toml")
