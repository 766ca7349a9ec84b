"""docs/authoring.md, followed literally: its files are written and its commands are run, in their order."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.reading import steps, write


@pytest.mark.long
def test_the_page_leads_to_a_homework_that_gradescope_can_take(read, tmp_path):
    for student in ("ada", "alan"):
        (tmp_path / "EXPORT" / student).mkdir(parents=True)
    reader = read("docs/authoring.md")
    printed = [text for _, text in reader.read(but=["python check.pyz", "convgrade batch"])]
    assert any("Score 20" in text for text in printed)
    handout = tmp_path / "handout"
    assert {path.name for path in handout.iterdir()} == {"README.md", "check.pyz", "neighbours.py"}
    assert "NotImplementedError" in (handout / "neighbours.py").read_text()
    stubs = subprocess.run([sys.executable, handout / "check.pyz"], capture_output=True, text=True)
    assert stubs.returncode == 1
    assert "0 of 6 points" in stubs.stdout
    assert "Not started: 1.2" in reader.do("python check.pyz 1.2 --hint", status=1, folder=handout)
    shutil.copy(tmp_path / "knn" / "neighbours.py", tmp_path / "EXPORT" / "ada")
    shutil.copy(handout / "neighbours.py", tmp_path / "EXPORT" / "alan")
    reader.do("convgrade batch EXPORT --assignment knn --out DIR")
    with (tmp_path / "DIR" / "gradebook.csv").open(encoding="utf-8-sig", newline="") as book:
        assert {row["name"]: float(row["score"]) for row in csv.DictReader(book)} == {"ada": 20, "alan": 0}


def test_a_text_and_a_list_that_are_wrong_say_where(tmp_path):
    for step in steps(ROOT / "docs" / "authoring.md"):
        if step.file:
            write(tmp_path, step)
    master = (tmp_path / "knn" / "neighbours.py").read_text()
    (tmp_path / "neighbours.py").write_text(
        master.replace("order[:k]]", "order[:k][::-1]]").replace("key=found.count)", "key=found.count).title()")
    )
    done = subprocess.run(
        [Path(sys.executable).with_name("convgrade"), "check", "neighbours.py", "--assignment", "knn"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "In answer[0]: Expected 3, received 0. All of it: expected [3, 0], received [0, 3]." in said
    assert "Expected 'dog', received 'Dog'. Only capital letters differ." in done.stdout
