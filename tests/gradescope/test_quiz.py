"""A quiz on Gradescope: the archive runs with Python alone, and nobody gets points for another's answers."""

import json
import os
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from io import BytesIO

import jsonschema
import pytest

from gradescope import build, harness
from gradescope import quiz as on_gradescope
from quizzes import making, quiz_json
from quizzes.grading.responses import answer_file
from quizzes.languages import catalogue
from quizzes.quiz import Entry, Quiz
from quizzes.roster import Owner, numbered
from tests.conftest import ROOT
from tests.gradescope.metadata import metadata
from tests.quizzes.grading.test_grade import made, right

SCHEMA = json.loads((ROOT / "tests" / "autograder" / "gradescope_schema.json").read_text())
CLASS = [Owner("ada@example.com"), Owner("alan@example.com"), Owner("grace@example.com")]


@pytest.fixture
def handed_in(tmp_path):
    """A function that hands in files to a quiz."""

    def run(quiz, files, users=None):
        where = harness.lay_out(build.build_quiz(quiz), tmp_path / "autograder")
        submission = tmp_path / "submission"
        submission.mkdir()
        for name, content in files.items():
            (submission / name).parent.mkdir(parents=True, exist_ok=True)
            (submission / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        told = metadata() | {"users": [{"email": email, "id": 1, "name": "N"} for email in users or []]}
        shown = harness.run(where, submission, told if users else None)
        jsonschema.validate(json.loads(shown.raw), SCHEMA)
        return shown.results

    return run


def test_right_answers_get_all_points(handed_in):
    quiz = made(CLASS)
    results = handed_in(quiz, {"answers.txt": right(quiz.versions[0])}, ["ADA@example.com"])
    assert results["score"] == 7
    assert [test["score"] for test in results["tests"]] == [2, 4, 1]
    assert {test["visibility"] for test in results["tests"]} == {"after_published"}
    assert results["extra_data"] == {"schema": 1, "quiz": "made-up", "version": quiz.versions[0].code}


def test_the_file_need_not_name_its_version(handed_in):
    quiz = made(CLASS)
    text = right(quiz.versions[1]).replace(f"version = {quiz.versions[1].code}", "")
    assert handed_in(quiz, {"notes/b.txt": text, "a.txt": "hello", "c.pdf": b"%PDF"}, ["alan@example.com"])["score"] == 7


@pytest.mark.parametrize(
    ("users", "said"),
    [
        (["alan@example.com"], "belongs to another student; yours is AAAA-0001"),
        (["mallory@example.com"], "mallory@example.com has no version of this quiz"),
    ],
)
def test_another_students_answers_get_nothing(handed_in, users, said):
    quiz = made(CLASS)
    results = handed_in(quiz, {"answers.txt": right(quiz.versions[0]) + "\nstudent = ada@example.com"}, users)
    assert results["score"] == 0 and said in results["output"] and results["tests"] == []


def test_a_group_may_hand_in_any_members_version(handed_in):
    quiz = made(CLASS)
    assert handed_in(quiz, {"a.txt": right(quiz.versions[2])}, ["alan@example.com", "grace@example.com"])["score"] == 7


def test_versions_for_the_room_are_told_by_their_code(handed_in):
    quiz = made(numbered(3))
    assert handed_in(quiz, {"a.txt": right(quiz.versions[2])}, ["anybody@example.com"])["score"] == 7


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "hand in the file answers-CODE.txt"),
        ({"answers.docx": b"PK"}, "hand in the file answers-CODE.txt"),
        ({"answers.txt": b"\x00\xff" * 1000}, "hand in the file answers-CODE.txt"),
        ({"answers.txt": "version = ZZZZ-ZZZZ\n1 = 3"}, "this quiz has no version ZZZZ-ZZZZ: check your file, or ask"),
        ({"answers.txt": b"1 = 3\n" * 300_000}, "larger than"),
    ],
)
def test_what_cannot_be_graded_is_said_in_a_sentence(handed_in, files, said):
    results = handed_in(made(numbered(2)), files)
    assert results["score"] == 0 and said in results["output"]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"answers.txt": "version = ZZZZ-ZZZZ\n1 = 3"}, ["dieses Quiz hat keine Version ZZZZ-ZZZZ"]),
        ({"answers.txt": b"1 = 3\n" * 300_000}, ["größer als 1000 kB"]),
        ({"answers.txt": b"1 = 3"}, ["sagen nicht, zu welcher Version"]),
        ({"answers.txt": b"%PDF"}, ["es ist ein PDF, keine Textdatei"]),
        (
            {"answers.txt": "1 = 3\n1 = 4\nhallo\n3 = \N{CYRILLIC CAPITAL LETTER A}\n9 = 1\n"},
            [
                "Zeile 2 beantwortet 1 noch einmal",
                "Zeile 3 wurde nicht verstanden: hallo",
                "keine Aufgabe 9",
                "Aufgabe 3: „",
            ],
        ),
    ],
)
def test_students_of_a_german_quiz_read_german_alone(handed_in, files, said):
    quiz = made(numbered(1 + (len(said) == 1)))  # with one version alone, the answers need not name it
    german = replace(quiz, quiz=replace(quiz.quiz, language=catalogue.find("de", ROOT)))
    output = handed_in(german, files)["output"]
    assert all(sentence in output for sentence in said)
    assert not {"is", "it", "no", "the", "line", "question", "of"} & set(re.findall("[a-z]+", output))


