"""Lateness and the rate limit, from what Gradescope tells of a submission."""

import json
from dataclasses import replace
from datetime import timedelta

import jsonschema
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder import lateness
from autograder.assignment import find
from autograder.config import Late, RateLimit
from gradescope import policy
from gradescope.metadata import read
from tests.conftest import ROOT
from tests.gradescope.metadata import DUE, earlier, metadata

SCHEMA = json.loads((ROOT / "tests" / "autograder" / "gradescope_schema.json").read_text())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATE = Late(loss_per_day=0.1, largest_loss=0.25, grace_minutes=10)
LIMIT = RateLimit(submissions=2, hours=24)
CONFIG = replace(find("cnn").config, late=LATE, rate_limit=LIMIT)
DOCUMENT = {
    "score": 70.0, "output": "70 of 100 points.", "output_format": "text", "tests": [], "extra_data": {"schema": 1},
}  # fmt: skip


def graded_by(autograder, *before_due):
    """Return the results of an autograder that knows of submissions so long before the due date."""
    times = [(DUE - each).isoformat() for each in before_due]
    extra = {"schema": 1, policy.AUTOGRADER: autograder, policy.GRADED: times}
    return {"score": 50.0, "output": "", "tests": [], "extra_data": extra}


@pytest.fixture
def told(tmp_path):
    """A function that writes metadata and reads them as the autograder does."""

    def tell(**options):
        path = tmp_path / "submission_metadata.json"
        path.write_text(json.dumps(metadata(**options)))
        return read(path)

    return tell


def loss_of(found):
    return lateness.loss(found.created_at, found.due_date, LATE)


@pytest.mark.parametrize(
    ("after_due", "share"),
    [(-HOUR, None), (10 * HOUR / 60, None), (11 * HOUR / 60, 0.1), (DAY, 0.1), (DAY + HOUR, 0.2), (9 * DAY, 0.25)],
)
def test_what_being_late_costs(told, after_due, share):
    loss = loss_of(told(after_due=after_due))
    assert (loss and loss.share) == share


def test_the_sentence_says_how_late_and_what_it_costs(told):
    sentence = loss_of(told(after_due=DAY + 3 * HOUR)).sentence
    assert sentence == (
        "Handed in 1 d 3 h after the due date: "
        "20% of the points are taken off (10% for each day or part of a day, 25% at most)."
    )


def test_an_assignment_without_a_due_date_knows_no_lateness(tmp_path):
    path = tmp_path / "metadata.json"
    content = metadata(after_due=DAY)
    content["assignment"]["due_date"] = None
    path.write_text(json.dumps(content))
    assert loss_of(read(path)) is None


def test_a_time_in_utc_may_end_in_z(tmp_path):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(metadata() | {"created_at": "2026-10-01T19:00:00.000000Z"}))
    assert read(path).created_at == DUE


def extended(*due_dates, everyones=DUE):
    """Return the metadata of a group that hands in a day late. due_dates: the members' own, if they have one."""
    content = metadata(after_due=DAY)
    content["assignment"]["due_date"] = everyones and everyones.isoformat()
    content["users"] = [
        {"email": "a@b.c", "id": 1, "name": "N"}
        | ({"assignment": {"due_date": own and own.isoformat()}} if own != 0 else {})
        for own in due_dates
    ]
    return _read(content)


@pytest.mark.parametrize(
    ("due_dates", "share"),
    [
        ([], 0.1),
        ([0], 0.1),  # the metadata name no dates of the students' own
        ([None], 0.1),
        ([DUE + DAY], None),
        ([DUE + HOUR], 0.1),
        ([DUE - DAY], 0.2),
        ([0, DUE + DAY], None),
        ([DUE + DAY, DUE, None], None),
        ([DUE - 2 * DAY, DUE - DAY], 0.2),
    ],
)
def test_a_students_own_extension_counts_and_the_latest_of_a_group(due_dates, share):
    loss = loss_of(extended(*due_dates))
    assert (loss and loss.share) == share


