"""Tables and feedback, read back as Canvas and Moodle import them."""

import csv
import io
import zipfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from autograder.assignment import find
from batch.exports import read
from batch.grades import Grade
from batch.instructor import roster
from batch.models import HandedIn, Student
from batch.platforms import canvas, gradebook, moodle, sending
from common.errors import UserError
from common.records import from_json, to_json
from tests.batch import exported
from tests.batch.classes import HOSTILE, check, result
from tests.batch.importers import CanvasCourse, MoodleAssignment

CNN = find("cnn")
HIDDEN = replace(CNN, config=replace(CNN.config, hidden_checks_show="hidden"))
SECRET = "No student may read this."


def graded(handed_in, total=5.0, **options):
    """A submission that got so many points, all of them in a check that nobody can run at home."""
    hidden = check("1.5", "secretly", "wrong", total, sentence=SECRET)
    return Grade(handed_in, result(check("1.2", "public", "wrong"), hidden, points=100.0, **options))


def one(key, *students, named=()):
    return HandedIn(key, students, "2026-10-01T12:00:00+02:00", Path("nowhere"), named=named)


def listed(tmp_path, text, grades, kind):
    """A class list held against those who handed in."""
    path = tmp_path / "list.csv"
    path.write_text(text)
    return roster.attendance(roster.read(path)[0], [grade.handed_in for grade in grades], kind)


@pytest.fixture(scope="module")
def work():
    return exported.made_up(12)


@pytest.fixture(scope="module")
def canvas_grades(work, tmp_path_factory):
    """The grades of Canvas's export: of number n, n points."""
    folder = tmp_path_factory.mktemp("canvas")
    found = read(exported.canvas(folder / "export.zip", work, late=(3,)), folder / "unpacked", list(CNN.files))
    return [graded(each, float(each.students[0].sid) - 5000) for each in found.handed_in]


@pytest.fixture(scope="module")
def moodle_grades(work, tmp_path_factory):
    folder = tmp_path_factory.mktemp("moodle")
    found = read(exported.moodle(folder / "export.zip", work), folder / "unpacked", list(CNN.files))
    return [graded(each, float(each.students[0].sid) - 7000) for each in found.handed_in]


def course(work, **assignments):
    """A course of these students in Canvas, and one more."""
    students = {5000 + each.number: (each.students[0].name, each.students[0].sid, each.students[0].email) for each in work}
    return CanvasCourse({**students, 6000: ("Zed Absent", "09", "zed@example.com")}, {987: "Homework 3", 55: "Quiz 1"})


def canvas_list(work):
    lines = ["Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (55),Homework 3 (987),Final Score"]
    lines += ["    Points Possible,,,,,10.00,100.00,(read only)"]
    for number, (name, school, login) in course(work).students.items():
        first, _, last = name.partition(" ")
        lines.append(f'"{last}, {first}",{number},{school},{login},S1,,,')
    return "\n".join([*lines, '"Student, Test",999,,abcdef,S1,,,'])


def worksheet(work, changed="-", most="100.00"):
    lines = ["Identifier,Full name,Email address,Status,Grade,Maximum grade,Last modified (grade),Feedback comments"]
    lines += [
        f'Participant {7000 + each.number},"{each.students[0].name}",{each.students[0].email},,,{most},"{changed}",'
        for each in work
    ]
    return "\n".join([*lines, "Participant 7900,Zed Absent,zed@example.com,,,100.00,-,"])


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def tables(folder, grades, title="Homework 3 (987)", kind="", attendance=None):
    gradebook.write(folder, grades, title, kind, attendance)
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_canvas_takes_the_grades_with_its_gradebook_and_without(work, canvas_grades, tmp_path):
    expected = {5000 + each.number: float(each.number) for each in work}
    attendance = listed(tmp_path, canvas_list(work), canvas_grades, "Canvas")
    for known in (None, attendance):
        table = tables(tmp_path / str(bool(known)), canvas_grades, kind="Canvas", attendance=known)["canvas.csv"]
        assert course(work).imported(table) == (987, expected)
    assert [each.name for each in attendance.absent] == ["Absent, Zed"]