def test_of_several_files_the_newest_is_graded_and_it_is_said(handed_in):
    quiz = made(CLASS)
    version = quiz.versions[0]
    files = {
        f"notes/answers-{version.code} (1).txt": right(version), f"answers-{version.code}.txt": answer_file(version),
        f"__MACOSX/._answers-{version.code}.txt": b"\x00\x05\x16\x07", "readme.txt": "1: I was ill",
    }  # fmt: skip
    results = handed_in(quiz, files, ["ada@example.com"])
    assert results["score"] == 7
    assert f"Several files hold answers; answers-{version.code} (1).txt was graded." in results["output"]


def test_where_the_newest_is_unknown_the_student_reads_what_to_do(handed_in):
    quiz = made(CLASS)
    files = {"a.txt": answer_file(quiz.versions[0]), "notes/b.txt": right(quiz.versions[0])}
    results = handed_in(quiz, files, ["ada@example.com"])
    assert results["score"] == 0
    assert "these files hold different answers, so hand in only one of them: a.txt, b.txt" in results["output"]


def test_metadata_that_cannot_be_read_stop_no_grading(tmp_path, monkeypatch):
    """The quiz is graded without asking who hands in, and that is said, whatever the metadata are."""
    quiz = made(CLASS)
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "quiz.json").write_bytes(quiz_json.written(quiz))
    (tmp_path / "submission").mkdir()
    (tmp_path / "submission" / "a.txt").write_text(right(quiz.versions[0]))
    monkeypatch.setenv("AUTOGRADER", str(tmp_path))
    for content in (b"", b"{", b"[" * 100_000, b"[]", b'"x"', b'{"users": [5]}', b"\xff\xfe", b"NaN", b"9" * 10_000):
        (tmp_path / "submission_metadata.json").write_bytes(content)
        (tmp_path / "results" / "results.json").unlink(missing_ok=True)
        on_gradescope.main()
        results = json.loads((tmp_path / "results" / "results.json").read_text())
        jsonschema.validate(results, SCHEMA)
        assert results["score"] == 7 and "nobody has checked whose version this is" in results["output"]


def test_answers_cannot_break_the_results(handed_in):
    quiz = made(numbered(1))
    nasty = "1 = \u202e\ud7ff<script>" + "9" * 5000 + "\n2 r1c1 = \x07\n3 = \N{PILE OF POO}\n" + "x = y\n" * 2000
    results = handed_in(quiz, {"a.txt": nasty.encode("utf-8", "surrogatepass")})
    assert results["score"] == 0 and len(results["tests"]) == 3 and len(results["output"]) <= 2000


def test_the_archive_holds_no_seed():
    drawn = making.make(Quiz("q", "Q", "", (Entry("output-size", seed="a pin"),)), "the seed", CLASS, "the salt")
    with zipfile.ZipFile(BytesIO(build.build_quiz(drawn))) as archive:
        packed = archive.read("quiz.json")
    assert not any(secret in packed for secret in (b"a pin", b"the seed", b"the salt"))
    assert quiz_json.read(packed).versions == drawn.versions


def test_practice_counts_nothing_and_is_called_so(handed_in):
    quiz = made(CLASS)
    entries = (replace(quiz.quiz.entries[0], points=0.0), *quiz.quiz.entries[1:])
    results = handed_in(replace(quiz, quiz=replace(quiz.quiz, entries=entries)), {"a.txt": right(quiz.versions[0])})
    assert results["score"] == 5 and results["tests"][0]["name"] == "Question 1 (practice)"
    assert (results["tests"][0]["score"], results["tests"][0]["max_score"]) == (0, 0)


def test_nothing_but_pythons_own_library_is_needed(tmp_path):
    where = harness.lay_out(build.build_quiz(made(CLASS)), tmp_path)
    code = f"import sys; sys.path[:0] = [{str(where.source / 'convgrade')!r}]; import gradescope.quiz"
    subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True)


def test_setup_needs_no_network(tmp_path):
    where = harness.lay_out(build.build_quiz(made(CLASS)), tmp_path)
    environment = {"PATH": os.environ["PATH"], "AUTOGRADER": str(tmp_path), "https_proxy": "http://127.0.0.1:9"}
    done = subprocess.run(["bash", where.source / "setup.sh"], env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "the quiz can be graded" in done.stdout, done.stderr
    assert (tmp_path / "environment" / "bin" / "python").exists()


def test_the_same_quiz_gives_the_same_archive():
    first, second = build.build_quiz(made(CLASS)), build.build_quiz(made(CLASS))
    assert first == second
    with zipfile.ZipFile(BytesIO(first)) as zipped:
        assert {"quiz.json", "run_autograder", "setup.sh"} <= set(zipped.namelist())
        assert not any("kernels" in name or "questions" in name for name in zipped.namelist())


def test_a_quiz_in_spanish_is_graded_in_spanish(handed_in):
    quiz = made(CLASS)
    spanish = replace(quiz, quiz=replace(quiz.quiz, language=catalogue.find("es", ROOT)))
    results = handed_in(
        spanish, {"answers.txt": answer_file(spanish.versions[0], spanish.quiz.language)}, ["ada@example.com"]
    )
    assert results["output"] == "Versión AAAA-0000: 0 de 3 preguntas respondidas."
    assert [(test["name"], test["output"]) for test in results["tests"]] == [
        (f"Pregunta {number}", "Sin responder.") for number in (1, 2, 3)
    ]
