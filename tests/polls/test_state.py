"""Where a poll stands after whatever was done: no sequence of acts leads to a state that a lecture cannot be in."""

from functools import reduce

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polls.state import ACTS, GROUP, MOST_SECONDS, SHOWN, THINK, Done, Refused, State, after

QUESTIONS = 3
USUAL = [
    ("open", 0, 60.0),
    ("show", SHOWN.index("solution"), 0.0),
    ("show", SHOWN.index("nothing"), 0.0),
    ("go", 1, 0.0),
    ("close", 0, 0.0),
    ("more", 0, 30.0),
]
ODD = st.tuples(
    st.sampled_from([act for act in ACTS if act != "end"]),
    st.integers(-1, QUESTIONS),
    st.sampled_from([-1.0, 0.0, 1.0, MOST_SECONDS, MOST_SECONDS + 1, float("nan"), float("inf")]),
)
ACTED = st.lists(st.one_of(*[st.sampled_from(USUAL)] * 4, ODD), min_size=10, max_size=40)


def done(*acts):
    """Return what was done, a second after each other."""
    return [Done(float(at), *act) for at, act in enumerate(acts)]


def state(*acts):
    return reduce(after, done(*acts), State(QUESTIONS))


def allowed(acts):
    """Return the states that a sequence of acts goes through; what is refused changes nothing."""
    now = State(QUESTIONS)
    for act in done(*acts):
        try:
            now = after(now, act)
        except Refused as refused:
            assert str(refused)
            continue
        yield act, now


@settings(max_examples=100)
@given(ACTED)
def test_a_state_makes_sense(acts):
    for act, now in allowed(acts):
        assert 0 <= now.question < QUESTIONS
        assert [round.number for round in now.rounds] == list(range(1, len(now.rounds) + 1))
        assert [round for round in now.rounds if round.closed is None] == ([now.round] if now.is_open else [])
        for question in range(QUESTIONS):
            rounds = now.of(question)
            assert [round.name for round in rounds] == [THINK, GROUP][: len(rounds)]
            assert now.shows(question) == "nothing" or all(round.closed is not None for round in rounds)
        for round in now.rounds:
            assert round.opened < round.closes <= act.at + MOST_SECONDS * len(acts)


@settings(max_examples=100)
@given(ACTED)
def test_a_question_is_not_asked_again_in_the_form_whose_solution_was_shown(acts):
    solved = set()  # questions and forms
    for act, now in allowed(acts):
        if act.act in ("open", "more"):
            assert (now.question, now.round.form) not in solved
        if now.showing == "solution":
            solved |= {(now.question, round.form) for round in now.of_question}


@settings(max_examples=100)
@given(ACTED)
def test_nothing_happens_after_the_end(acts):
    *_, (_, now) = allowed([*acts, ("close", 0, 0.0), ("end", 0, 0.0)])
    assert now.ended
    for act in done(*acts):
        with pytest.raises(Refused, match="has ended"):
            after(now, act)


@given(ACTED)
def test_the_same_was_done_so_the_state_is_the_same(acts):
    steps = [act for act, _ in allowed(acts)]
    *_, last = [State(QUESTIONS), *(now for _, now in allowed(acts))]
    assert reduce(after, steps, State(QUESTIONS)) == last


def test_the_way_of_a_lecture():
    first = [("open", 0, 60.0), ("close",), ("open", 1, 180.0), ("more", 0, 30.0), ("close",)]
    shown = state(*first, ("show", SHOWN.index("answers")), ("show", SHOWN.index("solution")))
    assert [(round.name, round.form, round.opened, round.closes, round.closed) for round in shown.rounds] == [
        ("think", 0, 0.0, 60.0, 1.0),
        ("group", 1, 2.0, 212.0, 4.0),
    ]
    assert shown.has_shown(0, 0)
    assert shown.has_shown(0, 1)
    assert not shown.has_shown(1, 0)
    assert state(*first, ("go", 1)).round is None


def test_time_that_is_given_late_counts_from_then():
    late = reduce(after, [Done(0.0, "open", 0, 10.0), Done(50.0, "more", 0, 20.0)], State(QUESTIONS))
    assert late.round.closes == 70.0


def test_a_round_that_closed_goes_on_until_the_hall_has_seen_answers():
    closed = ("open", 0, 60.0), ("close",)
    assert state(*closed, ("more", 0, 30.0)).is_open
    for shown in ([("show", 1)], [("show", 2)], [("show", 1), ("show", 0)], [("show", 2), ("show", 0)]):
        with pytest.raises(Refused, match="has seen the answers"):
            state(*closed, *shown, ("more", 0, 30.0))


@pytest.mark.parametrize(
    ("acts", "why"),
    [
        ([("close",)], "No round is open"),
        ([("more", 0, 5.0)], "No round is open"),
        ([("show", 1)], "hasn't been asked"),
        ([("go", QUESTIONS)], "no such question"),
        ([("open", 2, 5.0)], "two forms"),
        ([("open", 0, 0.0)], "from 1 to"),
        ([("open", 0, 5.0), ("open", 1, 5.0)], "already open"),
        ([("open", 0, 5.0), ("go", 1)], "Close the round first"),
        ([("open", 0, 5.0), ("show", 1)], "Close the round first"),
        ([("open", 0, 5.0), ("end",)], "Close the round first"),
        ([("open", 0, 5.0), ("close",), ("show", 2), ("open", 0, 5.0)], "choose other numbers"),
        ([("open", 0, 5.0), ("close",), ("open", 0, 5.0), ("close",), ("open", 1, 5.0)], "Both rounds"),
        ([("open", 0, 5.0), ("close",), ("show", 3)], "nothing else to show"),
    ],
)
def test_what_cannot_be_done_says_why(acts, why):
    state(*acts[:-1])
    with pytest.raises(Refused, match=why):
        state(*acts)
