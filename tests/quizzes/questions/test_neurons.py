"""Which functions one neuron computes, over all there are; expressions and their polynomials."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.questions import neurons
from quizzes.tools import logic

letters = st.sampled_from("abc")
expressions = st.recursive(
    letters,
    lambda parts: st.one_of(st.tuples(st.just("NOT"), parts), st.tuples(st.sampled_from(["AND", "OR"]), parts, parts)),
    max_leaves=6,
)


def test_each_function_of_three_inputs_has_a_neuron_or_a_proof_that_there_is_none():
    tables = list(product((0, 1), repeat=8))
    found = [neurons._neuron_of(table) is not None for table in tables]
    assert found == [neurons._proof_against(table) is None for table in tables]
    assert sum(found) == 104  # https://oeis.org/A000609


def test_every_function_of_two_inputs_but_two_has_a_gate_or_ignores_an_input():
    ignoring = {(0, 0, 0, 0), (1, 1, 1, 1), (0, 0, 1, 1), (1, 1, 0, 0), (0, 1, 0, 1), (1, 0, 1, 0)}
    assert set(neurons.FUNCTIONS.values()) | ignoring == set(product((0, 1), repeat=4))
    assert all(neurons._constructions().values())


@pytest.mark.parametrize("form", neurons.XOR_FORMS)
def test_every_form_of_xor_is_xor(form):
    assert neurons._values_of(form("p", "q"), "p", "q") == neurons.XOR


@given(expressions)
def test_a_polynomial_a_python_expression_and_the_value_agree(expression):
    polynomial, code = logic.polynomial(expression), logic.words(expression).lower()
    for values in product((0, 1), repeat=3):
        named = dict(zip("abc", values))
        value = sum(times for product_of, times in polynomial.items() if all(named[letter] for letter in product_of))
        assert logic.holds(expression, named) == value == bool(eval(code, {}, named))


@given(expressions)
def test_what_is_spoilt_is_another_expression(expression):
    assert all(logic.words(each) != logic.words(expression) for each in logic.spoilt(expression))
