"""Mark a reply: how much of it is right, and which misconception it may show.

Blanks have names: "" for a number or a choice, "r1c1" for the first cell of a grid. Options are ticked by letters: B, AC.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from quizzes.grading.letters import letter, ticked
from quizzes.grading.numbers import amounts, readings
from quizzes.grading.spreading import cells, shown, spread
from quizzes.language import ENGLISH, Language
from quizzes.question import Choice, Grid, Number, Value, Wrong, brief, written
from quizzes.variant import Variant

SHOWN = 3  # the most places or texts that a sentence names


@dataclass(frozen=True)
class Mark:
    """The mark of a reply."""

    credit: Fraction  # from 0 to 1
    sentence: str  # what the student reads
    misconception: str = ""  # that gives exactly this answer
    cells: dict[str, bool] = field(default_factory=dict)  # of a grid: which blanks are right
    answered: bool = True
    notes: tuple[str, ...] = ()  # what a person should check: a letter of another script


def blanks(variant: Variant) -> list[str]:
    """Return the names of a question's blanks."""
    if isinstance(variant.answer, Grid):
        return [name for name, _, _ in cells(variant.answer)]
    return [""]


def place(grid: Grid, row: int, column: int, language: Language = ENGLISH) -> str:
    """Return the position of a cell in words: "row 1, column 2"; "column width" in a single row without a name."""
    down = language.say("row {name}", name=grid.rows[row] if grid.rows else row + 1)
    across = language.say("column {name}", name=grid.columns[column] if grid.columns else column + 1)
    if grid.columns and not grid.rows and len(grid.values) == 1:
        return across
    if grid.rows and not grid.columns and len(grid.values[row]) == 1:
        return down
    return f"{down}, {across}"


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
        return brief(variant.answer.values)
    return written_key(variant)


def believed(variant: Variant) -> dict[Value, Wrong]:
    """Return, for a typed number, the wrong numbers that misconceptions give."""
    return {one.answer: one for one in variant.wrong if not isinstance(one.answer, tuple)}


def believed_in_cell(variant: Variant, row: int, column: int) -> dict[Value, Wrong]:
    """Return, for a cell of a grid, the wrong numbers that exactly one misconception gives there."""
    assert isinstance(variant.answer, Grid)
    times = Counter(one.rows[row][column] for one in variant.wrong)
    return {
        one.rows[row][column]: one
        for one in variant.wrong
        if times[one.rows[row][column]] == 1 and one.rows[row][column] != variant.answer.values[row][column]
    }


def mark(variant: Variant, given: Mapping[str, str], language: Language = ENGLISH) -> Mark:
    """Mark what was given for each blank; a blank that is missing or empty was left out. language: of the sentences.

    A row of a grid may be given as one text by the name "r1", the whole grid by "".
    """
    if not any(text.strip() for text in given.values()):
        cells = dict.fromkeys(blanks(variant), False)
        return Mark(Fraction(0), language.say("Not answered."), cells=cells, answered=False)
    match variant.answer:
        case Number() as number:
            return _mark_number(variant, number, given.get("", ""), language)
        case Grid() as grid:
            return _mark_grid(variant, grid, given, language)
        case Choice() as choice:
            return _mark_choice(choice, given.get("", ""), language)


def _mark_number(variant: Variant, number: Number, text: str, language: Language) -> Mark:
    values = amounts(text, number.unit)
    if not values:
        return Mark(Fraction(0), _not_a_number(text, language))
    right = [value for value in values if abs(value - number.value) <= number.tolerance]
    wrong = believed(variant)
    meant = [wrong[value] for value in values if value in wrong and value not in right]
    if right and meant:
        return Mark(Fraction(0), _two_numbers(text, values, language))
    if right:
        return Mark(Fraction(1), language.say("Right."))
    return Mark(Fraction(0), meant[0].hint, meant[0].name) if meant else Mark(Fraction(0), language.say("Wrong."))


def _mark_grid(variant: Variant, grid: Grid, given: Mapping[str, str], language: Language) -> Mark:
    texts, refused = spread(grid, given, language)
    read = {name: readings(text) for name, text in texts.items()}
    answers = [grid.values, *(one.rows for one in variant.wrong)]
    known = {name: {answer[row][column] for answer in answers} for name, row, column in cells(grid)}
    double = [name for name in read if len(known[name] & set(read[name])) > 1]
    right = {name: grid.values[row][column] in read[name] and name not in double for name, row, column in cells(grid)}
    credit = Fraction(sum(right.values()), len(right))
    if credit == 1:
        return Mark(credit, language.say("Right."), cells=right)
    for one in variant.wrong:  # the whole grid, as one misconception gives it
        if all(one.rows[row][column] in read[name] for name, row, column in cells(grid)):
            return Mark(credit, one.hint, one.name, right)
    wrong = [name for name in right if not right[name]]
    count, places = len(right) - len(wrong), _places(grid, wrong, language)
    counted = language.say(
        "{right} of {cells} cells are right; look at {places}.", right=count, cells=len(right), places=places
    )
    unread = [_not_a_number(text, language) for name, text in texts.items() if text.strip() and not read[name]]
    unread += [_two_numbers(texts[name], read[name], language) for name in double]
    sentences = [counted, *refused, *unread[:SHOWN]]
    return Mark(credit, " ".join(dict.fromkeys(sentences)), cells=right)


def _mark_choice(choice: Choice, text: str, language: Language) -> Mark:
    letters, remarks = ticked(choice, text, language)
    known = {letter(place): option for place, option in enumerate(choice.options)}
    if letters is None:
        listed = ", ".join(known)
        return Mark(
            Fraction(0), language.say("“{text}” is not an option; choose from {letters}.", text=shown(text), letters=listed)
        )
    if len(letters) > 1 and not choice.several:
        return Mark(Fraction(0), language.say("Only one option can be chosen."))
    chosen = [known[each] for each in sorted(letters)]
    right = sum((option in chosen) == option.right for option in choice.options)
    notes = tuple(remarks)
    if right == len(choice.options):
        sentence = " ".join(option.sentence for option in chosen if not choice.several) or language.say("Right.")
        return Mark(Fraction(1), sentence, notes=notes)
    wrong = [option for option in chosen if not option.right]
    sentence = " ".join(option.sentence for option in wrong) or language.say("Something is missing.")
    # Each option is a separate question; guesses cancel out.
    credit = max(Fraction(0), Fraction(2 * right, len(choice.options)) - 1) if choice.several else Fraction(0)
    return Mark(credit, sentence, wrong[0].name if len(wrong) == 1 else "", notes=notes)


def _places(grid: Grid, wrong: list[str], language: Language) -> str:
    named = [place(grid, row, column, language) for name, row, column in cells(grid) if name in wrong]
    first = "; ".join(named[:SHOWN])
    if len(named) <= SHOWN:
        return first
    return language.say("{places} and {count} more", places=first, count=len(named) - SHOWN)


def _not_a_number(text: str, language: Language) -> str:
    return language.say("“{text}” is not a number.", text=shown(text))


def _two_numbers(text: str, values: list[Fraction], language: Language) -> str:
    """Return what to say if a text could mean the key or a wrong answer."""
    one, other = map(written, values)
    return language.say(
        "“{text}” could mean {one} or {other}: write it without a thousands separator.",
        text=shown(text),
        one=one,
        other=other,
    )
