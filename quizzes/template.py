"""Templates: small functions that make a question from drawn numbers, and those of our own bank."""

import difflib
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, wraps
from types import ModuleType
from typing import Any

from common.errors import UserError
from quizzes.question import Answer, Choice, Question
from quizzes.rng import Draw
from quizzes.text.writing import grouped

Band = tuple[int, int]  # the least and the most, both included


@dataclass(frozen=True)
class Template:
    """A kind of question."""

    name: str  # "output-size"
    title: str
    topic: str
    difficulty: int  # from 1, recall, to 5, several ideas at once
    minutes: float
    tells: int  # how many misconceptions must give answers that differ from the key and from each other
    band: Mapping[str, Band]  # for each part of the load that is bounded: operations, largest, negatives
    make: Callable[[Draw], Question]
    version: int
    lecture: Mapping[str, Any] = field(default_factory=dict)  # the lecture's numbers, by the names of the draws
    file: str = ""  # the file of an instructor's own template
    remarks: tuple[str, ...] = ()  # what instructors who fix its numbers or change its stem should know


def template(
    title: str,
    *,
    topic: str,
    difficulty: int,
    minutes: float,
    tells: int = 0,
    operations: Band = (1, 10_000),
    largest: Band = (0, 10**9),
    negatives: Band = (0, 10_000),
    version: int = 1,
    lecture: Mapping[str, Any] | None = None,
) -> Callable[[Callable[[Draw], Question]], Template]:
    """Make the decorated function a template; its name gets dashes.

    operations, largest, negatives: the range of a variant's load, so that variants are equally hard.
    lecture: the lecture's own numbers, by the names of the draws: `numbers = "lecture"` in a quiz asks for them.
    """

    def enter(make: Callable[[Draw], Question]) -> Template:
        @wraps(make)
        def made(draw: Draw) -> Question:
            question = make(draw)
            if not isinstance(question, Question):
                raise TypeError(f"a template returns a Question, not {question!r:.60}")
            if isinstance(question.steps, str):
                raise TypeError(f"steps is a list of sentences, not {question.steps!r:.60}")
            return with_groups(question)

        band = {"operations": operations, "largest": largest, "negatives": negatives}
        name = make.__name__.replace("_", "-")
        return Template(name, title, topic, difficulty, minutes, tells, band, made, version, lecture or {})

    return enter


@cache
def templates() -> dict[str, Template]:
    """Return the templates of our own bank by name, in the order of the lecture."""
    from quizzes import questions

    found = {module.name for module in pkgutil.iter_modules(questions.__path__)}
    assert found == set(questions.TOPICS), f"quizzes/questions/__init__.py does not list {found ^ set(questions.TOPICS)}"
    modules = [importlib.import_module(f"quizzes.questions.{module}") for module in questions.TOPICS]
    return {each.name: each for module in modules for each in written_in(module)}


def written_in(module: ModuleType) -> list[Template]:
    """Return the templates of a module, in its order."""
    found = [value for value in vars(module).values() if isinstance(value, Template)]
    return [each for each in found if each.make.__module__ == module.__name__]


def find(name: str, bank: Mapping[str, Template] | None = None) -> Template:
    """Return the template of this name from a bank, by default ours; raises UserError, with similar names, for others."""
    bank = templates() if bank is None else bank
    try:
        return bank[name]
    except KeyError:
        near = difflib.get_close_matches(name, bank, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else "`convgrade quiz list` shows all"
        raise UserError(f"unknown template {name!r}: {hint}") from None


def with_groups(question: Question) -> Question:
    """Return a question in whose texts long numbers are easy to read: 12,345."""
    return replace(
        question,
        stem=grouped(question.stem),
        key=_options_with_groups(question.key),
        wrong=[replace(one, sentence=grouped(one.sentence)) for one in question.wrong],
        steps=[grouped(step) for step in question.steps],
    )


def _options_with_groups(answer: Answer) -> Answer:
    if not isinstance(answer, Choice):
        return answer
    options = [
        replace(one, text=grouped(one.text), sentence=grouped(one.sentence), step=grouped(one.step))
        for one in answer.options
    ]
    return replace(answer, options=tuple(options))
