"""A question: what is asked, its key by two ways, the wrong answers that mean something, the way to the right one.

Texts are Markdown: paragraphs, tables, `code`, **bold**, and mathematics in LaTeX between dollars. Numbers are whole, or
Fractions that a student can write with at most two decimals.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

Value = int | Fraction
Rows = tuple[tuple[Value, ...], ...]
LEAD = "This is what comes out if "  # before a sentence on a misconception
DECIMALS = 2  # that a student has to write at most
AUTHORS_WORD = "its author's word"  # in the place of the second way to a key that is not computed


@dataclass(frozen=True)
class Number:
    """An answer that is typed: one number."""

    value: Value
    unit: str = ""
    tolerance: Value = 0  # how far a typed number may be off, where it is read from a plot


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
    sentence: str  # what a student should read who ticks it
    name: str = ""  # the misconception of whoever ticks it, if it is wrong
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
    told: str = ""  # the whole hint, where it is in another language

    @property
    def hint(self) -> str:
        """Return what whoever answers so should read: a sentence of the bank goes on after the usual words."""
        if self.told:
            return self.told
        return LEAD + self.sentence if self.sentence[:1].islower() else self.sentence


@dataclass(frozen=True)
class Load:
    """How hard the arithmetic is."""

    operations: int  # multiplications, additions, comparisons, divisions by hand
    largest: int  # the largest number met, without its sign
    negatives: int  # how many negative numbers are met


@dataclass(frozen=True)
class Picture:
    """A drawing, and the words that stand for it where it cannot be seen."""

    svg: str
    alt: str
    width: int  # of the drawing, in pixels
    height: int


@dataclass(frozen=True)
class Slide:
    """What a page needs to walk a window over an image: over all channels at once, with a running sum or a pool."""

    images: tuple[Rows, ...]  # one for each channel
    kernels: tuple[Rows, ...] = ()  # the kernel's channels; none for a pool
    bias: int = 0
    stride: tuple[int, int] = (1, 1)  # (vertical, horizontal), as all pairs
    padding: tuple[int, int] = (0, 0)  # filled with zeros
    pool: str = ""  # the mode, where nothing is multiplied
    size: tuple[int, int] = (1, 1)  # of the window


@dataclass(frozen=True)
class Question:
    """What a template makes of drawn numbers."""

    stem: str
    key: Answer
    check: (
        Any  # the key again, by a way that shares no code with the first: a value, rows, or for options True or False each
    )
    wrong: Sequence[Wrong] = ()
    steps: Sequence[str] = ()  # those of the options that a variant offers follow
    load: Load = field(default_factory=lambda: Load(1, 0, 0))
    picture: Callable[[], Picture] | None = None
    needs_picture: bool = False  # it shows what the words do not say
    offered: int = 4  # of the options of a choice
    slide: Slide | None = None  # what a page may show with the solution


class Unfit(Exception):
    """These numbers make no good question; says which rule they break."""


def require(holds: bool, rule: str) -> None:
    """Let a template refuse numbers that break a rule."""
    if not holds:
        raise Unfit(rule)


def beliefs(
    operation: str,
    *arguments: Any,
    part: Callable[[Any], Any] = lambda answer: answer,
    without: Collection[str] = (),
    **options: Any,
) -> list[Wrong]:
    """Return what each misconception about an operation answers here, as far as a student could write it down.

    part: takes from an operation's answer what the question asks for. without: tags; a misconception with one of them can
    change nothing here, and is not asked.
    """
    import misconceptions  # and NumPy with it, which marking an answer does not need

    answers = []
    for one in misconceptions.about(operation, without):
        try:
            answers.append(Wrong(exact(part(one.answer(*arguments, **options))), one.name, one.sentence))
        except (ValueError, IndexError, ZeroDivisionError):
            continue  # it has no answer to these numbers
    return answers


def wrong(answer: Any, name: str, sentence: str) -> Wrong:
    """Return a wrong answer that a template works out itself."""
    return Wrong(exact(answer), name, sentence)


def exact(answer: Any) -> Any:
    """Return a number or an array of two axes as whole numbers and Fractions with few decimals.

    Leading axes of length 1 are left out: (1, 1, 2, 3) -> 2 rows of 3; numbers in a row are a grid of one row.
    Raises ValueError for what cannot be written so.
    """
    answer = _plain(answer)
    if isinstance(answer, list):
        while len(answer) == 1 and isinstance(answer[0], list) and answer[0] and isinstance(answer[0][0], list):
            answer = answer[0]
        if answer and not any(isinstance(value, list) for value in answer):
            answer = [answer]
        if not all(isinstance(row, list) for row in answer):
            raise ValueError("a grid has rows and columns")
        return tuple(tuple(map(_exact, row)) for row in answer)
    return _exact(answer)


def load(operations: int, numbers: Iterable[Any]) -> Load:
    """Return the load of so many operations on these numbers, or arrays of them."""
    flat = list(_flat(_plain(list(numbers))))
    return Load(operations, max((int(abs(value)) for value in flat), default=0), sum(value < 0 for value in flat))


def written(value: Value) -> str:
    """Write a value as a student would: 7, -3, 2.25."""
    if isinstance(value, int):
        return str(value)
    return f"{float(value):.{DECIMALS}f}".rstrip("0").rstrip(".")


def brief(answer: Value | Rows) -> str:
    """Write a number, or the rows of a grid one after the other, on one line."""
    return " / ".join(" ".join(map(written, row)) for row in answer) if isinstance(answer, tuple) else written(answer)


def _exact(number: Any) -> Value:
    if int(number) == number:
        return int(number)
    value = Fraction(number).limit_denominator(10**6)
    if value * 10**DECIMALS % 1:
        raise ValueError(f"{number} has more than {DECIMALS} decimals")
    return int(value) if value.denominator == 1 else value  # 2.9999999999 is 3


def _plain(values: Any) -> Any:
    """Return arrays and tuples as lists of numbers."""
    if hasattr(values, "tolist"):
        return values.tolist()
    return [_plain(each) for each in values] if isinstance(values, list | tuple) else values


def _flat(values: Any) -> Iterable[Any]:
    if isinstance(values, list):
        for each in values:
            yield from _flat(each)
    else:
        yield values
