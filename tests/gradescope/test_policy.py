"""Lateness and the rate limit, from what Gradescope tells of a submission."""

import json
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.options import Late, RateLimit
from gradescope import policy
from gradescope.metadata import read
from tests.gradescope.metadata import DUE, earlier, metadata

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = Late(loss_per_day=0.1, largest_loss=0.25, grace_minutes=10)
LIMIT = RateLimit(submissions=2, hours=24)


@pytest.fixture
def told(tmp_path):
    """A function that writes metadata and reads them as the autograder does."""

    def tell(**options):
        path = tmp_path / "submission_metadata.json"
        path.write_text(json.dumps(metadata(**options)))
        return read(path)

    return tell


@pytest.mark.parametrize(
    ("after_due", "share"),
    [(-HOUR, None), (10 * HOUR / 60, None), (11 * HOUR / 60, 0.1), (DAY, 0.1), (DAY + HOUR, 0.2), (9 * DAY, 0.25)],
)
def test_what_being_late_costs(told, after_due, share):
    loss = policy.loss(told(after_due=after_due), LATE)
    assert (loss and loss.share) == share


def test_the_sentence_says_how_late_and_what_it_costs(told):
    sentence = policy.loss(told(after_due=DAY + 3 * HOUR), LATE).sentence
    assert sentence == (
        "Handed in 1 d 3 h after the due date: 20% of the points are taken off (10% for each day begun, 25% at most)."
    )


def test_an_assignment_without_a_due_date_knows_no_lateness(tmp_path):
    path = tmp_path / "metadata.json"
    content = metadata(after_due=DAY)
    content["assignment"]["due_date"] = None
    path.write_text(json.dumps(content))
    assert policy.loss(read(path), LATE) is None


def test_a_time_in_utc_may_end_in_z(tmp_path):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(metadata() | {"created_at": "2026-10-01T19:00:00.000000Z"}))
    assert read(path).created_at == DUE


@pytest.mark.parametrize("content", ["[]", "{}", '{"created_at": 5}', '{"created_at": "yesterday"}', "{"])
def test_what_gradescope_would_not_write_is_an_error(tmp_path, content):
    path = tmp_path / "metadata.json"
    path.write_text(content)
    with pytest.raises(ValueError):
        read(path)


def test_no_limit_refuses_nobody(told):
    assert policy.refusal(told(previous=[earlier(n * HOUR) for n in range(6, 60)]), RateLimit(submissions=0)) is None


def test_a_limit_counts_gradings_in_the_hours_before_this_submission(told):
    assert policy.refusal(told(previous=[earlier(6 * HOUR)]), LIMIT) is None
    assert policy.refusal(told(previous=[earlier(40 * HOUR), earlier(6 * HOUR)]), LIMIT) is None
    refusal = policy.refusal(told(previous=[earlier(20 * HOUR), earlier(6 * HOUR)]), LIMIT)
    assert "2 were in the 24 hours before it" in refusal
    assert "after 2026-10-01 16:00" in refusal  # the older one was handed in 20 hours before 12:00, and leaves after 24


def test_what_failed_for_the_autograders_sake_does_not_count(told):
    assert policy.refusal(told(previous=[earlier(9 * HOUR, failed=True), earlier(6 * HOUR)]), LIMIT) is None


def test_what_was_refused_does_not_count(told):
    """The chain in extra_data knows only what was graded, and only the latest submission carries it."""
    graded = [(DUE - 20 * HOUR).isoformat()]
    results = {"tests": [], "extra_data": {policy.GRADED: graded}}
    previous = [earlier(n * HOUR) for n in (20, 9, 8, 7)] + [earlier(6 * HOUR, results)]
    assert policy.refusal(told(previous=previous), LIMIT) is None


def test_a_regrade_does_not_see_what_came_later(told):
    assert policy.refusal(told(previous=[earlier(4 * HOUR), earlier(3 * HOUR), earlier(2 * HOUR)]), LIMIT) is None


@given(st.lists(st.integers(1, 200), max_size=12, unique=True), st.integers(1, 4), st.integers(1, 48))
def test_no_window_ever_holds_more_gradings_than_the_limit(hours, submissions, window):
    """Hand in at random hours, always telling the next one what Gradescope would; count what was graded."""
    limit = RateLimit(submissions=submissions, hours=window)
    graded, previous = [], []
    for hour in sorted(hours, reverse=True):  # hours before the due date
        path_free = _read(metadata(after_due=-hour * HOUR, previous=previous))
        refused = policy.refusal(path_free, limit)
        if not refused:
            graded = [*policy.graded_before(path_free), path_free.created_at]
            in_window = [time for time in graded if path_free.created_at - time < window * HOUR]
            assert len(in_window) <= submissions
        results = {"tests": [], "extra_data": {policy.GRADED: [time.isoformat() for time in graded]}}
        previous = [{key: value for key, value in entry.items() if key != "results"} for entry in previous]
        previous.append(earlier(hour * HOUR, results))


def _read(content):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "metadata.json")
        path.write_text(json.dumps(content))
        return read(path)
