"""A certificate stands for what it says, and everything that could be wrong with a variant turns it red."""

from dataclasses import replace
from fractions import Fraction

import pytest

from quizzes.certify import WrongKey, certify, check
from quizzes.question import Choice, Grid, Load, Number, Option, Question, RejectedDraw, Wrong
from tests.quizzes.made import BAND, choice, grid, number, several, template, variant


def certified(question, **options):
    return certify(template(None, **options), question, [1, 2])


def question(key, check, wrong=(), **options):
    return Question("A stem", key, check, wrong, **options)


def wrongs(*answers):
    return [Wrong(answer, f"belief {place}", f"sentence {place}.") for place, answer in enumerate(answers)]


@pytest.mark.parametrize(
    "wrong",
    [
        question(Number(4), 5),
        question(Number(Fraction(1, 2)), 1),
        question(Grid(((1, 2),)), [[1, 3]]),
        question(Grid(((1, 2),)), [[1], [2]]),
        question(Choice((Option("a", True, ""), Option("b", False, ""))), [False, True]),
    ],
)
def test_two_ways_that_disagree_stop_everything(wrong):
    with pytest.raises(WrongKey):
        certified(wrong)


def test_what_gives_the_key_or_what_another_gives_is_never_offered():
    told, certificate = certified(question(Number(4), 4, wrongs(4, 5, 6, 6, 7)))
    assert [one.answer for one in told] == [5, 7]
    assert certificate.wrong == {"belief 1": "5", "belief 4": "7"}
    assert certificate.hidden == ("belief 0", "belief 2", "belief 3")
    assert certificate.gap == "1"


def test_grids_are_told_apart_as_a_whole_and_other_shapes_cannot_be_typed():
    wrong = wrongs(((1, 2),), ((1, 3),), ((1, 3),), ((2, 2),), ((1, 2, 3),), 7)
    told, certificate = certified(question(Grid(((1, 2),)), [[1, 2]], wrong))
    assert [one.answer for one in told] == [((2, 2),)]
    assert set(certificate.hidden) == {"belief 0", "belief 1", "belief 2"}


def test_what_is_read_from_a_plot_keeps_its_distance():
    key = Number(Fraction(8, 10), tolerance=Fraction(2, 100))
    near, far, twins = Fraction(88, 100), Fraction(89, 100), (Fraction(2, 10), Fraction(25, 100))
    told, _ = certified(question(key, Fraction(4, 5), wrongs(near, far, *twins)))
    assert [one.answer for one in told] == [far]


@pytest.mark.parametrize(
    ("unfit", "options", "rule"),
    [
        (question(Number(4), 4, wrongs(4, 5)), {"tells": 2}, "at least 2 misconceptions"),
        (question(Number(4), 4, load=Load(9, 0, 0)), {"band": {**BAND, "operations": (1, 8)}}, "operations from 1 to 8"),
        (question(Number(4), 4, load=Load(1, 0, 3)), {"band": {**BAND, "negatives": (0, 2)}}, "negatives from 0 to 2"),
        (question(Choice((Option("3", True, ""), Option("3.0", False, ""))), [True, False]), {}, "differ"),
        (question(Choice((Option("3", True, ""), Option("4", True, ""))), [True, True]), {}, "a right and a wrong option"),
    ],
)
def test_numbers_that_make_no_good_question_are_refused_by_name(unfit, options, rule):
    with pytest.raises(RejectedDraw, match=rule):
        certified(unfit, **options)


@pytest.mark.parametrize("make", [number, grid, choice, several])
def test_a_good_variant_has_no_faults(make):
    assert check(variant(make), BAND) == []


def test_every_change_of_a_variant_is_found():
    good, ticked = variant(number), variant(choice)
    certificate = good.certificate
    bad = {
        "the key is not the certified one": replace(good, answer=Number(-1)),
        "the two ways to the key disagree": replace(good, certificate=replace(certificate, oracle="-1")),
        "the wrong answers are not the certified ones": replace(good, wrong=good.wrong[:1]),
        "a wrong answer equals the key": replace(
            good, certificate=replace(certificate, wrong={**certificate.wrong, "not doubled": certificate.key})
        ),
        "operations is 999": replace(good, certificate=replace(certificate, load=Load(999, 0, 0))),
        "an option appears twice": replace(
            ticked, answer=Choice((*ticked.answer.options, Option(f" {ticked.answer.options[0].text}.0", False, "")))
        ),
        "the number of right options": replace(
            ticked, answer=Choice(tuple(replace(option, right=True) for option in ticked.answer.options))
        ),
        "a right option is not certified": replace(
            ticked, answer=Choice(tuple(replace(option, right=not option.right) for option in ticked.answer.options[:2]))
        ),
    }
    for fault, changed in bad.items():
        assert any(said.startswith(fault) for said in check(changed, BAND)), fault
