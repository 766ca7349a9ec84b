"""The Canvas package in the real importers: New Quizzes, classic quizzes, PrairieLearn.

They are not part of this project: CONVGRADE_IMPORTERS names the folder where they lie, in nq/, cl/ and pl/. Without it
these tests are skipped; tests/quizzes/exports/test_canvas.py holds the rules that were found with them.
"""

import json
import os
import re
import subprocess
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from quizzes.exports import canvas, qti
from quizzes.grading.marking import believed_in_cell, cells
from quizzes.question import Choice, Grid, Number, written
from quizzes.text.markdown import html_with_latex, inline_html_with_latex
from tests.quizzes.exports.as_made import as_made
from tests.quizzes.exports.canvas_samples import everything

FOLDER = os.environ.get("CONVGRADE_IMPORTERS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="CONVGRADE_IMPORTERS names no folder with the real importers")

DRIVERS = Path(__file__).with_name("drivers")
COMMANDS = {
    "new": ["ruby", str(DRIVERS / "new_quizzes.rb")],
    "classic": ["ruby", str(DRIVERS / "classic.rb")],
    "prairielearn": ["node", str(DRIVERS / "prairielearn.mjs")],
}
MODES = {"blanks": {}, "dropdowns and solutions": {"grids": "dropdowns", "steps": True}}
VARIANTS = [(entry, one) for entry, group in everything().groups() for one in group]
POINTS = 1.5


@cache
def package(mode: str) -> bytes:
    return canvas.files(everything(), **MODES[mode])["canvas.zip"]


@cache
def arrived(importer: str, mode: str) -> dict[str, dict]:
    """Return what an importer makes of each question, by its ident."""
    found = imported(importer, package(mode))
    assert [each["ident"] for each in found] == [one.id for _, one in VARIANTS]
    return {each["ident"]: each for each in found}


def imported(importer: str, content: bytes) -> list[dict]:
    """Return what an importer makes of each question of a package."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "quiz.zip")
        path.write_bytes(content)
        run = subprocess.run([*COMMANDS[importer], str(path)], capture_output=True, timeout=120)
    assert run.returncode == 0, run.stderr.decode()
    return json.loads(run.stdout)


def questions(kind: type, importer: str, mode: str):
    """Go through the variants with this kind of answer, each with what arrived of it."""
    found = arrived(importer, mode)
    yield from ((one, found[one.id], found[one.id]["answers"]) for _, one in VARIANTS if isinstance(one.answer, kind))


def same(html: str) -> str:
    """Return HTML as it is written in one way: importers write br, quotes and signs in theirs."""
    html = html.replace("&quot;", '"').replace("&#39;", "'").replace(" />", ">").replace("/>", ">").replace("&gt;", ">")
    return " ".join(html.replace(qti._marked("&lt;")[4:], "").split())


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("importer", COMMANDS)
def test_every_question_arrives_with_its_group_points_text_and_pictures(importer, mode):
    found = arrived(importer, mode)
    for _, one in VARIANTS:
        each = found[one.id]
        assert each["group"]["pick"] == 1 and each["group"]["points_per_item"] == POINTS
        assert each["points"] == POINTS and not each["images_missing"] and not each.get("warnings")
        folder = "web_resources/" if importer == "prairielearn" else ""
        assert each["images"] == ([folder + qti.image(one)] if one.picture else [])
        if one.picture:
            assert same(each["stem_html"]).count("<img" if importer != "prairielearn" else "<pl-figure") == 1
        if not isinstance(one.answer, Grid):
            assert same(each["stem_html"]).startswith(same(html_with_latex(one.stem)))


@pytest.mark.parametrize("importer", COMMANDS)
def test_numbers(importer):
    for one, _, answers in questions(Number, importer, "blanks"):
        value, margin = float(one.answer.value), float(one.answer.tolerance)
        match importer:
            case "new":
                (scored,) = answers["scoring"]
                assert scored["type"] == ("marginOfError" if margin else "exactResponse")
                assert (float(scored["value"]), float(scored.get("margin", 0))) == (value, margin)
            case "classic":
                (scored,) = answers["answers"]
                assert (scored["weight"], scored["numerical_answer_type"]) == (100, "exact_answer")
                assert (scored["exact"], scored["margin"]) == (value, margin)
            case _:
                assert answers["answer"]["correctValue"] == pytest.approx(value)
                assert answers["answer"].get("tolerance", 0) == pytest.approx(margin)


@pytest.mark.parametrize("importer", COMMANDS)
def test_options_with_what_is_said_to_each(importer):
    for one, each, answers in questions(Choice, importer, "blanks"):
        options = one.answer.options
        texts = [same(inline_html_with_latex(option.text)) for option in options]
        told = [f"<p>{same(inline_html_with_latex(option.sentence))}</p>" for option in options]
        match importer:
            case "new":
                right = {scored["values"] for scored in answers["scoring"]}
                feedback = {said["response_value"]: said["feedback"] for said in answers["answer_feedback"]}
                read = [(c["item_body"], c["id"] in right, feedback[c["id"]]) for c in answers["choices"]]
                assert answers["cardinality"] == ("Multiple" if one.answer.several else "Single")
            case "classic":
                read = [
                    (a.get("html", a["text"]), a["weight"] == 100, f"<p>{a.get('comments_html', a['comments'])}</p>")
                    for a in answers["answers"]
                ]
                assert each["type"] == f"multiple_{'answers' if one.answer.several else 'choice'}_question"
            case _:
                feedback = answers["feedback"]["perAnswer"]
                read = [(c["html"], c["correct"], feedback[c["html"]]) for c in answers["choices"]]
        assert [(same(text), right, same(said)) for text, right, said in read] == [
            (text, option.right, said) for text, option, said in zip(texts, options, told)
        ]


@pytest.mark.parametrize("importer", COMMANDS)
def test_grids_to_fill_in(importer):
    for one, each, answers in questions(Grid, importer, "blanks"):
        accepted = {name: qti.spellings(one.answer.values[row][column]) for name, row, column in cells(one.answer)}
        match importer:
            case "new":
                read: dict[str, list[str]] = {name: [] for name in accepted}
                for scored in answers["scoring"]:
                    read[scored["parent_identifier"].removeprefix("response_")].append(scored["values"])
                assert read == accepted
                pieces = answers["stem_items"]
                assert [piece["blank_id"] for piece in pieces if piece["type"] == "blank"] == [
                    f"response_{name}" for name in accepted
                ]
                blanks = [piece["blank_name"] for piece in pieces if piece["type"] == "blank"]
                assert blanks == [texts[0] for texts in accepted.values()]
                assert len(pieces) == 2 * len(accepted)  # nothing else was taken for a blank
            case "classic":
                assert {(a["blank_id"], a["text"], a["weight"]) for a in answers["answers"]} == {
                    (name, text, 100) for name, texts in accepted.items() for text in texts
                }
            case _:
                assert {blank["id"]: blank["correctText"] for blank in answers["blanks"]} == {
                    name: texts[0] for name, texts in accepted.items()
                }
        assert re.findall(r"\[(r\d+c\d+)\]", each["stem_html"]) == list(accepted)


@pytest.mark.parametrize("importer", COMMANDS)
def test_grids_of_dropdowns_with_what_is_said_to_each_wrong_value(importer):
    for one, _, answers in questions(Grid, importer, "dropdowns and solutions"):
        keys = {name: written(one.answer.values[row][column]) for name, row, column in cells(one.answer)}
        hints = {
            (name, written(value)): f"<p>{inline_html_with_latex(wrong.hint)}</p>"
            for name, row, column in cells(one.answer)
            for value, wrong in believed_in_cell(one, row, column).items()
        }
        match importer:
            case "new":
                texts = {choice["id"]: choice["item_body"] for blank in answers["blanks"] for choice in blank["choices"]}
                right = {
                    scored["id"].removeprefix("response_"): scored["values"]["item_body"] for scored in answers["scoring"]
                }
                said = {
                    (told["response_id"].removeprefix("response_"), texts[told["response_value"]]): told["feedback"]
                    for told in answers.get("answer_feedback", [])
                }
                assert {name: same(html) for name, html in said.items()} == {
                    name: same(html) for name, html in hints.items()
                }
            case "classic":
                right = {a["blank_id"]: a["text"] for a in answers["answers"] if a["weight"] == 100}
                said = {
                    (a["blank_id"], a["text"]): f"<p>{a.get('comments_html', a['comments'])}</p>"
                    for a in answers["answers"]
                    if a.get("comments")
                }
                assert {name: same(html) for name, html in said.items()} == {
                    name: same(html) for name, html in hints.items()
                }
            case _:  # which has no feedback on dropdowns
                right = {b["id"]: c["html"] for b in answers["blanks"] for c in b["choices"] if c["correct"]}
        assert right == keys


@pytest.mark.parametrize("importer", ["new", "classic"])  # PrairieLearn drops feedback on a whole question
def test_solutions_if_asked_for(importer):
    for _, one in VARIANTS:
        answers = arrived(importer, "dropdowns and solutions")[one.id]["answers"]
        if importer == "new":
            told = answers["feedback"].get("neutral", "")
        else:
            told = answers.get("neutral_comments_html", answers.get("neutral_comments", ""))
            told = f"<p>{told}</p>" if told else ""
        steps = "<br>".join(inline_html_with_latex(step) for step in one.steps)
        assert same(told) == (f"<p>{same(steps)}</p>" if steps else ""), one.title


@pytest.mark.parametrize("importer", COMMANDS)
def test_a_quiz_as_instructors_make_it(importer):
    made = as_made()
    questions = imported(importer, canvas.files(made)["canvas.zip"])
    found = {each["ident"]: each for each in questions}
    assert len(questions) == len(found)  # variants that students share arrive once
    assert found.keys() == {one.id for version in made.versions for one in version.variants}
    for entry, variants in made.unique_groups():
        for one in variants:
            each = found[one.id]
            assert each["points"] == entry.points and not each["images_missing"] and not each.get("warnings"), one.template
            assert bool(each["images"]) == bool(one.picture)
            if len(variants) == entry.count:
                assert each["group"] is None
            else:
                assert (each["group"]["pick"], each["group"]["points_per_item"]) == (entry.count, entry.points)


@pytest.mark.parametrize("mode", MODES)
def test_the_published_dtd(mode):
    """The DTD of QTI 1.2.1, but for what Canvas added: points of a group, margins of a number."""
    etree = pytest.importorskip("lxml.etree")
    dtd = etree.DTD(str(Path(FOLDER, "cl", "QTIMigrationTool", "schemas", "ims_qtiasiv1p2p1.dtd")))
    with zipfile.ZipFile(BytesIO(package(mode))) as zipped:
        (path,) = [name for name in zipped.namelist() if re.fullmatch(r"(quiz_\w+)/\1\.xml", name)]
        text = zipped.read(path).decode()
    root = etree.fromstring(text.replace(' xmlns="http://www.imsglobal.org/xsd/ims_qtiasiv1p2"', "").encode())
    for extension in root.iter("selection_extension"):
        assert [child.tag for child in extension] == ["points_per_item"]
        extension.getparent().remove(extension)
    for equal in root.iter("varequal"):
        for name in ("margin", "margintype"):
            equal.attrib.pop(name, None)
    assert dtd.validate(root), dtd.error_log
