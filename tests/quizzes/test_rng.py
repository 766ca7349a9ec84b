"""Numbers that are the same on every machine, and walks that miss nothing."""

import hashlib
import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import UserError
from quizzes.rng import Repeated, Seeded, Walk


def test_what_is_drawn_is_defined_by_sha256_alone():
    """Written once more from the definition: names with their lengths, a counter, words of 32 bits, no bias."""
    key = hashlib.sha256(b"\x00\x00\x00\x04seed\x00\x00\x00\x02\xc3\xa9").digest()
    words = [
        int.from_bytes(hashlib.sha256(key + block.to_bytes(8, "big")).digest()[at : at + 4], "big")
        for block in range(20)
        for at in range(0, 32, 4)
    ]
    bound = 3 * 2**30  # a quarter of all words lies above the largest multiple
    expected = [word for word in words if word < bound][:50]
    draw = Seeded("seed", "é")
    assert [draw.below(bound) for _ in range(50)] == expected
    assert draw.drawn == expected


def test_names_are_told_apart():
    first = {
        tuple(Seeded(*names).below(10**9) for _ in range(1)) for names in (("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""))
    }
    assert len(first) == 4


def test_all_numbers_come_equally_often():
    draw = Seeded("a seed")
    counts = Counter(draw.between(1, 7) for _ in range(70_000))
    assert set(counts) == set(range(1, 8))
    assert sum((count - 10_000) ** 2 / 10_000 for count in counts.values()) < 22.5  # chi squared, 6 degrees, 0.1 %


@given(st.lists(st.integers(1, 4), max_size=4))
def test_a_walk_goes_through_everything_once(bounds):
    seen, path = [], ()
    while path is not None:
        walk = Walk(path)
        seen.append(tuple(walk.below(bound) for bound in bounds))
        path = walk.after()
    assert seen == list(itertools.product(*map(range, bounds)))


def test_a_walk_follows_branches_of_different_length():
    seen, path = [], ()
    while path is not None:
        walk = Walk(path)
        seen.append((walk.choice("ab"), *(walk.between(5, 6) for _ in range(walk.drawn[0]))))
        path = walk.after()
    assert seen == [("a",), ("b", 5), ("b", 6)]


@given(st.data())
def test_what_was_drawn_can_be_repeated(data):
    def ask(draw):
        return (
            draw.between(3, 9),
            draw.sample("abcdef", 3),
            draw.shuffled(range(5)),
            draw.numbers(2, 3, low=-4, high=4).tolist(),
            draw.choice([10, 20]),
        )

    first = Seeded(data.draw(st.text(max_size=5)))
    asked = ask(first)
    assert ask(Repeated(first.drawn)) == asked
    assert sorted(asked[2]) == list(range(5)) and len(set(asked[1])) == 3
    assert all(-4 <= value <= 4 for row in asked[3] for value in row)


def ask(draw):
    """Ask for something of each kind, under names."""
    return (
        draw.between(5, 32, "image"),
        draw.choice(["max", "min"], "mode"),
        draw.choice([(1, 2), (3, 4)], "pair"),
        draw.sample([10, 20, 30, 40], 2, "two"),
        draw.ranges((1, 5), (10, 20), name="layers"),
        draw.numbers(2, 2, low=0, high=9, name="pixels").tolist(),
        draw.fixable(10 * draw.between(1, 9), "tens"),
        draw.fixable(draw.sample(range(3, 9), 2), "sides", least=1),
        draw.fixable([draw.shuffled([1, -2]), [0, 3]], "kernel", least=-5),
        draw.below(1000),
    )


FIXED = {
    "image": 224,  # beyond what is drawn
    "mode": "min",
    "pair": [3, 4],
    "two": [40, 10],
    "layers": [7, 300],
    "pixels": [[1, 2], [300, -4]],
    "tens": 7,
    "sides": [5, 5],
    "kernel": [[-5, 4], [9, 0]],
}


@given(st.sets(st.sampled_from(sorted(FIXED))), st.integers(0, 10**6))
def test_what_has_a_name_can_be_fixed_and_repeated(names, seed):
    fixed = {name: FIXED[name] for name in names}
    draw = Seeded(str(seed), fixed=fixed)
    answers = ask(draw)
    for name, answer in zip(FIXED, answers):
        if name in fixed:
            assert (list(answer) if isinstance(answer, tuple) else answer) == FIXED[name]
    assert ask(Repeated(draw.drawn)) == answers
    assert list(draw.named) == list(FIXED)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("image", value) for value in ("5", True, 5.0, [5], 10**6, 0, -5)],
        ("mode", "median"),
        ("pair", [4, 3]),
        *[("two", value) for value in ([40], [40, 40], [40, 50], 40)],
        *[("layers", value) for value in ([1], [1, 2, 3], 1, ["1", 2], [7, -3])],
        *[("pixels", value) for value in (1, [1, 2], [[1, 2], [3]], [[1, 2], [3, "4"]], [[1, 2, 3], [4, 5, 6]])],
        *[("tens", value) for value in (-1, [10], "10", None)],
        *[("sides", value) for value in (5, [5], [5, 0], [5, 5, 5])],
        *[("kernel", value) for value in ([1, 2, 3, 4], [[1, 2], [3, -6]])],
    ],
)
def test_a_number_that_cannot_be_fixed_so_is_named(name, value):
    with pytest.raises(UserError, match=f"the number '{name}' must "):
        ask(Seeded("a seed", fixed={name: value}))


def test_fixed_numbers_that_were_drawn_in_another_way_leave_nothing_free():
    def ask(draw):
        draw.between(1, 9, "image")
        draw.fixable(draw.shuffled([1, 2, draw.choice([3, 4])]), "kernel")
        return draw.free

    both = {"image": 5, "kernel": [1, 2, 3]}
    assert ask(Seeded("a")) > ask(Seeded("a", fixed={"kernel": [7, 8, 9]})) == 1
    assert ask(Seeded("a", fixed=both)) == 0
