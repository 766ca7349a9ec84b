"""Put the options of a question in an order in which neither place nor size gives the key away."""

from quizzes.question import Choice, Number, Option, Value, Wrong, require, written
from quizzes.rng import Draw, Seeded
from quizzes.text.writing import grouped


def offer(choice: Choice, offered: int, place: int, draw: Draw) -> Choice:
    """Return a choice among `offered` of its options; the right one is at `place`, if only one is right."""
    right = [option for option in choice.options if option.right]
    wrong = [option for option in choice.options if not option.right]
    if choice.several:
        rights = draw.between(max(1, offered - len(wrong)), min(len(right), offered - 1))
        return Choice(tuple(draw.shuffled(draw.sample(right, rights) + draw.sample(wrong, offered - rights))), True)
    options = draw.sample(wrong, offered - 1)
    options.insert(place, right[0])
    return Choice(tuple(options))


def as_choice(number: Number, distinct: list[Wrong], offered: int, place: int, draw: Draw) -> Choice:
    """Return a number as a choice with answers that misconceptions give; how many of them are smaller is drawn.

    Raises RejectedDraw if too few misconceptions give distinct answers.
    """
    smaller = [one for one in distinct if one.number < number.value]
    larger = [one for one in distinct if one.number > number.value]
    wrong = offered - 1
    require(len(distinct) >= wrong, f"{wrong} misconceptions to offer as options")
    below = draw.between(max(0, wrong - len(larger)), min(wrong, len(smaller)))
    chosen = draw.shuffled(draw.sample(smaller, below) + draw.sample(larger, wrong - below))
    options = [Option(_with_unit(one.number, number), False, one.hint, one.name) for one in chosen]
    options.insert(place, Option(_with_unit(number.value, number), True, "Right."))
    return Choice(tuple(options))


def turn(purpose: str, seed: str, template: str, index: int, size: int) -> int:
    """Return the place, out of `size`, for the variant of this index: over all variants each place comes equally often."""
    return Seeded(seed, template, purpose, str(index // size)).shuffled(range(size))[index % size]


def _with_unit(value: Value, number: Number) -> str:
    return f"{grouped(written(value))} {number.unit}".strip()
