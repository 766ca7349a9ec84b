"""The class's tables: read back by the csv module, and by the rules of Canvas's importer."""

import csv
import io
import re
import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.models import CheckResult, HandedIn, Result, Student
from batch.platforms import gradebook
from common.errors import UserError
from quizzes.tables import text_of
from tests.batch.classes import stand

TABLES = ("gradebook.csv", "gradescope.csv", "canvas.csv")


def result(scores, error="", remarks=()):
    checks = tuple(
        CheckResult(number, f"check {number}", "Part", "passed" if score else "wrong", score, 5.0, "", "")
        for number, score in scores.items()
    )
    return Result("digest", round(sum(scores.values()), 2), 100.0, 1.5, checks, {}, remarks, error)


def handed_in(key, *students, submitted="", note=""):
    return HandedIn(key, students, submitted, Path("nowhere"), None, note)


ADA = Student("Ada Lovelace", "ada@example.com", "007")
EVE = Student("=Eve", "eve@example.com", "8")
NOON = "2026-10-01T12:00:00.500000-07:00"
CLASS = [
    (handed_in("submission_4", Student("Grace Hopper", "", "-5")), result({"1.2": 4.0}, "The grader itself failed.")),
    (handed_in("submission_2", ADA, EVE, submitted=NOON), result({"1.2": 2.255, "1.10": -0.001})),
    (
        handed_in("submission_3", Student("Points Possible"), note="a.zip is empty"),
        result({"1.2": -1.0, "2.1": 1000.25}, remarks=("b.7z was not unpacked", "So it is.")),
    ),
    (handed_in("submission_1", Student("Zoë, Alan; =Turing"), note="it is empty"), result({}, "it holds no files")),
]
GRADEBOOK = """\
key,name,email,sid,submitted,score,lost,total,points,due,late,attempt,attempts,\
1.2 check 1.2,1.2 verdict,1.10 check 1.10,1.10 verdict,2.1 check 2.1,2.1 verdict,overrides,comment points,error,remarks
submission_1,"Zoë, Alan;' =Turing",,,,,,,100.00,,,1,1,,,,,,,,,it holds no files,it is empty
submission_2,Ada Lovelace,ada@example.com,007,2026-10-01T12:00:00.500000-07:00,2.25,0.00,2.25,100.00,,,1,1,\
2.25,passed,0.00,passed,,,,,,
submission_2,'=Eve,eve@example.com,8,2026-10-01T12:00:00.500000-07:00,2.25,0.00,2.25,100.00,,,1,1,\
2.25,passed,0.00,passed,,,,,,
submission_3,Points Possible,,,,999.25,0.00,999.25,100.00,,,1,1,\
-1.00,passed,,,1000.25,passed,,,,a.zip is empty; b.7z was not unpacked; So it is
submission_4,Grace Hopper,,'-5,,,,,100.00,,,1,1,4.00,passed,,,,,,,The grader itself failed.,
"""
GRADESCOPE = """\
Name,SID,Email,Total Score,Max Points,Status,Submission ID,Submission Time,Lateness (H:M:S),View Count,Submission Count,\
1.2: check 1.2 (5.0 pts),1.10: check 1.10 (5.0 pts),2.1: check 2.1 (5.0 pts)
"Zoë, Alan;' =Turing",,,,100.00,Ungraded,1,,,,,,,
Ada Lovelace,007,ada@example.com,2.25,100.00,Graded,2,2026-10-01 12:00:00 -0700,,,,2.25,0.00,
'=Eve,8,eve@example.com,2.25,100.00,Graded,2,2026-10-01 12:00:00 -0700,,,,2.25,0.00,
Points Possible,,,999.25,100.00,Graded,3,,,,,-1.00,,1000.25
Grace Hopper,'-5,,,100.00,Ungraded,4,,,,,,,
"""


def written(folder, graded, **options):
    gradebook.write(folder, stand(graded), "Homework 3 (987)", **options)
    return {name: (folder / name).read_bytes() for name in TABLES}


def rows(content, **options):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), **options))


