"""Marks: whoever means the right number gets its credit, whoever has a misconception reads which."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading.marking import believed_in_cell, blanks, mark, place, written_key
from quizzes.grading.numbers import amounts, readings
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Option, Wrong, written
from tests.quizzes.grading.typed import AMOUNTS, READINGS, REFUSED, SPREAD, meanings
from tests.quizzes.made import choice, grid, number, several, variant

DIGITS = ["".join(chr(zero + digit) for digit in range(10)) for zero in (ord("0"), 0x660, 0xFF10)]
GRID = replace(variant(grid), answer=Grid(((1, 2), (3, 4))), wrong=())


@pytest.mark.parametrize(("text", "numbers"), READINGS.items())
def test_a_typed_number_is_read_as_a_teacher_would(text, numbers):
    assert readings(text) == [Fraction(each) for each in numbers]
    assert set(readings(text)) == meanings(text)


@pytest.mark.parametrize(("text", "unit", "numbers"), AMOUNTS)
def test_a_unit_may_follow_and_another_one_may_not(text, unit, numbers):
    assert amounts(text, unit) == [Fraction(each) for each in numbers]


@st.composite
def notations(draw):
    """Draw a number and a text that means it: any documented notation, any minus, any script's digits."""
    whole, hundredths = draw(st.integers(0, 10**7)), draw(st.integers(0, 99))
    kind = draw(st.sampled_from(["decimal", "grouped", "fraction", "mixed"]))
    if kind == "fraction":
        below = draw(st.integers(1, 99))
        value, text = Fraction(hundredths, below), draw(st.sampled_from(["{}/{}", "{} / {}"])).format(hundredths, below)
    elif kind == "mixed":
        below = draw(st.integers(1, 99))
        value, text = whole + Fraction(hundredths, below), f"{whole} {hundredths}/{below}"
    else:
        sign = draw(st.sampled_from([",", ".", " ", "'", "\u2009", "\u2019", "\xa0"])) if kind == "grouped" else ""
        mark = draw(st.sampled_from([",", "."]).filter(lambda mark: mark != sign))
        decimals = f"{mark}{hundredths:02}" if hundredths else ""
        value, text = whole + Fraction(hundredths, 100), f"{whole:,}".replace(",", sign) + decimals
    if draw(st.booleans()):
        value, text = -value, draw(st.sampled_from("-\u2212\u2013")) + text
    return value, draw(st.sampled_from(["{}", " {} ", "+{}" if value > 0 else "{}", "={}"])).format(
        text.translate(str.maketrans(DIGITS[0], draw(st.sampled_from(DIGITS))))
    )


@given(notations())
def test_every_documented_notation_is_read(pair):
    value, text = pair
    assert value in readings(text)


odd = st.text("0123456789" * 3 + ",.' /-+=\u2212\u2009\xa0\xbd\xb2\u0663\uff15\ufeff\u201c\"eEx_%~\u2044", max_size=12)


@pytest.mark.costly
@given(st.text(max_size=60) | odd)
def test_any_text_is_read_as_an_independent_reader_reads_it_or_not_at_all(text):
    assert set(readings(text)) == meanings(text)


@pytest.mark.parametrize(("given", "right"), SPREAD)
def test_a_row_or_a_whole_grid_is_spread_over_its_cells(given, right):
    found = mark(GRID, given)
    assert sum(found.cells.values()) == right == 4 * found.credit and "“" not in found.sentence


@pytest.mark.parametrize(("given", "right", "said"), REFUSED)
def test_what_does_not_fit_the_cells_is_named(given, right, said):
    found = mark(GRID, given)
    assert sum(found.cells.values()) == right == 4 * found.credit and said in found.sentence


def test_what_may_be_one_number_or_two_is_neither():
    asked = replace(variant(grid), answer=Grid(((4, 888),)), wrong=())
    assert mark(asked, {"": "4 888"}).credit == 1 == mark(asked, {"r1": "4 888"}).credit
    for text in ("4 888", "4,888", "4 / 888"):
        found = mark(asked, {"r1c1": text})
        assert found.credit == 0 and f"“{text}” could be one number or 2." in found.sentence
    assert mark(asked, {"r1c1": "4, 888"}).credit == 1
    assert mark(replace(asked, answer=Grid(((4888,), (5,)))), {"r1": "4 888", "r2": "5"}).credit == 1