def test_who_has_no_due_date_is_never_late_and_neither_is_the_group():
    assert loss_of(extended(None, DUE, everyones=None)) is None
    assert loss_of(extended(DUE, everyones=None)).share == 0.1


def test_no_limit_refuses_nobody(told):
    assert policy.refusal(told(previous=[earlier(n * HOUR) for n in range(6, 60)]), RateLimit(submissions=0)) is None


def test_a_limit_counts_gradings_in_the_hours_before_this_submission(told):
    assert policy.refusal(told(previous=[earlier(6 * HOUR)]), LIMIT) is None
    assert policy.refusal(told(previous=[earlier(40 * HOUR), earlier(6 * HOUR)]), LIMIT) is None
    refusal = policy.refusal(told(previous=[earlier(20 * HOUR), earlier(6 * HOUR)]), LIMIT)
    assert "the limit is 2 in 24 hours" in refusal
    assert "after 2026-10-01 16:00" in refusal  # the older one was handed in 20 hours before 12:00, and leaves after 24


@pytest.mark.parametrize("open_end", [{"score": None}, {"failed": True}, {"score": None, "failed": True}])
def test_what_still_runs_or_failed_counts(told, open_end):
    """Else those who hand in twice at once would be graded without end."""
    first = earlier(9 * HOUR, graded_by("this", 9 * HOUR))
    assert policy.refusal(told(previous=[earlier(9 * HOUR), earlier(6 * HOUR, **open_end)]), LIMIT)
    assert policy.refusal(told(previous=[first, earlier(6 * HOUR, **open_end)]), LIMIT)
    assert policy.refusal(told(previous=[first]), LIMIT) is None


def test_what_was_refused_does_not_count(told):
    """The chain in extra_data knows only what was graded, and only the latest submission carries it."""
    graded = [(DUE - 20 * HOUR).isoformat()]
    results = {"tests": [], "extra_data": {policy.GRADED: graded}}
    previous = [earlier(n * HOUR) for n in (20, 9, 8, 7)] + [earlier(6 * HOUR, results)]
    assert policy.refusal(told(previous=previous), LIMIT) is None


def test_a_regrade_does_not_see_what_came_later(told):
    later = [earlier(4 * HOUR), earlier(3 * HOUR), earlier(2 * HOUR, graded_by("this", 5 * HOUR, 4 * HOUR))]
    assert policy.refusal(told(previous=later), LIMIT) is None
    rules = policy.Policy(CONFIG, "this", told(previous=later))
    assert rules.applied(DOCUMENT)["extra_data"][policy.GRADED] == [(DUE - 5 * HOUR).isoformat()]


@pytest.mark.parametrize("cut", ["microseconds", "milliseconds", "seconds"])
def test_a_submission_does_not_count_itself(cut):
    """On a regrade it may stand in its own history, its time in fewer figures."""
    created = DUE - 5 * HOUR + timedelta(microseconds=123456)
    content = metadata(previous=[earlier(9 * HOUR), earlier(5 * HOUR, graded_by("this"))])
    content["created_at"] = created.isoformat()
    content["previous_submissions"][1]["submission_time"] = created.isoformat(timespec=cut)
    assert policy.refusal(_read(content), LIMIT) is None
    assert [entry.time for entry in _read(content).earlier] == [DUE - 9 * HOUR]


def test_what_was_graded_is_graded_again_whatever_else_is_listed(told):
    """The chain in a later result says so, even where all that Gradescope lists would be too many."""
    listed = [earlier(n * HOUR) for n in (9, 8, 7, 6)]
    chain = graded_by("this", 9 * HOUR, 5 * HOUR, 2 * HOUR)
    assert policy.refusal(told(previous=listed), LIMIT)
    assert policy.refusal(told(previous=[*listed, earlier(5 * HOUR), earlier(2 * HOUR, chain)]), LIMIT) is None
    assert policy.refusal(told(previous=[*listed, earlier(5 * HOUR, chain)]), LIMIT) is None
    more_were_allowed_then = graded_by("this", 9 * HOUR, 8 * HOUR, 7 * HOUR, 5 * HOUR)
    assert policy.refusal(told(previous=[*listed, earlier(5 * HOUR, more_were_allowed_then)]), LIMIT) is None


