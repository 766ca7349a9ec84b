"""Moodle's own importer takes the question bank, and Moodle's own engine marks it as we do.

CONVGRADE_IMPORTERS names a folder with an installed Moodle in moodle/src; drivers/moodle.php drives it.
"""

import json
import os
import shutil
import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from quizzes.exports import moodle
from quizzes.grading import marking
from quizzes.question import Choice, Grid, Option, written
from quizzes.quiz import GeneratedQuiz
from quizzes.search import draw_variants
from quizzes.template import find
from quizzes.text.markdown import inline_html_with_latex
from quizzes.variant import Variant
from tests.quizzes.exports.as_made import as_made
from tests.quizzes.exports.by_hand import MATRIX, choice, grid, made, number, picture, variant
from tests.quizzes.exports.reading_moodle import Answer, read, seen

DRIVER = Path(__file__).parent / "drivers" / "moodle.php"
CANNOT_RUN = 3

pytestmark = [
    pytest.mark.skipif("CONVGRADE_IMPORTERS" not in os.environ, reason="CONVGRADE_IMPORTERS names no importers"),
    pytest.mark.skipif(shutil.which("php") is None, reason="there is no php"),
]

NASTY = [
    r"the set $\{1, 2\}$ and $\frac{1}{2}$, a # and \\#, } and \\}, ~ and \~ are met.",
    'a < b & c > d, "quotes", it\'s &lt;not&gt; {1:NUMERICAL:=3:0#yes} {#1} ]]> 100 %.',
    "= it starts like a key, ~%100%7#free, 漢字 ä 🙂 \N{MINUS SIGN}1, and ends in \\",
    f"**bold** `code }}~` {MATRIX}",
]


