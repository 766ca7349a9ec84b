"""docs/class.md, followed literally: its files are written and its commands are run, in their order."""

import csv
import shutil
import time

import pytest

from tests.batch import exported
from tests.conftest import ROOT

OPTIONS = ROOT / "solutions" / "cnn" / "assignment.toml"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """What the page takes for granted: two exports of a class of five, a homework with a late policy, a machine in UTC."""
    for seed, name in enumerate(("export.zip", "second.zip")):
        exported.gradescope(tmp_path / name, exported.made_up(5, seed, mix={"correct": 50, "wrong": 50}))
    options = OPTIONS.read_text().replace("loss_per_day = 0.0", "loss_per_day = 0.1")
    (tmp_path / "homework-3.toml").write_text(options)
    monkeypatch.setenv("TZ", "UTC")
    yield tmp_path
    monkeypatch.undo()
    time.tzset()


def stands(folder):
    """Return what the grade book says of each student."""
    with (folder / "homework-3" / "gradebook.csv").open(encoding="utf-8-sig", newline="") as table:
        return {row["email"].split(".")[0]: row for row in csv.DictReader(table)}


@pytest.mark.long
def test_the_page_leads_from_an_export_to_grades(folder, read):
    reader = read("docs/class.md", folder, {"OLD": "before", "NEW": "homework-3"})
    printed = {}
    books = {}
    for step, text in reader.read(but=["convgrade compare"]):
        if not step.file:
            printed[step.text] = text
            books[step.text] = stands(folder)
        if "--attempt best" in step.text:
            shutil.copytree(folder / "homework-3", folder / "before")
    compared = " ".join(reader.do("convgrade compare OLD NEW").split())
    graded, due, extended, best, commented = list(books.values())[:5]
    said = [text for text in printed.values() if text]
    assert all(row["lost"] == "0.00" and row["late"] == "" for row in graded.values())
    assert [row["late"] for row in due.values()] == ["1 h", *(f"1 h {minutes} min" for minutes in range(1, 5))]
    assert all(float(row["total"]) == pytest.approx(0.9 * float(row["score"]), abs=0.006) for row in due.values())
    assert "Rules: due 2026-10-01 11:00 UTC." in said[1] and "Late: 5 submissions; 5 of them lost points." in said[1]
    assert [row["due"][:16] for row in extended.values()] == [
        "2026-10-02T18:00", "2026-10-04T11:00", "", "2026-10-01T11:00", "2026-10-01T11:00",
    ]  # fmt: skip
    assert [bool(float(row["lost"])) for row in extended.values()] == [False] * 4 + [True]
    assert {row["attempts"] for row in best.values()} == {"1", "2"}  # some have handed in the same again
    assert all(float(best[who]["total"]) >= float(extended[who]["total"]) for who in best)
    assert (
        "due 2026-10-01 11:00 UTC (from an earlier run), 4 extensions (from an earlier run), the best attempt counts."
        in said[3]
    )
    gained = {who: float(commented[who]["score"]) - float(best[who]["score"]) for who in best}
    assert gained["student0"] == 1 and gained["student1"] == -2 and not any(list(gained.values())[2:])
    report = folder / "homework-3" / "submissions" / commented["student0"]["key"] / "report.html"
    assert "You explain your tests well." in report.read_text()
    assert "3 comments are shown in reports" in said[4]
    last = list(books.values())[-1]
    assert last["student0"]["overrides"].endswith("-> 3 (More than nearly.)")
    assert [row["overrides"] for row in last.values() if row["key"]].count("") == 3
    with (folder / "homework-3" / "requests.csv").open(encoding="utf-8-sig", newline="") as table:
        asked = {row["Student"]: row for row in csv.DictReader(table)}
    assert asked["student3.0@example.com"]["old"] == asked["student3.0@example.com"]["new"] == last["student3"]["total"]
    assert asked["Grace Lovelace"]["why"].startswith("nothing changed")
    listed, sent = (
        " ".join(next(printed[step] for step in printed if option in step).split()) for option in ("--roster", "--feedback")
    )
    assert "1 of 6 on the class list have not submitted: Zed Absent." in listed
    assert "The class list is the one from an earlier run." in sent
    texts = {path.stem for path in (folder / "homework-3" / "feedback").iterdir()}
    assert texts == {row["key"] for row in best.values()}
    renamed = " ".join(next(printed[step] for step in printed if "--renames" in step).split())
    assert "conv.py=convolution.py, and more for 1 student." in renamed
    assert "similar submissions" in (folder / "homework-3" / "similarity.html").read_text()
    assert "comment" in compared and "student0" in compared
