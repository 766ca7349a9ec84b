"""Class lists as platforms and spreadsheets save them, held against exports."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.instructor import roster
from batch.models import HandedIn, Student
from common.errors import UserError

ADA, MAX, ZED = Student("Ada Byron", "ada@u.edu", "0012"), Student("Max Müller", "max@u.edu"), Student("Zed", "zed@u.edu")
LISTS = {
    "Canvas's gradebook": "Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (55)\n    Points Possible,,,,,10.00\n"
    '"Byron, Ada",123,0012,ada@u.edu,S1,\n"Müller, Max",124,,max@u.edu,S1,\n"Absent, Cy",125,,cy@u.edu,S1,\n'
    '"Student, Test",999,,abcdef0123,S1,\n',
    "Canvas's gradebook with parted names": "LastName,FirstName,ID,SIS Login ID,Section,Quiz 1 (55)\n,,,,,Manual Posting\n"
    "    Points Possible,,,,,10.00\nByron,Ada,123,ada@u.edu,S1,\nMüller,Max,124,max@u.edu,S1,\nAbsent,Cy,125,cy@u.edu,S1,\n"
    "Student,Test,999,abcdef0123,S1,\n",
    "Gradescope's roster": "First Name,Last Name,SID,Email,Role\nAda,Byron,0012,ada@u.edu,Student\n"
    "Max,Müller,,max@u.edu,Student\nCy,Absent,,cy@u.edu,Student\nIda,Teacher,,ida@u.edu,Instructor\n",
    "Moodle's participants": "\ufeffFirst name,Last name,Email address,Groups\nAda,Byron,ada@u.edu,\n"
    "Max,Müller,max@u.edu,\nCy,Absent,cy@u.edu,\n",
    "Moodle's worksheet": "Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade)\n"
    "Participant 123,Ada Byron,ada@u.edu,,,100.00,-\nParticipant 124,Max Müller,max@u.edu,,,100.00,-\n"
    "Participant 125,Cy Absent,cy@u.edu,,,100.00,-\n",
    "GitHub Classroom": '"identifier","github_username","github_id","name"\n"ada@u.edu","ada","1","Ada Byron"\n'
    '"max@u.edu","max","2","Max Müller"\n"cy@u.edu","cy","3","Cy Absent"\n',
    "Excel in German": "sep=;\nname;email\nByron, Ada;ada@u.edu\nMüller, Max;max@u.edu\nAbsent, Cy;cy@u.edu\n",
}
EXPORTS = {
    "Gradescope": [ADA, MAX, ZED],
    "Canvas": [Student("byronada", sid="123"), Student("müllermax", sid="124"), Student("zed", sid="77")],
    "Moodle": [Student("Ada Byron", sid="123"), Student("Max Müller", sid="124"), Student("Zed", sid="77")],
    "folder": [Student("Ada_Byron"), Student("max@u.edu"), Student("zed")],
}


def handed_in(*students):
    return [HandedIn(f"key-{number}", (student,), "", Path("nowhere")) for number, student in enumerate(students)]


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return roster.read(path)


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("text", LISTS.values(), ids=list(LISTS))
def test_who_is_there_and_who_is_missing(kind, text, tmp_path):
    known, remarks = read(tmp_path, text)
    found = roster.attendance(known, handed_in(*EXPORTS[kind]), kind)
    assert [(each.student.name, each.student.email) for each in found.absent] == [("Cy Absent", "cy@u.edu")]
    assert found.unknown == EXPORTS[kind][2:] and not found.unclear
    assert [found.found[student][0].addresses for student in EXPORTS[kind][:2]] == [["ada@u.edu"], ["max@u.edu"]]
    assert all("left out" in remark for remark in remarks)
    said = " ".join(roster.remarks(found))
    assert "1 of 3 on the class list have not submitted: " in said and "Not on the class list: " in said


def test_a_number_of_canvas_s_is_no_school_s(tmp_path):
    known, _ = read(tmp_path, "Student,ID,SIS User ID,SIS Login ID,Section\nAda,7,8,ada,S\nBob,8,,bob,S\n")
    seven, eight = Student("x", sid="7"), Student("y", sid="8")
    found = roster.attendance(known, handed_in(seven, eight), "Canvas").found
    assert {student: each.name for student, (each,) in found.items()} == {seven: "Ada", eight: "Bob"}
    of_school = roster.attendance(known, handed_in(seven, eight), "Gradescope")
    assert {student: each.name for student, (each,) in of_school.found.items()} == {eight: "Ada"}
    assert [each.name for each in of_school.absent] == ["Bob"] and of_school.unknown == [seven]


def test_two_of_one_name_are_neither_missing_nor_there(tmp_path):
    known, _ = read(tmp_path, "name,email\nAda Byron,a@u.edu\nAda Byron,b@u.edu\nCy,c@u.edu\n")
    found = roster.attendance(known, handed_in(Student("Ada Byron")), "folder")
    assert [each.name for each in found.absent] == ["Cy"] and not found.found and not found.unknown
    assert "a@u.edu, b@u.edu" in roster.remarks(found)[0]
    twice = roster.attendance(known, handed_in(Student("Ada Byron"), Student("Ada Byron")), "folder")
    assert [each.name for each in twice.absent] == ["Cy"] and len(twice.unclear) == 2


def test_what_lies_beside_canvas_s_files_is_found_by_its_name(tmp_path):
    known, _ = read(tmp_path, TWINS["Canvas"].replace("Byron, Ada", "Byron, Cy", 1).format(7, "c@u.edu", 8, "a@u.edu"))
    numbered, beside = Student("byroncy", sid="7"), Student("Ada Byron")
    found = roster.attendance(known, handed_in(numbered, beside), "Canvas")
    assert {student: each.id for student, (each,) in found.found.items()} == {numbered: "7", beside: "8"}


def test_an_anonymous_export_says_nothing_about_who_is_missing(tmp_path):
    known, _ = read(tmp_path, LISTS["Canvas's gradebook"])
    found = roster.attendance(known, handed_in(Student("anon_a"), Student("anon_b")), "Canvas")
    assert not found.absent and not found.unknown and not found.found
    assert roster.remarks(found) == ["It is not clear who on the class list has submitted: the export is anonymous."]


@pytest.mark.parametrize("names", [["hw-3-ada-l", "hw-3-Max-Ada-L", "hw-3-3", "hw-3-zed"], ["hw-3-ada-l"]])
def test_repositories_of_github_classroom(names, tmp_path):
    known, _ = read(
        tmp_path,
        '"identifier","github_username","github_id","name"\n"a@u.edu","ada-l","1","Ada"\n"b@u.edu","max-ada-l","2",""\n'
        '"c@u.edu","3","3",""\n"d@u.edu","","",""\n',
    )
    found = roster.attendance(known, handed_in(*map(Student, names)), "folder")
    assert {student.name: each.id for student, (each,) in found.found.items()} == dict(
        zip(names, ["a@u.edu", "b@u.edu", "c@u.edu"])
    )
    assert not found.unclear and found.unknown == [Student(name) for name in names[3:]]
    assert "d@u.edu" in {each.id for each in found.absent}


TWINS = {
    "Canvas": "Student,ID,SIS User ID,SIS Login ID,Section\n" + '"Byron, Ada",{},,{},S1\n' * 2,
    "Moodle": "Identifier,Full name,Email address,Grade,Last modified (grade)\n" + "Participant {},Ada Byron,{},,-\n" * 2,
}


@pytest.mark.parametrize("kind", TWINS)
@pytest.mark.parametrize("numbers", [("7", "8"), ("8", "7")])
def test_of_two_of_one_name_one_handed_in(kind, numbers, tmp_path):
    first, second = numbers
    known, _ = read(tmp_path, TWINS[kind].format(first, f"{first}@u.edu", second, f"{second}@u.edu"))
    there = Student({"Canvas": "byronada", "Moodle": "Ada Byron"}[kind], sid="7")
    found = roster.attendance(known, handed_in(there), kind)
    assert [each.addresses for each in found.absent] == [["8@u.edu"]] and not found.unclear
    assert [each.addresses for each in found.found[there]] == [["7@u.edu"]]


def test_two_of_a_name_that_moodle_s_folders_spell_otherwise(tmp_path):
    known, _ = read(tmp_path, TWINS["Moodle"].replace("Ada Byron", "Ada O'Neill").format(7, "a@u.edu", 8, "b@u.edu"))
    seven, eight = Student("Ada ONeill", sid="7"), Student("Ada ONeill", sid="8")
    found = roster.attendance(known, handed_in(seven, eight), "Moodle")
    assert {student: each.addresses for student, (each,) in found.found.items()} == {seven: ["a@u.edu"], eight: ["b@u.edu"]}


def test_a_namesake_is_not_taken_for_who_is_not_in_canvas_s_gradebook(tmp_path):
    known, _ = read(tmp_path, TWINS["Canvas"].format(8, "a@u.edu", 9, "b@u.edu"))
    there = Student("byronada", sid="7")
    found = roster.attendance(known, handed_in(there), "Canvas")
    assert (len(found.absent), found.unknown, found.found) == (2, [there], {})


WORKSHEET = """ID,Vollständiger Name,E-Mail-Adresse,Bewertung,Bestwertung,Zuletzt geändert (Bewertung)
Teilnehmer/in7003,Ada Byron,ada@u.edu,"50,00","100,00",-
"""


def test_a_worksheet_in_another_language_is_refused(tmp_path):
    with pytest.raises(UserError, match=r"list\.csv seems to be Moodle's grading worksheet in another language: set"):
        read(tmp_path, WORKSHEET)


@pytest.mark.parametrize("text", ["", "name\nAda\n", "id,name\n1,Ada\n1,Bob\n", "id,name\n,Ada\n"])
def test_a_list_that_cannot_be_used(text, tmp_path):
    with pytest.raises(UserError, match=r"list\.csv"):
        read(tmp_path, text)


@given(st.sets(st.integers(0, 30)), st.sets(st.integers(0, 30)), st.randoms(), st.sampled_from(["sid", "email"]))
def test_each_student_is_somewhere_whatever_the_order(there, listed, shuffle, by):
    order = list(listed)
    shuffle.shuffle(order)
    cells = {number: {"sid": str(number), "email": f"s{number}@u.edu"}[by] for number in order}
    enrolled = (roster.Enrolled(cell, f"Student {number}", {by: cell}) for number, cell in cells.items())
    students = {number: Student(f"S. {number}", f"S{number}@U.edu", str(number)) for number in there}
    found = roster.attendance(roster.Roster((by,), tuple(enrolled)), handed_in(*students.values()), "Gradescope")
    assert [each.name for each in found.absent] == [f"Student {number}" for number in order if number not in there]
    assert found.unknown == [students[number] for number in students if number not in listed]
    assert {each.name for (each,) in found.found.values()} == {f"Student {number}" for number in there & listed}
