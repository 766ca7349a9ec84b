"""The class's tables: read back by the csv module, and by the rules of Canvas's importer."""

import csv
import io
import re
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.verdicts import UserError
from batch import gradebook
from batch.records import CheckRecord, HandedIn, Record, Student

TABLES = ("gradebook.csv", "gradescope.csv", "canvas.csv")


def record(scores, error=""):
    checks = tuple(
        CheckRecord(number, f"check {number}", "Part", "passed" if score else "wrong", score, 5.0, "", "")
        for number, score in scores.items()
    )
    total = round(sum(scores.values()), 2)
    return Record("digest", total, 100.0, 1.5, checks, {}, ("Data sets were left out.",), error)


def handed_in(key, *students, submitted="", note=""):
    return HandedIn(key, students, submitted, Path("nowhere"), None, note)


ADA = Student("Ada Lovelace", "ada@example.com", "007")
ALAN = Student("=Alan", "alan@example.com", "8")
CLASS = [
    (
        handed_in("submission_2", ADA, ALAN, submitted="2026-10-01T12:00:00.123456-07:00"),
        record({"1.1": 5.0, "1.2": 2.255, "1.10": -0.001}),
    ),
    (
        handed_in("submission_1", Student("Zoë; =Turing", "", "-5"), note="it holds no files"),
        record({}, "it holds none of the files"),
    ),
    (handed_in("submission_3", Student("Points Possible")), record({"1.1": 1000.0, "2.1": -0.25})),
]


def written(folder, graded, **options):
    gradebook.write(folder, graded, "Homework 3 (987)", **options)
    return {name: (folder / name).read_bytes() for name in TABLES}


def rows(content, **options):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), **options))


def read_back(cell):
    """Take away the apostrophes that keep spreadsheets from taking a cell for a formula."""
    return re.sub(r"(^|;)'(?=[\s'\"]*[=+\-@|%\uff1d\uff0b\uff0d\uff20])", r"\1", cell)


def test_a_gradebook(tmp_path):
    tables = written(tmp_path, CLASS)
    assert rows(tables["gradebook.csv"]) == [
        ["key", "name", "email", "sid", "submitted", "score", "points"]
        + [text for number in ("1.1", "1.2", "1.10", "2.1") for text in (f"{number} check {number}", f"{number} verdict")]
        + ["error", "remarks"],
        [
            "submission_1",
            "Zoë;' =Turing",
            "",
            "'-5",
            "",
            "",
            "100.00",
            *([""] * 8),
            "it holds none of the files",
            "It holds no files. Data sets were left out.",
        ],
        *(
            [
                "submission_2",
                name,
                email,
                sid,
                "2026-10-01T12:00:00.123456-07:00",
                "7.25",
                "100.00",
                "5.00",
                "passed",
                "2.25",
                "passed",
                "0.00",
                "passed",
                "",
                "",
                "",
                "Data sets were left out.",
            ]
            for name, email, sid in (("Ada Lovelace", "ada@example.com", "007"), ("'=Alan", "alan@example.com", "8"))
        ),
        [
            "submission_3",
            "Points Possible",
            "",
            "",
            "",
            "999.75",
            "100.00",
            "1000.00",
            "passed",
            "",
            "",
            "",
            "",
            "-0.25",
            "passed",
            "",
            "Data sets were left out.",
        ],
    ]
    assert rows(tables["gradescope.csv"])[:3] == [
        ["Name", "SID", "Email", "Total Score", "Max Points", "Status", "Submission ID", "Submission Time"]
        + ["Lateness (H:M:S)", "View Count", "Submission Count"]
        + [f"{number}: check {number} (5.0 pts)" for number in ("1.1", "1.2", "1.10", "2.1")],
        ["Zoë;' =Turing", "'-5", "", "", "100.00", "Ungraded", "1", "", "", "", "", "", "", "", ""],
        [
            "Ada Lovelace",
            "007",
            "ada@example.com",
            "7.25",
            "100.00",
            "Graded",
            "2",
            "2026-10-01 12:00:00 -0700",
            "",
            "",
            "",
            "5.00",
            "2.25",
            "0.00",
            "",
        ],
    ]


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
    expected = {"Gradescope": {"007": 7.25, "8": 7.25}, "Canvas": {"007": 7.25, "8": 7.25}}
    others = {"ada@example.com": 7.25, "alan@example.com": 7.25}
    for kind in ("Gradescope", "Canvas", "Moodle", "folder", ""):
        content = written(tmp_path, CLASS, kind=kind)["canvas.csv"]
        assert imported(content) == (("Homework 3", "987"), {**expected.get(kind, others), "points possible": 999.75})
    assert [row[1:3] for row in rows(written(tmp_path, CLASS, kind="Canvas")["canvas.csv"])[1:3]] == [
        ["007", ""],
        ["8", ""],
    ]


def test_the_same_grades_give_the_same_bytes(tmp_path):
    tables = written(tmp_path / "a", CLASS)
    assert tables == written(tmp_path / "b", CLASS[::-1])
    assert [name for name in TABLES if tables[name].startswith(b"\xef\xbb\xbf")] == ["gradebook.csv"]
    slower = [
        (one, Record.from_json(graded.to_json().replace('"seconds": 1.5', '"seconds": 9.0'))) for one, graded in CLASS
    ]
    assert slower != CLASS
    assert tables == written(tmp_path / "a", slower)


def test_a_class_of_which_nothing_was_graded(tmp_path):
    tables = written(tmp_path, CLASS[1:2])
    assert [len(rows(tables[name])) for name in TABLES] == [2, 2, 1]
    assert [len(rows(table)) for table in written(tmp_path, []).values()] == [1, 1, 1]


def test_a_folder_that_cannot_be_written(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match=r"cannot write .*gradebook\.csv"):
        gradebook.write(tmp_path / "file", CLASS, "Homework")


dangerous = st.text("=+-@|%\uff1d\t\r\n;,'\" a1.\u202e\x00\ud800", max_size=8)
texts = st.text(max_size=20) | dangerous | st.sampled_from(["=Eve", "-5", "-5.25", "+49 30", "'t Hooft", "a@b.c", "=1;=2"])


def in_one_line(text):
    text = "".join(" " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter for letter in text)
    return text.encode("utf-8", "replace").decode()


@given(st.lists(st.builds(Student, texts, texts, texts), min_size=1, max_size=3), texts)
def test_names_survive_and_no_cell_is_a_formula(tmp_path_factory, students, error):
    tables = written(
        tmp_path_factory.mktemp("tables"), [(handed_in("submission_1", *students), record({"1.1": 5.0}, error))]
    )
    people, platform = rows(tables["gradebook.csv"])[1:], rows(tables["gradescope.csv"])[1:]
    asked = [[in_one_line(text) for text in (student.name, student.email, student.sid, error)] for student in students]
    assert [[read_back(cell) for cell in (*row[1:4], row[-2])] for row in people] == asked
    assert [[read_back(row[place]) for place in (0, 2, 1)] for row in platform] == [row[:3] for row in asked]
    for content in tables.values():
        for delimiter in ",;":  # many countries' spreadsheets open a .csv with semicolons
            for cell in (cell for row in rows(content, delimiter=delimiter) for cell in row):
                assert not re.match(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]", cell)
                assert cell.isprintable() or not re.search(r"[\x00-\x1f\x7f]", cell)
