"""A quiz: which templates, how many questions of each, for how many points; and what it is made into."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from quizzes import variant
from quizzes.errors import QuizError
from quizzes.roster import Owner
from quizzes.variant import Variant


@dataclass(frozen=True)
class Entry:
    """Questions of one template."""

    template: str
    points: float  # for each question
    count: int
    ask: str  # typed: as the template has it; choice: a number becomes options to tick


@dataclass(frozen=True)
class Quiz:
    """What an instructor asks for."""

    name: str  # of the file: "cnn"
    title: str
    description: str
    entries: tuple[Entry, ...]
    feedback: str = "published"  # when students read on Gradescope what they got wrong: at once, or with the grades

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
        """Return the version of this code; raises QuizError if it belongs to another quiz or seed."""
        wanted = "".join(code.upper().split()).replace("-", "")
        for version in self.versions:
            if version.code.replace("-", "") == wanted:
                return version
        raise QuizError(f"no version of this quiz has the code {code!r}: was it made from another seed or roster?")


def as_json(made: Made) -> dict[str, Any]:
    """Return all of it as plain data, with keys and certificates, which `from_json` reads back: for the teacher only."""
    return {
        "quiz": asdict(made.quiz),
        "versions": [
            {"owner": asdict(each.owner), "code": each.code, "variants": [variant.as_json(one) for one in each.variants]}
            for each in made.versions
        ],
    }


def from_json(document: Mapping[str, Any]) -> Made:
    """Return what `as_json` wrote."""
    quiz = document["quiz"]
    entries = tuple(Entry(**entry) for entry in quiz["entries"])
    return Made(
        Quiz(**{**quiz, "entries": entries}),
        tuple(
            Version(Owner(**each["owner"]), each["code"], tuple(variant.from_json(one) for one in each["variants"]))
            for each in document["versions"]
        ),
    )
