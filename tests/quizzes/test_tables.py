"""Tables of any text: no spreadsheet finds a formula in them, and everything can be read again."""

import csv
import io
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quizzes import tables

SIGNS = "=+-@|%\uff1d\uff0b\uff0d\uff20\uff5c\uff05\ufe66\ufe62\ufe63\ufe6b\u207c"
BLANKS = " \t\r\n\x00\x0b\x85\xa0\u2003\u3000\u2028\u200b\ufeff\u202e"
PARTING = ";\uff1b\u037e"
hostile = st.text(SIGNS + BLANKS + PARTING + "',\"\uff07 a1\ud800\N{PILE OF POO}", max_size=10)
texts = st.text(max_size=20) | hostile


def in_one_line(text):
    """Return what should remain of a text: control characters and line ends are blanks, half letters question marks."""
    text = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return text.encode("utf-8", "replace").decode()


def starts_a_formula(cell):
    """Return whether any spreadsheet might: after whatever it may skip, and however wide it may read the letters."""
    for letter in unicodedata.normalize("NFKC", cell):
        if letter in "=+-@|%":
            return True
        if not (letter.isspace() or letter in "'\"" or unicodedata.category(letter) in ("Cc", "Cf")):
            return False
    return False


def read(content, delimiter=","):
    return list(csv.reader(io.StringIO(content.decode(), newline=""), delimiter=delimiter))


@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4))
@example([["\uff1b=1", "a\uff1b\uff1d1", "|a", "\t=1", "\r=1", ",;=1", 'a;"=1"', "\xa0@x"], [';"'], ["a", '";'], ["next"]])
def test_no_spreadsheet_of_any_country_finds_a_formula(rows):
    content = tables.table(rows)
    for delimiter in (",", *PARTING):
        for cell in (cell for row in read(content, delimiter) for cell in row):
            guarded = cell.lstrip(' "').startswith("'") or cell.startswith("'")
            assert guarded or not starts_a_formula(cell), (delimiter, cell)
            assert not any(unicodedata.category(letter) == "Cc" for letter in cell)


@given(st.lists(st.lists(texts, min_size=1, max_size=4), min_size=1, max_size=4))
def test_every_text_is_read_again(rows):
    back = [[tables.text_of(cell) for cell in row] for row in read(tables.table(rows))]
    assert back == [[in_one_line(text) for text in row] for row in rows]


@given(
    st.text("abc xyz\N{LATIN SMALL LETTER E WITH ACUTE}.,'()-1", max_size=20).filter(lambda text: text.strip(" '-") == text)
)
def test_what_is_harmless_stays_as_it_is(text):
    assert tables.cell(text) == text == tables.text_of(text)


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.decimals(-1000, 1000, places=2))
def test_numbers_stay_numbers(number):
    ((cell, *_),) = read(tables.table([[number, "text"]]))
    assert type(number)(cell) == number


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"), ("-5", "'-5"), (-5, "-5"), (2.5, "2.5"), (Decimal("2.50"), "2.50"),
        ("Zo\xeb; =Turing", "Zo\xeb;' =Turing"), ("'t Hooft", "'t Hooft"), ("'=1", "''=1"), ("", ""),
        ("two\nlines", "two lines"),
    ],
)  # fmt: skip
def test_what_a_person_sees(value, cell):
    assert tables.cell(value) == cell


@pytest.mark.parametrize("value", [None, b"=1", ["=1"]])
def test_nothing_else_is_written(value):
    with pytest.raises(TypeError):
        tables.cell(value)
