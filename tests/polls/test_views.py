"""What each page may know."""

import itertools
import json
from dataclasses import replace
from random import Random

import pytest

from polls import views
from polls.advice import advice, next_step
from polls.journal import FILE, About, Answer, Journal
from polls.live import Live
from polls.moves import Moves, moves, rights
from polls.state import ACTS, GROUP, SHOWN, THINK, Done, Refused, State, after
from polls.tally import Reader, Tally
from quizzes.question import Choice, Number
from tests.polls.conftest import drawn, of_variants
from tests.quizzes import made

MAKES = (made.number, made.grid, made.choice, made.several)
NOTHING, ANSWERS, SOLUTION = range(len(SHOWN))
FOR_ALL = {"poll", "replay", "steps", "question", "questions", "phase", "round", "shown", "results"}


def open_(form=0, seconds=60):
    return "open", form, seconds


@pytest.fixture
def poll(tmp_path):
    """Return a poll in which so much was done: acts by name or with their value, and what people answered in each round."""
    count, journals = itertools.count(), []

    def live(*acts, answers=(), questions=None):
        path = tmp_path / str(next(count)) / FILE
        Journal.create(path, About(questions or drawn(*MAKES), "t", "p"))
        journal = Journal(path)
        journals.append(journal)
        for place, act in enumerate(acts):
            journal.write(Done(float(place), *((act,) if isinstance(act, str) else act)))
        journal.keep(
            Answer(round, person, 1, 0.5, {"": given} if isinstance(given, str) else given)
            for round, person, given in answers
        )
        return Live(journal, lambda: float(len(acts)))

    yield live
    for journal in journals:
        journal.close()


def key(live, form=0):
    """Return the right number of the first question."""
    answer = live.variant(0, form).answer
    assert isinstance(answer, Number)
    return str(answer.value)


def wrong(live, form=0, misconception="not doubled"):
    return str(next(one.answer for one in live.variant(0, form).wrong if one.name == misconception))


def test_a_phone_knows_nothing_but_where_the_poll_stands(poll):
    live = poll()
    assert views.phone(live) == {
        "poll": live.journal.about.id, "replay": None, "steps": 0, "question": 1, "questions": 4, "phase": "waiting",
        "round": None, "shown": "nothing", "results": []
    }  # fmt: skip


def test_a_phone_sees_the_round_and_the_time_that_is_left(poll):
    news = views.phone(poll(("go", 1), open_(seconds=60), ("more", 0, 30)))
    assert (news["steps"], news["question"], news["phase"]) == (3, 2, "open")
    assert news["round"] == {"number": 1, "name": "think", "form": 0, "is_new": False, "left": 60 + 30 - 2, "is_open": True}


def test_a_phone_learns_of_no_answer_before_it_is_shown(poll):
    acts, answers = (
        [open_(), "close", open_(1), "close", ("show", ANSWERS), ("show", NOTHING)],
        [(1, "a", "7"), (2, "a", "8")],
    )
    for done in (1, 2, 3, 4, 6):
        news = views.phone(poll(*acts[:done], answers=answers))
        assert set(news) == FOR_ALL
        assert (news["shown"], news["results"]) == ("nothing", [])


def test_answers_are_shown_without_what_is_right(poll):
    empty = poll()
    live = poll(open_(), "close", ("show", ANSWERS), answers=[(1, "a", key(empty)), (1, "b", wrong(empty)), (1, "c", "0")])
    [result] = views.phone(live)["results"]
    assert (result["round"], result["name"], result["form"], result["answered"]) == (1, "think", 0, 3)
    assert set(result) == {"round", "name", "form", "answered", "bars"}
    assert {(bar["answer"], bar["count"]) for bar in result["bars"]} >= {(key(empty), 1), (wrong(empty), 1), ("0", 1)}
    assert all(set(bar) == {"letter", "answer", "count"} for bar in result["bars"])


def test_the_solution_is_shown_with_what_is_right_and_what_was_believed(poll):
    empty = poll()
    live = poll(open_(), "close", ("show", SOLUTION), answers=[(1, "a", key(empty)), (1, "b", wrong(empty))])
    [result] = views.phone(live)["results"]
    assert result["right"] == 1
    assert {(bar["answer"], bar["right"], bar["name"]) for bar in result["bars"]} == {
        (key(empty), True, ""),
        (wrong(empty), False, "not doubled"),
    }


def test_the_first_round_goes_out_of_sight_with_the_second_and_comes_back_with_it(poll):
    acts = [open_(), "close", ("show", SOLUTION), open_(1)]
    assert views.phone(poll(*acts))["results"] == []
    both = views.phone(poll(*acts, "close", ("show", ANSWERS)))["results"]
    assert [(one["name"], one["form"]) for one in both] == [("think", 0), ("group", 1)]


