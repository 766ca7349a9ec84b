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

from quizzes.exports import FORMATS

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


@pytest.mark.costly
def test_list_shows_every_template(folder):
    done = convgrade("quiz", "list", folder=folder)
    assert "output-size" in done.stdout and re.search(r"\d+ templates", done.stdout)
    assert "output-size" not in convgrade("quiz", "list", "--topic", "pooling", folder=folder).stdout


@pytest.mark.costly
def test_preview_prints_a_variant_with_its_key(folder):
    first, second = (convgrade("quiz", "preview", "output-size", "--seed", "s", folder=folder) for _ in range(2))
    assert first.stdout == second.stdout and "Key: " in first.stdout and "padding" in first.stdout
    assert "Key: " in convgrade("quiz", "preview", "output-size", "--choice", folder=folder).stdout


@pytest.mark.costly
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


@pytest.mark.costly
def test_the_paper_is_the_one_that_the_quiz_or_the_command_names(folder):
    import pypdf

    text = (folder / "quiz.toml").read_text()
    sizes = []
    for paper, arguments in (("a4", ()), ("letter", ()), ("a4", ("--paper", "letter"))):
        (folder / "quiz.toml").write_text(f'paper = "{paper}"\n{text}')
        make(folder, "--format", "paper", *arguments)
        sizes.append([round(float(side)) for side in pypdf.PdfReader(folder / "made" / "exams.pdf").pages[0].mediabox[2:]])
    assert sizes == [[595, 842], [612, 792], [612, 792]]


@pytest.mark.costly
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


PICKED = """title = "Picked"

[[questions]]
templates = ["output-size", "output-shape", "kernel-places"]
pick = 2

[[questions]]
template = "output-shape"
ask = "choice"
points = 0
"""


def contents(folder):
    return {name: (folder / name).read_bytes() for name in files_of(folder)}


@pytest.mark.costly
def test_a_roster_may_change_after_the_quiz_was_made(folder):
    (folder / "quiz.toml").write_text(PICKED)
    (folder / "roster.csv").write_text("email,name\nada@x.org,Ada\nalan@x.org,Alan\n")
    (folder / "later.csv").write_text("email,name\ngrace@x.org,Grace\nALAN@X.org,Alan\n")
    some = ("--format", "answers", "--format", "self-check")
    said = make(folder, "--students", "roster.csv", *some).stderr
    assert 'output-shape asks for a table, whose cells are typed: ask = "choice" changes nothing' in said
    before = contents(folder / "made")
    arguments = "quiz make quiz.toml --students later.csv --out made"  # the seed is in the record
    done = convgrade(*arguments.split(), *some, folder=folder)
    assert "1 new version, 2 as before" in done.stdout, done.stderr
    assert "kept, though not on this roster: the versions of 1 student" in done.stdout and "--seed s" in done.stdout
    after = contents(folder / "made")
    shared = {name for name in before if ("-" in Path(name).stem and "answers" in name) or name.startswith("self-check/")}
    assert len(shared) == 4 and all(after[name] == before[name] for name in shared)
    assert [row["name"] for row in csv.DictReader(io.StringIO(after["teacher/versions.csv"].decode("utf-8-sig")))] == [
        "Ada", "Alan", "Grace",
    ]  # fmt: skip
    again = convgrade(*"quiz make quiz.toml --out made".split(), *some, folder=folder)
    assert "0 new versions, 3 as before" in again.stdout and contents(folder / "made") == after


@pytest.mark.costly
def test_a_folder_with_another_making_is_refused_and_replaced_by_force(folder):
    make(folder, "--variants", "3", "--format", "answers", "--format", "markdown")
    before = contents(folder / "made")
    (folder / "made" / "notes.txt").write_text("my own")
    for arguments, said in (
        ("--seed other", "made holds a quiz from the seed 's'. Choose another folder with --out, or replace"),
        ("--salt x", "made holds a quiz with another salt"),
        ("--students roster.csv", "made holds numbered versions"),
    ):
        (folder / "roster.csv").write_text("id\nada\n")
        done = convgrade(*"quiz make quiz.toml --out made".split(), *arguments.split(), folder=folder)
        assert done.returncode == 2 and said in done.stderr and "--force" in done.stderr, done.stderr
    (folder / "quiz.toml").write_text(QUIZ.replace("output-size", "output-shape", 1))
    done = convgrade(*"quiz make quiz.toml --out made".split(), folder=folder)
    assert done.returncode == 2 and "made holds other questions: [[questions]] number 1." in done.stderr
    assert {name: content for name, content in contents(folder / "made").items() if name != "notes.txt"} == before
    done = convgrade(*"quiz make quiz.toml --out made --force --format answers".split(), folder=folder)
    assert done.returncode == 0 and "--seed s" in done.stdout, done.stderr
    left = files_of(folder / "made")
    assert [name for name in left if not name.startswith("teacher/")] == [
        next(name for name in left if name.startswith("answers/")), "notes.txt",
    ]  # fmt: skip
    (folder / "made" / "teacher" / "quiz.json").write_text("{")
    done = convgrade(*"quiz make quiz.toml --out made".split(), folder=folder)
    assert done.returncode == 2 and "is not what `convgrade quiz make` wrote" in done.stderr and "--force" in done.stderr
    assert convgrade(*"quiz make quiz.toml --out made --force --format answers".split(), folder=folder).returncode == 0


