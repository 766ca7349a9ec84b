"""A quiz with a question of every kind, made by hand: a picture, tables, matrices, and signs that have to be escaped."""

from fractions import Fraction

from quizzes.drawing.svg import Sheet
from quizzes.question import Choice, Grid, Load, Number, Option, Wrong
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner
from quizzes.text.writing import matrix, table
from quizzes.variant import Certificate, Variant, written_answer

DESCRIPTION = "Work **alone**, with $n = 3$ pencils. See [the page](https://example.org/?a=1&b)."
LONG = "It squeezes numbers, " + "which takes many words to say and therefore more than one line, " * 3 + "and so on."


def quiz(owners, title="Every kind", description=DESCRIPTION, kinds=7):
    """Return the quiz made for these owners, with as many kinds of questions; each version has other numbers."""
    versions = tuple(
        Version(owner, f"AB{number:02}-CDEF", variants(1000 + 7 * number)[:kinds])
        for number, owner in enumerate(owners, start=1)
    )
    entries = tuple(Entry(each.template, 0.5 + place, 1, "typed") for place, each in enumerate(versions[0].variants))
    return GeneratedQuiz(Quiz("every-kind", title, description, entries), versions)


def students(*names):
    """Return an owner for each name."""
    return [Owner(f"student-{number}", name) for number, name in enumerate(names, start=1)]


def variants(n):
    """Return a question of each kind around a number; keys are n + 300 and more, and stand in no stem."""
    return (
        variant(
            f"A kernel slides over an image {n} pixels wide. How wide is the feature map?",
            Number(n + 300, "pixels"),
            [Wrong(n + 301, "once", "the padding is added once."), Wrong(-n, "sign", "the sign of `stride` is $-1$.")],
            ["Count the places, $\\lfloor x / 2 \\rfloor$.", f"That makes\n\n{matrix([[n, 1]])}\n\nplaces."],
        ),
        variant(
            f"Convolve {matrix([[n, -2], [3, 4]])} with itself, by:\n\n{table(['axis', 'stride'], [['height', 1]])}",
            Grid(((n + 300, n + 310), (-n - 320, Fraction(9, 4)))),
            [Wrong(((n + 300, n + 999), (-n - 320, 0)), "flip", "the kernel is flipped.")],
        ),
        variant(
            f"Trace the shapes of a network of {n} layers.",
            Grid(((n + 301, 28, 28), (6, 14, 14)), ("conv #1 | a", "pool_1"), ("$c$", "height", "width")),
        ),
        variant(f"Write one row, {n}.", Grid(((n + 302, 7),), (), ("first", "second"))),
        variant(
            f"Which holds for {n}, of `max(0, x)`?",
            Choice(
                (
                    Option(LONG, False, "Squeezing is what the sigmoid does.", "sigmoid"),
                    Option("It is $\\max(0, x)$.", True, "Right, it cuts what is negative."),
                    Option('It is "linear" #everywhere, \\ [always].', False, "It bends at zero.", "linear"),
                )
            ),
        ),
        variant(
            f"Which hold for all {n}?",
            Choice(
                (
                    Option("one", True, "Right once."),
                    Option("two", False, "Not two."),
                    Option("three", True, "Right thrice."),
                ),
                several=True,
            ),
        ),
        variant(f"Read the plot of {n} steps.", Number(Fraction(n, 4), "", Fraction(1, 2)), picture=drawing(n)),
    )


def variant(stem, answer, wrong=(), steps=(), picture=None):
    """Return a variant that no template made."""
    key = written_answer(answer)
    certificate = Certificate("hand@1", (), key, key, {}, (), None, Load(1, 0, 0))
    return Variant("hand", "A telling title", "Topic", stem, answer, tuple(wrong), tuple(steps), picture, certificate)


def drawing(n):
    """Return a picture with signs that have to be escaped."""
    sheet = Sheet(900, 120)
    sheet.box(10, 10, 80, 40)
    sheet.text(50, 30, f"{n} < 3 & →")
    return sheet.picture(f'A box with the "number" {n}, \\ # $ and an arrow →.')
