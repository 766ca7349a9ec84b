"""Formulas that an author writes in a text file: exact, and limited in size and time.

simpleeval evaluates them: it is maintained and small, and a formula cannot reach Python's objects once attributes and
subscripts are off. (asteval runs whole programs, evalidate compiles to Python's arithmetic: neither can be made exact.)
"""

import ast
import operator
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import ceil, floor
from typing import TYPE_CHECKING, Any

from common.errors import UserError
from quizzes.certify import shown
from quizzes.question import Value

if TYPE_CHECKING:
    from simpleeval import SimpleEval

LONGEST = 400  # characters of a formula
LARGEST, FINEST = 10**15, 10**9  # the limits of a number, and of a fraction's denominator, during the evaluation
HIGHEST = 64  # exponent

_OPERATORS: dict[type, Callable[..., Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: lambda a, b: Fraction(a) / b,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: lambda a, b: _power(a, b),
    ast.USub: operator.neg, ast.UAdd: operator.pos, ast.Not: operator.not_,
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}  # fmt: skip
_NODES = (ast.Name, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare, ast.IfExp, ast.Call, ast.keyword, ast.Constant)


@dataclass(frozen=True)
class Formula:
    """A parsed formula. names: of the numbers in it."""

    text: str
    names: frozenset[str]
    operations: int  # additions, multiplications, functions, ...
    tree: ast.expr

    def value(self, numbers: Mapping[str, Any]) -> Value:
        """Return its value; raises UserError, which shows the numbers, if it has none."""
        value = self._worked_out(numbers)
        if isinstance(value, bool):
            raise UserError(f"{self.text!r} is a condition, not a number")
        return value

    def holds(self, numbers: Mapping[str, Any]) -> bool:
        """Return whether it holds; raises UserError if it is not a condition."""
        holds = self._worked_out(numbers)
        if not isinstance(holds, bool):
            raise UserError(f"{self.text!r} is a number, not a condition such as kernel <= image")
        return holds

    def _worked_out(self, numbers: Mapping[str, Any]) -> Value | bool:
        evaluator = _evaluator()
        evaluator.names = dict(numbers)
        try:
            found: Value | bool = evaluator.eval(self.text, self.tree)
            return found
        except ZeroDivisionError:
            problem = "divides by zero"
        except RecursionError:
            problem = "is nested too deeply"
        except (ValueError, TypeError, OverflowError) as error:  # of a function, or of _bounded
            problem = f"cannot be worked out: {error}"
        given = shown({name: numbers[name] for name in sorted(self.names)})
        raise UserError(f"{self.text!r} {problem}{f' with {given}: require can keep such numbers out' if given else ''}")


def read(text: str, known: Collection[str]) -> Formula:
    """Return a formula of numbers with known names; raises UserError, with what is allowed, for anything else."""
    text = " ".join(text.split())
    if len(text) > LONGEST:
        raise UserError(f"{text[:30]!r}... is longer than {LONGEST} characters")
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UserError(f"{text!r} is not a formula, such as floor((image - kernel) / 2) + 1") from None
    nodes = list(ast.walk(tree))
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    names = {node.id for node in nodes if isinstance(node, ast.Name) and node not in called}
    for node in nodes:
        if isinstance(node, ast.operator | ast.unaryop | ast.cmpop) and type(node) not in _OPERATORS:
            hint = ": powers are written 2**3" if isinstance(node, ast.BitXor) else ""
            raise UserError(f"{text!r} has an operator that formulas do not know{hint}")
        if isinstance(node, ast.expr | ast.keyword) and not isinstance(node, _NODES):
            raise UserError(f"{text!r} is more than a formula: it may hold numbers, names, operators and functions")
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            raise UserError(f"{text!r} holds {node.value!r}, which is not a number")
    for function in called:
        if not isinstance(function, ast.Name) or function.id not in FUNCTIONS:
            raise UserError(f"{text!r} calls what is not a function of formulas: these are {', '.join(FUNCTIONS)}")
    if unknown := sorted(names - set(known)):
        listed = f"the numbers are {', '.join(known)}" if known else "this question has no numbers"
        raise UserError(f"{text!r} has the unknown name {unknown[0]!r}: {listed}")
    operations = sum(isinstance(node, ast.BinOp | ast.Call) for node in nodes)
    return Formula(text, frozenset(names), operations, tree)


def same(one: object, other: object) -> bool:
    """Return whether two formulas or numbers are the same, apart from spaces and brackets."""
    if isinstance(one, Formula) and isinstance(other, Formula):
        return ast.dump(one.tree) == ast.dump(other.tree)
    return one == other


def number(value: int | float) -> Value:
    """Return a number of a file exactly as it is written: 0.1 is a tenth."""
    exact = Fraction(str(value))
    return int(exact) if exact.denominator == 1 else exact


def written(value: Value) -> str:
    """Write a value exactly: 7, -3, 2.25, 1/3."""
    exact = Fraction(value)
    if exact.denominator == 1 or 10**6 % exact.denominator:
        return str(exact)
    return f"{float(exact):.6f}".rstrip("0")


def _power(base: Value, exponent: Value) -> Value:
    if exponent != int(exponent) or not -HIGHEST <= exponent <= HIGHEST:
        raise ValueError(f"exponents are whole numbers up to {HIGHEST}, not {exponent}")
    return Fraction(base) ** int(exponent)  # exact, also below one


def _rounded(value: Value, digits: int = 0) -> Value:
    """Round as students do: halves away from zero."""
    if digits not in range(7):
        raise ValueError(f"round gives 0 to 6 decimals, not {digits}")
    away = Fraction(floor(abs(Fraction(value)) * 10**digits + Fraction(1, 2)), 10**digits)
    return away if value > 0 else -away


def _output_size(size: int, kernel: int, stride: int = 1, padding: int = 0) -> int:
    import kernels

    if any(each != int(each) for each in (size, kernel, stride, padding)):
        raise ValueError("output_size takes whole numbers")
    return kernels.output_size(int(size), int(kernel), int(stride), int(padding))


def _bounded(function: Callable[..., Any]) -> Callable[..., Value | bool]:
    """Limit the size of what a function or operator gives: whole numbers become int, all others Fraction."""

    def bounded(*values: object, **named: object) -> Value | bool:
        result: Value | bool = function(*values, **named)
        if isinstance(result, bool):
            return result
        exact = Fraction(result)
        if abs(exact) > LARGEST:
            raise OverflowError("a number grows too large")
        if exact.denominator > FINEST:
            raise OverflowError("a fraction grows too fine")
        return int(exact) if exact.denominator == 1 else exact

    return bounded


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "floor": floor, "ceil": ceil, "round": _rounded, "abs": abs, "min": min, "max": max,
    "sum": lambda *terms: sum(terms), "output_size": _output_size,
}  # fmt: skip


@cache
def _evaluator() -> "SimpleEval":
    from simpleeval import SimpleEval

    evaluator = SimpleEval(
        operators={kind: _bounded(function) for kind, function in _OPERATORS.items()},
        functions={name: _bounded(function) for name, function in FUNCTIONS.items()},
    )
    evaluator.nodes = {kind: handler for kind, handler in evaluator.nodes.items() if kind in _NODES}
    evaluator.nodes[ast.Constant] = lambda node: _bounded(number)(node.value)
    return evaluator
