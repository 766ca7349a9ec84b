"""Mark an answer: how much of it is right, and what whoever gave it may believe.

Blanks have names: "" for a number or a choice, "r1c1" for the first cell of a grid. Options are ticked by letters: B, AC.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from quizzes.language import ENGLISH, Language
from quizzes.question import Choice, Grid, Number, Value, Wrong, written
from quizzes.variant import Variant

LONGEST = 40  # characters of a typed number
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_FRACTION = re.compile(r"[+-]?\d+/\d+")


@dataclass(frozen=True)
class Mark:
    """What an answer is worth."""

    credit: Fraction  # from 0 to 1
    sentence: str  # what its author should read
    misconception: str = ""  # that gives this very answer
    cells: dict[str, bool] = field(default_factory=dict)  # of a grid: which blanks are right
    answered: bool = True


def blanks(variant: Variant) -> list[str]:
    """Return the names of a question's blanks."""
    if isinstance(variant.answer, Grid):
        return [name for name, _, _ in cells(variant.answer)]
    return [""]


def cells(grid: Grid) -> list[tuple[str, int, int]]:
    """Return the name, row and column of each cell: ("r1c1", 0, 0), ..."""
    return [
        (f"r{row + 1}c{column + 1}", row, column) for row, line in enumerate(grid.values) for column in range(len(line))
    ]


def place(grid: Grid, row: int, column: int, language: Language = ENGLISH) -> str:
    """Return where a cell stands, in words: "row 1, column 2"; "column width" in a single row that has no name."""
    down = language.say("row {number}", number=grid.rows[row] if grid.rows else row + 1)
    across = language.say("column {number}", number=grid.columns[column] if grid.columns else column + 1)
    if grid.columns and not grid.rows and len(grid.values) == 1:
        return across
    if grid.rows and not grid.columns and len(grid.values[row]) == 1:
        return down
    return f"{down}, {across}"


def letter(place: int) -> str:
    """Return the letter of an option: A, B, ..."""
    return chr(ord("A") + place)


def written_key(variant: Variant) -> str:
    """Return the key on one line, as an answer would be typed: 5, or B, or r1c1 = 3, r1c2 = 4."""
    match variant.answer:
        case Number(value=value, unit=unit):
            return f"{written(value)} {unit}".strip()
        case Grid() as grid:
            return ", ".join(f"{name} = {written(grid.values[row][column])}" for name, row, column in cells(grid))
        case Choice(options=options):
            return " ".join(letter(place) for place, option in enumerate(options) if option.right)


def brief_key(variant: Variant) -> str:
    """Return the key on one line for people: the rows of a grid one after the other."""
    if isinstance(variant.answer, Grid):
        return " / ".join(" ".join(map(written, row)) for row in variant.answer.values)
    return written_key(variant)


def believed(variant: Variant) -> dict[Value, Wrong]:
    """Return, for a typed number, the wrong numbers that mean something."""
    return {one.answer: one for one in variant.wrong if not isinstance(one.answer, tuple)}


def believed_in_cell(variant: Variant, row: int, column: int) -> dict[Value, Wrong]:
    """Return, for a cell of a grid, the wrong numbers that exactly one misconception gives there."""
    assert isinstance(variant.answer, Grid)
    times = Counter(one.answer[row][column] for one in variant.wrong)  # type: ignore[index]
    return {
        one.answer[row][column]: one  # type: ignore[index]
        for one in variant.wrong
        if times[one.answer[row][column]] == 1 and one.answer[row][column] != variant.answer.values[row][column]  # type: ignore[index]
    }


def readings(text: str) -> list[Fraction]:
    """Return the numbers that a typed text can mean: none, one, or for 1,024 two.

    Blanks, a decimal comma, any kind of minus, thousands set apart by blanks or apostrophes, and fractions are understood.
    """
    text = unicodedata.normalize("NFKC", text[: 2 * LONGEST])
    text = re.sub(r"[\s'\N{RIGHT SINGLE QUOTATION MARK}]", "", text)
    text = re.sub("[\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}]", "-", text)
    if len(text) > LONGEST or not text.isascii():
        return []
    if _FRACTION.fullmatch(text):
        return [Fraction(text)] if Fraction(text.split("/")[1]) else []
    found = [Fraction(text.replace(",", ""))] if _THOUSANDS.fullmatch(text) else []
    if _NUMBER.fullmatch(text):
        found.append(Fraction(text.replace(",", ".")))
    return found


