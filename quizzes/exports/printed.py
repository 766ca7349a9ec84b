"""The texts around an answer in an exam on paper or in Markdown. All texts are Markdown."""

from quizzes.grading.letters import letter
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number, Rows, Value, written
from quizzes.roster import Owner
from quizzes.variant import Variant

COMPARED = 4  # cells of a grid; misconceptions behind larger ones are found by `quiz grade`


def digits(value: Value) -> str:
    """Return a number as it is printed."""
    return written(value).replace("-", "\N{MINUS SIGN}")


def accepted(number: Number, language: Language) -> str:
    """Return the range of right numbers, if more than one is right."""
    if not number.tolerance:
        return ""
    low, high = digits(number.value - number.tolerance), digits(number.value + number.tolerance)
    return language.say("{low} to {high} are right", low=low, high=high)


def headings(grid: Grid) -> tuple[list[str], list[str]]:
    """Return the headings of rows and columns: names, or numbers from 1; none for a single row."""
    height, width = len(grid.values), len(grid.values[0])
    rows = [str(row + 1) for row in range(height)] if height > 1 else []
    return list(grid.rows) or rows, list(grid.columns) or [str(column + 1) for column in range(width)]


def asks(choice: Choice) -> str:
    """Return how many options are to be ticked."""
    return "Tick every box that is right." if choice.several else "Tick one box."


def called(owner: Owner, language: Language) -> str:
    """Return a student's name, or which of the numbered versions it is."""
    return language.say("Version {number}", number=owner.id) if owner.numbered else owner.name


def worth(points: float, language: Language) -> str:
    """Return what a question is worth."""
    match points:
        case 0:
            return language.say("practice")
        case 1:
            return language.say("1 point")
        case _:
            return language.say("{points} points", points=f"{points:g}")


def told(variant: Variant, language: Language) -> list[tuple[Value | Rows | str, str]]:
    """Return answers and what each shows about its author; nothing for a grid that is too large to compare."""
    if isinstance(variant.answer, Choice):
        return [
            (f"**{letter(place)}** {language.say('right' if option.right else 'wrong')}", option.sentence)
            for place, option in enumerate(variant.answer.options)
        ]
    if isinstance(variant.answer, Grid) and sum(map(len, variant.answer.values)) > COMPARED:
        return []
    return [(one.answer, one.sentence[:1].upper() + one.sentence[1:]) for one in variant.wrong]
