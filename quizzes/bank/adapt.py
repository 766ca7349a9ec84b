"""A template adapted to a quiz: some of its numbers are fixed, or its stem is replaced."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from common.errors import UserError, within
from quizzes.bank import texts
from quizzes.bank.media import require_shown
from quizzes.bank.texts import Text, identifier
from quizzes.certify import certify, shown
from quizzes.question import Number, Question, RejectedDraw
from quizzes.rng import Draw, Repeated, Seeded
from quizzes.template import Template
from quizzes.text.writing import grouped

NOTHING: Mapping[str, Any] = {}
LECTURE = "lecture"  # instead of numbers: the lecture's
LOOKED_AT, TRIED = 40, 1000  # the most good questions, and the most draws for them
SHOWN = 5  # of them are checked in all media
OFTEN = 0.1  # share of the questions that sets how many misconceptions each variant must distinguish


@dataclass(frozen=True)
class Seen:
    """A question that a template asks, its numbers, and how many misconceptions give distinct answers."""

    question: Question
    named: Mapping[str, Any]
    distinct: int


def adapted(template: Template, numbers: Mapping[str, Any] | str = NOTHING, stem: str = "", options: int = 0) -> Template:
    """Return a template with these numbers fixed, or the lecture's, and with this stem, after checking what it asks.

    The instructor chose the numbers: the limits of the load do not apply, and fewer misconceptions may be distinct, which
    the template's remarks say. options: how many wrong ones a number is asked with.
    Raises UserError, with what the template has, for names that it does not have; for numbers that break a rule of it; for
    too few misconceptions; for texts that cannot be shown.
    """
    fixed = _lecture(template) if numbers == LECTURE else numbers
    if not isinstance(fixed, Mapping):
        raise UserError(f'numbers must be "{LECTURE}" or a table such as {{ image = 224 }}, not {fixed!r:.60}')
    if fixed:
        if numbers != LECTURE or template.file:  # our own templates know the lecture's numbers
            _require_known(template, fixed)
        free = replace(template, tells=0, band={}, make=_fixing(template, fixed))
        template = _with_what_can_be_told(template, free, fixed, options)
    elif options:
        _require_misconceptions(template, options)
    if stem:
        template = _with_stem(template, stem)
    seen = look(template, SHOWN)
    with within(template.file or template.name):
        for one in seen:
            require_shown(one.question)
    return template


def look(template: Template, most: int = LOOKED_AT, fixed: Mapping[str, Any] = NOTHING) -> list[Seen]:
    """Return some questions that a template asks; raises UserError, which names the broken rule, if there are none."""
    found: list[Seen] = []
    refused: Counter[str] = Counter()
    draw = Seeded("look", template.name)
    for _ in range(TRIED):
        draw.start_again()
        try:
            question = template.make(draw)
            distinct, _ = certify(template, question, draw.drawn, draw.named)
            found.append(Seen(question, dict(draw.named), len(distinct)))
        except RejectedDraw as rule:
            refused[str(rule)] += 1
        if not draw.free or len(found) == most:  # nothing was drawn: the next question would be the same
            break
    if not found:
        given = f" with {shown(fixed)}" if fixed else ""
        broken = refused.most_common(1)[0][0]
        raise UserError(f"{template.file or template.name} cannot be asked{given}: its rule is “{broken}”")
    return found


def numbers_of(template: Template, drawn: Sequence[int]) -> dict[str, Any]:
    """Return the numbers of a question that have names."""
    draw = Repeated(drawn)
    template.make(draw)
    return draw.named


def _lecture(template: Template) -> Mapping[str, Any]:
    if not template.lecture:
        raise UserError(f"{template.name} has no numbers of the lecture")
    return template.lecture


def _require_known(template: Template, fixed: Mapping[str, Any]) -> None:
    names = list(dict.fromkeys(name for one in look(template) for name in one.named))
    for name in fixed:
        if name not in names:
            raise UserError(f"{template.name} has no number {name!r}: {_names(names)}")


def _names(names: Sequence[str]) -> str:
    return f"its numbers are {', '.join(names)}" if names else "none of its numbers has a name"


def _fixing(template: Template, fixed: Mapping[str, Any]) -> Callable[[Draw], Question]:
    def make(draw: Draw) -> Question:
        draw.fix(fixed)
        try:
            return template.make(draw)
        except (RejectedDraw, UserError):
            raise
        except ValueError as error:  # of kernels/: a window that does not fit; with other draws it may
            raise RejectedDraw(str(error)) from error
        except Exception as error:  # numbers that the template was not written for
            raise UserError(f"{template.name} cannot be asked with {shown(fixed)}: {error}") from error

    return make


def _require_misconceptions(template: Template, options: int) -> None:
    questions = [one.question for one in look(template)]
    most = max(len(question.wrong) for question in questions)
    if isinstance(questions[0].key, Number) and most < options:
        raise UserError(
            f"{template.name} cannot be asked as a choice: it has only {_count(most)}, and the options need {options}"
        )


def _with_what_can_be_told(template: Template, free: Template, fixed: Mapping[str, Any], options: int) -> Template:
    """Return a template that requires as many distinct misconceptions as fixed numbers allow; a remark says if so."""
    seen = look(free, fixed=fixed)
    counts = sorted((one.distinct for one in seen), reverse=True)
    most = counts[int(OFTEN * len(counts))]
    if isinstance(seen[0].question.key, Number) and most < options:
        raise UserError(
            f"{template.name} with {shown(fixed)} cannot be asked as a choice: only {_count(most)} can be told apart, "
            f"and the options need {options}"
        )
    if most >= template.tells:
        return replace(free, tells=template.tells)
    remark = f"{template.name}: with these numbers only {_count(most)} can be told apart, not {template.tells} as usual"
    return replace(free, tells=most, remarks=(*template.remarks, remark))


def _count(misconceptions: int) -> str:
    return f"{misconceptions} misconception{'' if misconceptions == 1 else 's'}"


def _with_stem(template: Template, stem: str) -> Template:
    """Return a template with another stem, and a remark on each number that the old one shows and the new one does not."""
    seen = look(template)
    text = texts.read(stem, list(dict.fromkeys(name for one in seen for name in one.named)))

    def make(draw: Draw) -> Question:
        question = template.make(draw)
        return replace(question, stem=grouped(text.filled(draw.named)))

    # A small number may occur there by chance, with another meaning.
    missing = [name for name in seen[0].named if sum(_lacks(text, name, one) for one in seen) > len(seen) / 2]
    remarks = [f"{template.name}: your stem does not show the number {name!r}, which students may need" for name in missing]
    return replace(template, make=make, remarks=(*template.remarks, *remarks))


def _lacks(text: Text, name: str, seen: Seen) -> bool:
    """Return whether a number occurs in a question's stem, but not in this text."""
    if identifier(name) in text.names or name not in seen.named:
        return False
    value, stem = seen.named[name], grouped(text.filled(seen.named))
    return _stands(value, seen.question.stem) and not _stands(value, stem)


def _stands(value: object, text: str) -> bool:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return all(_stands(each, text) for each in value)
    shown, text = re.escape(grouped(str(value))), text.replace("\N{MINUS SIGN}", "-")
    return re.search(rf"(?<![\w.,]){shown}(?!\w|[.,]\d)", text) is not None