def test_canvas_s_gradebook_may_part_first_and_last_names(work, canvas_grades, tmp_path):
    head, possible, *students = canvas_list(work).splitlines()
    parted = [
        head.replace("Student", "LastName,FirstName"),
        possible + ",",
        *(line.replace(", ", '","') for line in students),
    ]
    attendance = listed(tmp_path, "\n".join(parted), canvas_grades, "Canvas")
    column = canvas.column("Homework 3", attendance.roster)
    table = tables(tmp_path, canvas_grades, column, "Canvas", attendance)["canvas.csv"]
    assert course(work).imported(table) == (987, {5000 + each.number: float(each.number) for each in work})


def test_who_is_not_in_canvas_s_gradebook_does_not_become_a_student(work, canvas_grades, tmp_path):
    stranger = graded(one("stranger_1", Student("stranger", sid="1")))
    attendance = listed(tmp_path, canvas_list(work), [*canvas_grades, stranger], "Canvas")
    written = tables(tmp_path, [*canvas_grades, stranger], kind="Canvas", attendance=attendance)
    assert set(course(work).imported(written["canvas.csv"])[1]) == {5000 + each.number for each in work}
    rows = csv.DictReader(io.StringIO(written["gradebook.csv"].decode("utf-8-sig")))
    assert [row["name"] for row in rows if "not on the class list" in row["remarks"]] == ["stranger"]


@pytest.mark.parametrize("asked", ["Homework 3 (987)", "Homework 3", " homework 3"])
def test_canvas_s_gradebook_completes_a_title(work, asked, tmp_path):
    known = listed(tmp_path, canvas_list(work), [], "Canvas").roster
    assert canvas.column(asked, known) == "Homework 3 (987)"
    assert not canvas.remarks([], "Homework 3 (987)", "Canvas", known)


def test_a_column_that_canvas_would_add(work, canvas_grades, tmp_path):
    known = listed(tmp_path, canvas_list(work), [], "Canvas").roster
    for column, roster_of, said in (("HW 3", None, "--canvas-column"), ("HW 3 (1)", known, '"Homework 3 (987)"')):
        assert canvas.column(column, roster_of) == column
        assert course(work).imported(tables(tmp_path / column, canvas_grades, column)["canvas.csv"])[0] == column
        (remark,) = canvas.remarks(canvas_grades, column, "Canvas", roster_of)
        assert said in remark and column in remark


def test_who_is_anonymous_to_canvas_is_left_out_and_said(tmp_path):
    grades = [graded(one("anon_x", Student("anon_x"))), graded(one("a_5001", Student("a", sid="5001")))]
    assert len(csv_rows(tables(tmp_path, grades, kind="Canvas")["canvas.csv"])) == 2
    grades.append(graded(one("Bob", Student("Bob"))))  # of a file beside Canvas's
    assert len(csv_rows(tables(tmp_path, grades, kind="Canvas")["canvas.csv"])) == 2
    anonymous, beside = canvas.remarks(grades, "Homework 3 (987)", "Canvas", None)
    assert "omits 1 anonymous student, whom" in anonymous and "omits 1 student without a Canvas number" in beside
    assert len(csv_rows(tables(tmp_path, grades, kind="Gradescope")["canvas.csv"])) == 4


def test_moodle_takes_the_grades_of_its_own_export(work, moodle_grades, tmp_path):
    numbers = {str(7000 + each.number): each.number for each in work}
    moodle_has = MoodleAssignment({**numbers, "7900": "Zed"})
    expected = {each.number: float(each.number) for each in work}
    for known in (None, listed(tmp_path, worksheet(work), moodle_grades, "Moodle")):
        table = tables(tmp_path / str(bool(known)), moodle_grades, kind="Moodle", attendance=known)["moodle.csv"]
        assert {who: grade for who, (grade, _) in moodle_has.imported(table).items()} == expected
    assert "moodle.csv" not in tables(tmp_path / "other", moodle_grades, kind="Canvas")


def test_a_grade_that_is_newer_in_moodle_stays(work, moodle_grades, tmp_path):
    text = worksheet(work, "Thursday, 1 October 2026, 12:00 PM")
    attendance = listed(tmp_path, text, moodle_grades, "Moodle")
    table = tables(tmp_path, moodle_grades, kind="Moodle", attendance=attendance)["moodle.csv"]
    old, new = (1.5, datetime(2026, 10, 1, 11)), (2.5, datetime(2026, 10, 2))
    moodle_has = MoodleAssignment({"7004": "old", "7005": "new"}, grades={"old": old, "new": new})
    assert {who: grade for who, (grade, _) in moodle_has.imported(table).items()} == {"old": 4.0, "new": 2.5}
    assert moodle_has.imported(table, ignore_modified=True)["new"][0] == 5.0


