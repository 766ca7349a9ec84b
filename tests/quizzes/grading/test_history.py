"""Templates over all terms: each answer counts once, in whatever folders its gradings lie; and the pages fit any screen."""

import csv
import io
import json
from dataclasses import replace

import pytest

from common.errors import UserError
from quizzes.grading import history, report
from quizzes.grading.statistics import statistics
from quizzes.roster import Owner
from tests.browsing import assert_accessible
from tests.quizzes.grading.test_statistics import a_class

CREDITS = [[1, 0.5, 1, 0], [0, 0.5, 1, 1], [1, 1, 1, 1]]
OTHERS = [[0, 0, 0, 0], [1, 0, 1, 0]]


def keep(folder, credits, first=0, title="Made up"):
    """Grade a class whose students have the ids first, first + 1, ..."""
    made, graded = a_class(credits, [Owner(str(first + number)) for number in range(len(credits))])
    graded = [replace(one, student=one.version.owner.id) for one in graded]
    made = replace(made, quiz=replace(made.quiz, title=title))
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in report.files(made, graded, statistics(made, graded), []).items():
        (folder / name).write_bytes(content)
    return folder


def test_gradings_are_pooled_by_their_students(tmp_path):
    keep(tmp_path / "a" / "graded", CREDITS), keep(tmp_path / "b", OTHERS, first=50, title="Another quiz")
    gradings, said = history.read([tmp_path])
    assert not said and [grading.quiz for grading in gradings.values()] == ["Made up", "Another quiz"]
    (line,) = history.lines(gradings)
    assert line.tally.asked == 20  # five students, four questions each
    assert line.tally.difficulty == pytest.approx((sum(map(sum, CREDITS)) + sum(map(sum, OTHERS))) / 20)
    rows = list(csv.reader(io.StringIO(history.files(gradings)["history.csv"].decode("utf-8-sig"))))
    assert rows[0][-2:] == [str(tmp_path / "a" / "graded"), str(tmp_path / "b")]
    assert rows[1][:4] == ["Tests", "made-up", "2", "20"] and rows[1][-2:] == ["0.75", "0.25"]


def test_the_same_answers_count_once(tmp_path):
    keep(tmp_path / "once", CREDITS), keep(tmp_path / "twice", CREDITS), keep(tmp_path / "whole", [*CREDITS, *OTHERS])
    gradings, said = history.read([tmp_path, tmp_path / "whole"])
    assert list(gradings) == [str(tmp_path / "whole")]
    whole = tmp_path / "whole"
    assert said == [
        f"{tmp_path / name} is left out: 3 of its 3 answers are graded in {whole} too" for name in ("once", "twice")
    ]


def test_folders_that_hold_no_gradings(tmp_path):
    keep(tmp_path / "good", CREDITS)
    (tmp_path / "empty").mkdir()
    for folder in (tmp_path / "empty", tmp_path / "none"):
        with pytest.raises(UserError, match="holds no grading: `convgrade quiz grade --out` writes"):
            history.read([tmp_path / "good", folder])


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b'{"quiz": 3}', b'{"quiz": "x", "answers": [], "items": 1}']
)
def test_a_file_that_is_no_grading(tmp_path, content):
    (tmp_path / history.FILE).write_bytes(content)
    with pytest.raises(UserError, match=history.FILE):
        history.read([tmp_path])


def test_no_id_stands_in_what_is_kept(tmp_path):
    made, graded = a_class(CREDITS, [Owner(f"ada{number}@example.com") for number in range(3)])
    kept = history.written(made, graded, [])
    assert b"ada" not in kept and len(json.loads(kept)["answers"]) == 3


@pytest.mark.costly
@pytest.mark.parametrize("name", ["report.html", "history.html"])
def test_a_page_fits_any_screen(tmp_path, browser, name):
    long = "a-name-of-a-misconception-or-template-that-is-long-enough-for-any-chart" * 2
    made, graded = a_class(CREDITS, misconceptions=[long, long, ""])
    made = replace(made, quiz=replace(made.quiz, title=long))
    files = report.files(made, graded, statistics(made, graded), [f"/{long}{long}/answers.txt: it holds no answers"])
    (tmp_path / history.FILE).write_bytes(files[history.FILE])
    files |= history.files(history.read([tmp_path])[0])
    page = browser.new_page()
    page.set_content(files[name].decode())
    for width in (1100, 375, 320):
        page.set_viewport_size({"width": width, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for drawing in page.query_selector_all("svg"):
            box, around = drawing.bounding_box(), drawing.evaluate_handle("one => one.parentElement").bounding_box()
            assert box["width"] <= around["width"] or width < 600  # then it scrolls
    assert_accessible(page, 1100, 375)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(20, 24, 31)"
    assert "invert" in page.evaluate("getComputedStyle(document.querySelector('svg')).filter")
    page.close()
