"""docs/questions.md, followed literally: its files are written and its commands are run, in their order."""

import pytest


@pytest.mark.long
def test_the_page_leads_to_a_quiz_of_ones_own(read, tmp_path):
    reader = read("docs/questions.md", words={"NAME": "output-size"})
    printed = {step.file or step.text: text for step, text in reader.read()}
    fixed = printed["convgrade quiz preview course/questions/transposed.toml --number map=14 --number kernel=4"]
    assert "An image is" not in fixed and "map = 14, kernel = 4" in fixed
    assert "Numbers that you can fix: image = 224" in printed["convgrade quiz preview output-size --number image=224"]
    assert "[15, 10, 5, 2]" in printed["convgrade quiz preview dense-weights --lecture"]
    listed = printed["convgrade quiz list --bank course/questions --topic size"]
    assert "transposed" in listed and "row-filter" not in listed
    made = "convgrade quiz make course/quiz.toml --variants 4 --seed winter --out winter"
    last = printed["convgrade quiz verify course/quiz.toml"] + printed[made] + printed["convgrade quiz key winter"]
    assert "nothing to fix" in last and "5 questions, 8 points, 4 versions" in last
    assert (
        last.count("Height") == 0 and "A photo is 224 pixels wide." in (tmp_path / "winter/teacher/quiz.json").read_text()
    )
