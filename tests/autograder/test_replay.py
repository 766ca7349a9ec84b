"""KeptReplies that are kept: graded again, nothing of the submission runs."""

import dataclasses
import shutil

import pytest

from autograder.assignment import find
from autograder.grading import grade
from autograder.sandbox import host
from autograder.sandbox.replay import KeptReplies, KeptReply, NotKept
from autograder.sandbox.replies import Stopped
from autograder.verdicts import Verdict
from tests.conftest import SOLUTIONS

CNN = find("cnn")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A submission that is partly wrong, its first report, and its replies as they are stored."""
    solution = tmp_path_factory.mktemp("submission")
    shutil.copy(SOLUTIONS / "convolution.py", solution)
    (solution / "pooling.py").write_text(
        "def pool2d(images, size=2, stride=None, mode='max'):\n    print('look')\n    return {1}\n"
    )
    (solution / "parameters.py").write_text("def count_dense(layer_sizes, bias=True):\n    raise ValueError(layer_sizes)\n")
    replies = KeptReplies()
    report = grade(solution, CNN, seed="secret", replies=replies)
    return solution, report, replies.pack()


@pytest.fixture
def nothing_runs(monkeypatch):
    """Any worker that is started is a fault."""

    def start(*arguments):
        raise AssertionError("a worker was started")

    monkeypatch.setattr(host.Sandbox, "worker", start)


def told(report):
    """Return all that a report says of its checks."""
    return [
        (o.number, o.verdict, o.score, str(o.failure), o.notes, [str(chart) for chart in o.charts]) for o in report.outcomes
    ]


@pytest.mark.costly
def test_the_same_checks_get_the_same_answers(kept, nothing_runs):
    submission, report, replies = kept
    again = grade(submission, CNN, seed="secret", replies=KeptReplies.unpack(replies), replay=True)
    assert told(again) == told(report)
    assert again.missing_layers == report.missing_layers
    assert not again.faults


def test_why_a_call_was_stopped_is_kept_with_its_lines():
    replies = KeptReplies()
    stopped = Stopped(Verdict.TIMED_OUT, "It did not end.", ["a.py line 1: while True: pass"], "printed")
    replies.keep("call", KeptReply(stopped, "printed", 3.0))
    assert KeptReplies.unpack(replies.pack()).of_calls == {"call": [KeptReply(stopped, "printed", 3.0)]}


@pytest.mark.costly
def test_other_points_need_no_run(kept, nothing_runs):
    submission, report, replies = kept
    checks = {number: dataclasses.replace(check, points=2 * check.points) for number, check in CNN.config.checks.items()}
    doubled = dataclasses.replace(CNN, config=dataclasses.replace(CNN.config, checks=checks))
    again = grade(submission, doubled, seed="secret", replies=KeptReplies.unpack(replies), replay=True)
    assert again.score == pytest.approx(2 * report.score)


@pytest.mark.costly
def test_other_cases_need_a_run(kept, nothing_runs):
    submission, _, replies = kept
    with pytest.raises(NotKept, match="gets a call that it did not get before"):
        grade(submission, CNN, seed="another", replies=KeptReplies.unpack(replies), replay=True)


def test_other_limits_need_a_run(kept, nothing_runs):
    submission, _, replies = kept
    parts = {name: dataclasses.replace(part, call_seconds=part.call_seconds + 1) for name, part in CNN.config.parts.items()}
    longer = dataclasses.replace(CNN, config=dataclasses.replace(CNN.config, parts=parts))
    with pytest.raises(NotKept):
        grade(submission, longer, seed="secret", replies=KeptReplies.unpack(replies), replay=True)


@pytest.mark.costly
def test_too_many_answers_are_not_kept(solution, monkeypatch):
    replies = KeptReplies()
    monkeypatch.setattr("autograder.sandbox.replay.MOST_BYTES", 1000)
    assert not grade(solution, CNN, seed="secret", replies=replies).faults
    assert replies.pack() is None
    assert sum(len(reply.came) for known in replies.of_calls.values() for reply in known) <= 1000


@pytest.mark.parametrize("damage", [lambda kept: kept[:-9], lambda kept: b"x" + kept, lambda kept: b""])
def test_damaged_answers_are_refused(kept, damage):
    with pytest.raises(ValueError, match="the saved replies cannot be read"):
        KeptReplies.unpack(damage(kept[2]))