@pytest.mark.parametrize("phase", ["waiting", "open", "closed", "ended"])
def test_phases(poll, phase):
    acts = {"waiting": [], "open": [open_()], "closed": [open_(), "close"], "ended": ["end"]}[phase]
    assert views.phone(poll(*acts))["phase"] == phase


def walk(acts, questions=2, length=15):
    """Return the states of a poll whose teacher tries one thing after the other."""
    state = State(questions)
    for place in range(length):
        try:
            state = after(state, Done(float(place), acts.choice(ACTS), acts.randrange(3), 60))
        except Refused:
            continue
        yield state


def test_in_no_state_does_a_phone_know_more_than_the_hall_was_shown(poll):
    """A key, a hint, a misconception's name: no text of them stands in what a phone gets before it is shown."""
    live = poll(questions=drawn(made.choice, made.number))
    hints = [one.sentence for form in (0, 1) for one in live.variant(0, form).answer.options]
    hints += [one.name for form in (0, 1) for one in live.variant(1, form).wrong]
    seen = set()
    for live.state in itertools.chain.from_iterable(walk(Random(seed)) for seed in range(100)):
        live.latest = {
            round.number: {"a": Answer(round.number, "a", 1, 0.0, {"": "A" if round.question == 0 else "1"})}
            for round in live.state.rounds
        }
        for view in (views.phone(live), views.projector(live), views.own(live, "a")):
            text = json.dumps(view)
            told = any(hint in text for hint in hints) or '"right"' in text or '"credit"' in text
            assert live.state.showing == "solution" or not told, (live.state, view)
        seen.add((live.state.showing, views.phone(live)["phase"], len(live.state.of_question)))
    assert len(seen) > 10


def test_the_projector_counts_and_says_no_more(poll):
    live = poll(open_(), answers=[(1, "a", "1"), (1, "b", "2")])
    live.present = 3
    assert views.projector(live) == views.phone(live) | {"answered": 2, "present": 3}


def test_the_teacher_sees_an_open_round_as_it_fills(poll):
    empty = poll()
    answers = [(1, "a", key(empty)), (1, "b", wrong(empty)), (1, "c", wrong(empty)), (1, "d", "0")]
    news = views.teacher(poll(open_(), answers=answers))
    [result] = news["results"]
    assert (result["answered"], result["right"]) == (4, 1)
    assert ("not doubled", 2) in [(bar["name"], bar["count"]) for bar in result["bars"]]
    assert (news["advice"], news["next"], news["moves"]) == ("", "close", None)


def test_the_teacher_sees_all_questions_and_how_often_they_were_asked(poll):
    news = views.teacher(poll(open_(), "close", open_(1), "close", ("go", 2), open_(), "close"))
    assert [one["rounds"] for one in news["overview"]] == [2, 0, 1, 0]
    assert {one["title"] for one in news["overview"]} == {"Made up"}


def test_a_round_takes_as_long_as_its_question_says_or_else_the_quiz(poll):
    questions = drawn(made.number, made.number)
    first, second = questions.quiz.entries
    asked = replace(questions, quiz=replace(questions.quiz, entries=(replace(first, think=30), second)))
    assert views.teacher(poll(questions=asked))["seconds"] == {"think": 30, "group": 180}
    assert views.teacher(poll(("go", 1), questions=asked))["seconds"] == {"think": 60, "group": 180}


def test_what_the_server_reports_reaches_the_teacher_alone(poll):
    live = poll()
    live.warning = "The disk is full."
    assert views.teacher(live)["warning"] == "The disk is full."
    assert "The disk is full." not in json.dumps([views.phone(live), views.projector(live)])


def test_moves_are_matched_by_person(poll):
    empty = poll()
    first, other = key(empty, 0), key(empty, 1)
    before = {"learned": "0", "lost": first, "knew": first, "never": "0", "went": first}
    later = {"learned": other, "lost": "0", "knew": other, "never": "0", "came": other}
    answers = [(1, *one) for one in before.items()] + [(2, *one) for one in later.items()]
    acts = [open_(), "close", open_(1)]
    assert views.teacher(poll(*acts, answers=answers))["moves"] is None
    assert views.teacher(poll(*acts, "close", answers=answers))["moves"] == {
        "stayed_right": 1, "to_right": 1, "to_wrong": 1, "stayed_wrong": 1
    }  # fmt: skip