@pytest.mark.costly
def test_other_points_change_the_files_but_no_version(folder):
    make(folder, "--variants", "2", "--format", "answers", "--format", "canvas")
    versions = (folder / "made" / "teacher" / "versions.csv").read_bytes()
    (folder / "quiz.toml").write_text(QUIZ.replace("points = 2", "points = 3"))
    done = convgrade(*"quiz make quiz.toml --out made --format answers".split(), folder=folder)
    assert "with the same numbers and codes: [[questions]] number 1 is for 3 points, not 2" in done.stdout, done.stderr
    assert "canvas.zip" in done.stdout and "As they were before" not in done.stdout
    assert (folder / "made" / "teacher" / "versions.csv").read_bytes() == versions


@pytest.mark.costly
def test_history_over_terms(folder):
    for seed in ("autumn", "spring"):
        convgrade(*f"quiz make quiz.toml --seed {seed} --variants 2 --out {seed} --format answers".split(), folder=folder)
        codes = [path.stem.removeprefix("answers-") for path in (folder / seed / "answers").iterdir()]
        rows = [f"{seed}{number},{codes[number % 2]},{number},A" for number in range(8)]
        (folder / f"{seed}.csv").write_text("student,version,1,2\n" + "\n".join(rows))
        done = convgrade(*f"quiz grade {seed} {seed}.csv --out terms/{seed}".split(), folder=folder)
        assert "Cronbach's alpha: " in done.stdout and "than chance explains" in done.stdout, done.stderr
    done = convgrade(*"quiz history terms".split(), folder=folder)
    assert done.returncode == 0 and "asked 32 times in 2 gradings" in done.stdout, done.stderr
    assert files_of(folder / "history") == ["history.csv", "history.html"]
    done = convgrade(*"quiz history terms autumn".split(), folder=folder)
    assert done.returncode == 2 and "autumn holds no grading" in done.stderr


@pytest.mark.costly
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
        ("quiz preview output-sise", "unknown template 'output-sise': did you mean output-size"),
        ("quiz make none.toml --out made", "there is no file none.toml"),
        ("quiz make quiz.toml --seed s --variants 900 --out made", "of 1800 variants"),
        ("quiz make quiz.toml --variants 2 --students roster.csv --out made", "give one of them"),
        ("quiz make quiz.toml --students roster.csv --id login --out made", "has no column 'login'"),
        ("quiz make quiz.toml --students roster.csv --out made", "line 3: the id 'ADA' is also on line 2"),
        ("quiz make quiz.toml --format pdff --out made", "unknown format 'pdff'; available: paper, "),
        ("quiz make bad.toml --out made", "bad.toml: questions number 1: unknown template 'outputsize'"),
        ("quiz make quiz.toml --out quiz.toml", "cannot write"),
        ("quiz key made", "made does not hold a made quiz"),
        ("quiz grade quiz.toml answers.csv", "give the --seed that quiz.toml was made with"),
        ("quiz grade quiz.toml none.csv --seed s", "there is no file none.csv"),
        ("quiz grade quiz.toml answers.csv --seed s --variants 2", "nothing in answers.csv could be graded"),
        ("quiz list --topic cooking", "no topic contains 'cooking'"),
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
        (QUIZ.replace("template", "templates", 1), "templates must be a list, but is 'output-size'"),
        (QUIZ.replace('template = "output-size"', "", 1), "number 1: it needs a template, or templates of which"),
        (QUIZ + "pick = 2\n", "number 2: pick needs templates, the list to pick from"),
        (PICKED.replace("pick = 2", "pick = 4"), "number 1: pick must be from 1 to 3, the number of templates, not 4"),
        (PICKED.replace("pick = 2", "pick = 0"), "number 1: pick must be from 1 to 3"),
        (PICKED.replace("pick = 2", "count = 2"), "number 1: count goes with one template; of several, pick says"),
        (PICKED.replace("kernel-places", "output-size"), "number 1: templates has output-size twice"),
        (
            PICKED.replace("kernel-places", "kernel-placs"),
            "unknown template 'kernel-placs': did you mean kernel-places",
        ),
        ('feedback = "never"\n' + QUIZ, "feedback must be 'published' or 'at once'"),
    ],
)
def test_a_quiz_file_that_cannot_be_meant(folder, text, said):
    (folder / "quiz.toml").write_text(text)
    done = convgrade(*"quiz make quiz.toml --out made".split(), folder=folder)
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert not (folder / "made").exists()


def test_the_help_lists_the_formats(folder):
    said = convgrade("quiz", "make", "--help", folder=folder).stdout
    assert all(re.search(rf"[ ,]{name}\b", said) for name in FORMATS)


@pytest.mark.costly
def test_a_quiz_for_gradescope(folder):
    make(folder, "--variants", "2")
    answers = next((folder / "made" / "answers").iterdir())
    (folder / "submission").mkdir()
    (folder / "submission" / "answers.txt").write_text(answers.read_text().replace("1 = ", "1 = 3"))
    done = convgrade(*"build --quiz made --out autograder.zip --try submission".split(), folder=folder)
    assert done.returncode == 0 and "1 of 2 questions answered" in done.stdout, done.stderr
