"""The contents of a plain question's TOML file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class WrongEntry:
    """A named wrong answer."""

    name: str
    answer: Any
    says: str


@dataclass(frozen=True)
class OptionEntry:
    """An option to tick. right, check: true, false, or a condition on the numbers."""

    text: str
    right: Any
    says: str
    check: Any = None
    name: str = ""  # of the misconception of students who tick it although it is wrong


@dataclass(frozen=True)
class PictureEntry:
    """A picture file beside the question's file, and its alternative text."""

    file: str
    alt: str


@dataclass(frozen=True)
class QuestionFile:
    """A question. An answer, its check and a wrong answer are numbers, formulas, or rows of these."""

    title: str
    stem: str
    topic: str = "Questions of this course"
    difficulty: int = 2
    minutes: float = 2.0
    version: int = 1
    numbers: Mapping[str, Any] = field(default_factory=dict)
    require: tuple[str, ...] = ()
    answer: Any = None
    check: Any = None  # the answer by a second way
    rows: tuple[str, ...] = ()  # headings
    columns: tuple[str, ...] = ()
    unit: str = ""
    tolerance: float = 0.0
    wrong: tuple[WrongEntry, ...] = ()
    tells: int = 0
    options: tuple[OptionEntry, ...] = ()
    several: bool = False  # options can be ticked
    offered: int | None = None  # of the options; by default all
    steps: tuple[str, ...] = ()
    picture: PictureEntry | None = None
    lecture: Mapping[str, Any] = field(default_factory=dict)
