"""A quiz: which templates, how many questions of each, for how many points; and its versions."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from common.errors import UserError
from quizzes.language import Language
from quizzes.roster import Owner
from quizzes.variant import Variant


@dataclass(frozen=True)
class Entry:
    """Questions of one template, or of several picked from a list."""

    template: str = ""
    points: float = 1.0  # for each question; 0: practice, which does not count
    count: int = 1
    ask: str = "typed"  # typed: as the template has it; choice: a number becomes options to tick
    templates: tuple[str, ...] = ()  # instead of one: every version gets `pick` of them
    pick: int = 1
    seed: str = ""  # pins the numbers: every version has the same
    numbers: Mapping[str, Any] | str = field(default_factory=dict)  # fixed numbers by their names; or "lecture"
    stem: str = ""  # instead of the template's, with {names} of its numbers
    think: int = 0  # seconds of a poll's first round; 0: as the quiz has it
    group: int = 0  # seconds of its second round

    @property
    def size(self) -> int:
        """Return how many questions these are."""
        return self.pick if self.templates else self.count


@dataclass(frozen=True)
class Poll:
    """How a lecture hall is polled with a quiz."""

    think: int = 60  # seconds that everybody has alone
    group: int = 180  # seconds in groups
    taking_part: float = 1.0  # points for answering a question, whatever the answer


@dataclass(frozen=True)
class Quiz:
    """What an instructor asks for."""

    name: str  # of the file: "cnn"
    title: str
    description: str
    entries: tuple[Entry, ...]
    feedback: str = "published"  # when students see on Gradescope what they got wrong: immediately, or with the grades
    practice: Mapping[str, str] = field(default_factory=dict)  # for each topic, where the course's homework practises it
    language: Language = field(default_factory=Language)  # of all that students read
    paper: str = "a4"  # or letter
    working: str = "some"  # space for students' working on paper: none, some, much
    minutes: int = 0  # that students have
    bank: tuple[Path, ...] = ()  # folders and files with questions besides ours
    poll: Poll = field(default_factory=Poll)

    @property
    def points(self) -> float:
        """Return what all questions are worth."""
        return sum(entry.points * entry.size for entry in self.entries)

    @property
    def questions(self) -> list[Entry]:
        """Return the entry of each question, in order."""
        return [entry for entry in self.entries for _ in range(entry.size)]


@dataclass(frozen=True)
class Version:
    """The quiz of one student, or one version for the room."""

    owner: Owner
    code: str  # printed on it, and unique; another seed gives other codes
    variants: tuple[Variant, ...]  # in the order of the quiz's questions


class QuestionGroup(NamedTuple):
    """Variants from which a learning platform may draw the questions of an entry: `entry.count` for each student."""

    entry: Entry
    variants: list[Variant]

    @property
    def name(self) -> str:
        """Return the names of the templates."""
        return " or ".join(dict.fromkeys(variant.template for variant in self.variants))


@dataclass(frozen=True)
class Origin:
    """What a quiz was drawn from, without the salt."""

    seed: str
    proof: str  # only the same seed and salt give it


@dataclass(frozen=True)
class GeneratedQuiz:
    """A quiz with its numbers: as many versions as there are owners."""

    quiz: Quiz
    versions: tuple[Version, ...]
    origin: Origin | None = None  # stays with the teacher

    def groups(self) -> list[QuestionGroup]:
        """Return each entry with the variants of all versions; one that picks templates has a group for each question."""
        groups, start = [], 0
        for entry in self.quiz.entries:
            places = range(start, start + entry.size)
            for together in [[place] for place in places] if entry.templates else [places]:
                groups.append(QuestionGroup(entry, [one.variants[place] for one in self.versions for place in together]))
            start += entry.size
        return groups

    def unique_groups(self) -> list[QuestionGroup]:
        """Return the groups as a learning platform gets them: each variant once, though students may share it.

        A version has no variant twice, so each group keeps as many as a student needs.
        """
        groups = [QuestionGroup(group.entry, []) for group in self.groups()]
        of_questions = [group for group in groups for _ in range(group.entry.count)]
        met: set[str] = set()
        for version in self.versions:
            for group, variant in zip(of_questions, version.variants):
                if (id := variant.id) not in met:
                    met.add(id)
                    group.variants.append(variant)
        return groups

    def find(self, code: str) -> Version | None:
        """Return the version of this code, in upper or lower case, with or without its dash."""
        wanted = "".join(code.upper().split()).replace("-", "")
        return next((version for version in self.versions if version.code.replace("-", "") == wanted), None)

    def version(self, code: str) -> Version:
        """Return the version of this code; raises UserError if this quiz has no such version."""
        if found := self.find(code):
            return found
        raise UserError(
            f"no version of this quiz has the code {code.strip()!r}: it is mistyped, or the quiz was generated another "
            f"time; that time's teacher/versions.csv lists it"
        )
