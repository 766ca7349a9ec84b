"""Tables that a teacher gives, a line for each student."""

import pytest

from batch.instructor import student_table
from batch.models import HandedIn, Student
from batch.people import Directory, person
from common.errors import UserError
from tests.batch.classes import handed_in

ADA, BOB = handed_in("a", "Ada Lovelace"), handed_in("b", "Bob")
NUMBERED = HandedIn("n", (Student("Cleo", sid="77"),), "", ADA.source)
COLUMNS = {"check": ("check", "question")}


def read(path, text, *optional):
    path.write_text(text)
    return student_table.read(path, COLUMNS, {name: (name,) for name in optional})[1]


@pytest.mark.parametrize(
    ("text", "owner"),
    [
        ("Email,Check\nA-0@uni.example,1.1\n", ADA),
        ("Student;Question\nbob;1.1\n", BOB),
        ("Key,check\nb,1.1\n", BOB),
        ("First Name,Last Name,Check\nAda,Lovelace,1.1\n", ADA),
        ("Name,SID,Check\nnobody's,77,1.1\n", NUMBERED),
        ("Name,Email,Check\nCleo,cleo@uni.example,1.1\n", NUMBERED),  # the export gives her no address
        ("Name,Email,Check\nBob,,1.1\n", BOB),
    ],
)
def test_a_student_is_found_by_whatever_the_table_has(tmp_path, text, owner):
    (line,) = read(tmp_path / "table.csv", text)
    assert Directory([ADA, BOB, NUMBERED]).owner(line.who) == person(owner)
    assert line.cells == {"check": "1.1"}


def test_an_address_that_is_not_the_students_is_not_overruled_by_the_name(tmp_path):
    (line,) = read(tmp_path / "table.csv", "name,email,check\nBob,another.bob@uni.example,1.1\n")
    with pytest.raises(UserError, match=r"another\.bob@uni\.example"):
        Directory([ADA, BOB]).owner(line.who)


def test_each_wrong_line_is_named_the_first_few(tmp_path):
    path = tmp_path / "table.csv"
    found = read(path, "name,check,why\n\nBob,1.1,\n" + "Nobody,1.1,because\n" * 7, "why", "missing")
    assert [line.number for line in found] == [3, *range(4, 11)]
    assert found[1].cells == {"check": "1.1", "why": "because", "missing": ""}
    assert student_table.each(path, found[:1], lambda line: Directory([BOB]).owner(line.who)) == [person(BOB)]
    with pytest.raises(UserError) as raised:
        student_table.each(path, found, lambda line: Directory([BOB]).owner(line.who))
    assert str(raised.value).splitlines()[0] == f"{path}, line 4: found no submission by 'Nobody'"
    assert str(raised.value).splitlines()[-1].strip() == "and 2 more lines"


@pytest.mark.parametrize(
    ("text", "sentence"), [("", "no column of students"), ("a@b.c,1.1", "students"), ("email,points\n", "checks")]
)
def test_a_missing_column(tmp_path, text, sentence):
    with pytest.raises(UserError, match=sentence):
        read(tmp_path / "table.csv", text)
