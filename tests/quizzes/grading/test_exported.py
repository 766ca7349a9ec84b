"""Exports of Canvas and Moodle, written here as those platforms write them, give the marks of the same answers typed."""

import csv
import io
import re
from html import unescape

import pytest

from common.errors import UserError
from quizzes.grading import exported, grade, reading
from quizzes.grading.marking import written_key
from quizzes.question import Choice, Grid
from quizzes.roster import Owner, numbered
from tests.quizzes.grading.test_grade import made


def text_of(stem):
    """Strip tags, as both platforms do."""
    from quizzes.text.markdown import html_with_latex

    return unescape(re.sub("<[^>]*>", "", html_with_latex(stem)))


def right(variant):
    """Return the right answer as one text for each blank, or of the option."""
    if isinstance(variant.answer, Grid):
        return [part.split(" = ")[1] for part in written_key(variant).split(", ")]
    if isinstance(variant.answer, Choice):
        return [next(option.text for option in variant.answer.options if option.right)]
    return [written_key(variant)]


def canvas(quiz, students):
    """Write Canvas's student analysis: a column for each variant, empty where a student got another one."""
    variants = [variant for version in quiz.versions for variant in version.variants]
    headings = ["name", "id", "sis_id", "section", "section_id", "section_sis_id", "submitted", "attempt"]
    for number, variant in enumerate(variants):
        headings += [f"{4000 + number}: {text_of(variant.stem)}\n", "2.0"]
    rows = [[*headings, "n correct", "n incorrect", "score"]]
    for name, given in students.items():
        row = [name, "17", name, "Section", "1", "", "2026-11-01", "1"]
        for variant in variants:
            parts = [part.replace(",", r"\,") for part in given.get(variant.id, [])]
            row += [",".join(parts), "1.0" if parts else ""]
        rows.append([*row, "0", "0", "0.0"])
    return rows


def moodle(quiz, students):
    """Write Moodle's responses, with question texts: the answers of a cloze in one cell, part by part."""
    by_id = {variant.id: variant for version in quiz.versions for variant in version.variants}
    rows = [["Last name", "First name", "Email address", "State"]]
    rows[0] += [f"{what} {number}" for number in range(1, 4) for what in ("Question", "Response", "Right answer")]
    for name, given in students.items():
        row = ["L", "F", name, "Finished"]
        for id, parts in given.items():
            numbered = "; ".join(f"part {place}: {part}" for place, part in enumerate(parts, start=1))
            asked = f"{text_of(by_id[id].stem).upper()} _____ _____"
            row += [asked, numbered if isinstance(by_id[id].answer, Grid) else parts[0], "secret"]
        rows.append(row)
    return [*rows, ["Overall average", "", "", "", *["-"] * 9]]


def as_written(rows):
    stream = io.StringIO()
    csv.writer(stream).writerows(rows)
    return stream.getvalue().encode("utf-8-sig")


