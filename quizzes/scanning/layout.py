"""The layout of an answer sheet, in millimetres from its upper left corner, for printing and for reading.

A number is filled in as on the SAT's answer sheets: one character in each column, written in a box and marked below it.
The width of a field follows from all versions' keys and wrong answers, with a spare column, so it does not give a key away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from quizzes.grading.letters import letter
from quizzes.grading.spreading import cells
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Rows, Value, written
from quizzes.quiz import GeneratedQuiz, Quiz, Version
from quizzes.text.markdown import plain
from quizzes.variant import Variant

SIZES = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}  # width and height
MARKER, EDGE = 9.0, 8.0  # the side of the marker in each corner, and its distance from the edges
QR = 21.0  # the side of the code
LEFT, TOP, BOTTOM = 11.0, 30.0, 17.0  # where fields begin, and the margin below them
ACROSS, DOWN, RADIUS = 3.6, 3.2, 1.25  # from bubble to bubble, and of a bubble
LABEL, BOX = 5.4, 5.0  # the height of a label, and of a box to write in
GAP, BOX_GAP = 3.0, 0.6  # between two fields, and between boxes and bubbles
LETTER = 1.25  # the width of a letter of a label
WIDEST = 42.0  # that a label makes a field
HEAD, HEAD_NUMBERED = 18.0, 46.0  # what the first page says about the student
ID_DIGITS = 10
DIGITS = "0123456789"
TYPE_SIZE = 11.0  # points of usual type, as on exams
NARROWEST, MOST = 3, 21  # columns of a number
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # a width in the code


@dataclass(frozen=True)
class Ticket:
    """The contents of a page's code: whose it is, and its layout. It stays valid when the quiz is extended."""

    code: str  # of the version
    page: int
    paper: str
    scale: float  # for larger type
    widths: tuple[int, ...]  # for each question the columns of its numbers, 0 if no version has any

    @property
    def text(self) -> str:
        """Return the text of the code, in letters that a QR code stores efficiently."""
        widths = "".join(LETTERS[width] for width in self.widths)
        return f"CONVGRADE:{self.code}:{self.page}:{self.paper.upper()}:{self.scale:.2f}:{widths}"

    def fits(self, asked: Sequence["Blank"]) -> bool:
        """Return whether this can be the ticket of a version with these questions."""
        last = max(blank.question for blank in asked)
        return len(self.widths) == last and all(one.letters or self.widths[one.question - 1] for one in asked)

    @classmethod
    def read(cls, text: str) -> "Ticket | None":
        """Return the ticket in a code; None for any other code."""
        papers = "|".join(SIZES).upper()
        found = re.fullmatch(rf"CONVGRADE:([0-9A-Z-]+):(\d{{1,3}}):({papers}):(\d\.\d\d):([0-9A-Z]*)", text)
        if not found:
            return None
        widths = tuple(LETTERS.index(each) for each in found[5])
        return cls(found[1], int(found[2]), found[3].lower(), float(found[4]), widths)


@dataclass(frozen=True)
class Blank:
    """Something to fill in: a number, a cell of a grid, options, or the id of a student."""

    question: int  # 0: the student's id
    name: str  # "" or r1c1
    label: tuple[str, str]  # two lines: of a cell its row and its column
    letters: str = ""  # of the options; none for a number
    several: bool = False


@dataclass(frozen=True)
class Field:
    """A blank with its position. columns: of bubbles, from left to right; each option of a question is a column."""

    blank: Blank
    x: float  # the upper left corner
    y: float
    width: float
    height: float
    scale: float
    columns: tuple[str, ...]  # the symbols of each, from above

    @property
    def number(self) -> bool:
        """Return whether this is a number, with boxes above the bubbles."""
        return not self.blank.letters

    @property
    def frame(self) -> tuple[float, float, float, float]:
        """Return the left, upper, right and lower edge."""
        return self.x, self.y, self.x + self.width, self.y + self.height

    @property
    def bubbles_y(self) -> float:
        """Return the upper edge of the first row of bubbles."""
        return self.y + self.scale * (LABEL + (BOX + BOX_GAP if self.number else 0))

    def centre(self, column: int, row: int) -> tuple[float, float]:
        """Return the centre of a bubble."""
        across, down = self.scale * ACROSS, self.scale * DOWN
        return self.x + (column + 0.5) * across, self.bubbles_y + (row + 0.5) * down

    def box(self, column: int) -> tuple[float, float, float, float]:
        """Return the left, upper, right and lower edge of the box above a column."""
        left, above = self.x + column * self.scale * ACROSS, self.y + self.scale * LABEL
        return left, above, left + self.scale * ACROSS, above + self.scale * BOX


def widths(generated: GeneratedQuiz) -> tuple[int, ...]:
    """Return how many columns the numbers of each question get: the same for all versions."""
    return tuple(max(map(_width, variants)) for variants in zip(*(version.variants for version in generated.versions)))