def test_a_group_s_number_is_no_student_s(work, tmp_path):
    group = graded(one("Red_7003", Student("Red group", sid="7003")))
    attendance = listed(tmp_path, worksheet(work), [group], "Moodle")
    table = tables(tmp_path, [group], kind="Moodle", attendance=attendance)["moodle.csv"]
    assert MoodleAssignment({"7003": "somebody"}).imported(table) == {}
    assert [each.name for each in attendance.unknown] == ["Red group"]
    assert not moodle.remarks([group], attendance)
    assert "groups" in moodle.remarks([group], None)[0]


def test_moodle_s_worksheet_says_who_is_in_a_group(tmp_path):
    rows = [(7001, "Ada", "C++ & co"), (7002, "Bob", "C++ & co"), (7003, "Cy", "C & co"), (7004, "Di", "Default group")]
    head = "Identifier,Full name,Email address,Group,Grade,Maximum grade,Last modified (grade)"
    lines = [f"Participant {number},{name},{name}@x.y,{group},,100.00,-" for number, name, group in rows]
    folders = [("C++  co", "7003"), ("C amp; co", "12"), ("Default group", "")]  # a group's number may be a student's
    grades = [
        graded(one(f"{name}_{number}", Student(name, sid=number)), float(place))
        for place, (name, number) in enumerate(folders)
    ]
    attendance = listed(tmp_path, "\n".join([head, *lines, "Participant 7005,Ed,ed@x.y,Green,,100.00,-"]), grades, "Moodle")
    assert [each.name for each in attendance.absent] == ["Ed"] and not attendance.unknown and not attendance.unclear
    takes = MoodleAssignment({str(number): name for number, name, _ in rows})
    written = tables(tmp_path, grades, kind="Moodle", attendance=attendance)
    taken = {who: grade for who, (grade, _) in takes.imported(written["moodle.csv"]).items()}
    assert taken == {"Ada": 0.0, "Bob": 0.0, "Cy": 1.0, "Di": 2.0}
    assert "the group of Ada, Bob" in written["gradebook.csv"].decode()
    assert not moodle.remarks(grades, attendance)
    texts = takes.feedback(sent(tmp_path, grades, "moodle", HIDDEN, attendance))
    assert {who: b"\nAda, Bob, submitted" in text for (who, _), text in texts.items()} == {
        "Ada": True,
        "Bob": True,
        "Cy": False,
        "Di": False,
    }
    mails = list(csv.DictReader(io.StringIO(sent(tmp_path, grades, "mail", attendance=attendance).decode())))
    assert [mail["address"] for mail in mails] == ["Cy@x.y", "Ada@x.y", "Bob@x.y", "Di@x.y"]


def test_the_worksheet_of_another_assignment(work, moodle_grades, tmp_path):
    attendance = listed(tmp_path, worksheet(work).replace("Participant 70", "Participant 90"), moodle_grades, "Moodle")
    (remark,) = moodle.remarks(moodle_grades, attendance)
    assert "omits 12 students" in remark and not attendance.unknown


def test_an_assignment_that_is_graded_by_a_scale(work, moodle_grades, tmp_path):
    attendance = listed(tmp_path, worksheet(work).replace("Maximum grade", "Scale"), moodle_grades, "Moodle")
    assert "graded on a scale" in moodle.remarks(moodle_grades, attendance)[0]


def test_blind_marking_has_numbers_and_no_names(tmp_path):
    grades = [graded(one(f"Participant_{number}", Student("Participant", sid=str(number)))) for number in (7, 8)]
    attendance = listed(
        tmp_path,
        "Identifier,Status,Grade,Last modified (grade)\nParticipant 7,,,-\nParticipant 8,,,-\nParticipant 9,,,-\n",
        grades,
        "Moodle",
    )
    table = tables(tmp_path, grades, kind="Moodle", attendance=attendance)["moodle.csv"]
    assert set(MoodleAssignment({"7": "Ada", "8": "Bob", "9": "Cy"}).imported(table)) == {"Ada", "Bob"}
    assert [each.id for each in attendance.absent] == ["Participant 9"]


