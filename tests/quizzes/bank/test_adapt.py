"""Templates with an instructor's numbers and words: what was asked for, certified, and a sentence for what cannot be."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kernels
from common.errors import UserError
from common.records import build
from quizzes.bank.adapt import adapted, look, numbers_of
from quizzes.bank.bank import Bank
from quizzes.certify import WrongKey, check
from quizzes.making import make
from quizzes.question import Grid, Load, Number, Question, require, wrong
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner, numbered
from quizzes.search import certificates, draw_up_to, draw_variants
from quizzes.template import find, template, templates

LECTURES = [name for name, each in templates().items() if each.lecture]


@template(
    "Size", topic="Tests", difficulty=1, minutes=1, tells=2, largest=(5, 40),
    lecture={"image": 4, "kernel": 2, "stride": 2},
)  # fmt: skip
def size(draw):
    image, kernel = draw.between(5, 40, "image"), draw.between(2, 7, "kernel")
    stride = draw.choice([1, 2, 3], "stride")
    require(kernel <= image, "the kernel fits into the image")
    key = kernels.output_size(image, kernel, stride)
    return Question(
        stem=f"An image of {image}, a kernel of {kernel}, a stride of {stride}.",
        key=Number(key),
        check=len(range(0, image - kernel + 1, stride)) if image < 5000 else -1,
        wrong=[wrong(image - kernel + 1, "stride forgotten", "the stride is."), wrong(key - 1, "one too few", "1 is.")],
        steps=["Count."],
        load=Load(3, image, 0),
    )


@template("Rows", topic="Tests", difficulty=1, minutes=1)
def rows(draw):
    pixels = draw.numbers(2, 2, low=0, high=9, name="pixels")
    layers = draw.ranges((10, 20), (1, 5), name="two layers")
    return Question(f"{pixels} {layers}", Grid((tuple(layers),)), [layers], steps=["Copy."])


def test_what_is_not_changed_stays_itself():
    assert Bank().asked("output-size", Entry("output-size")) is find("output-size")


@pytest.mark.costly
@given(st.integers(41, 300), st.integers(0, 10**6))
def test_fixed_numbers_stand_in_every_variant_beyond_the_band_and_the_rest_is_drawn(image, seed):
    one, two = draw_variants(adapted(size, {"image": image}), str(seed), ["one", "two"])
    for variant in (one, two):
        assert variant.stem.startswith(f"An image of {image},") and check(variant) == []
        assert numbers_of(size, variant.certificate.drawn)["image"] == image
    assert one.stem != two.stem and one.certificate.varies


def test_what_can_be_told_of_fixed_numbers_is_all_that_is_asked_for():
    fixed = adapted(size, {"stride": 1})
    assert fixed.tells == 1
    assert fixed.remarks == ("size: with these numbers only 1 misconception can be told apart, not 2 as usual",)
    for variant in draw_up_to(fixed, "s", 20):
        assert list(variant.certificate.wrong) == ["one too few"] and variant.certificate.hidden == ("stride forgotten",)
    assert adapted(size, {"stride": 2}).remarks == ()


def test_fixed_altogether_every_version_is_the_same():
    fixed = adapted(size, "lecture")
    variants = [draw_variants(fixed, "s", [str(number)])[0] for number in range(30)]
    assert {variant.stem for variant in variants} == {"An image of 4, a kernel of 2, a stride of 2."}
    assert {variant.certificate.varies for variant in variants} == {False}


@pytest.mark.parametrize(
    ("numbers", "says"),
    [
        ({"imgae": 3}, "size has no number 'imgae': its numbers are image, kernel, stride"),
        ({"image": "large"}, "the number 'image' must be a whole number"),
        ({"image": 10**7}, "the number 'image' must be a whole number from 1 to 100,000"),
        ({"stride": 4}, "the number 'stride' must be one of 1, 2, 3"),
        ({"image": 3, "kernel": 4}, "size cannot be asked with image = 3, kernel = 4: its rule is “the kernel fits"),
        ({"kernel": 41}, "size cannot be asked with kernel = 41: its rule is “the kernel fits"),
        ({"kernel": -1}, "the number 'kernel' must be a whole number from 1 to 100,000, not -1"),
        ({"image": 5000}, r"size: the key is \d+ one way and -1 the other with image = 5000"),
        ("lecutre", 'numbers must be "lecture" or a table'),
    ],
)
def test_numbers_that_cannot_be_are_named_at_once(numbers, says):
    with pytest.raises(UserError, match=says):
        adapted(size, numbers)


def test_a_key_that_fails_beyond_the_band_is_an_error_of_the_caller():
    with pytest.raises(WrongKey):
        adapted(size, {"image": 5000})
    assert issubclass(WrongKey, UserError)


def test_a_choice_needs_enough_that_can_be_told():
    with pytest.raises(UserError, match=r"cannot be asked as a choice: only 1 misconception can be told apart"):
        adapted(size, {"stride": 1}, options=2)
    assert adapted(size, {"stride": 2}, options=2)


def test_a_choice_needs_enough_misconceptions():
    with pytest.raises(UserError, match=r"size cannot be asked as a choice: it has only 2 misconceptions, and .* need 3"):
        adapted(size, options=3)
    assert adapted(size, options=2) and adapted(rows, options=3)  # a table is typed all the same


def test_no_numbers_of_the_lecture():
    with pytest.raises(UserError, match="rows has no numbers of the lecture"):
        adapted(rows, "lecture")


def test_a_stem_of_ones_own_shows_numbers_rows_and_arrays():
    stem = "Sizes {two layers}; {two_layers}. Then {pixels}"
    variant = draw_variants(adapted(rows, {"pixels": [[1, 2], [3, 4]], "two layers": [100_000, 7]}, stem), "s", ["one"])[0]
    assert variant.stem == (r"Sizes 100,000, 7; 100,000, 7. Then $$\begin{bmatrix} 1 & 2 \\ 3 & 4 \end{bmatrix}$$")
    assert (np.array(variant.answer.values) == [[100_000, 7]]).all()


@pytest.mark.parametrize(
    ("stem", "lacks"),
    [
        ("{image} {kernel} {stride}", []),
        ("{image + kernel * stride}", []),
        ("What comes out?", ["image", "kernel", "stride"]),
        ("{image} with {kernel}", ["stride"]),
    ],
)
def test_a_stem_that_omits_a_number_is_remarked(stem, lacks):
    remarks = adapted(size, {}, stem).remarks
    assert [remark.split("'")[1] for remark in remarks] == lacks


def test_a_number_that_is_typed_into_the_stem_is_not_missed():
    assert adapted(size, {"image": 12}, "12 pixels, {kernel}, {stride}").remarks == ()


@pytest.mark.parametrize(
    ("stem", "says"),
    [("{imgae}", "the numbers are image, kernel, stride"), ("{", "a single brace"), ("![a](b)", "be shown")],
)
def test_a_stem_that_cannot_be_is_one_sentence(stem, says):
    with pytest.raises(UserError, match=says):
        adapted(size, {}, stem)


def test_an_entry_takes_numbers_as_a_table_or_a_word():
    for said in ({"image": 3}, "lecture", {"pixels": [[1, 2], [3, 4]]}):
        assert build(Entry, {"template": "x", "numbers": said}, "q").numbers == said
    with pytest.raises(UserError, match=r"numbers must be a table or a text"):
        build(Entry, {"template": "x", "numbers": 3}, "q")


@pytest.mark.sampled(12)
@pytest.mark.parametrize("name", LECTURES)
def test_a_quiz_in_the_lectures_numbers_is_made(name):
    quiz = Quiz("q", "Q", "", (Entry(name, numbers="lecture"),))
    for owners in (numbered(3), [Owner("ada"), Owner("eve")]):
        made = make(quiz, "s", owners)
        certificates(made)
        assert len({version.code for version in made.versions}) == len(owners)


def test_what_cannot_be_is_found_at_the_first_draw():
    made = []

    def counted(draw):
        made.append(draw.named)
        return size.make(draw)

    with pytest.raises(UserError, match="its rule is"):
        look(replace(size, make=lambda draw: draw.fix({"image": 3, "kernel": 4, "stride": 1}) or counted(draw)))
    assert len(made) == 1