def _width(variant: Variant) -> int:
    """Return the columns for the key and all wrong answers, plus one or two; 0 for options."""
    if isinstance(variant.answer, Choice):
        return 0
    key = variant.answer.value if isinstance(variant.answer, Number) else variant.answer.values
    longest = max(len(text) for each in (key, *(one.answer for one in variant.wrong)) for text in _texts(each))
    return max(NARROWEST, min(longest + 2 - longest % 2, MOST))


def _texts(answer: Value | Rows) -> list[str]:
    return [written(value) for row in answer for value in row] if isinstance(answer, tuple) else [written(answer)]


def ticket(quiz: Quiz, version: Version, widths: tuple[int, ...]) -> Ticket:
    """Return the ticket of the first page of a version. widths: as `widths` returns them."""
    return Ticket(version.code, 1, quiz.paper, round(max(1.0, version.owner.type_size / TYPE_SIZE), 2), widths)


def qr(paper: str) -> tuple[float, float]:
    """Return the upper left corner of the code, beside the marker on the right."""
    return SIZES[paper][0] - EDGE - MARKER - 4 - QR, EDGE


def head(design: Ticket) -> tuple[float, float, float, float]:
    """Return the edges of what the first page of a numbered version says about the student."""
    return LEFT, TOP, SIZES[design.paper][0] - LEFT, TOP + design.scale * HEAD_NUMBERED


def head_width(design: Ticket, numbered: bool) -> float:
    """Return how wide a page is above the first fields, beside the bubbles for a student's id."""
    return SIZES[design.paper][0] - 2 * LEFT - (design.scale * ID_DIGITS * ACROSS + 6 if numbered else 0)


def blanks(variants: Sequence[Variant], language: Language) -> list[Blank]:
    """Return the blanks to fill in, in the order of the questions."""
    return [blank for number, variant in enumerate(variants, start=1) for blank in _blanks(number, variant, language)]


def _blanks(number: int, variant: Variant, language: Language) -> list[Blank]:
    match variant.answer:
        case Number(unit=unit):
            return [Blank(number, "", ("", plain(unit)))]
        case Grid(values=values, rows=rows, columns=columns) as grid:
            down = [plain(name) for name in rows] or [
                language.say("row {name}", name=row + 1) for row in range(len(values))
            ]
            across = [plain(name) for name in columns] or [
                language.say("column {name}", name=column + 1) for column in range(len(values[0]))
            ]
            return [Blank(number, name, (down[row], across[column])) for name, row, column in cells(grid)]
        case Choice(options=options, several=several):
            return [Blank(number, "", ("", ""), "".join(map(letter, range(len(options)))), several)]


def pages(asked: Sequence[Blank], design: Ticket, numbered: bool) -> list[list[Field]]:
    """Return the fields of each page: first the options, then the numbers, each from left to right and down.

    numbered: a version for the room, on which students fill in their ids.
    """
    scale = design.scale
    width, height = SIZES[design.paper]
    right, bottom = width - LEFT, height - BOTTOM
    found: list[list[Field]] = [[]]
    if numbered:
        ids = _field(Blank(0, "", ("", "")), (DIGITS,) * ID_DIGITS, scale)
        found[0].append(replace(ids, x=right - ids.width, y=TOP))
    x, y, shelf = LEFT, TOP + scale * (HEAD_NUMBERED if numbered else HEAD), 0.0
    before = None
    for blank in sorted(asked, key=lambda blank: not blank.letters):  # stable: in the order of the questions
        field = _field(blank, _columns(blank, design.widths[blank.question - 1]), scale)
        if before and blank.question != before.question:
            x += scale * GAP
        if before and (x + field.width > right or bool(blank.letters) != bool(before.letters)):
            x, y = LEFT, y + shelf
        if y + field.height > bottom:
            found.append([])
            x, y = LEFT, TOP
        found[-1].append(replace(field, x=x, y=y))
        x, shelf, before = x + field.width + scale * GAP, field.height, blank
    return found


def _columns(blank: Blank, width: int) -> tuple[str, ...]:
    """Return the symbols of each column: a number may begin with a minus sign, and go on with a decimal point."""
    return tuple(blank.letters) or ("-" + DIGITS, *(["." + DIGITS] * (width - 1)))


def _field(blank: Blank, columns: tuple[str, ...], scale: float) -> Field:
    """Return a blank as wide as its bubbles or its label, at the upper left corner."""
    row, column = blank.label
    label = min(WIDEST, LETTER * max(len(str(blank.question)) + 1 + len(row), len(column)))
    high = LABEL + DOWN * max(map(len, columns)) + (0 if blank.letters else BOX + BOX_GAP)
    return Field(blank, 0, 0, scale * max(ACROSS * len(columns), label), scale * high, scale, columns)
