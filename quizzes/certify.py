"""Decide which questions are good enough: a key found in two ways, wrong answers that each mean one thing, the usual load.

With some numbers a misconception gives the key, or two misconceptions give the same answer. Such a misconception is never
offered or named in this variant; enough others must be left.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from common.errors import UserError
from quizzes.question import (
    AUTHORS_WORD,
    Answer,
    Choice,
    Grid,
    Number,
    Question,
    RejectedDraw,
    Rows,
    Value,
    Wrong,
    exact,
    require,
    written,
)
from quizzes.template import Band, Template
from quizzes.variant import Certificate, Variant, Written, written_answer

CLEAR = 4  # tolerances: the least distance between the key and a wrong answer


class WrongKey(UserError):
    """The two ways to the key disagree: a bug of the template, or an instructor fixed numbers that it cannot handle."""


def certify(
    template: Template, question: Question, drawn: Sequence[int], named: Mapping[str, Any] | None = None
) -> tuple[list[Wrong], Certificate]:
    """Return the wrong answers that can be told apart, and the certificate.

    named: the numbers that have names, for messages. Raises RejectedDraw, naming the rule, for numbers that make no good
    question; WrongKey if the two ways to the key disagree.
    """
    key = _values(question.key)
    if question.check is not AUTHORS_WORD and key != _oracle(question):
        one, other = (_in_words(question.key, answer) for answer in (key, _oracle(question)))
        raise WrongKey(
            f"{template.file or template.name}: the key is {one} one way and {other} the other "
            f"with {shown(named) if named else f'the draws {list(drawn)}'}"
        )
    for name, (low, high) in template.band.items():
        require(low <= getattr(question.load, name) <= high, f"{name} from {low} to {high}")
    if isinstance(question.key, Choice):
        distinct, hidden = list[Wrong](), list[str]()
        require(_all_differ(question.key), "options that differ from each other")
        require(_can_be_ticked(question.key), "a right and a wrong option")
    else:
        distinct, hidden = _distinct(template, question.key, question.wrong)
    if len(distinct) < template.tells:
        raise RejectedDraw(f"at least {template.tells} misconceptions that can be told from the key and from each other")
    certificate = Certificate(
        template=f"{template.name}@{template.version}",
        drawn=tuple(drawn),
        key=written_answer(question.key),
        oracle=_written_oracle(question),
        wrong={one.name: written_answer(one.answer) for one in distinct},
        hidden=tuple(hidden),
        gap=_gap(question.key, distinct),
        load=question.load,
    )
    return distinct, certificate


def check(variant: Variant, band: dict[str, Band] | None = None) -> list[str]:
    """Return what is wrong with a certificate and its variant, without using the generator.

    band: that of the template, to check it too.
    """
    certificate, faults = variant.certificate, []
    if certificate.oracle not in (certificate.key, AUTHORS_WORD):
        faults.append("the two ways to the key disagree")
    if written_answer(variant.answer) != certificate.key and not isinstance(variant.answer, Choice):
        faults.append("the key is not the certified one")
    answers = [str(certificate.key), *(str(answer) for answer in certificate.wrong.values())]
    if isinstance(variant.answer, Choice):
        if not _all_differ(variant.answer):
            faults.append("an option appears twice")
        if not _can_be_ticked(variant.answer):
            faults.append("the number of right options is wrong")
        if not all(_is_certified(option.text, certificate.key) for option in variant.answer.options if option.right):
            faults.append("a right option is not certified")
    elif {one.name: written_answer(one.answer) for one in variant.wrong} != dict(certificate.wrong):
        faults.append("the wrong answers are not the certified ones")
    if len(set(answers)) < len(answers):
        faults.append("a wrong answer equals the key or another one")
    for name, (low, high) in (band or {}).items():
        amount = getattr(certificate.load, name)
        if not low <= amount <= high:
            faults.append(f"{name} is {amount}, not from {low} to {high}")
    return faults


def shown(named: Mapping[str, Any]) -> str:
    """Write numbers with their names on one line, as a quiz's file takes them: image = 12, layers = [15, 10]."""
    return ", ".join(f"{name} = {_as_toml(value)}" for name, value in named.items())


def _as_toml(value: object) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_toml, value))}]"
    return f"{float(value):g}" if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False, default=str)