def refused(told, *previous):
    return policy.Policy(CONFIG, "this", told(previous=list(previous))).refused()


def test_the_last_grade_stands_and_hands_on_what_counts(told):
    last = graded_by("this", 9 * HOUR, 8 * HOUR)
    stands = refused(told, earlier(9 * HOUR), earlier(8 * HOUR, last))
    assert stands == {**last, "output": stands["output"], "output_format": "text"}
    assert "Your last grade stands" in stands["output"]


def test_nothing_stale_is_emitted(told):
    """What another autograder found is graded again, by an older one, or one that does not say which it is."""
    for results in (graded_by("another", 9 * HOUR, 8 * HOUR), {**graded_by("this"), "extra_data": {}}):
        assert refused(told, earlier(9 * HOUR), earlier(8 * HOUR, results)) is None
    last = graded_by("this", 9 * HOUR, 8 * HOUR)
    # On a regrade of a refused one: its own results, if this autograder made them; those of later ones never.
    assert refused(told, earlier(9 * HOUR), earlier(8 * HOUR), earlier(5 * HOUR, last))["score"] == 50
    assert refused(told, earlier(9 * HOUR), earlier(8 * HOUR), earlier(5 * HOUR, {**last, "extra_data": {}})) is None
    assert refused(told, earlier(9 * HOUR), earlier(8 * HOUR), earlier(5 * HOUR)) is None
    later = {**last, "score": 99.0}
    stands = refused(told, earlier(9 * HOUR, score=20.0), earlier(8 * HOUR, score=None), earlier(2 * HOUR, later))
    assert stands["score"] == 20


def test_without_results_the_last_score_stands_or_none(told):
    stands = refused(told, earlier(9 * HOUR, score=42.0), earlier(8 * HOUR, score=None))
    assert (stands["score"], stands["tests"]) == (42, [])
    assert stands["extra_data"][policy.GRADED] == [(DUE - each * HOUR).isoformat() for each in (9, 8)]
    assert refused(told, earlier(9 * HOUR, score=None), earlier(8 * HOUR, score=None))["score"] == 0


@given(st.lists(st.tuples(st.integers(1, 200), st.booleans()), max_size=12, unique_by=lambda each: each[0]))
def test_no_window_ever_holds_more_gradings_than_the_limit_even_if_none_waits_for_the_last(hours):
    """Hand in at random hours; some run so long that the next one does not see their results."""
    graded, previous = [], []
    for hour, slow in sorted(hours, reverse=True):
        rules = policy.Policy(CONFIG, "this", _read(metadata(after_due=-hour * HOUR, previous=previous)))
        results = rules.refused()
        if results is None:
            results = rules.applied(DOCUMENT)
            graded.append(hour)
            assert sum(each - hour < 24 for each in graded) <= 2
        finished = [{key: value for key, value in entry.items() if key != "results"} for entry in previous]
        previous = [*finished, earlier(hour * HOUR, score=None) if slow else earlier(hour * HOUR, results)]


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


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from(["2026-10-01", "0001-01-01", 10**400]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
NAMES = [
    *("created_at", "assignment", "due_date", "users", "email", "previous_submissions", "submission_time", "score"),
    *("results", "tests", "extra_data", policy.GRADED, policy.AUTOGRADER),
]


@st.composite
def damaged(draw):
    """Return metadata of a late submission after two others, with some values replaced by anything, or left out."""
    content = metadata(DAY, [earlier(9 * HOUR), earlier(6 * HOUR, graded_by("this", 9 * HOUR, 6 * HOUR))])
    content["users"][0]["assignment"] = {"due_date": DUE.isoformat()}
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=3)):
        owners = [each for each in _objects(content) if name in each]
        if owners and draw(st.booleans()):
            draw(st.sampled_from(owners)).pop(name)
        elif owners:
            draw(st.sampled_from(owners))[name] = draw(json_values)
    return json.dumps(content).encode()


