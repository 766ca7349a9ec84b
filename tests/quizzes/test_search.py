"""Pools: no two variants alike, nobody's quiz changes because somebody joins, keys in no pattern."""

import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest

from common.errors import UserError
from quizzes import search
from quizzes.question import Choice, RejectedDraw, require
from quizzes.search import draw_variants, report
from tests.conftest import ROOT
from tests.quizzes.made import choice, from_record, grid, number, several, template

OWNERS = [f"student {place}" for place in range(200)]


@pytest.mark.parametrize("make", [number, grid, choice, several])
def test_stems_and_keys_are_all_different(make):
    found = report(draw_variants(template(make), "a seed", OWNERS))
    assert found.faults() == []
    assert found.stems == 200
    if make in (number, grid):
        assert found.keys == 200 and found.largest_share == 1 / 200


@pytest.mark.parametrize("make", [number, grid, choice])
def test_who_joins_late_changes_nobody_elses_quiz(make):
    all_of_them = draw_variants(template(make), "a seed", OWNERS)
    assert draw_variants(template(make), "a seed", OWNERS[:50]) == all_of_them[:50]


def test_another_seed_or_owner_gives_other_numbers():
    variants = draw_variants(template(number), "a seed", OWNERS)
    others = draw_variants(template(number), "another seed", OWNERS)
    swapped = draw_variants(template(number), "a seed", OWNERS[::-1])
    assert sum(one == other for one, other in zip(variants, others)) < 5
    assert sum(one == other for one, other in zip(variants, swapped[::-1])) > 180  # but for keys already taken


@pytest.mark.parametrize("as_choice", [False, True])
def test_the_right_option_stands_in_each_place_equally_often(as_choice):
    make = number if as_choice else choice
    owners = OWNERS[:64]
    made = template(make) if not as_choice else template(three_beliefs)
    variants = draw_variants(made, "a seed", owners, as_choice)
    places = [[option.right for option in variant.answer.options].index(True) for variant in variants]
    assert Counter(places) == dict.fromkeys(range(4), 16)
    assert max(len(run) for run in runs(places)) <= 3
    assert len({tuple(places[start : start + 4]) for start in range(0, 64, 4)}) > 4  # the turns do not repeat


def test_a_number_among_options_is_small_as_often_as_large():
    found = report(draw_variants(template(three_beliefs), "a seed", OWNERS, as_choice=True))
    assert min(found.ranks) > 35 and len(found.ranks) == 4


def test_too_few_misconceptions_make_no_choice():
    with pytest.raises(UserError, match="3 misconceptions to offer as options"):
        draw_variants(template(number), "a seed", ["one"], as_choice=True)


def test_a_search_that_would_never_end_names_the_rule(monkeypatch):
    monkeypatch.setattr(search, "TRIES", 50)

    def impossible(draw):
        require(draw.between(1, 3) > 3, "more than three")

    with pytest.raises(UserError, match=r"gives only 0 of 1 variants.*50 times “more than three”"):
        draw_variants(template(impossible), "a seed", ["one"])


def test_more_variants_than_there_are():
    def few(draw):
        return number(type("Few", (), {"between": lambda self, low, high: draw.between(1, 10)})())

    assert len(draw_variants(template(few), "a seed", OWNERS[:10])) == 10
    with pytest.raises(UserError, match=r"made-up gives only 10 of 11 variants.*no other variant has"):
        draw_variants(template(few), "a seed", OWNERS[:11])


def test_a_pool_with_a_variant_twice_or_an_unbalanced_key_is_found():
    variants = draw_variants(template(number), "a seed", OWNERS[:8])
    assert report([*variants, variants[0]]).faults() == ["1 stems appear twice", "1 keys appear twice"]
    ticked = draw_variants(template(choice), "a seed", OWNERS[:8])
    first = [replace(one, answer=Choice(tuple(sorted(one.answer.options, key=by_right)))) for one in ticked]
    assert "the key is in one place more often" in report(first).faults()[0]


@pytest.mark.parametrize("make", [number, grid, choice, several])
def test_a_variant_survives_json(make):
    for variant in draw_variants(template(make), "a seed", OWNERS[:5]):
        assert from_record(variant) == variant


def test_json_keeps_fractions_as_they_are():
    from fractions import Fraction

    from quizzes.question import Number

    variant = draw_variants(template(number), "a seed", OWNERS[:1])[0]
    exact = replace(variant, answer=Number(Fraction(9, 4), "", Fraction(1, 200)))
    assert from_record(exact) == exact


def test_the_same_seed_gives_the_same_bytes_in_another_process():
    code = (
        "from quizzes.search import draw_variants\nfrom quizzes.template import find\n"
        "print(*draw_variants(find('output-size'), 's', ['a', 'b', 'c']), sep='\\n')"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert outputs[0] == outputs[1] and outputs[0].count(b"Variant(") == 3


def three_beliefs(draw):
    """Ask for a number that lies anywhere among six wrong ones."""
    from quizzes.question import Load, Number, Question, Wrong

    value = draw.between(100, 9000)
    wrong = [Wrong(value + offset, f"off by {offset}", f"off by {offset}.") for offset in (-3, -2, -1, 1, 2, 3)]
    return Question(f"Which number is {value}?", Number(value), value, wrong, load=Load(1, value, 0))


def by_right(option):
    return not option.right


def runs(places):
    groups = [[places[0]]]
    for place in places[1:]:
        if place == groups[-1][-1]:
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def test_unfit_is_no_error_of_the_caller():
    with pytest.raises(RejectedDraw):
        require(False, "a rule")
