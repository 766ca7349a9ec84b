"""The templates that a quiz may use: ours, and those in folders that an instructor names."""

import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from common import loading
from common.errors import UserError, within
from quizzes.bank import toml_questions
from quizzes.bank.adapt import adapted
from quizzes.certify import shown
from quizzes.question import Choice, Grid, Number, Question, RejectedDraw, exact
from quizzes.quiz import Entry
from quizzes.rng import Draw
from quizzes.search import OFFERED
from quizzes.template import Template, find, templates, with_groups, written_in

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Bank:
    """Our templates, and those in these folders or files. Banks are independent of each other."""

    paths: tuple[Path, ...] = ()

    @cached_property
    def own(self) -> dict[str, Template]:
        """The templates of the folders by name; raises UserError for a file that holds none, or a name that is taken."""
        known, found = dict(templates()), {}
        for template in (template for path in self.paths for template in _templates(path)):
            with within(template.file):
                if not NAME.fullmatch(template.name):
                    raise UserError(f"{template.name!r} cannot be a template's name: use lower-case letters, digits and -")
                if other := known.get(template.name):
                    raise UserError(f"the name {template.name} is taken by {_home(other)}; choose another name")
            known[template.name] = found[template.name] = template
        return found

    @cached_property
    def templates(self) -> dict[str, Template]:
        """All templates by name: ours in the order of the lecture, then those of the folders."""
        return {**templates(), **self.own}

    def find(self, name: str) -> Template:
        """Return the template of this name; raises UserError, with the nearest names, if there is none."""
        return find(name, self.templates)

    def asked(self, name: str, entry: Entry) -> Template:
        """Return a template adapted to an entry; raises UserError for numbers or a stem that do not fit it."""
        template = self.find(name)
        if not (name in self.own or entry.numbers or entry.stem):
            return template
        key = name, repr((entry.numbers, entry.stem, entry.ask))
        if key not in self._asked:
            options = OFFERED - 1 if entry.ask == "choice" else 0
            self._asked[key] = adapted(template, entry.numbers, entry.stem, options)
        return self._asked[key]

    @cached_property
    def _asked(self) -> dict[tuple[str, str], Template]:
        return {}

    def __reduce__(self) -> tuple[Any, ...]:
        return Bank, (self.paths,)  # another process reads its templates again


def _templates(path: Path) -> list[Template]:
    """Return the templates of a file, or of all files in a folder except those whose names begin with _ or a dot."""
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix in (".py", ".toml") and file.name[0] not in "._")
        if not files:
            raise UserError(f"{path} holds no questions: these are files that end in .toml or .py")
        return [template for file in files for template in _templates(file)]
    if not path.is_file():
        raise UserError(f"there is no folder or file {path} with questions")
    if path.suffix == ".toml":
        return [_guarded(toml_questions.read(path), path)]
    if path.suffix == ".py":
        found = written_in(loading.module(path.parent.resolve(), path.stem))
        if not found:
            raise UserError(f"{path} has no template: put @template(...) above a function, or begin the file's name with _")
        return [_guarded(template, path) for template in found]
    raise UserError(f"{path} is neither a folder nor a question, which ends in .toml or .py")


def _guarded(template: Template, path: Path) -> Template:
    """Return a template whose mistakes are reported to its author: each in one sentence with the file and the numbers."""

    def make(draw: Draw) -> Question:
        with within(str(path)):
            try:
                return with_groups(_exact(template.make(draw)))
            except (UserError, RejectedDraw):
                raise
            except Exception as error:
                given = f" with {shown(draw.named)}" if draw.named else ""
                raise UserError(f"{template.name} fails{given}: {loading.said(error, path.parent.resolve())}") from error

    return replace(template, make=make, file=str(path))


def _exact(question: Question) -> Question:
    """Return a question with an exact key; raises TypeError or ValueError for one that cannot be typed or ticked."""
    match question.key:
        case Number(value=value):
            return replace(question, key=replace(question.key, value=exact(value)))
        case Grid(values=values):
            return replace(question, key=replace(question.key, values=exact(values)))
        case Choice(options=(_, _, *_)):
            return question
        case Choice():
            raise ValueError("a Choice needs at least 2 options")
        case key:
            raise TypeError(f"a key is a Number, a Grid or a Choice, not {key!r:.60}")


def _home(template: Template) -> str:
    """Return the file of a template, or that it is ours."""
    return template.file or f"convgrade's {template.make.__module__.replace('.', '/')}.py"
