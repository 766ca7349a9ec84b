"""Formulas: exact, as Python itself works them out, and bounded whatever an author writes."""

import subprocess
import sys
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UserError
from quizzes.bank import formulas, texts
from quizzes.bank.formulas import Formula, same
from tests.conftest import ROOT

NAMES = ("a", "b", "c")
NUMBERS = st.integers(-20, 20) | st.fractions(-9, 9, max_denominator=12).filter(lambda value: value.denominator > 1)


def expressions():
    """Formulas, as a text that Python's own eval works out with Fractions, too."""
    leaf = st.sampled_from(NAMES) | st.integers(0, 30).map(str)

    def larger(part):
        return (
            st.tuples(part, st.sampled_from("+-*/"), part).map(lambda each: f"({each[0]} {each[1]} {each[2]})")
            | st.tuples(st.sampled_from(["floor", "ceil", "abs", "-"]), part).map(lambda each: f"{each[0]}({each[1]})")
            | st.tuples(st.sampled_from(["min", "max"]), part, part).map(lambda each: f"{each[0]}({each[1]}, {each[2]})")
            | st.tuples(part, part, part).map(lambda each: f"({each[0]} if {each[1]} < {each[2]} else 7)")
        )

    return st.recursive(leaf, larger, max_leaves=6)


@given(expressions(), st.fixed_dictionaries(dict.fromkeys(NAMES, NUMBERS)))
def test_a_formula_is_worked_out_exactly_as_by_pythons_fractions(text, numbers):
    whole = formulas.read(text, NAMES)
    exact = {name: Fraction(value) for name, value in numbers.items()}
    digits = "".join(f"Fraction({part})" if part.isdigit() else part for part in _split(text))
    try:
        expected = eval(digits, {"floor": floor, "ceil": ceil, "Fraction": Fraction}, exact)
    except ZeroDivisionError:
        with pytest.raises(UserError, match="divides by zero"):
            whole.value(numbers)
        return
    if abs(expected) > formulas.LARGEST or Fraction(expected).denominator > formulas.FINEST:
        return
    try:
        found = whole.value(numbers)
    except UserError as error:
        assert "grows too" in str(error)  # on the way
        return
    assert found == expected and (type(found) is int) == (Fraction(expected).denominator == 1)


def _split(text):
    import re

    return re.findall(r"\d+|\D+", text)


def test_decimals_are_what_they_say():
    assert formulas.read("0.1 + 0.2", ()).value({}) == Fraction(3, 10)
    assert formulas.read("round(2.5) + round(-2.5) + round(1 / 3, 2)", ()).value({}) == Fraction(33, 100)
    assert formulas.read("2**10 + output_size(224, 7, stride=2, padding=3)", ()).value({}) == 1024 + 112


def test_conditions_hold_or_not_and_are_no_numbers():
    fits = formulas.read("1 <= kernel <= image and not image == 4", ("kernel", "image"))
    assert [fits.holds({"kernel": 3, "image": image}) for image in (2, 3, 4)] == [False, True, False]
    with pytest.raises(UserError, match="is a condition, not a number"):
        fits.value({"kernel": 3, "image": 3})
    with pytest.raises(UserError, match="is a number, not a condition"):
        formulas.read("1 + 1", ()).holds({})


@pytest.mark.parametrize(
    "hostile",
    [
        "9**9**9", "9**9**99", "10**60 * 10**60", "1e308", "9" * 399, "-" * 399 + "1", "(" * 199 + "1" + ")" * 199,
        "round(1, 10**9)", "round(1, 999999)", "floor(1e300)", "1/7/11/13/17/19/23/29/31/37", "2**0.5", "2**-64/3**64",
        "a.__class__", "a[0]", "[1]", "(1, 2)", "'x' * 9", "f'{a}'", "lambda: 1", "(lambda: 1)()", "a if a", "1; 2", "",
        "__import__('os')", "open(1)", "max(*a)", "floor(**a)", "a := 3", "True", "1j", "a & 1", "a ^ 2", "~a", "a is a",
        "[x for x in a]", "nosuch", "nosuch(1)", "floor(1, 2)", "floor(x=1)", "min(5)", "output_size(0.5, 3)", "floor", "…",
        "output_size(5, 0)", "1" + "+1" * 300, "a\0",
    ],
)  # fmt: skip
def test_what_is_hostile_or_wrong_gets_a_sentence(hostile):
    try:
        value = formulas.read(hostile, ("a",)).value({"a": 1})
    except UserError as error:
        assert len(str(error)) < 700 and "Traceback" not in str(error)
    else:
        assert abs(value) <= formulas.LARGEST


def test_hostile_formulas_take_no_time_and_no_memory():
    code = (
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (10, 10))\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\n"
        "from quizzes.bank import formulas\nfrom common.errors import UserError\n"
        "for text in ['9**9**9', '(9**64)**64', 'round(1, 10**9)', '9'*399 + '**64', '*'.join(['9**64'] * 60)]:\n"
        "    try: print(formulas.read(text, ()).value({}))\n"
        "    except UserError: print('refused')"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.split() == ["refused"] * 5, done.stderr


def test_a_name_that_is_not_there_lists_those_that_are():
    with pytest.raises(UserError, match=r"unknown name 'imgae': the numbers are image, kernel"):
        formulas.read("imgae + 1", ("image", "kernel"))
    with pytest.raises(UserError, match=r"powers are written 2\*\*3"):
        formulas.read("2^3", ())


def test_formulas_that_only_look_different_are_the_same():
    one, two, three = (formulas.read(text, NAMES) for text in ("a + b*c", "(a+(b * c))", "b*c + a"))
    assert same(one, two) and not same(one, three) and isinstance(one, Formula)


@given(NUMBERS)
def test_a_written_value_reads_back(value):
    assert Fraction(formulas.written(value)) == value


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{a} and {a + 1}", "3 and 4"),
        (r"$\frac{{ {a} }}{{2}} + {b}$", r"$\frac{ 3 }{2} + (-5)$"),
        ("{b} is negative, {a} - {b}", "−5 is negative, 3 - (−5)"),
        (r"$$ {b} \cdot {b} $$", r"$$ -5 \cdot (-5) $$"),
        ("{two words}: {two words + 1}", None),
        ("{two words}: {two_words + 1}", "7: 8"),
        ("{m}", r"$$\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$$"),
        ("layers {l}", "layers 15, 10, 5"),
        ("mode {mode}", "mode max"),
        ("{c / 3}", "1/3"),
        ("{{}}", "{}"),
        *(
            (bad, None)
            for bad in ("{", "}", "{}", "{a", "a}", "{nosuch}", "{12}", r"\frac{12}{5}", "{a!r}", "{a:5}", "{{a}")
        ),
    ],
)
def test_places_of_a_text(text, filled):
    numbers = {"a": 3, "b": -5, "c": 1, "two words": 7, "m": [[1, 2], [3, 4]], "l": [15, 10, 5], "mode": "max"}
    if filled is None:
        with pytest.raises(UserError):
            texts.read(text, numbers)
    else:
        assert texts.read(text, numbers).filled(numbers) == filled


def test_an_array_cannot_be_reckoned_with():
    import numpy as np

    with pytest.raises(UserError):
        texts.read("{image + 1}", ["image"]).filled({"image": np.ones((2, 2), int)})