def _objects(value):
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _objects(each)


@pytest.mark.costly
@given(st.binary(max_size=50) | json_values.map(lambda value: json.dumps(value).encode()) | damaged())
@example(b"[" * 100_000)
@example(b'{"created_at": ' + b"9" * 10_000 + b"}")
@example(json.dumps(metadata() | {"created_at": "9999-12-31T23:59:59.999999-23:59"}).encode())
@example(json.dumps(metadata() | {"created_at": "0001-01-01T00:00:00+23:59"}).encode())
@example(json.dumps(metadata(previous=[earlier(HOUR) | {"score": 10**4000}])).encode())
@example(json.dumps(metadata()).encode("utf-16"))
@example(b'{"created_at": "2026-10-01T12:00:00Z", "users": [{"email": "\\ud800"}]}')
def test_no_metadata_stop_a_grading(tmp_path_factory, content):
    """Graded by the rules, or without them and that is said; and what is written is what Gradescope takes."""
    path = tmp_path_factory.getbasetemp() / "submission_metadata.json"
    path.write_bytes(content)
    rules = policy.read(path, CONFIG, "this")
    for results in (rules.applied(DOCUMENT), rules.refused() or DOCUMENT):
        jsonschema.validate(json.loads(json.dumps(results, allow_nan=False)), SCHEMA)
    assert 0 <= rules.applied(DOCUMENT)["score"] <= 70
    assert (rules.metadata is None) == bool(rules.problem) == rules.applied(DOCUMENT)["output"].endswith(policy.UNREADABLE)
    if rules.metadata is None:
        assert rules.applied(DOCUMENT)["score"] == 70 and rules.refused() is None


@pytest.mark.parametrize(
    "change",
    [
        {"created_at": None}, {"created_at": 5}, {"created_at": "yesterday"}, {"users": 1}, {"users": ["ada"]},
        {"users": [{"email": 5}]}, {"users": [{"assignment": {"due_date": 3}}]}, {"assignment": []},
        {"assignment": {"due_date": "9999-01-01T00:00:00Z"}}, {"assignment": {"due_date": "soon"}},
        {"previous_submissions": {}}, {"previous_submissions": [None]}, {"previous_submissions": [{}]},
        {"previous_submissions": [earlier(HOUR) | {"results": "none"}]},
        {"previous_submissions": [earlier(HOUR, {"tests": [], "extra_data": {policy.GRADED: ["yesterday"]}})]},
        {"previous_submissions": [earlier(HOUR, {"tests": [], "extra_data": {policy.GRADED: "2026-10-01"}})]},
    ],
)  # fmt: skip
def test_what_gradescope_would_not_write_is_graded_without_rules(tmp_path, change):
    path = tmp_path / "metadata.json"
    path.write_text(json.dumps(metadata(DAY) | change))
    rules = policy.read(path, CONFIG, "this")
    assert rules.problem and rules.applied(DOCUMENT)["output"].endswith(policy.UNREADABLE)


def test_a_file_that_cannot_be_opened_is_no_rule_either(tmp_path):
    (tmp_path / "large.json").write_text(json.dumps(metadata() | {"title": "a" * 20_000_000}))
    assert "larger than 16 MB" in policy.read(tmp_path / "large.json", CONFIG, "this").problem
    rules = policy.read(tmp_path, CONFIG, "this")
    assert rules.metadata is None and "Is a directory" in rules.problem
    assert policy.read(tmp_path / "none.json", CONFIG, "this").problem == ""


def _read(content):
    import tempfile
    from pathlib import Path

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "metadata.json")
        path.write_text(json.dumps(content))
        return read(path)
