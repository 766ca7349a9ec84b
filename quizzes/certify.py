"""Which questions are good enough: one key by two ways, wrong answers that mean one thing each, the usual load.

A misconception that gives the key in these numbers cannot be told from the truth, and two that give the same answer cannot
be told from each other. They are never offered nor named in this variant; enough must be left.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Any

from common.errors import UserError
from quizzes.question import AUTHORS_WORD, Choice, Grid, Number, Question, Unfit, Wrong, exact, require, written
from quizzes.template import Band, Template
from quizzes.variant import Certificate, Variant, written_answer

CLEAR = 4  # tolerances that lie at least between the key and a wrong answer


class WrongKey(UserError):
    """Two ways to the key disagree: a fault of the template, or numbers that an instructor fixed beyond what it knows."""


def certify(
    template: Template, question: Question, drawn: Sequence[int], named: Mapping[str, Any] | None = None
) -> tuple[list[Wrong], Certificate]:
    """Return the wrong answers that can be told apart, and the certificate.

    named: the numbers that have names, for messages. Raises Unfit, naming the rule, for numbers that make no good question;
    WrongKey if the two ways to the key disagree.
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
        told, hidden = [], []  # type: ignore[var-annotated]
        require(_all_differ(question.key), "options that differ from each other")
        require(_can_be_ticked(question.key), "a right and a wrong option")
    else:
        told, hidden = _told_apart(template, question.key, question.wrong)
    if len(told) < template.tells:
        raise Unfit(f"at least {template.tells} misconceptions that can be told from the key and from each other")
    certificate = Certificate(
        template=f"{template.name}@{template.version}",
        drawn=tuple(drawn),
        key=written_answer(question.key),
        oracle=_written_oracle(question),
        wrong={one.name: written_answer(one.answer) for one in told},
        hidden=tuple(hidden),
        gap=_gap(question.key, told),
        load=question.load,
    )
    return told, certificate


def check(variant: Variant, band: dict[str, Band] | None = None) -> list[str]:
    """Return what is wrong with a certificate and its variant; nothing of the generator is asked.

    band: that of the template, if it is to be looked at too.
    """
    certificate, faults = variant.certificate, []
    if certificate.oracle not in (certificate.key, AUTHORS_WORD):
        faults.append("the two ways to the key disagree")
    if written_answer(variant.answer) != certificate.key and not isinstance(variant.answer, Choice):
        faults.append("the key is not the certified one")
    answers = [str(certificate.key), *(str(answer) for answer in certificate.wrong.values())]
    if isinstance(variant.answer, Choice):
        if not _all_differ(variant.answer):
            faults.append("an option stands there twice")
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


def _as_toml(value: Any) -> str:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_as_toml, value))}]"
    return f"{float(value):g}" if isinstance(value, Fraction) else json.dumps(value, ensure_ascii=False, default=str)


def _in_words(key: Any, values: Any) -> str:
    """Write a key for a message: of options, those that are right."""
    if isinstance(key, Choice) and isinstance(values, tuple):
        right = [option.text for option, holds in zip(key.options, values) if holds]
        return " and ".join(map(repr, right)) or "no option"
    return _as_toml(values)


def _is_certified(text: str, key: Any) -> bool:
    """Return whether a right option stands in a certificate: as an option, or as a number, which its unit may follow."""
    return text in key if isinstance(key, list) else number_of(text) == key


def number_of(text: str) -> str:
    """Return the number of an option as a certificate writes it: 12345 for "12,345 weights"."""
    return text.split(" ")[0].replace(",", "").replace("\N{NARROW NO-BREAK SPACE}", "")


def _told_apart(template: Template, key: Number | Grid, wrong: Sequence[Wrong]) -> tuple[list[Wrong], list[str]]:
    """Return the wrong answers that only one misconception gives, and the names of the other misconceptions."""
    values = _values(key)
    fitting = [one for one in wrong if _alike(values, one.answer)]
    times = Counter(one.answer for one in fitting)
    near = CLEAR * Fraction(key.tolerance) if isinstance(key, Number) else Fraction(0)
    told = [one for one in fitting if times[one.answer] == 1 and one.answer != values]
    if near:  # what is read from a plot is known only so well
        told = [one for one in told if _distance(values, one.answer) > near]
        told = [one for one in told if all(_distance(one.answer, two.answer) > near for two in told if two is not one)]
    names = Counter(one.name for one in told)
    if twice := [name for name, times in names.items() if times > 1]:
        raise UserError(f"{template.file or template.name}: the misconception {twice[0]!r} gives two answers at once")
    return told, sorted({one.name for one in fitting} - set(names))


def _all_differ(choice: Choice) -> bool:
    return len({_normal(option.text) for option in choice.options}) == len(choice.options)


def _can_be_ticked(choice: Choice) -> bool:
    """Return whether there are right and wrong options, and only one right one where only one can be ticked."""
    rights = sum(option.right for option in choice.options)
    return 0 < rights < len(choice.options) and (rights == 1 or choice.several)


def _values(answer: Any) -> Any:
    match answer:
        case Number(value=value):
            return exact(value)
        case Grid(values=values):
            return exact(values)
        case _:
            return tuple(option.right for option in answer.options)


def _oracle(question: Question) -> Any:
    if isinstance(question.key, Choice):
        return tuple(bool(holds) for holds in question.check)
    try:
        return exact(question.check)
    except ValueError:  # it has too many decimals to be the key
        return question.check


def _written_oracle(question: Question) -> Any:
    if question.check is AUTHORS_WORD:
        return AUTHORS_WORD
    if isinstance(question.key, Choice):
        return [option.text for option, holds in zip(question.key.options, question.check) if holds]
    return written_answer(exact(question.check))


def _alike(key: Any, answer: Any) -> bool:
    """Return whether an answer could stand in the place of the key: a number, or a grid of the same shape."""
    if not isinstance(key, tuple):
        return not isinstance(answer, tuple)
    return isinstance(answer, tuple) and [len(row) for row in key] == [len(row) for row in answer]


def _distance(one: Any, other: Any) -> Fraction:
    """Return how far two answers lie apart: grids in the cell where they differ most."""
    if isinstance(one, tuple):
        return max(abs(Fraction(a) - b) for left, right in zip(one, other) for a, b in zip(left, right))
    return abs(Fraction(one) - other)


def _gap(key: Any, told: Sequence[Wrong]) -> str | None:
    if not isinstance(key, Number) or not told:
        return None
    values = sorted(Fraction(value) for value in [key.value, *(one.answer for one in told)])  # type: ignore[arg-type]
    return written(min(b - a for a, b in pairwise(values)))


def _normal(text: str) -> str:
    """Return a text as a hurried reader sees it: 3 and 3.0 are the same."""
    words = " ".join(text.casefold().split())
    try:
        return str(Fraction(words))
    except ValueError:
        return words
