"""What the TOML file of a plain question may say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class SaidWrong:
    """A named wrong answer."""

    name: str
    answer: Any
    says: str


@dataclass(frozen=True)
class SaidOption:
    """An option to tick. right, check: true, false, or a condition on the numbers."""

    text: str
    right: Any
    says: str
    check: Any = None
    name: str = ""  # of the misconception of anyone who ticks it although it is wrong


@dataclass(frozen=True)
class SaidPicture:
    """A picture in a file beside the question's, and the words that stand for it."""

    file: str
    alt: str


@dataclass(frozen=True)
class Said:
    """A question. An answer, and what is like it, is a number, a formula, or rows of these."""

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
    wrong: tuple[SaidWrong, ...] = ()
    tells: int = 0
    options: tuple[SaidOption, ...] = ()
    several: bool = False  # options can be ticked
    offered: int | None = None  # of the options; by default all
    steps: tuple[str, ...] = ()
    picture: SaidPicture | None = None
    lecture: Mapping[str, Any] = field(default_factory=dict)
