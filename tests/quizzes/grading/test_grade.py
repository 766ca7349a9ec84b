"""Answers find their version, and a class tells what it did not understand."""

import csv
import io
import re
import unicodedata

import pytest

from common.errors import UserError
from quizzes import quiz_json
from quizzes.grading import grade, reading, report, statistics
from quizzes.grading.marking import brief_key, written_key
from quizzes.grading.responses import answer_file, read_file, read_table
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner, numbered
from quizzes.search import draw_variants
from tests.quizzes.made import choice, grid, number, template

QUIZ = Quiz(
    "made-up",
    "Made up",
    "",
    tuple(Entry(each.__name__, points, 1, "typed") for each, points in ((number, 2.0), (grid, 4.0), (choice, 1.0))),
)


def made(owners):
    names = [owner.id for owner in owners]
    pools = [draw_variants(template(make, make.__name__), "a seed", names) for make in (number, grid, choice)]
    versions = [Version(owner, f"AAAA-{place:04}", tuple(each)) for place, (owner, *each) in enumerate(zip(owners, *pools))]
    return GeneratedQuiz(QUIZ, tuple(versions))


ROWS = r"2 r1 = (.*?) (.*?)    # .*\n2 r2 = (.*?) (.*?)    # .*"  # of the grid, in a form
CLASS = [Owner(f"student{place}@example.com", f"Student {place}") for place in range(12)]


def right(version):
    """Return the form of a version with all answers right."""
    lines = []
    for line in answer_file(version).splitlines():
        if found := re.fullmatch(r"((\d+)(?: r(\d))? = )(.*)", line):
            rows = brief_key(version.variants[int(found[2]) - 1]).split(" / ")
            line = found[1] + rows[int(found[3] or 1) - 1] + found[4]
        lines.append(line)
    return "\n".join(lines)


def graded(quiz, text):
    return grade.grade(quiz, read_file(text.encode(), "answers.txt"))


def test_a_form_filled_in_rightly_gets_all_points():
    quiz = made(CLASS)
    for version in quiz.versions:
        one = graded(quiz, right(version))
        assert one.score == 7 and one.student == version.owner.id and not one.notes


def test_an_empty_form_gets_none_and_says_so():
    one = graded(made(CLASS), answer_file(made(CLASS).versions[3]))
    assert one.score == 0 and not any(mark.answered for mark in one.marks)


def test_half_a_grid_gets_half_its_points():
    quiz = made(CLASS)
    for text in ("2 r1 = 1 1", "2 r1 = 1; 1  # both", "2 r1 = 1, 1", "2 r1c1 = 1\n2 r1c2 = 1"):
        changed = re.sub(r"2 r1 = .*", text, right(quiz.versions[0]))
        assert graded(quiz, changed).points == (2.0, 2.0, 1.0)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text.replace(" = ", "="),
        lambda text: text.replace(" = ", ": "),
        lambda text: text.replace("\n2 r", "\nQuestion 2 R"),
        lambda text: text.replace("AAAA-0002", "aaaa0002"),
        lambda text: "\n\n# a note\n" + text + "\n\nname = Ada\n",
    ],
)
def test_files_are_read_however_they_are_typed(change):
    quiz = made(CLASS)
    assert graded(quiz, change(right(quiz.versions[2]))).score == 7


@pytest.mark.parametrize(
    "change",
    [
        lambda text: re.sub("(3 = [ABCD])$", r"\1  # my guess", text).replace("\n1 = ", "\n1 = +") + "#?",
        lambda text: text.replace("\n1 = ", "\n1) = ").replace("\n3 = ", "\n3. = "),
        lambda text: text.replace(" = ", " \uff1d "),  # full-width
        lambda text: text.replace("AAAA-0002", "AAAA\u20130002"),  # as an editor corrects it
        lambda text: re.sub("([ABCD])$", "\u201c\\1\u201d", text),  # Word's quotation marks
        lambda text: re.sub(ROWS, r"2 = \1 \2 / \3 \4", text),
        lambda text: re.sub(ROWS, r"2 r1c1 = [[\1, \2], [\3, \4]]", text),
    ],
)
def test_files_are_read_however_people_and_editors_change_them(change):
    quiz = made(CLASS)
    text = right(quiz.versions[2])
    assert change(text) != text
    one = graded(quiz, change(text))
    assert one.score == 7 and not one.notes