@pytest.mark.parametrize("write", [canvas, moodle])
def test_each_student_is_marked_on_what_the_platform_drew(write, tmp_path):
    quiz = made(numbered(6))
    versions = quiz.versions
    mixed = [versions[4].variants[0], versions[2].variants[1], versions[5].variants[2]]  # no version of ours
    wrong = {**{variant.id: right(variant) for variant in mixed}, mixed[0].id: [str(mixed[0].answer.value // 2)]}
    students = {
        "ada@example.com": {variant.id: right(variant) for variant in mixed},
        "alan@example.com": wrong,
        "zoë@example.com": {variant.id: right(variant) for variant in versions[1].variants},
    }
    path = tmp_path / "export.csv"
    path.write_bytes(as_written(write(quiz, students)))
    found, problems = grade.grade_all(quiz, reading.read(path, quiz))
    assert not problems
    assert {one.student: one.score for one in found} == {"ada@example.com": 7, "alan@example.com": 5, "zoë@example.com": 7}
    assert found[1].marks[0].misconception == "not doubled"


def test_cells_that_canvas_leaves_out_are_no_guess():
    quiz = made(numbered(2))
    variant = quiz.versions[0].variants[1]
    rows = canvas(quiz, {"ada": {variant.id: right(variant)[:3]}})
    with pytest.raises(UserError, match="holds no answers to this quiz"):
        exported.read(rows, quiz, "export.csv")


def test_questions_of_another_quiz_are_named():
    quiz = made(numbered(2))
    variant = quiz.versions[0].variants[0]
    rows = canvas(quiz, {"ada": {variant.id: right(variant)}})
    rows[0].insert(8, "99: What is the capital of France?")
    rows[1].insert(8, "Paris")
    found, problems = grade.grade_all(quiz, exported.read(rows, quiz, "export.csv"))
    assert found[0].points == (2.0, 0.0, 0.0)
    assert problems == ["export.csv, line 2: no question of this quiz begins “What is the capital of France?”"]


def test_an_export_of_another_seed():
    rows = canvas(made(numbered(2)), {"ada": {made(numbered(2)).versions[0].variants[0].id: ["3"]}})
    rows[0] = [heading.replace("two times", "ten times") for heading in rows[0]]
    with pytest.raises(UserError, match="was it made from another seed"):
        exported.read(rows, made(numbered(2)), "export.csv")


def attempts(quiz, write, *attempted):
    """Return an export of several attempts at one question: (student, wrong or not, cells that differ)."""
    variant = quiz.versions[0].variants[0]
    rows = None
    for student, wrong, cells in attempted:
        reply = [str(variant.answer.value // 2)] if wrong else right(variant)
        head, row = write(quiz, {student: {variant.id: reply}})[:2]
        head, row = [*cells, *head], [*cells.values(), *row]
        for name in cells:  # what the platform has already gives way
            while head.count(name) > 1:
                place = len(head) - 1 - head[::-1].index(name)
                del head[place], row[place]
        rows = [*(rows or [head]), row]
    return grade.grade_all(quiz, exported.read(rows, quiz, "export.csv"))


@pytest.mark.parametrize("state", ["In progress", "Overdue", "Never submitted", "-", ""])
def test_moodles_attempts_that_are_not_finished_do_not_count_and_it_is_said(state):
    found, problems = attempts(
        made(numbered(2)),
        moodle,
        ("ada", False, {"State": "Finished", "Completed": "1 October 2026, 10:09 AM"}),
        ("ada", True, {"State": state, "Completed": "-"}),
        ("bob", True, {"State": state, "Completed": "-"}),
    )
    assert [(one.student, one.score) for one in found] == [("ada", 2)]
    assert problems == [
        f"export.csv, line {line}: {who}'s attempt does not count: its state is “{state}”"
        for line, who in ((3, "ada"), (4, "bob"))
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("1 October 2026, 9:09 PM", "1 October 2026, 10:09 AM"),  # a table that somebody sorted
        ("2 October 2026, 10:09 AM", "30 September 2026, 10:09 AM"),
    ],
)
def test_the_newest_of_moodles_finished_attempts_counts(first, second):
    for one, other in ((first, second), (second, first)):
        found, problems = attempts(
            made(numbered(2)),
            moodle,
            ("ada", one == second, {"Completed": one}),
            ("ada", other == second, {"Completed": other}),
        )
        assert [(one.student, one.score) for one in found] == [("ada", 2)] and "has a newer attempt" in problems[0]


LANGUAGES = {
    "de": (
        ["Nachname", "Vorname", "E-Mail-Adresse", "Status", "Begonnen", "Beendet", "Dauer", "Bewertung/7,00"],
        ("Frage {}", "Antwort {}", "Richtige Antwort {}"), ("Beendet", "In Bearbeitung"), "Teil {}: {}",
        ("30. September 2026, 22:09", "1. Oktober 2026, 10:09"), "Gesamtdurchschnitt",
    ),
    "fr": (
        ["Nom de famille", "Prénom", "Adresse de courriel", "État", "Commencé", "Terminé", "Durée", "Note/7,00"],
        ("Question {}", "Réponse {}", "Réponse correcte {}"), ("Terminée", "En cours"), "partie {} : {}",
        ("30 septembre 2026, 22:09", "1 octobre 2026, 10:09"), "Moyenne globale",
    ),
    "es": (
        ["Apellido(s)", "Nombre", "Dirección de correo", "Estado", "Comenzado", "Finalizado", "Duración", "Nota/7,00"],
        ("Pregunta {}", "Respuesta {}", "Respuesta correcta {}"), ("Finalizado", "En curso"), "parte {}: {}",
        ("30 de septiembre de 2026, 22:09", "jueves, 1 de octubre de 2026, 10:09"), "Promedio general",
    ),
    "hu": (  # not known here: the shape alone
        ["Vezetéknév", "Utónév", "E-mail cím", "Állapot", "Kezdés", "Befejezés", "Időtartam", "Pont/7,00"],
        ("{}. kérdés", "{}. válasz", "{}. helyes válasz"), ("Befejezett", "Folyamatban"), "rész {}: {}",
        ("2026. szeptember 30., 22:09", "2026. október 1., 10:09"), "Átlag",
    ),
}  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("asked", [2, 3])
def test_moodles_export_in_any_language(code, asked, tmp_path):
    before, words, (finished, unfinished), part, (early, late), average = LANGUAGES[code]
    quiz = made(numbered(2))
    variants = quiz.versions[0].variants

    def row(student, state, end, wrong=False):
        cells = ["L", "F", student, state, "x 10:00", end, "9", "-"]
        for variant in variants:
            parts = right(variant)
            grid = "; ".join(part.format(place, text) for place, text in enumerate(parts, start=1))
            answer = grid if isinstance(variant.answer, Grid) else "1" if wrong else parts[0]
            cells += [text_of(variant.stem), answer, "secret"][:asked]
        return cells

    headings = [*before, *(word.format(number) for number in (1, 2, 3) for word in words[:asked])]
    rows = [headings, row("ada@u.edu", finished, early, wrong=True), row("ada@u.edu", finished, late)]
    rows += [row("bob@u.edu", unfinished, "-"), [average, *[""] * 7, *["-"] * 3 * asked]]
    path = tmp_path / "export.csv"
    path.write_bytes(as_written(rows))
    found, problems = grade.grade_all(quiz, reading.read(path, quiz))
    assert [(one.student, one.score) for one in found] == [("ada@u.edu", 7)]
    unknown = ["export.csv: the state “Befejezett” is unknown here; attempts in it count, since they have an end"]
    assert [problem.replace(f"{tmp_path}/", "") for problem in problems] == [
        *(unknown if code == "hu" else []),
        f"export.csv, line 4: bob@u.edu's attempt does not count: its state is “{unfinished}”",
        "export.csv, line 2: does not count, ada@u.edu has a newer attempt: export.csv, line 3",
    ]


def test_an_export_without_question_texts_or_with_cells_too_many():
    quiz = made(numbered(2))
    rows = moodle(quiz, {"ada": {quiz.versions[0].variants[0].id: right(quiz.versions[0].variants[0])}})
    without = [[cell for heading, cell in zip(rows[0], row) if not heading.startswith("Question")] for row in rows]
    with pytest.raises(UserError, match="exported without question texts"):
        exported.read(without, quiz, "export.csv")
    found, problems = grade.grade_all(quiz, exported.read([rows[0], [*rows[1], *[""] * 9, "x"]], quiz, "export.csv"))
    assert not found and "below 13 headings" in problems[0]


def test_of_moodles_attempts_of_one_minute_the_later_line_counts():
    same = {"Completed": "1 October 2026, 10:09 AM"}
    found, problems = attempts(made(numbered(2)), moodle, ("ada", True, same), ("ada", False, same))
    assert [(one.student, one.score) for one in found] == [("ada", 2)]
    assert problems == ["export.csv, line 2: does not count, ada has a newer attempt: export.csv, line 3"]


@pytest.mark.parametrize(
    ("newer", "older"),
    [
        (
            {"submitted": "2026-11-01 10:00:00 UTC", "attempt": "10"},
            {"submitted": "2026-11-01 09:00:00 UTC", "attempt": "9"},
        ),
        ({"submitted": "2026-11-01 10:00:00 UTC"}, {"submitted": "2026-11-01 09:00:00 UTC"}),
        ({"submitted": "yesterday"}, {"submitted": "before"}),  # then as Canvas sorts them: the newest first
    ],
)
def test_the_newest_of_canvass_attempts_counts(newer, older):
    quiz = made(numbered(2))
    assert attempts(quiz, canvas, ("ada", False, newer), ("ada", True, older))[0][0].score == 2
    if newer["submitted"] != "yesterday":
        assert attempts(quiz, canvas, ("ada", True, older), ("ada", False, newer))[0][0].score == 2


def test_students_without_names_stay_different_students():
    found, _ = attempts(made(numbered(2)), canvas, ("", False, {"id": ""}), ("", True, {"id": ""}))
    assert [one.score for one in found] == [2, 0]


def test_canvass_attempts_that_were_not_submitted_do_not_count():
    found, problems = attempts(
        made(numbered(2)), canvas, ("ada", False, {"submitted": "x"}), ("bob", True, {"submitted": ""})
    )
    assert [one.student for one in found] == ["ada"]
    assert problems == ["export.csv, line 3: bob's attempt does not count: it was not submitted"]


def test_a_question_without_an_answer_is_left_out_and_nothing_else_is_said():
    quiz = made([Owner("ada@example.com", "Ada Byron"), Owner("alan@example.com")])
    variants = quiz.versions[1].variants
    rows = moodle(quiz, {"ada@example.com": {variant.id: right(variant) for variant in variants}})
    rows[1] = [cell if "part 1" not in cell else "-" for cell in rows[1]]
    (one,), problems = grade.grade_all(quiz, exported.read(rows, quiz, "export.csv"))
    assert not problems and one.points == (2.0, 0.0, 1.0) and not one.marks[1].answered
    assert one.version.owner.name == "Ada Byron" and one.version.variants == variants
