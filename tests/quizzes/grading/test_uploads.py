"""A folder of students' files: each student gets one row, the newest attempt counts, and nothing else is a student."""

import os
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizzes.grading import grade, reading
from quizzes.grading.responses import answer_file
from quizzes.roster import Owner, numbered
from tests.quizzes.grading.test_grade import made, right

CLASS = [Owner("ada@example.com", "Ada"), Owner("bob@example.com", "Bob"), Owner("cyd@example.com", "Cyd")]
QUIZ, ROOM, ONE = made(CLASS), made(numbered(3)), made(numbered(1))
ADA, BOB, CYD = QUIZ.versions
EMPTY = answer_file(ADA)


@pytest.fixture
def graded(tmp_path):
    """A function that lays files into a folder and grades it: the score of each student, and what was said."""

    def run(quiz, files):
        for minute, (name, content) in enumerate(files.items()):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            content, age = content if isinstance(content, tuple) else (content, 0)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
            os.utime(path, (1e9 - age, 1e9 - age + minute / 1000))
        found, problems = grade.grade_all(quiz, reading.read(tmp_path, quiz))
        return [(one.student, one.score) for one in found], [each.replace(f"{tmp_path}/", "") for each in problems]

    return run


@pytest.mark.parametrize("quiz", [QUIZ, ROOM, ONE])
def test_what_computers_add_is_no_student_and_neither_is_a_readme(graded, quiz):
    version = quiz.versions[0]
    litter = {
        f"__MACOSX/._answers-{version.code}.txt": b"\x00\x05\x16\x07", f"._answers-{version.code}.txt": right(version),
        "__MACOSX/answers.txt": right(version),
        ".DS_Store": b"\x00", ".cache/answers.txt": right(version), "desktop.ini": "[x]", "notes.pdf": b"%PDF",
        "readme.txt": "Dear Prof, I was ill.\n1: I could not do this", "README.TXT": "1 = 3", "other.txt": "I like quizzes",
    }  # fmt: skip
    students, problems = graded(quiz, {**litter, f"answers-{version.code}.txt": right(version)})
    assert [score for _, score in students] == [7]
    assert {problem.split(":")[0] for problem in problems} == {"README.TXT", "readme.txt", "other.txt", "notes.pdf"}


def test_the_version_may_stand_in_the_files_name_alone(graded):
    without = {f"answers-{each.code}.TXT": right(each).replace(f"version = {each.code}", "") for each in QUIZ.versions}
    students, problems = graded(QUIZ, without)
    assert students == [(each.id, 7) for each in CLASS] and not problems


@pytest.mark.parametrize("copy", ["answers-{} (1)", "answers-{}(12)", "answers-{} copy", "answers-{} - Copy (2)"])
@pytest.mark.parametrize("quiz", [QUIZ, ROOM])
def test_a_copy_is_newer_than_what_it_is_a_copy_of(graded, quiz, copy):
    version = quiz.versions[1]
    first, second = f"answers-{version.code}.txt", f"{copy.format(version.code)}.txt"
    students, problems = graded(quiz, {second: right(version), first: answer_file(version)})
    assert [score for _, score in students] == [7]
    assert len(problems) == 1 and problems[0].startswith(f"{first}: does not count, ") and problems[0].endswith(second)


def test_the_newest_of_one_students_files_counts(graded):
    files = {"b.txt": (right(ADA), 60), "a.txt": (EMPTY, 3600), "c.txt": (EMPTY, 90)}
    students, problems = graded(QUIZ, files)
    assert students == [("ada@example.com", 7)]
    assert [problem.split(":")[0] for problem in problems] == ["a.txt", "c.txt"]
    assert problems[0] == "a.txt: does not count, ada@example.com has a newer attempt: b.txt"


def test_where_the_newest_is_unknown_none_counts(graded):
    students, problems = graded(QUIZ, {"b.txt": right(ADA), "a.txt": EMPTY, "c.txt": right(BOB)})
    assert students == [("bob@example.com", 7)]
    assert problems == ["a.txt, b.txt: these are ada@example.com's, and which is the newest is unknown, so none counts"]


def test_the_same_answers_twice_count_once(graded):
    students, problems = graded(QUIZ, {"a/answers.txt": right(ADA), "b/answers.txt": right(ADA)})
    assert students == [("ada@example.com", 7)]
    assert problems == ["b/answers.txt: the same answers as a/answers.txt, which counts"]


@pytest.mark.parametrize(
    ("hers", "his"),
    [
        ("lovelaceada_12_345_answers-{}.txt", "bobbuilder_LATE_13_346_answers-{}.txt"),
        ("Ada Lovelace_12_assignsubmission_file_/answers-{}.txt", "Bob_13_assignsubmission_file_/answers-{}.txt"),
        ("ada/answers-{}.txt", "bob/answers-{}.txt"),
    ],
)
def test_two_students_who_claim_to_be_the_same_get_nothing(graded, hers, his):
    files = {hers.format(BOB.code): right(BOB), his.format(BOB.code): (answer_file(BOB), 3600), "c.txt": right(CYD)}
    students, problems = graded(QUIZ, files)
    assert students == [("cyd@example.com", 7)]
    assert len(problems) == 1 and "claim to be bob@example.com's but come from different students" in problems[0]