@pytest.mark.parametrize("code", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_any_encoding_and_any_way_to_store_an_accent(code):
    quiz = made([Owner("zoë@example.com", "Zoë"), *CLASS])
    text = right(quiz.versions[0]).replace("version = AAAA-0000", "student = zoë@example.com")
    stored = text if code == "cp1252" else unicodedata.normalize("NFD", text)
    assert grade.grade(quiz, read_file(stored.replace("\n", "\r\n").encode(code), "x")).score == 7


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"{\\rtf1 1 = 5}", "an RTF document"), (b"%PDF-1.4", "a PDF"), (b"PK\3\4 word/document.xml", "a Word document")],
)
def test_a_document_is_named_as_what_it_is(content, kind):
    given = read_file(content, "answers.txt")
    assert given.problem == f"it is {kind}, not a text file; save it as .txt" and not given.replies


def test_a_letter_of_another_script_is_named_to_the_teacher():
    quiz = made(CLASS)
    version = next(each for each in quiz.versions if written_key(each.variants[2]) == "A")
    one = graded(quiz, re.sub("3 = A", "3 = \N{CYRILLIC CAPITAL LETTER A}", right(version)))
    assert one.score == 7 and one.notes == (
        "question 3: “\N{CYRILLIC CAPITAL LETTER A}” is not a Latin letter; it was read as A",
    )


def test_lines_that_mean_nothing_cost_nothing_else():
    quiz = made(CLASS)
    one = graded(quiz, right(quiz.versions[0]) + "\nwhat is this\n99 = 3\n3 = A\n3 = B\n")
    assert one.points[:2] == (2.0, 4.0)
    assert any("not understood" in note for note in one.notes)
    assert any("there is no question 99" in note for note in one.notes)
    assert any("again" in note for note in one.notes)


def test_answers_to_another_seed_belong_nowhere():
    quiz = made(CLASS)
    text = right(quiz.versions[0]).replace("AAAA-0000", "BBBB-0000")
    with pytest.raises(UserError, match=r"no version of this quiz has the code 'BBBB-0000'.*another time"):
        graded(quiz, text)


def test_nobody_answers_for_somebody_else():
    quiz = made(CLASS)
    with pytest.raises(UserError, match="answered version AAAA-0000, but has version AAAA-0001"):
        graded(quiz, right(quiz.versions[0]) + "\nstudent = student1@example.com")
    with pytest.raises(UserError, match=r"mallory@example.com is not on the roster"):
        graded(quiz, right(quiz.versions[0]) + "\nstudent = mallory@example.com")


def table(quiz, lines):
    headings = ["student", "version", "1", "2 r1c1", "2 r1c2", "2 r2c1", "2 r2c2", "3"]
    return read_table([headings, *lines], "class.csv")


def line(version, *cells, code=True):
    return [version.owner.id, version.code if code else "", *cells]


def test_a_class_in_a_table():
    quiz = made(CLASS)
    lines = []
    for place, version in enumerate(quiz.versions):
        (a, b), (c, d) = version.variants[1].answer.values
        key = version.variants[0].answer.value
        doubled = key if place < 6 else key // 2
        lines.append(
            line(version, str(doubled), str(a), str(b), str(c), str(d), written_key(version.variants[2]), code=place % 2)
        )
    found, problems = grade.grade_all(quiz, table(quiz, lines))
    assert problems == ["6 answers name no version: their grades are right only if this is the quiz that the students had"]
    assert [one.score for one in found] == [7.0] * 6 + [5.0] * 6
    items = statistics.items(quiz, found)
    assert [item.tally.difficulty for item in items] == [0.5, 1.0, 1.0]
    assert items[0].misconceptions == {"not doubled": 6} and items[0].lost == {"not doubled": 12.0}
    assert items[0].tally.discrimination is None  # everybody has the rest right
    assert statistics.topics(items)["Tests"] == [("not doubled", 6, 12.0)]


def test_who_knows_the_rest_knows_a_good_question():
    quiz = made(CLASS)
    lines = []
    for place, version in enumerate(quiz.versions):
        (a, b), (c, d) = version.variants[1].answer.values
        good = place < 6
        cells = (a, b, c, d) if good else (0, 0, 0, 0)
        key = version.variants[0].answer.value + (not good)
        lines.append(line(version, str(key), *map(str, cells), "A"))
    items = statistics.items(quiz, grade.grade_all(quiz, table(quiz, lines))[0])
    found = [item.tally.discrimination for item in items]
    assert found[0] > 0.9 and found[1] > 0.9 and abs(found[2]) < 0.8


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "holds no answers"),
        ([["student", "1"]], "holds no answers"),
        ([["who", "1"], ["ada", "3"]], "neither a column of versions nor one of students"),
        ([["student", "colour"], ["ada", "red"]], "the heading 'colour'"),
        ([["student"], ["ada"]], "no heading of a question"),
        ([["student", "1", "Q1"], ["ada", "3", "4"]], "the heading '1' twice"),
    ],
)
def test_tables_that_cannot_be_meant(rows, said):
    with pytest.raises(UserError, match=said):
        read_table(rows, "class.csv")


