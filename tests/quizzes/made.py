"""Questions that tests make up: one of each kind, with known numbers."""

from quizzes import quiz_json
from quizzes.question import Choice, Grid, Load, Number, Option, Question, Wrong
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.rng import Draw
from quizzes.roster import Owner
from quizzes.search import draw_variants
from quizzes.template import Template

BAND = {"operations": (0, 100), "largest": (0, 10**6), "negatives": (0, 100)}


def template(make, name="made-up", tells=0, band=BAND):
    return Template(name, "Made up", "Tests", 1, 1, tells, band, make, 1)


def number(draw: Draw) -> Question:
    """Ask for the double of a number; two misconceptions."""
    value = draw.between(1, 5000)
    return Question(
        f"What is two times {value}?",
        Number(2 * value),
        value + value,
        [Wrong(value, "not doubled", "the number is not doubled."), Wrong(value**2 + 1, "squared", "it is squared.")],
        ["Double it."],
        Load(1, value, 0),
    )


def grid(draw: Draw) -> Question:
    """Ask for two rows of numbers; a misconception swaps the rows, another one gets a cell wrong."""
    a, b = draw.between(10, 500), draw.between(501, 999)
    return Question(
        f"Fill in {a} and {b}, and both with the sign changed.",
        Grid(((a, b), (-a, -b)), ("as it is", "changed"), ("first", "second")),
        [[a, b], [0 - a, 0 - b]],
        [
            Wrong(((-a, -b), (a, b)), "rows swapped", "the rows are swapped."),
            Wrong(((a, b), (-a, b)), "sign forgotten", "a sign is forgotten."),
        ],
        load=Load(2, b, 2),
    )


def choice(draw: Draw, several: bool = False) -> Question:
    """Ask which numbers are even."""
    base = 2 * draw.between(1, 400)
    options = [Option(f"{base}", True, "Right, it is even.")]
    options += [Option(f"{base + odd}", False, f"{base + odd} is odd.", f"odd by {odd}") for odd in (1, 3, 5, 7, 9)]
    if several:
        options += [Option(f"{base + even}", True, "Right, it is even.") for even in (2, 4, 6)]
    check = [int(option.text) % 2 == 0 for option in options]
    return Question(f"Which are even? ({base})", Choice(tuple(options), several), check, load=Load(1, base, 0), offered=4)


def several(draw: Draw) -> Question:
    """Ask which numbers are even, some of which are."""
    return choice(draw, True)


def variant(make, seed="a seed", index=0, as_choice=False):
    """Return one variant of a made-up question."""
    return draw_variants(template(make), seed, [str(number) for number in range(index + 1)], as_choice)[index]


def from_record(variant):
    """Return a variant as it is read back from a quiz's record."""
    quiz = Quiz("made-up", "Made up", "", (Entry(variant.template, 1.0, 1, "typed"),))
    made = GeneratedQuiz(quiz, (Version(Owner("1", "", True), "AAAA-AAAA", (variant,)),))
    return quiz_json.read(quiz_json.written(made)).versions[0].variants[0]