def test_sentences_are_in_the_language_of_the_quiz():
    phrases = {
        "“{text}” is not a number.": "„{text}“ ist keine Zahl.",
        "{right} of {cells} cells are right; look at {places}.": "{right} von {cells} richtig; siehe {places}.",
        "row {name}": "Zeile {name}", "column {name}": "Spalte {name}",
        "{places} and {count} more": "{places} und {count} mehr",
    }  # fmt: skip
    german = Language("de", phrases)
    assert mark(variant(number), {"": "3x"}, german).sentence == "„3x“ ist keine Zahl."
    said = "0 von 4 richtig; siehe Zeile as it is, Spalte first; Zeile as it is, Spalte second; Zeile changed, Spalte first"
    assert mark(variant(grid), {"r1c1": "3x"}, german).sentence == f"{said} und 1 mehr. „3x“ ist keine Zahl."


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
    assert wrong.sentence == "You get this answer if the number is not doubled."
    assert mark(asked, {"": str(key + 1)}).sentence == "Wrong."
    assert mark(asked, {"": "3x3"}).sentence == "“3x3” is not a number."
    assert not mark(asked, {"": "  "}).answered and not mark(asked, {}).answered


def test_a_number_with_unit_and_tolerance():
    asked = replace(variant(number), answer=Number(Fraction(4, 5), "%", Fraction(1, 50)), wrong=())
    assert [mark(asked, {"": text}).credit for text in ("0.8 %", "0.82", "0,78%", "0.83", "80 %")] == [1, 1, 1, 0, 0]


def test_what_may_mean_the_key_or_a_wrong_answer_is_refused():
    key, other = Fraction("1.36"), 1360
    asked = replace(variant(number), answer=Number(key), wrong=(Wrong(other, "thousandfold", "1,000 is forgotten."),))
    assert mark(asked, {"": "1.36"}).credit == 1 and mark(asked, {"": "1360"}).misconception == "thousandfold"
    cells = replace(GRID, answer=Grid(((key, 2),)), wrong=(Wrong(((other, 3),), "thousandfold", "1,000 is forgotten."),))
    for text in ("1,360", "1.360"):
        said = f"“{text}” could mean 1360 or 1.36: write it without a thousands separator."
        assert (mark(asked, {"": text}).credit, mark(asked, {"": text}).sentence) == (0, said)
        assert (
            mark(cells, {"r1": f"{text} 2"}).credit == Fraction(1, 2) and said in mark(cells, {"r1": f"{text} 2"}).sentence
        )


def test_thousands_and_decimals_both_count():
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
    for text in ("E", "1", "2.", "\N{SUPERSCRIPT TWO}", "none", "all", "not A", "A or B", "A/B", "bad", "and", "?", "A-C"):
        assert mark(asked, {"": text}).sentence == f"“{text}” is not an option; choose from A, B, C, D."
    for text in (
        f"{key})",
        f"({key})",
        f"Option {key}",
        f"answer: {key}.",
        f"\N{LEFT DOUBLE QUOTATION MARK}{key.lower()}'",
    ):
        assert mark(asked, {"": text}).credit == 1
    right = next(option.text for option in asked.answer.options if option.right)
    assert mark(asked, {"": f" {right}."}).credit == 1 == mark(asked, {"": f"{key}) {right}"}).credit
    assert mark(asked, {"": f"{other}) {right}"}).sentence.endswith("is not an option; choose from A, B, C, D.")


def test_a_letter_of_another_script_counts_as_what_it_looks_like_and_is_named():
    asked = replace(variant(choice), answer=Choice(tuple(Option(text, text == "w", f"{text}.") for text in "wxyz")))
    for letter in ("\N{CYRILLIC CAPITAL LETTER A}", "\N{CYRILLIC SMALL LETTER A}", "\N{GREEK CAPITAL LETTER ALPHA}"):
        found = mark(asked, {"": letter})
        assert found.credit == 1 and found.notes == (f"“{letter}” is not a Latin letter; it was read as A",)
    assert mark(asked, {"": "\N{CYRILLIC CAPITAL LETTER VE}"}).sentence == "x."
    assert mark(asked, {"": "\N{FULLWIDTH LATIN CAPITAL LETTER A}"}).credit == 1
    for letter in ("\N{CYRILLIC CAPITAL LETTER BE}", "\N{GREEK CAPITAL LETTER GAMMA}"):
        assert mark(asked, {"": letter}).credit == 0 and "is not an option" in mark(asked, {"": letter}).sentence


def test_several_options_are_each_a_question_and_guessing_brings_nothing():
    options = tuple(
        Option(text, right, f"{text}.", "" if right else f"believes {text}") for text, right in zip("wxyz", (1, 1, 0, 0))
    )
    asked = replace(variant(several), answer=Choice(options, True))
    for text in ("A B", "A, B", "a,b", "ab", "BA", "A and B", "A & B", "A+B", "(A) (B)", "Options A and B", "A; B."):
        assert mark(asked, {"": text}).credit == 1, text
    for text in ("ba", "aab", "A or B"):
        assert "is not an option" in mark(asked, {"": text}).sentence
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
