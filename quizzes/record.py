"""A made quiz in a file: all versions, with their keys and certificates. It is the teacher's, and Gradescope's."""

import json
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from quizzes.question import Answer, Choice, Grid, Load, Number, Option, Picture, Slide, Value, Wrong
from quizzes.quiz import Entry, Made, Quiz, Version
from quizzes.roster import Owner
from quizzes.variant import Certificate, Variant


def written(made: Made) -> bytes:
    """Return a quiz as JSON, which `read` reads; Fractions stand there as text: "9/4"."""
    import orjson  # a thousand versions are 70 MB: Python's own JSON takes seconds

    return orjson.dumps(made, default=str)


def read(content: bytes) -> Made:
    """Return the quiz that `written` wrote; raises ValueError, KeyError or TypeError for anything else."""
    document = json.loads(content)
    quiz = document["quiz"]
    versions = (
        Version(Owner(**each["owner"]), each["code"], tuple(map(_variant, each["variants"])))
        for each in document["versions"]
    )
    return Made(Quiz(**{**quiz, "entries": tuple(Entry(**entry) for entry in quiz["entries"])}), tuple(versions))


def _variant(document: Mapping[str, Any]) -> Variant:
    certificate, picture, slide = document["certificate"], document["picture"], document["slide"]
    parts = {
        "answer": _answer(document["answer"]),
        "wrong": tuple(Wrong(**{**wrong, "answer": _values(wrong["answer"])}) for wrong in document["wrong"]),
        "steps": tuple(document["steps"]),
        "picture": Picture(**picture) if picture else None,
        "slide": Slide(**{name: _as_tuples(part) for name, part in slide.items()}) if slide else None,
        "certificate": Certificate(
            **{
                **certificate,
                "drawn": tuple(certificate["drawn"]),
                "hidden": tuple(certificate["hidden"]),
                "load": Load(**certificate["load"]),
            }
        ),
    }
    return Variant(**{**document, **parts})


def _answer(answer: Mapping[str, Any]) -> Answer:
    if "options" in answer:
        return Choice(tuple(Option(**option) for option in answer["options"]), answer["several"])
    if "values" in answer:
        return Grid(_values(answer["values"]), tuple(answer["rows"]), tuple(answer["columns"]))
    return Number(_value(answer["value"]), answer["unit"], _value(answer["tolerance"]))


def _values(values: Any) -> Any:
    return tuple(_values(each) for each in values) if isinstance(values, list) else _value(values)


def _value(text: str | int) -> Value:
    value = Fraction(text)
    return int(value) if value.denominator == 1 else value


def _as_tuples(part: Any) -> Any:
    return tuple(_as_tuples(each) for each in part) if isinstance(part, list) else part