def test_what_moodle_would_skip_is_said(work, moodle_grades, tmp_path):
    attendance = listed(tmp_path, worksheet(work, most="9.00"), moodle_grades, "Moodle")
    (remark,) = moodle.remarks(moodle_grades, attendance)
    table = tables(tmp_path, moodle_grades, kind="Moodle", attendance=attendance)["moodle.csv"]
    taken = MoodleAssignment({str(7000 + each.number): each for each in range(0)}, most=9.0)
    taken.participants = {str(7000 + each.number): each.number for each in work}
    assert len(taken.imported(table)) == 10 and "skips 2 grades" in remark


def sent(folder, grades, how, assigned=CNN, attendance=None):
    sending.write(folder, grades, assigned, how, attendance)
    return (folder / sending.FILES[how]).read_bytes()


def test_canvas_takes_the_feedback(work, canvas_grades, tmp_path):
    attachments = {}
    for each in work:
        files = range(900_000 + 20 * each.number, 900_000 + 20 * each.number + len(each.files))
        attachments |= {str(file): str(5000 + each.number) for file in files}
    taken = course(work).commented(sent(tmp_path, canvas_grades, "canvas"), attachments)
    assert set(taken) == {str(5000 + each.number) for each in work}
    for student, (_, content) in taken.items():
        assert f"\n{int(student) - 5000} of 100 points" in content.decode()
    assert sent(tmp_path, canvas_grades[::-1], "canvas") == sent(tmp_path, canvas_grades, "canvas")


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        (("a_1_2_hw.zip",), "a_1_2_feedback.zip"),
        (("a_1_2_hw.zip", "a_1_3_cifar10.py"), "a_1_3_feedback.txt"),
        (("a_b_LATE_1_2_hw_4_5.PY",), "a_b_LATE_1_2_feedback.txt"),
        (("anon_abc_2_hw.py",), "anon_abc_2_feedback.txt"),
        (("7_1_2_hw.py",), "1_2_feedback.txt"),  # of a group called 7
        (("lab_12_1_2_hw.py", "lab_12_1_3_b.py"), "lab_1_2_feedback.txt"),
        (("a_1_text.html", "a_1_link.html"), ""),
        ((), ""),
    ],
)
def test_the_name_of_feedback_for_canvas(named, expected, tmp_path):
    grade = graded(one("a", Student("a", sid="" if named and named[0].startswith("anon") else "1"), named=named))
    assert canvas.feedback_name(grade.handed_in) == expected
    left_out = sending.remarks([grade], "canvas", None)
    assert bool(left_out) == (not expected)
    if expected.endswith("zip"):
        with zipfile.ZipFile(io.BytesIO(sent(tmp_path, [grade], "canvas"))) as outer:
            inner = zipfile.ZipFile(io.BytesIO(outer.read(expected)))
        assert inner.namelist() == ["feedback.txt"]


def test_moodle_takes_the_feedback_with_the_reports(work, moodle_grades, tmp_path):
    (tmp_path / "contents" / "d").mkdir(parents=True)
    (tmp_path / "contents" / "d" / "report.html").write_text("<p>The report.</p>")
    takes = MoodleAssignment({str(7000 + each.number): each.number for each in work})
    taken = takes.feedback(sent(tmp_path, moodle_grades, "moodle"))
    assert set(taken) == {(each.number, name) for each in work for name in ("feedback.txt", "report.html")}
    for (number, name), content in taken.items():
        assert name == "report.html" or f"\n{number} of 100 points" in content.decode()
    without = takes.feedback(sent(tmp_path, moodle_grades, "moodle", HIDDEN))
    assert {name for _, name in without} == {"feedback.txt"}  # the report shows what is hidden


def test_a_text_for_each_student_and_a_table_for_mail(tmp_path):
    ada, bob, cy = Student("Ada", "ada@example.com"), Student("Bob", "bob@example.com"), Student("Cy")
    grades = [graded(one("pair", ada, bob)), graded(one("alone", cy)), graded(one("older", ada))]
    grades[2] = replace(grades[2], counts=False)
    mails = list(csv.DictReader(io.StringIO(sent(tmp_path, grades, "mail").decode())))
    assert [(mail["address"], mail["name"], mail["file"]) for mail in mails] == [
        ("ada@example.com", "Ada", "feedback/pair.txt"),
        ("bob@example.com", "Bob", "feedback/pair.txt"),
    ]
    assert sorted(path.name for path in (tmp_path / "feedback").iterdir()) == ["alone.txt", "pair.txt"]
    assert "omits 1 student without an address" in sending.remarks(grades, "mail", None)[0]
    attendance = listed(tmp_path, "name,email\nCy,cy@example.com\n", grades, "folder")
    assert b"cy@example.com" in sent(tmp_path, grades[:2], "mail", attendance=attendance)
    assert not sending.remarks(grades, "mail", attendance)