def test_a_table_as_people_leave_it():
    quiz = made(CLASS)
    first, second, third, fourth = quiz.versions[:4]
    whole = [[brief_key(variant) for variant in version.variants] for version in quiz.versions]
    headings = ["student", "version", "1", "2", "3"]
    rows = [
        headings,
        [first.owner.id, first.code, *whole[0], "", ""],
        [],
        ["", "", "", "", ""],
        headings,  # two tables, one below the other
        [second.owner.id.upper(), second.code, *whole[1]],
        [third.owner.id, third.code, "3", "5", *whole[2]],  # 3,5 without quotation marks
        [second.owner.id, second.code, *whole[1]],  # the same again
        [fourth.owner.id, fourth.code, *whole[3]],
        [fourth.owner.id, fourth.code, "1", *whole[3][1:]],  # and another answer
    ]
    found, problems = grade.grade_all(quiz, read_table(rows, "class.csv"))
    assert [(one.student.casefold(), one.score) for one in found] == [(first.owner.id, 7), (second.owner.id, 7)]
    assert problems == [
        "class.csv, line 7: it has 7 cells below 5 headings; put quotation marks around text that holds commas",
        "class.csv, line 8: the same answers as class.csv, line 6, which counts",
        f"class.csv, line 9, class.csv, line 10: these are {fourth.owner.id}'s, and which is the newest is unknown, "
        "so none counts",
    ]


def test_one_bad_line_stops_nobody_elses_grade():
    quiz = made(CLASS)
    good, bad = line(quiz.versions[0], "1", "", "", "", "", ""), ["mallory", "", "1", "", "", "", "", ""]
    found, problems = grade.grade_all(quiz, table(quiz, [good, bad]))
    assert len(found) == 1 and "class.csv, line 3: mallory is not on the roster" in problems[0]


def test_a_file_that_is_no_file_of_answers(tmp_path):
    for content in (b"\x00" * 100, b"\xff\xfe\x00", bytes(range(256)), b"=" * 5000):
        assert not read_file(content, "x").replies
    large = read_file(b"1 = 3\n" * 200_000, "x")
    assert "larger than" in large.problem and not large.replies
    with pytest.raises(UserError, match=r"no file in it ends in \.txt"):
        reading.read(tmp_path, made(CLASS))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"PK\3\4 xl/workbook.xml", "is an Excel workbook: save a table as CSV, the answers of one student as .txt"),
        (b"PK\3\4 answers.txt", "is a zip archive: unpack it first"),
        (b"", "holds no answers: it needs a line of headings"),
    ],
)
def test_files_that_are_no_tables(tmp_path, content, said):
    (tmp_path / "answers.csv").write_bytes(content)
    with pytest.raises(UserError, match=said):
        reading.read(tmp_path / "answers.csv", made(CLASS))


def test_the_tables_for_the_teacher():
    owners = [Owner("=HYPERLINK(1)", "@Evil"), *CLASS[:2]]
    quiz = made(owners)
    found, _ = grade.grade_all(quiz, [read_file(right(version).encode(), "x") for version in quiz.versions])
    files = report.files(quiz, found, statistics.statistics(quiz, found), ["class.csv, line 9: <b>nobody</b>"])
    rows = list(csv.reader(io.StringIO(files["grades.csv"].decode("utf-8-sig"))))
    assert rows[0] == ["student", "name", "version", "score", "1", "2", "3"]
    assert rows[1][:4] == ["'=HYPERLINK(1)", "'@Evil", "AAAA-0000", "7.0"]
    page = files["report.html"].decode()
    assert "&lt;b&gt;nobody" in page and "<svg" in page
    assert len(list(csv.reader(io.StringIO(files["feedback.csv"].decode())))) == 1 + 3 * 3
    assert len(list(csv.reader(io.StringIO(files["items.csv"].decode())))) == 1 + 3


def test_numbered_versions_and_json():
    quiz = made(numbered(3))
    assert quiz_json.read(quiz_json.written(quiz)) == quiz
    assert graded(quiz, right(quiz.versions[1]) + "\nstudent = whoever").student == "whoever"
