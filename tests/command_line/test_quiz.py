"""convgrade quiz, as an instructor calls it: from a TOML file to graded answers, and a sentence for each mistake."""

import csv
import filecmp
import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "quizzes" / "examples" / "cnn.toml"
QUIZ = """title = "Sizes"

[[questions]]
template = "output-size"
points = 2

[[questions]]
template = "output-size"
ask = "choice"
"""


def convgrade(*arguments, folder):
    command = [sys.executable, "-m", "command_line", *map(str, arguments)]
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "HOME": str(folder)}
    return subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder, env=environment)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "quiz.toml").write_text(QUIZ)
    return tmp_path


def make(folder, *arguments, out="made"):
    done = convgrade("quiz", "make", "quiz.toml", "--seed", "s", "--out", out, *arguments, folder=folder)
    assert done.returncode == 0, done.stderr
    return done


def files_of(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_list_shows_every_template(folder):
    done = convgrade("quiz", "list", folder=folder)
    assert "output-size" in done.stdout and re.search(r"\d+ templates", done.stdout)
    assert "output-size" not in convgrade("quiz", "list", "--topic", "pooling", folder=folder).stdout


def test_preview_prints_a_variant_with_its_key(folder):
    first, second = (convgrade("quiz", "preview", "output-size", "--seed", "s", folder=folder) for _ in range(2))
    assert first.stdout == second.stdout and "Key: " in first.stdout and "padding" in first.stdout
    assert "Key: " in convgrade("quiz", "preview", "output-size", "--choice", folder=folder).stdout


def test_a_quiz_from_its_toml_to_the_grades(folder):
    (folder / "roster.csv").write_text("email,name\n=1+2,Eve\nada@example.com,Ada\n")
    assert "a version for each of 2 students" in make(folder, "--students", "roster.csv").stdout
    keys = convgrade("quiz", "key", "made", folder=folder).stdout
    assert "Ada" in keys and "Eve" in keys
    for path in (folder / "made" / "answers").iterdir():
        key = convgrade("quiz", "key", "made", path.stem.removeprefix("answers-"), folder=folder).stdout
        answers = re.findall(r"^ +(\d) .*: (\S+)", key, re.MULTILINE)
        text = path.read_text()
        for number, answer in answers:
            text = text.replace(f"\n{number} = ", f"\n{number} = {answer}")
        path.write_text(text)
    done = convgrade("quiz", "grade", "made", "made/answers", folder=folder)
    assert done.returncode == 0 and "2 graded, 3.0 of 3 points on average" in done.stdout, done.stderr
    rows = list(csv.DictReader(io.StringIO((folder / "graded" / "grades.csv").read_text("utf-8-sig"))))
    assert {row["student"]: row["score"] for row in rows} == {"'=1+2": "3.0", "ada@example.com": "3.0"}
    assert (folder / "graded" / "report.html").exists()
    again = convgrade(
        *"quiz grade quiz.toml made/answers --seed s --students roster.csv --out again".split(), folder=folder
    )
    assert again.returncode == 0
    assert filecmp.cmp(folder / "graded" / "grades.csv", folder / "again" / "grades.csv", shallow=False)


def test_the_same_seed_writes_the_same_bytes_and_another_does_not(folder):
    make(folder, "--variants", "3")
    make(folder, "--variants", "3", out="again")
    assert files_of(folder / "made") == files_of(folder / "again")
    for name in files_of(folder / "made"):
        assert (folder / "made" / name).read_bytes() == (folder / "again" / name).read_bytes(), name
    convgrade(*"quiz make quiz.toml --seed other --variants 3 --out other".split(), folder=folder)
    assert not set(files_of(folder / "other" / "answers")) & set(files_of(folder / "made" / "answers"))
    make(folder, "--variants", "3", "--salt", "a salt", out="salted")
    assert not set(files_of(folder / "salted" / "answers")) & set(files_of(folder / "made" / "answers"))


def test_every_variant_comes_with_its_certificate(folder):
    make(folder, "--variants", "4")
    quiz = json.loads((folder / "made" / "teacher" / "quiz.json").read_text())
    certificates = [variant["certificate"] for version in quiz["versions"] for variant in version["variants"]]
    assert len(certificates) == 8
    assert all(each["key"] == each["oracle"] and each["key"] not in each["wrong"].values() for each in certificates)
    pools = json.loads((folder / "made" / "teacher" / "certificates.json").read_text())
    assert [pool["variants"] for pool in pools] == [4, 4] and pools[1]["places"] == [1, 1, 1, 1]


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("quiz preview output-sise", "there is no template 'output-sise': did you mean output-size"),
        ("quiz make none.toml --out made", "there is no file none.toml"),
        ("quiz make quiz.toml --seed s --variants 900 --out made", "but 1800 are asked for"),
        ("quiz make quiz.toml --variants 2 --students roster.csv --out made", "give one of them"),
        ("quiz make quiz.toml --students roster.csv --id login --out made", "has no column 'login'"),
        ("quiz make quiz.toml --students roster.csv --out made", "line 3: the id 'ADA' is on line 2 too"),
        ("quiz make quiz.toml --format pdff --out made", "unknown format 'pdff'; available: paper, canvas, moodle, mark"),
        ("quiz make bad.toml --out made", "bad.toml: questions number 1: there is no template 'outputsize'"),
        ("quiz make quiz.toml --out quiz.toml", "cannot write"),
        ("quiz key made", "there is no made quiz in made"),
        ("quiz grade quiz.toml answers.csv", "Give the --seed of quiz.toml"),
        ("quiz grade quiz.toml none.csv --seed s", "there is no file none.csv"),
        ("quiz grade quiz.toml answers.csv --seed s --variants 2", "nothing in answers.csv could be graded"),
        ("quiz list --topic cooking", "no topic has the word 'cooking'"),
        ("build --quiz none.toml --seed s", "there is no file none.toml"),
    ],
)
def test_mistakes_get_a_sentence(folder, arguments, said):
    (folder / "roster.csv").write_text("id\nada\nADA\n")
    (folder / "bad.toml").write_text('[[questions]]\ntemplate = "outputsize"\n')
    (folder / "answers.csv").write_text("version,1,2\nZZZZ-ZZZZ,3,A\n")
    done = convgrade(*arguments.split(), folder=folder)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr, done.stderr


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "asks nothing"),
        ("title = 3 3", "quiz.toml: Expected newline"),
        ('titel = "x"\n' + QUIZ, "unknown option titel; expected one of title, description"),
        (QUIZ + "poins = 3\n", "questions number 2: unknown option poins; expected one of template, points"),
        (QUIZ + "points = -1\n", "questions number 2: points must be from 0, for practice, to 1000"),
        (QUIZ + "count = 0\n", "questions number 2: count must be from 1 to 100"),
        (QUIZ.replace('"choice"', '"tick"'), "questions number 2: ask must be 'typed' or 'choice'"),
        ('feedback = "never"\n' + QUIZ, "feedback must be 'published' or 'at once'"),
    ],
)
def test_a_quiz_file_that_cannot_be_meant(folder, text, said):
    (folder / "quiz.toml").write_text(text)
    done = convgrade(*"quiz make quiz.toml --out made".split(), folder=folder)
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert not (folder / "made").exists()


def test_a_quiz_for_gradescope(folder):
    make(folder, "--variants", "2")
    answers = next((folder / "made" / "answers").iterdir())
    (folder / "submission").mkdir()
    (folder / "submission" / "answers.txt").write_text(answers.read_text().replace("1 = ", "1 = 3"))
    done = convgrade(*"build --quiz made --out autograder.zip --try submission".split(), folder=folder)
    assert done.returncode == 0 and "1 of 2 questions answered" in done.stdout, done.stderr
