"""Put the options of a question in order, so that neither place nor size gives the key away."""

from quizzes.question import Choice, Number, Option, Wrong, require, written
from quizzes.rng import Draw, Seeded
from quizzes.text.writing import grouped


def offer(choice: Choice, offered: int, place: int, draw: Draw) -> Choice:
    """Return a choice among `offered` of its options; the right one stands at `place`, where there is one right one."""
    right = [option for option in choice.options if option.right]
    wrong = [option for option in choice.options if not option.right]
    if choice.several:
        rights = draw.between(max(1, offered - len(wrong)), min(len(right), offered - 1))
        return Choice(tuple(draw.shuffled(draw.sample(right, rights) + draw.sample(wrong, offered - rights))), True)
    options = draw.sample(wrong, offered - 1)
    options.insert(place, right[0])
    return Choice(tuple(options))


def as_choice(number: Number, told: list[Wrong], offered: int, place: int, draw: Draw) -> Choice:
    """Return a number as a choice among what misconceptions give; how many of them are smaller is drawn.

    Raises Unfit where too few misconceptions can be told apart.
    """
    smaller = [one for one in told if one.answer < number.value]  # type: ignore[operator]
    larger = [one for one in told if one.answer > number.value]  # type: ignore[operator]
    wrong = offered - 1
    require(len(told) >= wrong, f"{wrong} misconceptions to offer as options")
    below = draw.between(max(0, wrong - len(larger)), min(wrong, len(smaller)))
    chosen = draw.shuffled(draw.sample(smaller, below) + draw.sample(larger, wrong - below))
    options = [Option(_with_unit(one.answer, number), False, one.hint, one.name) for one in chosen]
    options.insert(place, Option(_with_unit(number.value, number), True, "Right."))
    return Choice(tuple(options))


def turn(purpose: str, seed: str, template: str, index: int, size: int) -> int:
    """Return the place, out of `size`, for the variant of this index: over a pool each place comes equally often."""
    return Seeded(seed, template, purpose, str(index // size)).shuffled(range(size))[index % size]


def _with_unit(value: object, number: Number) -> str:
    return f"{grouped(written(value))} {number.unit}".strip()  # type: ignore[arg-type]
