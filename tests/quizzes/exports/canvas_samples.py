"""Variants of every kind, made by hand: what the Canvas export has to carry."""

from fractions import Fraction

from quizzes.drawing.svg import Sheet
from quizzes.question import Choice, Grid, Load, Number, Option, Wrong
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import numbered
from quizzes.text.writing import matrix, table
from quizzes.variant import Certificate, Variant, written_answer

VERSIONS = 3


def variant(stem, answer, wrong=(), steps=(), picture=None, template="sample", title="A sample") -> Variant:
    key = written_answer(answer)
    certificate = Certificate(f"{template}@1", (), key, key, {}, (), None, Load(1, 0, 0))
    return Variant(template, title, "Samples", stem, answer, tuple(wrong), tuple(steps), picture, certificate)


def made(*pools, points=1.0, title="Sample quiz", description="") -> GeneratedQuiz:
    """Return a quiz with an entry for each pool; a pool holds a variant for each version."""
    entries = tuple(Entry(pool[0].template, points, 1, "typed") for pool in pools)
    owners = numbered(len(pools[0]))
    versions = [
        Version(owner, f"AAAA-{owner.id.zfill(4)}", tuple(pool[place] for pool in pools))
        for place, owner in enumerate(owners)
    ]
    return GeneratedQuiz(Quiz("sample", title, description, entries), tuple(versions))


def picture(number: int):
    sheet = Sheet(120, 60)
    for place in range(3):
        sheet.box(10 + 30 * place, 10, 30, 30)
        sheet.text(25 + 30 * place, 25, place + number)
    return sheet.picture(f'The row "{number}, {number + 1}, {number + 2}"; w[0] is {number} & > 0.')


def whole(number: int) -> Variant:
    return variant(
        f"How many places has a window {number + 3} pixels wide, where $a < b$?",
        Number(number - 1, "places"),
        [Wrong(number + 40, "forgotten", "the padding is forgotten.")],
        ["First $a - b$.", "Then **add** 1."],
        title="Number: whole",
    )


def decimals(number: int) -> Variant:
    return variant(f"The mean of {number} numbers, with two decimals?", Number(Fraction(-9 * number - 1, 4)), title="Mean")


def from_plot(number: int) -> Variant:
    return variant(
        f"Read the accuracy after epoch {number} from the plot.",
        Number(Fraction(2 * number + 1, 2), "%", Fraction(1, 20)),
        steps=["Look at the line."],
        picture=picture(number),
        title="Plot",
    )


def one_of(number: int) -> Variant:
    options = [
        Option(f"${number} < 2^{{10}}$ & `w[0]`", False, 'You took "<" for ">".', "sign"),
        Option(f"{number} kernels", True, "Right."),
        Option(
            "It learns \N{GREEK SMALL LETTER ALPHA}, β ∈ [0, 1] \N{RIGHTWARDS ARROW} 学习",
            False,
            "A flipped kernel; $x_1 \\lt 3$.",
            "flip",
        ),
    ]
    return variant(f"Which holds for {number} kernels?", Choice(tuple(options)), picture=picture(7), title="One of several")


def some_of(number: int) -> Variant:
    options = [
        Option(f"claim {place} about {number}", place % 2 == 0, f"Since {place}.", f"m{place}") for place in range(5)
    ]
    return variant(f"Which are true of {number}?", Choice(tuple(options), True), title="Several")


def grid(number: int) -> Variant:
    values = ((number, -1), (Fraction(5, 2), 0))
    return variant(
        f"Convolve, with `w[0]` = {number}, $w[1] = 2$, x in [0, 1], see [word]:\n\n{matrix([[1, 2], [3, number]])}\n\n"
        + table(["a", "b"], [[1, 2]]),
        Grid(values),
        [
            Wrong(((number, 1), (Fraction(5, 2), 9)), "flipped", "the kernel is flipped."),
            Wrong(((number + 1, 2), (-3, 9)), "padding", "the padding is 3 < 4 & forgotten."),
        ],
        ["Multiply $w[0]$.", "Add."],
        picture=picture(number),
        title="Grid",
    )


def named_grid(number: int) -> Variant:
    answer = Grid(((number, 3), (4, 5)), ("layer 1", "layer w[1]"), ("height", "width"))
    return variant(f"Trace {number} pixels through the layers.", answer, title="Shapes")


KINDS = (whole, decimals, from_plot, one_of, some_of, grid, named_grid)


def everything(versions: int = VERSIONS) -> GeneratedQuiz:
    """Return a quiz with every kind of question, and as many variants of each."""
    pools = [[kind(number) for number in range(2, 2 + versions)] for kind in KINDS]
    return made(*pools, points=1.5, title='Quiz: "A < B" & more', description="For **all**, $a<b$.")
