"""docs/authoring.md, followed literally: its files are written and its commands are run, in their order."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "authoring.md"
STEP = re.compile(r"^(?:`(?P<file>[\w./]+)`:\n\n)?```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def follow(folder, step):
    """Do one step of the page, and return what its commands print."""
    if step["file"]:
        path = folder / step["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(step["text"])
        return ""
    assert step["kind"] == "sh", f"a block of {step['kind']} that has no file: {step['text'][:80]}"
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "-euxc", step["text"]], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, f"{step['text']}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def test_the_page_leads_to_a_homework_that_gradescope_can_take(tmp_path):
    printed = [follow(tmp_path, step) for step in STEP.finditer(PAGE.read_text())]
    assert len(printed) == 19
    assert "Score 20" in printed[12]
    assert {path.name for path in (tmp_path / "handout").iterdir()} == {"README.md", "check.pyz", "neighbours.py"}
    assert "NotImplementedError" in (tmp_path / "handout" / "neighbours.py").read_text()
    stubs = subprocess.run([sys.executable, tmp_path / "handout" / "check.pyz"], capture_output=True, text=True)
    assert stubs.returncode == 1
    assert "0 of 6 points" in stubs.stdout


def test_a_text_and_a_list_that_are_wrong_say_where(tmp_path):
    for step in STEP.finditer(PAGE.read_text()):
        if step["file"]:
            follow(tmp_path, step)
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