def test_who_leaves_all_blanks_empty_is_not_wrong():
    variant = made.variant(made.grid)
    full = {"r1c1": "1", "r1c2": "2", "r2c1": "3", "r2c2": "4"}
    assert rights(Reader(variant), {"a": {"r1c1": " "}, "b": full}) == {"b": False}


def test_a_person_moves_once():
    assert moves({"a": False, "b": True}, {"a": True, "c": True}) == Moves(to_right=1)


def test_forms_may_be_alike(poll):
    one, two = made.variant(made.number, index=0), made.variant(made.number, index=1)
    assert views.teacher(poll(questions=of_variants([one], [one])))["alike"]
    assert not views.teacher(poll(questions=of_variants([one], [two])))["alike"]


def test_own_answers_have_no_mark_before_the_solution(poll):
    empty = poll()
    acts, answers = [open_(), "close"], [(1, "a", wrong(empty)), (1, "b", key(empty))]
    assert views.own(poll(*acts, ("show", ANSWERS), answers=answers), "a") == {
        "answers": [{"round": 1, "change": 1, "given": {"": wrong(empty)}}]
    }
    solved = poll(*acts, ("show", SOLUTION), answers=answers)
    [own] = views.own(solved, "a")["answers"]
    assert own["credit"] == 0 and "not doubled" in own["sentence"]
    assert views.own(solved, "b")["answers"][0]["credit"] == 1
    assert views.own(solved, "nobody") == {"answers": []}


def test_own_answers_are_those_of_the_present_question(poll):
    live = poll(open_(), "close", ("go", 1), open_(), answers=[(1, "a", "1"), (2, "a", {"r1c1": "5"})])
    assert [one["round"] for one in views.own(live, "a")["answers"]] == [2]


@pytest.mark.parametrize("make", MAKES)
def test_a_question_holds_no_key(make):
    variant = made.variant(make)
    asked = json.dumps(views.question(variant, drawn(make).quiz.language))
    if isinstance(variant.answer, Choice):
        assert all(one.text in asked and one.sentence not in asked for one in variant.answer.options)
    assert '"right"' not in asked and "key" not in asked
    assert all(one.name not in asked for one in variant.wrong)


@pytest.mark.parametrize(
    ("round", "right", "of", "advised"),
    [
        (THINK, 0, 0, ""),
        (THINK, 0, 10, "explain"),
        (THINK, 29, 100, "explain"),
        (THINK, 3, 10, "discuss"),
        (THINK, 7, 10, "discuss"),
        (THINK, 71, 100, "go on"),
        (GROUP, 0, 0, ""),
        (GROUP, 29, 100, "explain"),
        (GROUP, 7, 10, "explain"),
        (GROUP, 71, 100, "go on"),
    ],
)
def test_advice(round, right, of, advised):
    assert advice(round, Tally(of, right)) == advised


@pytest.mark.parametrize(
    ("acts", "advised", "step"),
    [
        ([], "", "think"),
        ([open_()], "", "close"),
        ([open_(), "close"], "", "group"),
        ([open_(), "close"], "discuss", "group"),
        ([open_(), "close", ("show", ANSWERS)], "discuss", "group"),
        ([open_(), "close"], "explain", "answers"),
        ([open_(), "close", ("show", ANSWERS)], "explain", "solution"),
        ([open_(), "close", ("show", SOLUTION)], "explain", "other group"),
        ([open_(), "close"], "go on", "answers"),
        ([open_(), "close", ("show", ANSWERS)], "go on", "solution"),
        ([open_(), "close", ("show", SOLUTION)], "go on", "question"),
        ([open_(), "close", ("show", SOLUTION)], "discuss", "question"),
        ([open_(), "close", ("show", SOLUTION), ("show", NOTHING)], "go on", "question"),
        ([open_(), "close", open_()], "", "close"),
        ([open_(), "close", open_(), "close"], "explain", "answers"),
        ([open_(), "close", open_(), "close", ("show", ANSWERS)], "go on", "solution"),
        ([open_(), "close", open_(), "close", ("show", SOLUTION)], "explain", "question"),
        ([("go", 1), open_(), "close", ("show", SOLUTION)], "go on", "end"),
        (["end"], "", ""),
    ],
)
def test_next_step(acts, advised, step):
    state = State(2)
    for act in acts:
        state = after(state, Done(0.0, *((act,) if isinstance(act, str) else act)))
    assert next_step(state, advised, alike=False) == step


def test_a_question_with_one_form_is_not_asked_again_after_its_solution():
    state = State(2)
    for act in (open_(), ("close",), ("show", SOLUTION)):
        state = after(state, Done(0.0, *act))
    assert next_step(state, "explain", alike=True) == "question"