@pytest.fixture
def imported(tmp_path):
    def import_it(quiz: GeneratedQuiz, responses: dict[str, list[dict]] | None = None) -> dict:
        (tmp_path / "moodle.xml").write_bytes(moodle.files(quiz)["moodle.xml"])
        (tmp_path / "responses.json").write_text(json.dumps(responses or {}))
        done = subprocess.run(
            ["php", DRIVER, tmp_path / "moodle.xml", tmp_path / "responses.json"],
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode == CANNOT_RUN:
            pytest.skip(f"Moodle does not run: {done.stdout[:300]}")
        out = json.loads(done.stdout)
        assert out["imported"] and out["errors"] == [] and "warnings" not in out, out["errors"]
        for results in out.get("results", {}).values():
            assert not any("problems" in result or "error" in result for result in results), results
        return out

    return import_it


def _same_bank(out: dict, quiz: GeneratedQuiz) -> None:
    """What is stored is what our own reader finds in the file: so what is tested there holds for Moodle."""
    _, questions = read(moodle.files(quiz)["moodle.xml"])
    assert len(out["questions"]) == len(questions)
    kinds = {"cloze": "multianswer"}
    for stored, ours in zip(out["questions"], questions, strict=True):
        assert stored["name"] == ours.name
        assert stored["qtype"] == kinds.get(ours.kind, ours.kind)
        assert stored["idnumber"] == ours.idnumber
        assert stored["category"] == ours.category.removeprefix("$course$/")
        assert stored["defaultmark"] == (len(ours.cells) or float(ours.points))
        assert stored["questiontext"] == ours.stem
        assert stored["generalfeedback"] == ours.general
        assert stored["tags"] == ours.tags
        assert stored["files_missing"] == []
        assert {file["name"]: file["bytes"] for file in stored["files"]} == {
            name: len(content) for name, content in ours.files.items()
        }
        assert stored["answers"] == _as_stored(ours.answers, ours.kind == "numerical")
        assert [(cell["weight"], cell["answers"]) for cell in stored["subquestions"]] == [
            (weight, _as_stored(answers, True, cell=True)) for weight, answers in ours.cells
        ]


def _as_stored(answers: list[Answer], numerical: bool, cell: bool = False) -> list[dict]:
    return [
        {"answer": answer.text, "fraction": pytest.approx(float(answer.percent / 100), abs=1e-7)}
        | ({"tolerance": "" if cell and answer.text == "*" else written(answer.tolerance)} if numerical else {})
        | {"feedback": answer.feedback}
        for answer in answers
    ]


def _with_sentences(variant: Variant, *sentences: str) -> Variant:
    told = tuple(replace(one, sentence=sentence) for one, sentence in zip(variant.wrong, sentences, strict=True))
    return replace(variant, wrong=told)


def test_a_template_s_questions_are_marked(imported):
    variants = tuple(draw_variants(find("output-size"), "seed", [str(place) for place in range(20)]))
    quiz = made(variants, points=(2.5,), counts=(2,))
    responses = {
        f"output-size {place:03}": [
            {"answer": str(text)}
            for text in [variant.certificate.key, f" {variant.certificate.key} ", *variant.certificate.wrong.values(), 9999]
        ]
        for place, variant in enumerate(variants, start=1)
    }
    out = imported(quiz, responses)
    _same_bank(out, quiz)
    for results, asked in zip(out["results"].values(), variants, strict=True):
        right, spaced, *wrong, other = results
        assert right["fraction"] == spaced["fraction"] == 1 and right["mark"] == 2.5
        assert right["feedback"] == ["Right."]
        assert [result["fraction"] for result in wrong] == [0] * len(asked.wrong)
        assert [result["feedback"] for result in wrong] == [[_shown(one.hint)] for one in asked.wrong]
        assert (other["fraction"], other["feedback"]) == (0, ["Wrong."])


def _shown(text: str) -> str:
    return seen(inline_html_with_latex(text))


def test_numbers_with_tolerance_decimals_and_a_unit(imported):
    asked = number(Fraction(-5, 4), "%", Fraction(1, 10), picture=picture('1 < 2 & "3"'))
    quiz = made((asked,), points=(1.25,))
    typed = ["-1.25", "-1.35", "-1.15", "-1.36", "1.25", "0.75", "77"]
    out = imported(quiz, {"by-hand 001": [{"answer": text} for text in typed]})
    _same_bank(out, quiz)
    assert [result["fraction"] for result in out["results"]["by-hand 001"]] == [1, 1, 1, 0, 0, 0, 0]
    for result, text in zip(out["results"]["by-hand 001"], typed, strict=True):
        ours = marking.mark(asked, {"": text})
        assert (result["fraction"], result["feedback"]) == (ours.credit, [_shown(ours.sentence)])
    (stored,) = out["questions"]
    assert stored["files"][0]["mimetype"] == "image/svg+xml"


def test_a_grid_is_marked_cell_by_cell(imported):
    first = _with_sentences(grid(("a~b", "{#1} }"), (r"$\{1\}$", "{1:NM:=1}", "c")), *NASTY[:2])
    others = [
        _with_sentences(grid(stem=f"{text} {MATRIX}", steps=(text,)), text, NASTY[place])
        for place, text in enumerate(NASTY)
    ]
    assert isinstance(first.answer, Grid)
    places = marking.cells(first.answer)
    key, flipped, halved = [
        [values[row][column] for _, row, column in places]  # type: ignore[index]
        for values in (first.answer.values, *(one.answer for one in first.wrong))
    ]
    typed = [key, key[:3] + flipped[3:], flipped, halved, [99] * 6]
    responses = [
        {f"sub{place}_answer": written(value) for place, value in enumerate(values, start=1)}  # type: ignore[arg-type]
        for values in typed
    ]
    quiz = made((first, *others))
    out = imported(quiz, {f"by-hand {place:03}": responses for place in range(1, 6)})
    _same_bank(out, quiz)
    for results, asked in zip(out["results"].values(), (first, *others), strict=True):
        # In one cell the flipped kernel gives the key.
        assert [result["fraction"] for result in results] == pytest.approx([1, 1 / 2, 1 / 6, 0, 0])
        for result, values in zip(results, typed, strict=True):
            for cell, value, right, (_, row, column) in zip(result["subquestions"], values, key, places, strict=True):
                told = marking.believed_in_cell(asked, row, column)
                expected = "Right." if value == right else told[value].hint if value in told else "Wrong."
                assert (cell["fraction"], cell["feedback"]) == (float(value == right), _shown(expected))


def test_several_options_are_marked(imported):
    pool = tuple(
        choice(rights, options, several=True, stem=f"Which {rights} of {options}?")
        for options in range(2, 9)
        for rights in range(1, options)
    )
    quiz = made(pool)
    responses = {}
    for place, asked in enumerate(pool, start=1):
        right, everything = _places(asked)
        ticked = [right, [*right, 0], right[1:], everything]
        responses[f"by-hand {place:03}"] = [{"answers": places} for places in ticked]
    out = imported(quiz, responses)
    _same_bank(out, quiz)
    for asked, results in zip(pool, out["results"].values(), strict=True):
        right, everything = _places(asked)
        full, too_many, too_few, all_of_them = (result["fraction"] or 0 for result in results)
        assert full == pytest.approx(1, abs=1e-5)
        assert results[0]["state"] == "gradedright" and results[0]["combined_feedback"] == "Right."
        assert results[0]["feedback"] == [f"Sentence {place}." for place in right]
        assert too_many == pytest.approx(1 - 2 / len(everything), abs=0.02)  # as quizzes.grading.marking has it
        assert too_few == pytest.approx(1 - 1 / len(right), abs=1e-5)
        assert all_of_them == pytest.approx(max(0, 2 * len(right) / len(everything) - 1), abs=0.1)


def test_one_option_is_right(imported):
    options = tuple(Option(text, place == 2, text) for place, text in enumerate(NASTY))
    by_hand, drawn = (
        variant(Choice(options), stem="Which?"),
        draw_variants(find("output-size"), "seed", ["1"], as_choice=True)[0],
    )
    quiz = made((by_hand,), (drawn,))
    responses = [{"answer": place} for place in range(4)]
    out = imported(quiz, {"by-hand 001": responses, "output-size 001": responses})
    _same_bank(out, quiz)
    for asked, results in zip((by_hand, drawn), out["results"].values(), strict=True):
        assert isinstance(asked.answer, Choice)
        for result, option in zip(results, asked.answer.options, strict=True):
            assert (result["fraction"], result["feedback"]) == (option.right, [_shown(option.sentence)])


def _places(variant: Variant) -> tuple[list[int], list[int]]:
    """The places of the right options, and of all."""
    assert isinstance(variant.answer, Choice)
    everything = list(range(len(variant.answer.options)))
    return [place for place in everything if variant.answer.options[place].right], everything


def test_a_bank_of_many_questions(imported):
    grids = tuple(grid(stem=f"{MATRIX} Question {place}") for place in range(100))
    numbers = tuple(
        number(place, "pixels", stem=f"漢字 **a** *b* {place}?", picture=picture(f"{place}")) for place in range(3, 103)
    )
    choices = tuple(choice(stem=f"Which of {place}?") for place in range(100))
    quiz = made(grids, numbers, choices, title="A larger / bank")
    out = imported(quiz)
    assert [question["category"].split("/")[-1] for question in out["questions"]] == [
        f"{place:02} by-hand" for place in (1, 2, 3) for _ in range(100)
    ]
    _same_bank(out, quiz)


def test_a_quiz_as_instructors_make_it(imported):
    quiz = as_made()
    out = imported(quiz)
    _same_bank(out, quiz)
    assert [stored["idnumber"] for stored in out["questions"]] == [
        one.id for group in quiz.unique_groups() for one in group.variants
    ]
    for stored, points in zip(
        out["questions"], [group.entry.points for group in quiz.unique_groups() for _ in group.variants]
    ):
        assert stored["defaultmark"] == points or stored["qtype"] == "multianswer"  # whose marks are those of its cells


@pytest.mark.parametrize("title", ["/", "a/b", "/ a", "a /", "x" * 300, "1 < 2", "<b> & c", "$course$", "漢字"])
def test_odd_titles(imported, title):
    name = title.replace("<", "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}")[:200].replace("/", "//")
    (question,) = imported(made((number(),), title=title))["questions"]
    assert question["category"] == f"top/{name}/01 by-hand"
