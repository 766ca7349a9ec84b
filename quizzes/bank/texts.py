r"""Texts with numbers in their places: `{image}`, or a formula of the numbers, `{image + 2 * padding}`.

A brace of LaTeX is written twice, as in Python's own f-strings: $\frac{{1}}{{2}}$.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from common.errors import UserError
from quizzes.bank import formulas
from quizzes.bank.formulas import Formula
from quizzes.text.writing import matrix, minus

_PLACE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_AFTER_AN_OPERATOR = re.compile(r"(?:[-+*/−·×]|\\cdot|\\times)\s*$")


_BRACES = "braces hold a number's name or a formula; a brace of LaTeX is written twice, {{ and }}"


@dataclass(frozen=True)
class Text:
    """A parsed text: words, with formulas in between."""

    parts: tuple[str | Formula, ...]

    @property
    def names(self) -> set[str]:
        """Return the names of the numbers that it shows, with _ instead of spaces."""
        return {name for part in self.parts if isinstance(part, Formula) for name in part.names}

    def filled(self, numbers: Mapping[str, Any]) -> str:
        """Return the text with these numbers. Negative ones have a minus sign, and brackets after an operator."""
        named = {identifier(name): value for name, value in numbers.items()}
        if missing := self.names - set(named):
            raise UserError(f"not every variant has the number {min(missing)!r}, so the text cannot show it")
        text = ""
        for part in self.parts:
            text += part if isinstance(part, str) else _shown(part.value(named), text)
        return text


def read(text: str, known: Collection[str]) -> Text:
    """Parse a text with placeholders for known numbers; raises UserError for unknown ones, and for a single brace."""
    parts: list[str | Formula] = []
    end = 0
    for place in _PLACE.finditer(text):
        before, end = text[end : place.start()], place.end()
        parts.append(before)
        if place[0] in ("{{", "}}"):
            parts.append(place[0][0])
        elif place[1] is None:
            raise UserError(f"a single brace follows {before[-20:]!r}: {_BRACES}")
        else:
            parts.append(_formula(place[1].strip(), known))
    return Text((*parts, text[end:]))


def identifier(name: str) -> str:
    """Return a number's name as formulas write it: names in our own templates may be several words."""
    return name.replace(" ", "_")


def _formula(text: str, known: Collection[str]) -> Formula:
    try:
        formula = formulas.read(identifier(text) if text in known else text, list(map(identifier, known)))
    except UserError as error:
        raise UserError(f"{error} ({_BRACES})") from None
    if not formula.names:  # \frac{12}{5} would turn into \frac125
        raise UserError(f"{{{text}}} has no number of the question in it: {_BRACES}")
    return formula


def _shown(value: object, before: str) -> str:
    """Write a number after the text before it: an array as a matrix, several numbers in a row with commas."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple) and value and isinstance(value[0], list | tuple):
        return matrix(value)
    if isinstance(value, list | tuple):
        return ", ".join(_shown(each, "") for each in value)
    if not isinstance(value, int | Fraction):
        return str(value)
    number = formulas.written(value)
    if not before.replace("$$", "$").count("$") % 2:  # outside mathematics, where a hyphen already is a minus
        number = minus(number)
    return f"({number})" if value < 0 and _AFTER_AN_OPERATOR.search(before) else number
