"""Texts and whole quizzes in another language: what a catalogue says, and that nothing is said besides."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from command_line.quiz import quiz as command
from common.errors import UserError
from gradescope.quiz import _document
from quizzes import making, quiz_json
from quizzes.exports import answer_files, markdown, moodle, page
from quizzes.grading.grade import grade
from quizzes.grading.marking import mark
from quizzes.grading.responses import read_file
from quizzes.language import Language
from quizzes.languages import catalogue
from quizzes.languages.skeleton import generalised
from quizzes.languages.translating import Pattern, Translator, in_language, translated
from quizzes.roster import Owner
from quizzes.search import draw_variants
from quizzes.template import find
from quizzes.text import maths

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "quizzes" / "examples" / "cnn.toml"
QUIZ = '[[questions]]\ntemplate = "outputs-of-a-detector"\npoints = 2\n'


def said(phrases, text):
    lacking = set()
    return Translator(Language("xx", phrases)).text(text, lacking), lacking


def test_a_text_is_looked_for_whole_then_by_its_places_then_part_by_part():
    phrases = {
        "The stride is {stride}.": "Schritt: {stride}.",
        "The stride is 2.": "Doppelschritt.",
        "{one} and {two}": "{one} und {two}",
        "red": "rot",
        "Colours: {colours}.": "Farben: {colours}.",
    }
    assert said(phrases, "The stride is 2.") == ("Doppelschritt.", set())
    assert said(phrases, "The stride is $3 \\times 1$. The stride is 4.") == ("Schritt: $3 \\times 1$. Schritt: 4.", set())
    assert said(phrases, "Colours: red and red.") == ("Farben: rot und rot.", set())
    table = "| red | 7 |\n| --- | --- |\n| red | $x$ |"
    assert said(phrases, f"- red\n- The stride is 2.\n\n{table}")[0] == (
        "- rot\n- Doppelschritt.\n\n" + table.replace("red", "rot")
    )
    assert said(phrases, "Colours: red and blue. The stride is 2.") == (
        "Colours: red and blue. Doppelschritt.",
        {"Colours: red and blue."},
    )


@pytest.mark.parametrize(
    "text", ["7", "a = 0, b = 1", "$\\lfloor x \\rfloor$", "`conv2d(image)`", "$$\\begin{bmatrix} 1 \\end{bmatrix}$$", ""]
)
def test_numbers_formulas_and_code_need_no_translation(text):
    assert said({}, text) == (text, set())


def test_thousands_are_parted_by_a_thin_blank_for_a_comma_is_a_decimal_elsewhere():
    text = said({"{n} images": "{n} Bilder"}, "12,345,678 images")[0]
    assert text == "12\u202f345\u202f678 Bilder"
    assert said({}, "3,0 1.234,5 1,23")[0] == "3,0 1.234,5 1,23"
    formula = said({}, "$12{,}345$")[0][1:-1]
    assert maths.signs(formula) == "12 345" and '"12\u202f345"' in maths.typst(formula)


LETTERS = st.text("ab .", min_size=1, max_size=3)


@given(st.lists(st.tuples(LETTERS, LETTERS), min_size=1, max_size=4), LETTERS, st.text("ab .", max_size=9))
def test_a_pattern_fits_as_a_regular_expression_does(pairs, last, other):
    literals = [*(literal for literal, _ in pairs), last]
    english = "".join(f"{literal}{{p{nth}}}" for nth, literal in enumerate(literals[:-1])) + last
    regular = re.compile("(.+?)".join(map(re.escape, literals)))
    for text in ("".join(literal + value for literal, value in pairs) + last, other):
        expected = regular.fullmatch(text)
        found = Pattern.of(english, english).held(text)
        assert (tuple(found.values()) if found else None) == (expected.groups() if expected else None)


def test_a_place_that_comes_twice_holds_the_same():
    pattern = Pattern.of("{n} of {n}", "{n}")
    assert pattern.held("3 of 3") == {"n": "3"} and pattern.held("3 of 4") is None


def test_what_is_still_english_is_told():
    variant = draw_variants(find("output-size"), "seed", ["1"])[0]
    language = Language("fr", {"the stride is ignored.": "le pas est ignoré."})
    french = translated(variant, language)
    assert french.stem == variant.stem and french.untranslated
    assert "le pas est ignoré." in {one.sentence for one in french.wrong}
    assert "the stride is ignored." not in french.untranslated
    assert translated(variant, Language()).untranslated == ()


def test_options_that_would_read_alike_are_refused():
    variant = next(one for one in draw_variants(find("transfer-advantages"), "seed", list("abc")))
    same = {option.text: "pareil" for option in variant.answer.options}
    with pytest.raises(UserError, match="two options read alike in its language 'fr'"):
        translated(variant, Language("fr", same))


def test_the_skeleton_leaves_places_for_what_varies():
    texts = ["A kernel of 3 pixels, 2 times, gives $4 + 1$.", "A kernel of 5 pixels, 2 times, gives $7 + 1$.", "Only 2."]
    assert generalised(texts) == ["A kernel of {a} pixels, 2 times, gives {b}.", "Only 2."]


class Echo(Mapping):
    """A language that has a phrase for everything: the English one, each word between signs."""

    def __getitem__(self, english):
        return re.sub(r"(?<!\{)\b[A-Za-z]{2,}\b(?!\})", lambda word: f"«{word[0]}»", english)

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 1

    def get(self, english, default=None):
        return self[english]

    def __contains__(self, english):
        return True


def words(text):
    """Return the words of a text that are not between signs; formulas, code and names apart."""
    text = re.sub(r"\$+.+?\$+|`.+?`|«.+?»|\\\(.+?\\\)", " ", text, flags=re.DOTALL)
    return set(re.findall(r"[^\W\d_]{2,}", text))


def shown(html):
    """Return what a reader of a page sees and hears."""
    html = re.sub(r"<(style|script|svg|math|code|bdi)\b.*?</\1>", " ", html, flags=re.DOTALL)
    labels = " ".join(re.findall(r'aria-label="(.*?)"', html))
    return unescape(re.sub(r"<[^>]*>", " ", html) + labels)


def test_every_word_around_the_questions_is_said_in_the_language():
    quiz = making.read(EXAMPLE)
    made = making.make(quiz, "seed", [Owner("s1@x.org", "Ada")])
    language = Language("xx", Echo())
    echo = replace(
        made,
        quiz=replace(quiz, title="7", description="", language=language),
        versions=tuple(
            replace(version, variants=tuple(translated_by(variant, language) for variant in version.variants))
            for version in made.versions
        ),
    )
    own = {"Ada", "org", "answers", "txt", "JavaScript", *"-".join(v.code for v in echo.versions).split("-")}
    version = echo.versions[0]
    assert words(shown(page.files(echo)[f"self-check/{version.code}.html"].decode())) - own - words(version.code) == set()
    for files in (markdown.files(echo), answer_files.files(echo)):
        for name, content in files.items():
            if name.endswith((".md", ".txt")):
                text = re.sub(r"\]\(.*?\)|^version = .*$|^#+ .*version.*$", "]", content.decode(), flags=re.MULTILINE)
                assert words(text) - own - words(version.code) <= {"svg", "pictures"}, name
    xml = moodle.files(echo)["moodle.xml"].decode()
    for text in re.findall(r"<(?:questiontext|generalfeedback|feedback).*?<!\[CDATA\[(.*?)\]\]>", xml, re.DOTALL):
        assert words(shown(text)) - {"NUMERICAL"} == set()
    answers = read_file(f"version = {version.code}\n1 r1 = 1 2\n2 = Z\n9 = A\nhello\n".encode(), "a.txt")
    graded = grade(echo, answers)
    assert set().union(*(words(mark.sentence) for mark in graded.marks)) == set()
    document = _document(echo, graded, [])
    assert set().union(*(words(test["name"]) for test in document["tests"])) == set()


def translated_by(variant, language):
    """Return a variant with each word between signs."""
    from quizzes.languages.translating import with_texts

    return with_texts(variant, lambda text: language.phrases[text] if "$$" not in text and "`" not in text else "7")


@pytest.mark.costly
def test_a_quiz_in_german_from_its_file_to_its_marks(tmp_path):
    path = tmp_path / "quiz.toml"
    path.write_text(EXAMPLE.read_text().replace('language = "en"', 'language = "de"'))
    result = CliRunner().invoke(command, ["make", str(path), "--seed", "s", "--out", str(tmp_path / "out")])
    assert result.exit_code == 0 and "still" not in result.output, result.output
    made = quiz_json.read((tmp_path / "out" / "teacher" / "quiz.json").read_bytes())
    assert made.quiz.title == "Faltungsnetze" and made.quiz.language == catalogue.find("de", ROOT)
    version = made.versions[0]
    html = (tmp_path / "out" / "self-check" / f"{version.code}.html").read_text()
    assert '<html lang="de">' in html and "Aufgabe 1 (4 Punkte)" in html and "Zum Üben: <code>" in html
    variant = version.variants[0]
    assert mark(variant, {}, made.quiz.language).sentence == "Nicht beantwortet."
    wrong = {"r1c1": "x"}
    assert re.fullmatch(
        r"\d von 16 Feldern sind richtig; prüfen: Zeile a = 0, b = 0, Spalte g; .* weitere\. „x“ ist keine Zahl\.",
        mark(variant, wrong, made.quiz.language).sentence,
    )


def test_a_catalogue_of_ones_own(tmp_path):
    runner = CliRunner()
    (tmp_path / "quiz.toml").write_text(QUIZ)
    begun = runner.invoke(command, ["texts", str(tmp_path / "quiz.toml"), "--language", "fr"])
    assert begun.exit_code == 0
    text = begun.output
    assert '"A detector lays a grid of {a} by {b} cells over an image." = ""' in text
    (tmp_path / "fr.toml").write_text(text)
    (tmp_path / "quiz.toml").write_text('language = "./fr.toml"\n' + QUIZ)
    arguments = ["make", str(tmp_path / "quiz.toml"), "--variants", "30", "--out", str(tmp_path / "o"), "--format", "json"]
    made = runner.invoke(command, arguments)
    empty = sum(line.endswith(' = ""') for line in text.splitlines())  # a few of several sentences are one entry there
    found = re.search(r"(\d+) texts are still in English: ", made.output)
    assert found and abs(int(found[1]) - empty) < 5, made.output
    text = text.replace(
        '{b} cells over an image." = ""',
        '{b} cells over an image." = "Un détecteur pose une grille de {a} fois {b} cases sur une image."',
    )
    (tmp_path / "fr.toml").write_text(text)
    quiz = making.read(tmp_path / "quiz.toml")
    variant = making.make(quiz, "s", [Owner("1")]).versions[0].variants[0]
    assert variant.stem.startswith("Un détecteur pose ")
    left = runner.invoke(command, ["texts", str(tmp_path / "quiz.toml")]).output.splitlines()
    title = '"quiz" = ""'  # once a quiz has a language, its title is an instructor's own affair
    assert set(begun.output.splitlines()) - set(left) == {
        title,
        *(line for line in begun.output.splitlines() if "A detector lays" in line),
    }


def test_ones_own_words_go_before_ours(tmp_path):
    (tmp_path / "own.toml").write_text('code = "de"\n[questions]\n"kernel" = "Faltungskern"\n')
    language = catalogue.find("own.toml", tmp_path)
    assert in_language("kernel", language) == "Faltungskern" and in_language("height", language) == "Höhe"
    (tmp_path / "words.toml").write_text('code = "en"\n[questions]\n"kernel" = "filter"\n')
    assert in_language("kernel", catalogue.find("words.toml", tmp_path)) == "filter"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("code = 7", "code must be a text"),
        ('code = "French"', "code must be a language as HTML names it, such as fr or pt-BR, not 'French'"),
        ('code = "fr"\n[questions]\n"{n} pixels" = "pixels"', "'{n} pixels': the translation lacks {n}"),
        ('code = "fr"\n[program]\n"pixels" = "{n} pixels"', "'pixels': the English has no {n}"),
        ('code = "fr"\n[questions]\n"{a} of {b}{c}" = "{a} de {b}{c}"', "there must be words between two places"),
        ('code = "fr"\n[questions]\n"{a}" = "{a}"', "there must be words beside the places"),
        ('code = "fr"\n[questions]\n"a" = 3', "must be a text"),
        ("code = ", "Invalid value"),
        ('code = "fr"\n[texts]\n', "texts"),
    ],
)
def test_a_catalogue_that_cannot_be_used(tmp_path, content, problem):
    (tmp_path / "fr.toml").write_text(content)
    with pytest.raises(UserError, match=re.escape(problem)) as told:
        catalogue.find("fr.toml", tmp_path)
    assert "fr.toml" in str(told.value)


@pytest.mark.parametrize("asked", ["xx", "./missing.toml", ".", "German"])
def test_a_language_that_is_not_there(tmp_path, asked):
    (tmp_path / "quiz.toml").write_text(f"language = {json.dumps(asked)}\n" + QUIZ)
    result = CliRunner().invoke(command, ["make", str(tmp_path / "quiz.toml"), "--out", str(tmp_path / "o")])
    assert isinstance(result.exception, UserError) and "quiz.toml" in str(result.exception)