def test_who_claims_anothers_version_gets_nothing_and_harms_nobody(graded):
    students, problems = graded(
        QUIZ, {f"answers-{ADA.code}.txt": answer_file(BOB), f"answers-{BOB.code}.txt": (right(BOB), 3600)}
    )
    assert students == [("bob@example.com", 7)]
    said = f"answers-{ADA.code}.txt: its name says version {ADA.code}, but its answers are to version {BOB.code}"
    assert problems == [said]


def test_two_who_claim_each_others_name_or_code_get_nothing(graded):
    codes = {f"answers-{ADA.code}.txt": right(BOB), f"answers-{BOB.code}.txt": right(ADA)}
    assert graded(QUIZ, codes)[0] == []
    names = {name: f"student = {owner.id}\n{text}" for (name, text), owner in zip(codes.items(), CLASS)}
    assert graded(QUIZ, names)[0] == []


def test_versions_for_the_room_may_be_answered_by_many(graded):
    version = ROOM.versions[2]
    files = {f"{who}_answers-{version.code}.txt": right(version) for who in ("ada_1_2", "bob_2_3", "cyd_3_4")}
    files |= {f"ada_1_2_answers-{version.code}-again.txt": (answer_file(version), 60)}
    students, problems = graded(ROOM, files)
    assert [score for _, score in students] == [7, 7, 7] and len(problems) == 1


def test_a_folder_of_many_students_is_not_one_student(graded):
    files = {f"quiz_3_files/answers-{version.code}.txt": right(version) for version in ROOM.versions}
    students, problems = graded(ROOM, files)
    assert [score for _, score in students] == [7, 7, 7] and not problems


def test_documents_without_a_code_are_named_too(graded):
    files = {
        "byronada_12_345_homework.docx": b"PK\3\4 word/document.xml",
        "cyd_13_346_answers.pages": b"PK\3\4 Index/Document.iwa",
        "scan.jpeg": b"\xff\xd8\xff\xe0", "me.rtf": b"{\\rtf1", "b.txt": right(BOB),
    }  # fmt: skip
    students, problems = graded(QUIZ, files)
    assert students == [("bob@example.com", 7)]
    kinds = {problem.split(": it is ")[0]: problem.split(": it is ")[1] for problem in problems}
    assert kinds == {
        "byronada_12_345_homework.docx": "a Word document, not a text file; save it as .txt",
        "cyd_13_346_answers.pages": "an Apple Numbers or Pages document, not a text file; save it as .txt",
        "scan.jpeg": "a picture, not a text file; save it as .txt",
        "me.rtf": "an RTF document, not a text file; save it as .txt",
    }


def test_what_is_not_text_or_too_large_is_said_and_stops_nobody(graded):
    files = {f"answers-{ADA.code}.docx": b"PK", "large.txt": b"1 = 3\n" * 300_000, "b.txt": right(BOB)}
    students, problems = graded(QUIZ, files)
    assert students == [("bob@example.com", 7)]
    assert any("not a text file; save it as .txt" in each for each in problems)
    assert any("larger than 1000 kB" in each for each in problems)


names = st.sampled_from(["a", "b/a", "ada_12_", "answers-AAAA-0000", "readme", "__MACOSX/x", "answers (1)", "x copy"])
contents = st.sampled_from(
    [right(ADA), right(BOB), EMPTY, "hello", "1 = 3", "student = ada@example.com\n1 = 2", "version = X"]
)


@given(st.dictionaries(names, st.tuples(contents, st.integers(0, 9)), min_size=1))
def test_no_student_ever_has_two_rows_and_no_file_is_lost(tmp_path_factory, files):
    folder = tmp_path_factory.mktemp("answers")
    for name, (content, age) in files.items():
        path = folder / f"{name}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        os.utime(path, (1e9 - age, 1e9 - age))
    if not any("MACOSX" not in name for name in files):
        return
    for quiz in (QUIZ, ROOM):
        found, problems = grade.grade_all(quiz, reading.read(folder, quiz))
        assert len({one.student for one in found}) == len(found)
        seen = sum(str(folder / f"{name}.txt") in "\n".join(problems) for name in files if "MACOSX" not in name)
        assert seen + len(found) >= sum("MACOSX" not in name for name in files)


def test_answers_to_another_making_are_never_graded(tmp_path):
    """The code in a file says so, or the one in its name alone."""
    now = replace(QUIZ, versions=tuple(replace(one, code=f"BBBB-000{place}") for place, one in enumerate(QUIZ.versions)))
    for version in QUIZ.versions:
        (tmp_path / f"answers-{version.code}.txt").write_text(right(version))
        unnamed = right(version).replace(f"version = {version.code}", f"student = {version.owner.id}")
        (tmp_path / f"1_answers-{version.code} (1).txt").write_text(unnamed)
    found, problems = grade.grade_all(now, reading.read(tmp_path, now))
    assert not found and len(problems) == 6
    assert all(
        "or the quiz was generated another time; that time's teacher/versions.csv lists it" in each for each in problems
    )