def test_another_kind_of_feedback_takes_the_place_of_the_old_one(tmp_path):
    grades = [graded(one("a_1", Student("a", sid="1"), named=("a_1_2_hw.py",)))]
    for how in ("mail", "canvas", "moodle"):
        sent(tmp_path, grades, how)
        assert {name for name in sending.FILES.values() if (tmp_path / name).exists()} == {sending.FILES[how]}
        assert (tmp_path / "feedback").exists() == (how == "mail")
    sending.write(tmp_path, grades, CNN, "none", None)
    assert not [name for name in sending.FILES.values() if (tmp_path / name).exists()]


def test_feedback_that_this_export_cannot_have():
    for how in sending.KINDS:
        for kind in ("Gradescope", "Canvas", "Moodle", "folder"):
            if how in ("canvas", "moodle") and how != kind.lower():
                with pytest.raises(UserError, match=f"--feedback {how} needs {how.title()}'s own export"):
                    sending.require_export(how, kind)
            else:
                sending.require_export(how, kind)


hostile = st.sampled_from([*HOSTILE, "../../etc/passwd", "a_b/c\\d", "..", "=1+1", "CON"]) | st.text(max_size=12)


@given(hostile, hostile, hostile)
@example("a_b/c\\d", "", "")
def test_hostile_names_stay_names(tmp_path_factory, name, sentence, error):
    folder = tmp_path_factory.mktemp("sent")
    wrong = check("1.2", "public", verdict="wrong", sentence=sentence, hint=sentence)
    student = Student(name, "ada@example.com", "7001")
    grade = Grade(one("a_1", student, named=("a_1_2_hw.py",)), result(wrong, points=9.0, error=error, remarks=[name]))
    taken = MoodleAssignment({"7001": "Ada"}).feedback(sent(folder, [grade], "moodle"))
    text = taken["Ada", "feedback.txt"].decode()
    assert all(letter.isprintable() or letter == "\n" for letter in text)
    with zipfile.ZipFile(folder / "feedback-moodle.zip") as archive:
        for member in archive.namelist():
            assert member.isprintable() and ".." not in member.split("/") and "\\" not in member
    (mail,) = csv.DictReader(io.StringIO(sent(folder, [grade], "mail").decode()))
    assert mail["address"] == "ada@example.com" and mail["file"] == "feedback/a_1.txt"
    assert (folder / mail["file"]).read_text() == text


@given(st.floats(-3, 120, allow_nan=False), st.sampled_from(["", "the zip is damaged"]))
def test_nobody_reads_of_hidden_checks(tmp_path_factory, total, error):
    folder = tmp_path_factory.mktemp("hidden")
    grade = graded(one("a_1", Student("a", "a@b.c", "1"), named=("a_1_2_hw.py",)), round(total, 2), error=error)
    report = folder / "contents" / "d" / "report.html"
    report.parent.mkdir(parents=True)
    report.write_text(SECRET)
    for how in ("canvas", "moodle", "mail"):
        sent(folder, [grade], how, HIDDEN)
        texts = [path.read_text() for path in folder.glob("feedback/*.txt")]
        for path in folder.glob("*.zip"):
            with zipfile.ZipFile(path) as archive:
                texts += [archive.read(name).decode() for name in archive.namelist()]
        assert texts and not any(SECRET in text or "secretly" in text for text in texts)
        assert all("1 more check, which" in text for text in texts)
    sent(folder, [grade], "mail", CNN)
    assert SECRET in " ".join((folder / "feedback" / "a_1.txt").read_text().split())


def test_a_kept_list_is_the_list(work, tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(canvas_list(work))
    known, remarks = roster.read(path)
    assert from_json(roster.Roster, to_json(known), "list") == known
    assert remarks == [f"{path}, line 16: Student, Test is left out: it is Canvas's test student"]
