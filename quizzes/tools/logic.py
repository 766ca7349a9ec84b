"""Expressions in AND, OR and NOT: write, evaluate and spoil them, and turn them into polynomials.

An expression is a letter, ("NOT", expression), or ("AND" or "OR", expression, expression).
"""

from collections.abc import Mapping
from typing import Any

from quizzes.rng import Draw

Expression = Any  # str | tuple[str, Expression] | tuple[str, Expression, Expression]
Polynomial = dict[frozenset[str], int]  # the factor of each product of letters
OTHER = {"AND": "OR", "OR": "AND"}


def words(expression: Expression) -> str:
    """Write an expression: "(a OR b) AND NOT (a AND b)"."""
    return _words(expression, outer=True)


def holds(expression: Expression, values: Mapping[str, int]) -> bool:
    """Evaluate an expression, part by part, for values of 0 or 1."""
    match expression:
        case str():
            return bool(values[expression])
        case ("NOT", part):
            return not holds(part, values)
        case ("AND", left, right):
            return holds(left, values) and holds(right, values)
        case ("OR", left, right):
            return holds(left, values) or holds(right, values)
    raise ValueError(f"{expression!r} is not an expression")


def polynomial(expression: Expression) -> Polynomial:
    """Return the polynomial that is 1 where an expression holds and 0 elsewhere: without powers it is unique.

    NOT p is 1 - p, p AND q is pq, p OR q is p + q - pq; a letter times itself is the letter.
    """
    match expression:
        case str():
            return {frozenset(expression): 1}
        case ("NOT", part):
            return _sum({frozenset(): 1}, polynomial(part), -1)
        case (kind, left, right):
            left, right = polynomial(left), polynomial(right)
            both: Polynomial = {}
            for one, times in left.items():
                for two, more in right.items():
                    both = _sum(both, {one | two: times * more}, 1)
            return both if kind == "AND" else _sum(_sum(left, right, 1), both, -1)
    raise ValueError(f"{expression!r} is not an expression")


def turned(draw: Draw, expression: Expression) -> Expression:
    """Return an equivalent expression, with the parts of each AND and OR in drawn order."""
    if isinstance(expression, str):
        return expression
    kind, *parts = expression
    return (kind, *draw.shuffled([turned(draw, part) for part in parts]))


def spoilt(expression: Expression) -> list[Expression]:
    """Return all expressions with one mistake: AND for OR, OR for AND, a missing or an extra NOT before a letter."""
    match expression:
        case str():
            return [("NOT", expression)]
        case ("NOT", str() as letter):
            return [letter]
        case ("NOT", part):
            return [part, *(("NOT", each) for each in spoilt(part))]
        case (kind, left, right):
            return [
                (OTHER[kind], left, right),
                *((kind, each, right) for each in spoilt(left)),
                *((kind, left, each) for each in spoilt(right)),
            ]
    raise ValueError(f"{expression!r} is not an expression")


def _words(expression: Expression, outer: bool = False) -> str:
    match expression:
        case str():
            return expression
        case ("NOT", part):
            return f"NOT {_words(part)}"
        case (kind, left, right):
            text = f"{_words(left)} {kind} {_words(right)}"
            return text if outer else f"({text})"
    raise ValueError(f"{expression!r} is not an expression")


def _sum(one: Polynomial, two: Polynomial, factor: int) -> Polynomial:
    total = {product: one.get(product, 0) + factor * two.get(product, 0) for product in one | two}
    return {product: times for product, times in total.items() if times}
