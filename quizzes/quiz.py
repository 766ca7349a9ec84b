"""A quiz: which templates, how many questions of each, for how many points; and what it is made into."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from common.errors import UserError
from quizzes.language import Language
from quizzes.roster import Owner
from quizzes.variant import Variant


@dataclass(frozen=True)
class Entry:
    """Questions of one template."""

    template: str
    points: float = 1.0  # for each question
    count: int = 1
    ask: str = "typed"  # typed: as the template has it; choice: a number becomes options to tick


@dataclass(frozen=True)
class Quiz:
    """What an instructor asks for."""

    name: str  # of the file: "cnn"
    title: str
    description: str
    entries: tuple[Entry, ...]
    feedback: str = "published"  # when students read on Gradescope what they got wrong: at once, or with the grades
    practice: Mapping[str, str] = field(default_factory=dict)  # of each topic, where the course's homework practises it
    language: Language = field(default_factory=Language)  # of all that students read
    paper: str = "a4"  # or letter
    working: str = "some"  # space for students' working on paper: none, some, much
    minutes: int = 0  # that students have

    @property
    def points(self) -> float:
        """Return what all questions are worth."""
        return sum(entry.points * entry.count for entry in self.entries)

    @property
    def questions(self) -> list[Entry]:
        """Return the entry of each question, in order."""
        return [entry for entry in self.entries for _ in range(entry.count)]


@dataclass(frozen=True)
class Version:
    """The quiz of one student, or one version for the room."""

    owner: Owner
    code: str  # printed on it; only this version has it, and another seed has others
    variants: tuple[Variant, ...]  # in the order of the quiz's questions


@dataclass(frozen=True)
class Made:
    """A quiz with its numbers: as many versions as there are owners."""

    quiz: Quiz
    versions: tuple[Version, ...]

    def pools(self) -> list[tuple[Entry, list[Variant]]]:
        """Return each entry with the variants of all versions."""
        pools, start = [], 0
        for entry in self.quiz.entries:
            places = range(start, start + entry.count)
            pools.append((entry, [version.variants[place] for version in self.versions for place in places]))
            start += entry.count
        return pools

    def version(self, code: str) -> Version:
        """Return the version of this code; raises UserError if it belongs to another quiz or seed."""
        wanted = "".join(code.upper().split()).replace("-", "")
        for version in self.versions:
            if version.code.replace("-", "") == wanted:
                return version
        raise UserError(f"no version of this quiz has the code {code!r}: was it made from another seed or roster?")