def _in_words(key: Answer, values: object) -> str:
    """Write a key for a message; for options, the right ones."""
    if isinstance(key, Choice) and isinstance(values, tuple):
        right = [option.text for option, holds in zip(key.options, values) if holds]
        return " and ".join(map(repr, right)) or "no option"
    return _as_toml(values)


def _is_certified(text: str, key: Written) -> bool:
    """Return whether a right option is in a certificate: as an option, or as a number that may have a unit."""
    return text in key if isinstance(key, list) else number_of(text) == key


def number_of(text: str) -> str:
    """Return the number of an option as a certificate writes it: 12345 for "12,345 weights"."""
    return text.split(" ")[0].replace(",", "").replace("\N{NARROW NO-BREAK SPACE}", "")


def _distinct(template: Template, key: Number | Grid, wrong: Sequence[Wrong]) -> tuple[list[Wrong], list[str]]:
    """Return the wrong answers that only one misconception gives, and the names of the other misconceptions."""
    values = _typed(key)
    fitting = [one for one in wrong if _alike(values, one.answer)]
    times = Counter(one.answer for one in fitting)
    near = CLEAR * Fraction(key.tolerance) if isinstance(key, Number) else Fraction(0)
    distinct = [one for one in fitting if times[one.answer] == 1 and one.answer != values]
    if near:  # numbers read from a plot are only approximate
        distinct = [one for one in distinct if _distance(values, one.answer) > near]
        distinct = [
            one for one in distinct if all(_distance(one.answer, two.answer) > near for two in distinct if two is not one)
        ]
    names = Counter(one.name for one in distinct)
    if twice := [name for name, times in names.items() if times > 1]:
        raise UserError(f"{template.file or template.name}: the misconception {twice[0]!r} gives two answers at once")
    return distinct, sorted({one.name for one in fitting} - set(names))


def _all_differ(choice: Choice) -> bool:
    return len({_normal(option.text) for option in choice.options}) == len(choice.options)


def _can_be_ticked(choice: Choice) -> bool:
    """Return whether there are right and wrong options, and only one right one where only one can be ticked."""
    rights = sum(option.right for option in choice.options)
    return 0 < rights < len(choice.options) and (rights == 1 or choice.several)


def _values(answer: Answer) -> Value | Rows | tuple[bool, ...]:
    if isinstance(answer, Choice):
        return tuple(option.right for option in answer.options)
    return _typed(answer)


def _typed(answer: Number | Grid) -> Value | Rows:
    return exact(answer.value) if isinstance(answer, Number) else exact(answer.values)


def _oracle(question: Question) -> object:
    if isinstance(question.key, Choice):
        return tuple(bool(holds) for holds in question.check)
    try:
        return exact(question.check)
    except ValueError:  # it has too many decimals to be the key
        return question.check


def _written_oracle(question: Question) -> Written:
    check: object = question.check
    if check is AUTHORS_WORD:
        return AUTHORS_WORD
    if isinstance(question.key, Choice):
        return [option.text for option, holds in zip(question.key.options, question.check) if holds]
    return written_answer(exact(check))


def _alike(key: Value | Rows, answer: Value | Rows) -> bool:
    """Return whether an answer has the form of the key: a number, or a grid of the same shape."""
    if not isinstance(key, tuple):
        return not isinstance(answer, tuple)
    return isinstance(answer, tuple) and [len(row) for row in key] == [len(row) for row in answer]


def _distance(one: Value | Rows, other: Value | Rows) -> Fraction:
    """Return how far two answers lie apart: grids in the cell where they differ most."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return max(abs(Fraction(a) - b) for left, right in zip(one, other) for a, b in zip(left, right))
    assert not isinstance(one, tuple) and not isinstance(other, tuple), "a number is not compared with a grid"
    return abs(Fraction(one) - other)


def _gap(key: Answer, distinct: Sequence[Wrong]) -> str | None:
    if not isinstance(key, Number) or not distinct:
        return None
    values = sorted(Fraction(value) for value in [key.value, *(one.number for one in distinct)])
    return written(min(b - a for a, b in pairwise(values)))


def _normal(text: str) -> str:
    """Return a text as a hurried reader sees it: 3 and 3.0 are the same."""
    words = " ".join(text.casefold().split())
    try:
        return str(Fraction(words))
    except ValueError:
        return words
