"""Marks: whoever means the right number gets its credit, whoever has a misconception reads which."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading.marking import believed_in_cell, blanks, mark, place, readings, written_key
from quizzes.question import Choice, Grid, Number, Option, written
from tests.quizzes.made import choice, grid, number, several, variant

# What is typed, and the numbers it can mean. The page of the self-check reads the same list.
READINGS = {
    "3": [3], " 3 ": [3], "3.0": [3], "3,0": [3], "3.": [3], "+3": [3], "03": [3], ".5": ["1/2"], ",5": ["1/2"],
    "-3": [-3], "\N{MINUS SIGN}3": [-3], "\N{EN DASH}3": [-3], "- 3": [-3], "2,25": ["9/4"], "9/4": ["9/4"],
    "1,024": ["1024", "1.024"], "61,706": ["61706", "61.706"], "1,024,000": [1024000], "1 024": [1024], "1'024": [1024],
    "1\N{NO-BREAK SPACE}024": [1024], "1\N{NARROW NO-BREAK SPACE}024": [1024], "0,125": ["1/8"], "1024,5": ["1024.5"],
    "\N{FULLWIDTH DIGIT THREE}": [3],
    "": [], "3x3": [], "3 x 3": [], "three": [], "1/0": [], "1e3": [], "1e999999999": [], "--3": [], "3-": [], "nan": [],
    "inf": [], "0x10": [], "3;4": [], "1,02,4": [], "9" * 41: [], "9" * 10_000: [], "\u0664": [],
}  # fmt: skip


@pytest.mark.parametrize(("text", "numbers"), READINGS.items())
def test_a_typed_number_is_read_as_a_teacher_would(text, numbers):
    assert readings(text) == [Fraction(each) for each in numbers]


@given(st.text(max_size=60))
def test_any_text_is_read_without_a_crash(text):
    assert all(isinstance(each, Fraction) for each in readings(text))
    mark(variant(number), {"": text})
    mark(variant(grid), {"r1c1": text})
    mark(variant(choice), {"": text})


@given(st.fractions(min_value=-(10**6), max_value=10**6, max_denominator=1).map(lambda each: each / 4))
def test_whatever_is_written_is_read_again(value):
    value = int(value) if value.denominator == 1 else value
    assert value in readings(written(value))
    assert value in readings(written(value).replace(".", ",").replace("-", "\N{MINUS SIGN}"))


def test_a_number():
    asked = variant(number)
    key = asked.answer.value
    assert mark(asked, {"": f" {key},0 "}).credit == 1
    wrong = mark(asked, {"": str(key // 2)})
    assert (wrong.credit, wrong.misconception) == (0, "not doubled")
    assert wrong.sentence == "This is what comes out if the number is not doubled."
    assert mark(asked, {"": str(key + 1)}).sentence == "Wrong."
    assert mark(asked, {"": "3x3"}).sentence == "“3x3” is not a number."
    assert not mark(asked, {"": "  "}).answered and not mark(asked, {}).answered


def test_a_number_with_unit_and_tolerance():
    from dataclasses import replace

    asked = replace(variant(number), answer=Number(Fraction(4, 5), "%", Fraction(1, 50)), wrong=())
    assert [mark(asked, {"": text}).credit for text in ("0.8 %", "0.82", "0,78%", "0.83", "80 %")] == [1, 1, 1, 0, 0]


def test_thousands_and_decimals_both_count():
    from dataclasses import replace

    asked = variant(number)
    assert mark(replace(asked, answer=Number(61706)), {"": "61,706"}).credit == 1
    assert mark(replace(asked, answer=Number(Fraction("1.25"))), {"": "1,25"}).credit == 1


def test_a_grid_is_marked_cell_by_cell():
    asked = variant(grid)
    (a, b), (c, d) = asked.answer.values
    assert blanks(asked) == ["r1c1", "r1c2", "r2c1", "r2c2"]
    right = {"r1c1": str(a), "r1c2": str(b), "r2c1": str(c), "r2c2": str(d)}
    assert mark(asked, right).credit == 1
    partly = mark(asked, {**right, "r2c2": "7", "r1c1": ""})
    assert partly.credit == Fraction(1, 2) and partly.cells == {"r1c1": False, "r1c2": True, "r2c1": True, "r2c2": False}
    assert partly.sentence == "2 of 4 cells are right; look at row as it is, column first; row changed, column second."
    assert str(a) not in partly.sentence
    swapped = mark(asked, {"r1c1": str(c), "r1c2": str(d), "r2c1": str(a), "r2c2": str(b)})
    assert (swapped.credit, swapped.misconception) == (0, "rows swapped")
    assert mark(asked, {**right, "r2c2": str(-d)}).misconception == "sign forgotten"


def test_a_cell_names_a_misconception_only_if_no_other_gives_the_same():
    asked = variant(grid)
    a = asked.answer.values[0][0]
    assert {value: one.name for value, one in believed_in_cell(asked, 0, 0).items()} == {-a: "rows swapped"}
    assert believed_in_cell(asked, 1, 1) == {}  # both give +b


def test_a_choice():
    asked = variant(choice)
    key = written_key(asked)
    assert mark(asked, {"": f" {key.lower()}. "}).credit == 1
    other = next(letter for letter in "ABCD" if letter != key)
    assert mark(asked, {"": other}).misconception.startswith("odd by")
    assert mark(asked, {"": "AB"}).sentence == "Only one option can be chosen."
    assert mark(asked, {"": "E"}).sentence == "“E” names no option: A, B, C, D."


def test_several_options_are_each_a_question_and_guessing_brings_nothing():
    from dataclasses import replace

    options = tuple(
        Option(text, right, f"{text}.", "" if right else f"believes {text}") for text, right in zip("wxyz", (1, 1, 0, 0))
    )
    asked = replace(variant(several), answer=Choice(options, True))
    credits = {text: mark(asked, {"": text}).credit for text in ("AB", "B A", "A", "ABC", "AC", "ABCD", "CD")}
    assert credits == {"AB": 1, "B A": 1, "A": Fraction(1, 2), "ABC": Fraction(1, 2), "AC": 0, "ABCD": 0, "CD": 0}
    assert mark(asked, {"": "ABC"}).misconception == "believes y"
    assert mark(asked, {"": "A"}).sentence == "Something is missing."


@pytest.mark.parametrize("make", [number, grid, choice, several])
def test_the_written_key_gets_full_credit(make):
    asked = variant(make)
    if isinstance(asked.answer, Grid):
        given = dict(part.split(" = ") for part in written_key(asked).split(", "))
    else:
        given = {"": written_key(asked)}
    assert mark(asked, given).credit == 1


def test_a_single_row_or_column_without_a_name_is_not_named():
    assert place(Grid(((24, 28),), (), ("height", "width")), 0, 1) == "column width"
    assert place(Grid(((24, 28),)), 0, 1) == "row 1, column 2"
    assert place(Grid(((24,), (28,)), (), ("pixels",)), 1, 0) == "row 2, column pixels"
    assert place(Grid(((24,), (28,)), ("height", "width")), 1, 0) == "row width"
    assert place(Grid(((24,),)), 0, 0) == "row 1, column 1"
