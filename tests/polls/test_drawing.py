"""The questions of a poll: both forms of each, drawn for the example quiz of a lecture."""

from functools import cache
from pathlib import Path

import pytest

from polls.drawing import FIRST, OTHER, draw
from quizzes import making
from quizzes.grading.marking import brief_key
from quizzes.question import Choice

ROOT = Path(__file__).resolve().parents[2]


@cache
def lecture():
    return making.read(ROOT / "quizzes" / "examples" / "lecture.toml")


@cache
def drawn(seed):
    return draw(lecture(), seed)


def forms(name, seed="a"):
    made = drawn(seed)
    return [next(each for each in made.versions[form].variants if each.template == name) for form in (FIRST, OTHER)]


@pytest.mark.parametrize("seed", ["a", "b", "c"])
def test_both_forms_are_of_one_template_and_differ(seed):
    for first, other in zip(*(version.variants for version in drawn(seed).versions), strict=True):
        assert first.template == other.template and first.stem + repr(first.answer) != other.stem + repr(other.answer)
        assert type(first.answer) is type(other.answer)


@pytest.mark.costly
def test_the_same_seed_draws_the_same_questions():
    assert draw(lecture(), "a") == drawn("a") != drawn("b")


def test_the_lecture_asks_with_its_own_numbers_first():
    for seed in "ab":
        first, other = forms("dense-weights", seed)
        assert "15 inputs, hidden layers of 10 and 5 neurons, and 2 outputs" in first.stem
        assert "15 inputs" not in other.stem
        assert isinstance(first.answer, Choice) and any(each.right and "210" in each.text for each in first.answer.options)
        first, other = forms("convolution-with-padding", seed)
        assert brief_key(first) == "2 6 0 / 23 35 8 / 13 29 16" != brief_key(other)


def quiz(folder, entries):
    path = folder / "quiz.toml"
    path.write_text(f'title = "A quiz"\n{entries}')
    return making.read(path)


@pytest.mark.parametrize("seed", ["a", "b", "c"])
@pytest.mark.parametrize("pinned", ["", 'seed = "a"'])
def test_templates_that_are_picked_are_the_same_in_both_forms(tmp_path, pinned, seed):
    entries = f"""[[questions]]
        templates = ["output-size", "dense-weights", "max-and-min-pooling", "diagnose"]
        pick = 2
        {pinned}
        [[questions]]
        template = "output-size"
        count = 2"""
    first, other = (version.variants for version in draw(quiz(tmp_path, entries), seed).versions)
    assert [one.template for one in first] == [one.template for one in other]
    assert not {one.id for one in first} & {one.id for one in other}


def test_what_is_fixed_as_a_word_stands_in_both_forms():
    for name, words in {
        "dense-weights": "no neuron has an intercept",
        "dense-layer-on-image": "red, green and blue, ",
        "max-and-min-pooling": "max pooling",
        "neuron-for-a-gate": "a AND NOT b",
    }.items():
        assert all(words in form.stem for seed in "ab" for form in forms(name, seed)), name
