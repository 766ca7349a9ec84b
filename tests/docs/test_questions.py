"""docs/questions.md, followed literally: its files are written and its commands are run, in their order."""

from tests.conftest import ROOT
from tests.docs.test_authoring import STEP, follow

PAGE = ROOT / "docs" / "questions.md"


def test_the_page_leads_to_a_quiz_of_ones_own(tmp_path):
    printed = [follow(tmp_path, step) for step in STEP.finditer(PAGE.read_text())]
    assert len(printed) == 9
    assert "An image is" not in printed[3] and "map = 14, kernel = 4" in printed[3]
    preview = printed[7]
    assert "Numbers that you can fix: image = 224" in preview and "[15, 10, 5, 2]" in preview
    assert "transposed" in preview and "row-filter" not in preview
    last = printed[8]
    assert "nothing to correct" in last and "5 questions, 8 points, 4 versions" in last
    assert (
        last.count("Height") == 0 and "A photo is 224 pixels wide." in (tmp_path / "winter/teacher/quiz.json").read_text()
    )
