"""Variants and quizzes made by hand: any answer, any text, in no need of a template."""

from fractions import Fraction

from quizzes.question import Answer, Choice, Grid, Load, Number, Option, Picture, Rows, Value, Wrong
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import numbered
from quizzes.variant import Certificate, Variant, written_answer

FLIPPED = "the kernel is flipped. The lecture's convolution slides it as it is."
MATRIX = r"$$\begin{bmatrix} 1 & -2 \\ 0 & 3 \end{bmatrix}$$"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" width="20" height="20"><rect width="9" height="9"/></svg>'
)


def variant(
    answer: Answer,
    wrong: tuple[Wrong, ...] = (),
    stem: str = "How many?",
    *,
    template: str = "by-hand",
    topic: str = "Convolution",
    steps: tuple[str, ...] = ("Multiply.", "Add: $1 + 2 = 3$."),
    picture: Picture | None = None,
) -> Variant:
    key = written_answer(answer)
    told = {one.name: written_answer(one.answer) for one in wrong}
    certificate = Certificate(f"{template}@1", (), key, key, told, (), None, Load(1, 1, 0))
    return Variant(template, "By hand", topic, stem, answer, wrong, steps, picture, certificate)


def made(
    *pools: tuple[Variant, ...], points: tuple[float, ...] = (), counts: tuple[int, ...] = (), title: str = "CNN quiz"
) -> GeneratedQuiz:
    """A quiz with an entry for each pool; `counts` says how many variants of a pool each version takes."""
    counts = counts or (1,) * len(pools)
    points = points or (1.0,) * len(pools)
    entries = tuple(
        Entry(pool[0].template, worth, count, "typed") for pool, worth, count in zip(pools, points, counts, strict=True)
    )
    versions = []
    for place, owner in enumerate(numbered(len(pools[0]) // counts[0])):
        taken = [one for pool, count in zip(pools, counts) for one in pool[place * count : (place + 1) * count]]
        versions.append(Version(owner, f"CODE-{place}", tuple(taken)))
    return GeneratedQuiz(Quiz("by-hand", title, "", entries), tuple(versions))


def number(value: Value = 3, unit: str = "", tolerance: Value = 0, **more) -> Variant:
    wrong = (Wrong(-value, "sign", "the sign is lost."), Wrong(value + 2, "padding", "Pad once."))
    return variant(Number(value, unit, tolerance), wrong, **more)


def grid(rows: tuple[str, ...] = (), columns: tuple[str, ...] = (), **more) -> Variant:
    """A grid with a half in it; in one cell the flipped kernel gives the key."""
    key: Rows = ((1, -2, 3), (0, Fraction(5, 2), -6))
    flipped: Rows = ((3, -2, 1), (-6, 5, 4))
    halved: Rows = ((3, -1, Fraction(3, 2)), (1, Fraction(-5, 4), -3))
    wrong = (Wrong(flipped, "flipped", FLIPPED), Wrong(halved, "halved", "Halved."))
    return variant(Grid(key, rows, columns), wrong, **{"stem": f"Slide the kernel {MATRIX} over it.", **more})


def choice(rights: int = 1, options: int = 4, several: bool = False, **more) -> Variant:
    """A choice whose last options are right."""
    listed = tuple(
        Option(f"Option {place} of ${options}$", place >= options - rights, f"Sentence {place}.", f"name {place}")
        for place in range(options)
    )
    return variant(Choice(listed, several), **{"stem": "Which hold?", **more})


def picture(alt: str = "A kernel of 2 rows: 1 -2, 0 3.", svg: str = SVG) -> Picture:
    return Picture(svg, alt, 20, 20)