def test_the_tables(tmp_path):
    tables = written(tmp_path, CLASS)
    assert tables["gradebook.csv"].decode("utf-8-sig") == GRADEBOOK
    assert tables["gradescope.csv"].decode() == GRADESCOPE


def imported(content):
    """Read a table as Canvas's importer does (lib/gradebook_importer.rb): the assignment, and a grade for each student."""
    head, *body = rows(content)
    assert "Student" in head[0] and "ID" in head[1] and head[2:5] == ["SIS User ID", "SIS Login ID", "Section"]
    (title,) = head[5:]
    assert not re.search("(Current|Final|Override) (Score|Points|Grade)", title)
    grades = {}
    for row in body:
        assert "Points Possible" not in row[0]
        assert re.fullmatch(r"\d+\.\d\d", row[5])  # an empty one would delete a grade, "1,000" would be 1
        grades[row[1] or row[2] or row[3] or row[0]] = float(row[5])
    return re.fullmatch(r"(.*)\s\((\d+)\)", title).groups(), grades


def test_canvas_imports_what_was_graded(tmp_path):
    for kind in ("Gradescope", "Canvas", "Moodle", "folder", ""):
        table = written(tmp_path / kind, CLASS, kind=kind)["canvas.csv"]
        ada, eve = ("007", "8") if kind in ("Gradescope", "Canvas") else ("ada@example.com", "eve@example.com")
        nameless = {} if kind == "Canvas" else {"points possible": 999.25}  # in Canvas's own export, anonymous
        assert imported(table) == (("Homework 3", "987"), {ada: 2.25, eve: 2.25, **nameless})
        assert [row[1] for row in rows(table)] == ["ID", *(("007", "8") if kind == "Canvas" else ("", "", ""))]


def test_the_same_grades_give_the_same_bytes(tmp_path):
    tables = written(tmp_path / "a", CLASS)
    assert tables == written(tmp_path / "b", CLASS[::-1])
    assert [name for name in TABLES if tables[name].startswith(b"\xef\xbb\xbf")] == ["gradebook.csv"]
    slower = [(one, replace(graded, seconds=9.0)) for one, graded in CLASS]
    assert slower != CLASS
    assert tables == written(tmp_path / "a", slower)


def test_a_class_of_which_nothing_was_graded(tmp_path):
    tables = written(tmp_path, CLASS[3:])
    assert [len(rows(tables[name])) for name in TABLES] == [2, 2, 1]
    assert [len(rows(table)) for table in written(tmp_path, []).values()] == [1, 1, 1]


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*gradebook\.csv"):
        gradebook.write(tmp_path / "file", stand(CLASS), "Homework")


dangerous = st.text("=+-@|%\uff1d\uff1b\uff5c\t\r\n;,'\" a1.\u202e\x00\ud800", max_size=8)
texts = st.text(max_size=20) | dangerous | st.sampled_from(["=Eve", "-5", "-5.25", "+49 30", "'t Hooft", "a@b.c", "=1;=2"])


def in_one_line(text):
    text = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return text.encode("utf-8", "replace").decode()


@given(st.lists(st.builds(Student, texts, texts, texts), min_size=1, max_size=3), texts)
def test_names_survive_and_no_cell_is_a_formula(tmp_path_factory, students, error):
    tables = written(
        tmp_path_factory.mktemp("tables"), [(handed_in("submission_1", *students), result({"1.1": 5.0}, error))]
    )
    people, platform = rows(tables["gradebook.csv"])[1:], rows(tables["gradescope.csv"])[1:]
    asked = [[in_one_line(text) for text in (student.name, student.email, student.sid, error)] for student in students]
    assert [[text_of(cell) for cell in (*row[1:4], row[-2])] for row in people] == asked
    assert [[text_of(row[place]) for place in (0, 2, 1)] for row in platform] == [row[:3] for row in asked]
    for content in tables.values():
        for delimiter in ",;\uff1b":  # many countries' spreadsheets open a .csv with semicolons
            for cell in (cell for row in rows(content, delimiter=delimiter) for cell in row):
                assert not re.match(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20\uff5c]", cell)
                assert cell.isprintable() or not re.search(r"[\x00-\x1f\x7f]", cell)
