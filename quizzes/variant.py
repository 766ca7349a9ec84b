"""A variant: a question with its numbers, ready to be shown, and the certificate that it is a good one."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any, TypeAlias

from quizzes.question import Answer, Choice, Grid, Load, Number, Picture, Slide, Wrong, written

Written: TypeAlias = "str | list[Written]"  # an answer as text, its rows as lists


@dataclass(frozen=True)
class Certificate:
    """What was found out about a variant before anybody saw it. `check` in quizzes/certify.py verifies it again."""

    template: str  # with its version: "output-size@1"
    drawn: tuple[int, ...]  # what the template drew, in order
    key: Any  # as written, by the first way
    oracle: Any  # as written, by the second
    wrong: Mapping[str, Any]  # the answer of each misconception that differs from all others
    hidden: tuple[str, ...]  # the misconceptions that give the key, or what another one gives: never offered, never named
    gap: str | None  # the least distance between two of these numbers
    load: Load
    varies: bool = True  # something was drawn that could have been different, so versions differ


@dataclass(frozen=True)
class Variant:
    """A question as a student gets it, with its key."""

    template: str
    title: str
    topic: str
    stem: str
    answer: Answer
    wrong: tuple[Wrong, ...]
    steps: tuple[str, ...]
    picture: Picture | None
    certificate: Certificate
    slide: Slide | None = None
    needs_picture: bool = False
    untranslated: tuple[str, ...] = ()  # texts that are still English, since the quiz's language lacks them

    @property
    def id(self) -> str:
        """Return a unique name of this variant: it changes with any word or number that a student sees."""
        seen = [self.template, self.stem, repr(self.answer), self.picture.svg if self.picture else ""]
        return "q" + sha256("\0".join(seen).encode()).hexdigest()[:16]


def written_answer(answer: object) -> Written:
    """Return an answer, or the value or rows of one, as text or rows of texts: what a certificate holds."""
    match answer:
        case Number(value=value) | Grid(values=value):
            return written_answer(value)
        case Choice(options=options):
            return [option.text for option in options if option.right]
        case tuple() | list():
            return [written_answer(each) for each in answer]
        case int() | Fraction():
            return written(answer)
    raise TypeError(f"{answer!r:.60} is not an answer")
