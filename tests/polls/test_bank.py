"""Every template of the bank as a poll asks it: two forms, nothing on phones that gives the key away, answers counted."""

import json
from functools import cache

import pytest

from polls import views
from polls.drawing import draw
from polls.tally import Reader, compared
from quizzes.grading.letters import letter
from quizzes.grading.spreading import cells
from quizzes.language import ENGLISH
from quizzes.making import ASKS
from quizzes.question import Choice, Grid, written
from quizzes.quiz import Entry, Quiz
from quizzes.template import templates

NONSENSE = ("", " ", "<b>x</b>", "9" * 200, "1/0", "-", "A B C Z", "=1+1", "\0", "1e400", "∞")
ASKED = {"stem", "picture", "width", "kind", "unit", "several", "options", "blanks", "rows", "columns"}


def each_template(test):
    return pytest.mark.sampled(12)(pytest.mark.parametrize("name", templates())(test))


@cache
def forms(name, ask):
    """Return a template's question in its two forms."""
    quiz = Quiz("quiz", "A quiz", "", (Entry(name, ask=ask),))
    return [version.variants[0] for version in draw(quiz, "a").versions]


def typed(variant, answer):
    """Return what a student types who means an answer."""
    if isinstance(variant.answer, Grid):
        return {name: written(answer[row][column]) for name, row, column in cells(variant.answer)}
    return {"": written(answer)}


def right(variant):
    """Return what has full credit."""
    match variant.answer:
        case Choice(options=options):
            return {"": " ".join(letter(place) for place, option in enumerate(options) if option.right)}
        case Grid(values=key):
            return typed(variant, key)
        case number:
            return typed(variant, number.value)


def believed(variant):
    """Return what each misconception answers, as far as it is what the question asks for, by the misconception."""
    if isinstance(variant.answer, Choice):
        options = [(letter(place), one) for place, one in enumerate(variant.answer.options)]
        return {option.name or name: {"": name} for name, option in options if not option.right}
    return {one.name: typed(variant, one.answer) for one in variant.wrong if is_asked_for(variant, one.answer)}


def is_asked_for(variant, answer):
    return not isinstance(variant.answer, Grid) or list(map(len, answer)) == list(map(len, variant.answer.values))


@pytest.mark.parametrize("ask", ASKS)
@each_template
def test_the_other_form_is_another_question_of_the_same_kind(name, ask):
    first, other = forms(name, ask)
    assert first.template == other.template == name
    assert type(first.answer) is type(other.answer)
    assert first.id != other.id
    assert views.question(first, ENGLISH) != views.question(other, ENGLISH)


@pytest.mark.parametrize("ask", ASKS)
@each_template
def test_what_is_asked_says_nothing_of_the_key(name, ask):
    for variant in forms(name, ask):
        asked = views.question(variant, ENGLISH)
        assert asked.keys() <= ASKED
        assert all(option.keys() == {"letter", "text"} for option in asked.get("options", ()))
        assert all(blank.keys() == {"name", "row", "column", "place"} for blank in asked.get("blanks", ()))
        text = json.dumps(asked)
        assert not [step for step in views.solution(variant, ENGLISH)["steps"] if json.dumps(step)[1:-1] in text]


@pytest.mark.parametrize("ask", ASKS)
@each_template
def test_answers_are_counted_by_what_they_mean(name, ask):
    for form, variant in enumerate(forms(name, ask)):
        reader, wrong = Reader(variant), believed(variant)
        nonsense = [dict.fromkeys(right(variant), text) for text in NONSENSE]
        assert reader.mark(right(variant)).credit == 1
        assert all(reader.mark(given).credit < 1 for given in wrong.values())
        assert all(not reader.mark(given).credit for given in nonsense)
        if not isinstance(variant.answer, Choice):
            assert all(reader.mark(given).misconception == name for name, given in wrong.items())
        tally = reader.tally([right(variant), *wrong.values(), *nonsense, {}])
        assert tally.right == 1
        for whole in (True, False):
            rows = compared([(form, tally), (form, tally)], whole)
            assert rows[0] == rows[1]
            assert "<b>x" not in "".join(bar.answer for bar in rows[0])
            if not (isinstance(variant.answer, Choice) and variant.answer.several):
                assert sum(bar.count for bar in rows[0]) == tally.answered
