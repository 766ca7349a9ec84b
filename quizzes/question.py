"""A question: what is asked, its key found in two ways, wrong answers with a meaning, the steps to the right one.

Texts are Markdown: paragraphs, tables, `code`, **bold**, and mathematics in LaTeX between dollars. Numbers are whole, or
Fractions that a student can write with at most two decimals.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeAlias, overload

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Value = int | Fraction
Rows = tuple[tuple[Value, ...], ...]
Nested: TypeAlias = "float | Fraction | list[Nested]"  # a number, or an array of them as lists
LEAD = "You get this answer if "  # before a sentence on a misconception
DECIMALS = 2  # that a student has to write at most
AUTHORS_WORD = "its author's word"  # instead of a second way, for a key that is not computed


@dataclass(frozen=True)
class Number:
    """An answer that is typed: one number."""

    value: Value
    unit: str = ""
    tolerance: Value = 0  # how far off a typed number may be, if it is read from a plot


@dataclass(frozen=True)
class Grid:
    """An answer that is typed: a table of numbers, with headings for its rows and columns if they have names."""

    values: Rows
    rows: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Option:
    """Something to tick."""

    text: str
    right: bool
    sentence: str  # what students who tick it read
    name: str = ""  # the misconception of students who tick it, if it is wrong
    step: str = ""  # what the worked solution says about it, in the variants that offer it


@dataclass(frozen=True)
class Choice:
    """An answer that is ticked: one option, or several."""

    options: tuple[Option, ...]
    several: bool = False


Answer = Number | Grid | Choice


@dataclass(frozen=True)
class Wrong:
    """The answer that a misconception gives here."""

    answer: Value | Rows
    name: str
    sentence: str  # "the padding is forgotten."
    told: str = ""  # the whole hint, if it is in another language

    @property
    def hint(self) -> str:
        """Return what students who give this answer read; a sentence that begins with a small letter follows LEAD."""
        if self.told:
            return self.told
        return LEAD + self.sentence if self.sentence[:1].islower() else self.sentence

    @property
    def number(self) -> Value:
        """Return the wrong answer to a question for a number."""
        assert not isinstance(self.answer, tuple)
        return self.answer

    @property
    def rows(self) -> Rows:
        """Return the wrong answer to a question for a grid."""
        assert isinstance(self.answer, tuple)
        return self.answer


@dataclass(frozen=True)
class Load:
    """How hard the arithmetic is."""

    operations: int  # multiplications, additions, comparisons, divisions by hand
    largest: int  # the largest absolute value that occurs
    negatives: int  # how many negative numbers occur


@dataclass(frozen=True)
class Picture:
    """A drawing and its alternative text."""

    svg: str
    alt: str
    width: int  # of the drawing, in pixels
    height: int


@dataclass(frozen=True)
class Slide:
    """What a page needs to slide a window over an image: all channels at once, with a running sum or pooling."""

    images: tuple[Rows, ...]  # one for each channel
    kernels: tuple[Rows, ...] = ()  # the kernel's channels; none for pooling
    bias: int = 0
    stride: tuple[int, int] = (1, 1)  # (vertical, horizontal), like all pairs
    padding: tuple[int, int] = (0, 0)  # filled with zeros
    pool: str = ""  # the mode of pooling
    size: tuple[int, int] = (1, 1)  # of the window


@dataclass(frozen=True)
class Question:
    """What a template makes from drawn numbers."""

    stem: str
    key: Answer
    check: (
        Any  # the key again, by a way that shares no code with the first: a value, rows, or True or False for each option
    )
    wrong: Sequence[Wrong] = ()
    steps: Sequence[str] = ()  # the steps of the offered options follow
    load: Load = field(default_factory=lambda: Load(1, 0, 0))
    picture: Callable[[], Picture] | None = None
    needs_picture: bool = False  # it shows something that the text does not say
    offered: int = 4  # of the options of a choice
    slide: Slide | None = None  # an animation that a page may show with the solution


class RejectedDraw(Exception):
    """The drawn numbers do not make a good question; the message names the rule that they break."""


def require(holds: bool, rule: str) -> None:
    """Let a template refuse numbers that break a rule."""
    if not holds:
        raise RejectedDraw(rule)


def distractors(
    operation: str,
    *arguments: object,
    part: Callable[[Any], object] = lambda answer: answer,
    without: Collection[str] = (),
    **options: object,
) -> list[Wrong]:
    """Return the answer that each misconception about an operation gives here, if a student could write it down.

    part: takes from an operation's answer what the question asks for. without: tags; a misconception with one of them can
    change nothing here, and is not asked.
    """
    import misconceptions  # it imports NumPy, which marking an answer does not need

    answers = []
    for one in misconceptions.about(operation, without):
        try:
            answers.append(Wrong(exact(part(one.answer(*arguments, **options))), one.name, one.sentence))
        except (ValueError, IndexError, ZeroDivisionError):
            continue  # it gives no answer for these numbers
    return answers


def wrong(answer: object, name: str, sentence: str) -> Wrong:
    """Return a wrong answer that a template works out itself."""
    return Wrong(exact(answer), name, sentence)


@overload
def exact(answer: "float | Fraction | np.number[Any]") -> Value: ...
@overload
def exact(answer: "Sequence[object] | NDArray[Any]") -> Rows: ...
@overload
def exact(answer: object) -> Value | Rows: ...
def exact(answer: object) -> Value | Rows:
    """Return a number or an array of two axes as whole numbers and Fractions with few decimals.

    Leading axes of length 1 are left out: (1, 1, 2, 3) -> 2 rows of 3; numbers in a row are a grid of one row.
    Raises ValueError for anything that cannot be written like this.
    """
    plain = _plain(answer)
    if not isinstance(plain, list):
        return _exact(plain)
    while len(plain) == 1 and isinstance(plain[0], list) and plain[0] and isinstance(plain[0][0], list):
        plain = plain[0]
    if plain and not any(isinstance(value, list) for value in plain):
        plain = [plain]
    return tuple(tuple(map(_exact, _row(row))) for row in plain)


def load(operations: int, numbers: Iterable[object]) -> Load:
    """Return the load of this many operations on these numbers, or arrays of them."""
    flat = list(_flat(_plain(list(numbers))))
    return Load(operations, max((abs(int(value)) for value in flat), default=0), sum(value < 0 for value in flat))


def written(value: Value) -> str:
    """Write a value as a student would: 7, -3, 2.25."""
    if isinstance(value, int):
        return str(value)
    return f"{float(value):.{DECIMALS}f}".rstrip("0").rstrip(".")


def brief(answer: Value | Rows) -> str:
    """Write a number, or the rows of a grid one after the other, on one line."""
    return " / ".join(" ".join(map(written, row)) for row in answer) if isinstance(answer, tuple) else written(answer)


def _row(values: Nested) -> list[Nested]:
    if not isinstance(values, list):
        raise ValueError("a grid has rows and columns")
    return values


def _exact(number: Nested) -> Value:
    if isinstance(number, list):
        raise ValueError("a grid has two axes")
    if int(number) == number:
        return int(number)
    value = Fraction(number).limit_denominator(10**6)
    if value * 10**DECIMALS % 1:
        raise ValueError(f"{number} has more than {DECIMALS} decimals")
    return int(value) if value.denominator == 1 else value  # 2.9999999999 is 3


def _plain(values: object) -> Nested:
    """Return arrays and tuples as lists of numbers."""
    if hasattr(values, "tolist"):
        values = values.tolist()
    if isinstance(values, list | tuple):
        return [_plain(each) for each in values]
    if isinstance(values, int | float | Fraction):
        return values
    raise TypeError(f"{values!r:.60} is not a number")


def _flat(values: Nested) -> Iterator[float | Fraction]:
    if isinstance(values, list):
        for each in values:
            yield from _flat(each)
    else:
        yield values
