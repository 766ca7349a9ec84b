"""A variant: a question with its numbers, ready to be shown, and the certificate that it is a good one."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from hashlib import sha256
from typing import Any

from quizzes.question import Answer, Choice, Grid, Load, Number, Picture, Slide, Value, Wrong, written


@dataclass(frozen=True)
class Certificate:
    """What was found out about a variant before anybody saw it. `check` in quizzes/certify.py looks at it once more."""

    template: str  # with its version: "output-size@1"
    drawn: tuple[int, ...]  # what the template drew, in order
    key: Any  # as written, by the first way
    oracle: Any  # as written, by the second
    wrong: Mapping[str, Any]  # what each misconception gives that can be told apart
    hidden: tuple[str, ...]  # the misconceptions that give the key, or what another one gives: never offered, never named
    gap: str | None  # the least distance between two of these numbers
    load: Load


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

    @property
    def id(self) -> str:
        """Return a name that only this variant has: it changes with any word or number that a student sees."""
        seen = [self.template, self.stem, repr(self.answer), self.picture.svg if self.picture else ""]
        return "q" + sha256("\0".join(seen).encode()).hexdigest()[:16]


def written_answer(answer: Any) -> Any:
    """Return an answer, or the value or rows of one, as text or rows of texts: what a certificate holds."""
    match answer:
        case Number(value=value) | Grid(values=value):
            return written_answer(value)
        case Choice(options=options):
            return [option.text for option in options if option.right]
        case tuple() | list():
            return [written_answer(each) for each in answer]
        case _:
            return written(answer)


def as_json(variant: Variant) -> dict[str, Any]:
    """Return a variant as plain data, which `from_json` reads back."""
    kind = type(variant.answer).__name__.lower()
    document = json.loads(json.dumps(asdict(variant), default=str))  # Fractions as "9/4"
    document["answer"]["kind"] = kind
    return {"id": variant.id, **document}


def from_json(document: Mapping[str, Any]) -> Variant:
    """Return the variant that `as_json` wrote."""
    from quizzes.question import Option

    answer = document["answer"]
    read: Answer
    match answer["kind"]:
        case "number":
            read = Number(_value(answer["value"]), answer["unit"], _value(answer["tolerance"]))
        case "grid":
            read = Grid(_values(answer["values"]), tuple(answer["rows"]), tuple(answer["columns"]))
        case _:
            read = Choice(tuple(Option(**option) for option in answer["options"]), answer["several"])
    certificate = document["certificate"]
    picture = document["picture"]
    return Variant(
        **{name: document[name] for name in ("template", "title", "topic", "stem")},
        answer=read,
        wrong=tuple(Wrong(_values(wrong["answer"]), wrong["name"], wrong["sentence"]) for wrong in document["wrong"]),
        steps=tuple(document["steps"]),
        picture=Picture(**picture) if picture else None,
        certificate=Certificate(
            **{
                **certificate,
                "drawn": tuple(certificate["drawn"]),
                "hidden": tuple(certificate["hidden"]),
                "load": Load(**certificate["load"]),
            }
        ),
        slide=Slide(**{name: _as_tuples(part) for name, part in document["slide"].items()}) if document["slide"] else None,
    )


def _values(values: Any) -> Any:
    return tuple(_values(each) for each in values) if isinstance(values, list) else _value(values)


def _as_tuples(part: Any) -> Any:
    return tuple(_as_tuples(each) for each in part) if isinstance(part, list) else part


def _value(text: str | int) -> Value:
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value