def mark(variant: Variant, given: Mapping[str, str], language: Language = ENGLISH) -> Mark:
    """Mark what was given for each blank; a blank that is missing or empty was left out. language: of the sentences."""
    if not any(text.strip() for text in given.values()):
        return Mark(Fraction(0), language.say("Left out."), cells=dict.fromkeys(blanks(variant), False), answered=False)
    match variant.answer:
        case Number():
            return _mark_number(variant, variant.answer, given.get("", ""), language)
        case Grid():
            return _mark_grid(variant, variant.answer, given, language)
        case _:
            return _mark_choice(variant.answer, given.get("", ""), language)


def _mark_number(variant: Variant, number: Number, text: str, language: Language) -> Mark:
    values = readings(_without_unit(text, number.unit))
    if not values:
        return Mark(Fraction(0), language.say("“{text}” is not a number.", text=_shown(text)))
    if any(abs(value - number.value) <= number.tolerance for value in values):
        return Mark(Fraction(1), language.say("Right."))
    wrong = believed(variant)
    for value in values:
        if value in wrong:
            return Mark(Fraction(0), wrong[value].hint, wrong[value].name)
    return Mark(Fraction(0), language.say("Wrong."))


def _mark_grid(variant: Variant, grid: Grid, given: Mapping[str, str], language: Language) -> Mark:
    read = {name: readings(given.get(name, "")) for name, _, _ in cells(grid)}
    right = {name: grid.values[row][column] in read[name] for name, row, column in cells(grid)}
    credit = Fraction(sum(right.values()), len(right))
    if credit == 1:
        return Mark(credit, language.say("Right."), cells=right)
    for one in variant.wrong:  # the whole grid, as one misconception gives it
        if all(one.answer[row][column] in read[name] for name, row, column in cells(grid)):  # type: ignore[index, operator]
            return Mark(credit, one.hint, one.name, right)
    wrong = [name for name in right if not right[name]]
    counts = {"right": len(right) - len(wrong), "all": len(right), "places": _places(grid, wrong, language)}
    return Mark(credit, language.say("{right} of {all} cells are right; look at {places}.", **counts), cells=right)


def _mark_choice(choice: Choice, text: str, language: Language) -> Mark:
    letters = set(re.sub(r"[\s,;.()]", "", text.upper()))
    known = {letter(place): option for place, option in enumerate(choice.options)}
    if not letters <= set(known):
        return Mark(
            Fraction(0), language.say("“{text}” names no option: {letters}.", text=_shown(text), letters=", ".join(known))
        )
    if len(letters) > 1 and not choice.several:
        return Mark(Fraction(0), language.say("Only one option can be chosen."))
    ticked = [known[each] for each in sorted(letters)]
    right = sum((option in ticked) == option.right for option in choice.options)
    if right == len(choice.options):
        return Mark(
            Fraction(1), " ".join(option.sentence for option in ticked if not choice.several) or language.say("Right.")
        )
    wrong = [option for option in ticked if not option.right]
    sentence = " ".join(option.sentence for option in wrong) or language.say("Something is missing.")
    # Each option is a question of its own; what was guessed cancels out.
    credit = max(Fraction(0), Fraction(2 * right, len(choice.options)) - 1) if choice.several else Fraction(0)
    return Mark(credit, sentence, wrong[0].name if len(wrong) == 1 else "")


def _places(grid: Grid, wrong: list[str], language: Language) -> str:
    named = [place(grid, row, column, language) for name, row, column in cells(grid) if name in wrong]
    first = "; ".join(named[:3])
    return language.say("{places} and {number} more", places=first, number=len(named) - 3) if len(named) > 3 else first


def _without_unit(text: str, unit: str) -> str:
    return re.sub(rf"\s*{re.escape(unit)}\s*$", "", text, flags=re.IGNORECASE) if unit else text


def _shown(text: str) -> str:
    return " ".join(text.split())[:LONGEST]
