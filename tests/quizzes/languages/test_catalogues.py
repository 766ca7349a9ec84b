"""The catalogues that come with convgrade: whole for two example quizzes and a template, with nothing else in them."""

import ast
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from quizzes import making, spreadsheets
from quizzes.certify import check
from quizzes.exports import moodle
from quizzes.grading import letters
from quizzes.language import ENGLISH
from quizzes.languages import catalogue
from quizzes.languages.skeleton import skeleton
from quizzes.languages.translating import Translator, in_language, with_texts
from quizzes.quiz import Entry
from quizzes.roster import Owner
from quizzes.text import maths

ROOT = Path(__file__).resolve().parents[3]


@cache
def example(name):
    """Return an example quiz whose templates draw all of their numbers, with other templates that are translated."""
    quiz = making.read(ROOT / "quizzes" / "examples" / f"{name}.toml")
    also = [Entry(template) for template in ALSO.get(name, ())]
    return replace(quiz, entries=(*(replace(entry, numbers={}) for entry in quiz.entries), *also))


EXAMPLES = ("cnn", "lecture")
ALSO = {"lecture": ("which-pixels-a-value-sees",)}
LANGUAGES = ("de", "es")
STUDENTS = [Owner(f"s{number}") for number in range(60)]
SAYING = ("say", "Refused")  # why a teacher's act is refused is said where it is caught
# What is said by a name, not by its own words.
BY_NAME = {
    *letters.JOINING,
    *(kind for _, _, kind in spreadsheets._BINARY),
    *(moodle.RIGHT, moodle.PARTLY, moodle.WRONG),
    *(words for _, words in maths._SIGNS.values() if re.search("[a-z]{2}", words)),
    *("row {name}", "column {name}", "Tick one box.", "Tick every box that is right."),
}


@cache
def made(code, name):
    return making.make(replace(example(name), language=catalogue.find(code, ROOT), practice={}), "a seed", STUDENTS)


@pytest.mark.costly
@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_is_whole_for_an_example(code, name):
    empty = skeleton(example(name), catalogue.find(code, ROOT))
    assert empty.split("\n", 1)[1].split() == ["[program]", "[questions]"], (
        f"quizzes/languages/{code}.toml lacks these, below the same headings, with the translation in the quotes:\n{empty}"
    )
    assert not [
        one for version in made(code, name).versions for variant in version.variants for one in variant.untranslated
    ]


@cache
def said():
    """Return every message that our code says, with the file that does."""
    found = {}
    polls = ROOT / "polls"
    for path in [*(ROOT / "quizzes").rglob("*.py"), *polls.rglob("*.py"), ROOT / "gradescope" / "quiz.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            named = isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SAYING
            for part in ast.walk(node.args[0]) if named and node.args else ():
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    found[part.value] = path.name
    window, pages = ROOT / "common" / "window", ROOT / "quizzes" / "exports" / "page_files"
    for path in [*window.glob("*.js"), *pages.iterdir(), *polls.rglob("*.js"), *polls.rglob("*.jinja")]:
        found |= dict.fromkeys(re.findall(r'\bsay\(\s*"([^"]+)"', path.read_text("utf-8")), path.name)
    return found


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_has_what_the_program_says_and_nothing_else(code):
    program = set(catalogue.read(catalogue.OURS / f"{code}.toml").program)
    expected = said().keys() | BY_NAME | {"You get this answer if {sentence}"}
    assert sorted(expected - program) == [], f"[program] of quizzes/languages/{code}.toml lacks these"
    assert sorted(program - expected) == [], f"nothing says these any more: take them out of quizzes/languages/{code}.toml"


@pytest.mark.costly
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_entry_of_a_question_is_used(code):
    """One that is not belongs to a wording that has changed."""
    translator = Translator(catalogue.find(code, ROOT))
    for name in EXAMPLES:
        for variant in (variant for version in made("en", name).versions for variant in version.variants):
            with_texts(variant, lambda text: translator.text(text, set()))
        translator.text(example(name).title, set())
        translator.text(example(name).description, set())
    questions = catalogue.read(catalogue.OURS / f"{code}.toml").questions
    assert [english for english in questions if english not in translator.used] == []


def numbers(text):
    """Return the numbers of a text and its formulas; a group of thousands is parted by a comma, or by a thin blank."""
    plain = text.replace("{,}", "").replace(r"{\,}", "").replace("\N{NARROW NO-BREAK SPACE}", "")
    return sorted(re.findall(r"\d+(?:\.\d+)?|[-+\N{MINUS SIGN}](?=\d)", re.sub(r"(?<=\d),(?=\d{3}\b)", "", plain)))


def formulas(text):
    return sorted(re.findall(r"\$+.+?\$+|`.+?`", text.replace("{,}", "").replace(r"{\,}", ""), re.DOTALL))


@pytest.mark.costly
@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_changes_words_alone(code, name):
    """The key, what misconceptions give, every number and every formula are those of the English variant."""
    language = catalogue.find(code, ROOT)
    for english, other in zip(made("en", name).versions, made(code, name).versions, strict=True):
        for one, two in zip(english.variants, other.variants, strict=True):
            texts = []
            for variant in (one, two):
                listed = []
                with_texts(replace(variant, wrong=()), lambda text, listed=listed: listed.append(text) or text)
                texts.append(listed)
            for before, after in zip(*texts, strict=True):
                assert numbers(before) == numbers(after), one.template
                assert formulas(before) == formulas(after), one.template
            assert [each.answer for each in one.wrong] == [each.answer for each in two.wrong]
            assert one.certificate.drawn == two.certificate.drawn and one.certificate.wrong == two.certificate.wrong
            assert check(two) == []
            assert two.id != one.id and two.stem != one.stem
            if one.picture:
                labels, others = (re.findall("(?<=>)[^<]+(?=</text>)", each.picture.svg) for each in (one, two))
                assert [in_language(label, language) for label in labels] == others
                assert f'aria-label="{two.picture.alt}"' in two.picture.svg and two.picture.alt != one.picture.alt


@pytest.mark.costly
@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("code", LANGUAGES)
def test_hints_are_whole_sentences_of_the_language(code, name):
    lead = catalogue.find(code, ROOT).phrases["You get this answer if {sentence}"].partition("{")[0]
    for variant in (variant for version in made(code, name).versions for variant in version.variants):
        assert all(one.hint == lead + one.sentence for one in variant.wrong), variant.template


def test_english_needs_no_catalogue():
    assert catalogue.find("en", ROOT) == ENGLISH
    assert catalogue.ours() == sorted(LANGUAGES)
