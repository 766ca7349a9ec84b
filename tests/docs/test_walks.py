"""Pages whose commands are run one after another, in a folder that has what the page takes for granted."""

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks import scans
from quizzes import quiz_json
from tests.conftest import ROOT, SOLUTIONS
from tests.gradescope.metadata import metadata

QUIZ = 'title = "Sizes"\n[[questions]]\ntemplate = "output-size"\n[[questions]]\ntemplate = "dense-weights"\n'
COLLECT = "--collect-only -qq -o testpaths=tests/docs"  # tests instead of running them, and a few if all are meant
CNN = ROOT / "assignments" / "cnn"


def said(reader, **options):
    """Return what a reader's commands print, by their words."""
    return {step.text.partition("  ")[0]: " ".join(printed.split()) for step, printed in reader.read(**options)}


@pytest.fixture
def homework(checkout, solution):
    """What stands for `solutions/cnn` where it is graded: its parts 1 to 3, without the network."""
    shutil.copytree(solution, checkout / "submission")
    return {"solutions/cnn": "submission"}


@pytest.mark.costly
def test_what_the_readme_shows(read, checkout, homework):
    reader = read("README.md", checkout, homework, PYTHONPATH=str(checkout))
    printed = reader.do("./setup.sh && .venv/bin/convgrade grade solutions/cnn")
    assert "70 of 100 points" in " ".join(printed.split())
    assert json.loads((checkout / "results" / "results.json").read_text())
    assert (checkout / "results" / "report.html").is_file()
    handout = checkout / "assignments" / "cnn"
    assert "1.2 conv2d" in reader.do("python check.pyz 1.2", status=1, folder=handout)


@pytest.mark.costly
def test_what_students_type(read, tmp_path):
    for path in CNN.iterdir():
        shutil.copy(path, tmp_path)
    reader = read("docs/student.md")
    with reader.running("python check.pyz watch", until="Ctrl-C", status=130):
        pass
    printed = said(reader, status=1)
    assert "Start here: 1.1" in printed["python check.pyz"]
    assert (tmp_path / "check.html").is_file() and len(printed) == 5


@pytest.mark.costly
def test_how_a_submission_is_graded(read, tmp_path):
    shutil.copytree(ROOT / "solutions" / "neurons", tmp_path / "SUBMISSION")
    shutil.copy(SOLUTIONS / "convolution.py", tmp_path / "SUBMISSION")
    reader = read("docs/grading.md", CONVGRADE_DATA="")
    grade = "convgrade grade SUBMISSION"
    assert "100 of 100 points" in " ".join(reader.do(f"{grade} --assignment neurons --out DIR").split())
    assert "30 of 100 points" in " ".join(reader.do(grade).split())
    assert (tmp_path / "results" / "report.html").is_file() and (tmp_path / "DIR" / "results.json").is_file()
    official = Path(os.environ.get("CONVGRADE_DATA", "")) / "MNIST" / "raw"
    if not official.is_dir():
        reader.left.clear()
        pytest.skip("MNIST is not here")
    reader.words["PATH"] = official
    printed = said(reader)
    assert f"MNIST: {tmp_path / 'mnist'}" in printed["convgrade data where"]


@pytest.mark.costly
def test_a_quiz_from_its_questions_to_its_history(read, tmp_path):
    (tmp_path / "quiz.toml").write_text(QUIZ)
    (tmp_path / "roster.csv").write_text("email\nada@example.com\nalan@example.com\n")
    (tmp_path / "answers.csv").write_text("student,1,2\nada@example.com,5,7\nalan@example.com,6,8\n")
    reader = read("docs/quizzes.md", words={"FOLDER": "autumn"})
    printed = said(reader, but=["convgrade quiz scan"])
    assert "output-size" in printed["convgrade quiz list"]
    assert (tmp_path / "terms" / "autumn" / "grades.csv").is_file() and (tmp_path / "history" / "history.html").is_file()
    assert (tmp_path / "autograder.zip").is_file() and (tmp_path / "fr.toml").is_file()
    scan(tmp_path / "autumn", tmp_path / "scans.pdf", tmp_path / "more.jpg")
    said(reader)


def scan(quiz, *paths):
    """Write files as a scanner does: in each, the answer sheet of a student of a quiz, who has filled in all numbers."""
    made = quiz_json.read((quiz / "teacher" / "quiz.json").read_bytes())
    for version, path in zip(made.versions, paths):
        ((page, fields),) = scans.sheets(made, version)
        pencil = scans.Pencil(page, np.random.default_rng(1), careless=0.0)
        for field in fields:
            pencil.write(field, "12")
        Image.fromarray(pencil.page.clip(0, 255).astype(np.uint8)).save(path, resolution=scans.PIXELS * 25.4)


@pytest.mark.long
def test_a_homework_comes_to_gradescope(read, checkout, homework, tmp_path):
    (tmp_path / "metadata.json").write_text(json.dumps(metadata()))
    words = {**homework, "TEXT": "secret", "FILE": tmp_path / "metadata.json", "FOLDER": "quiz"}
    reader = read("docs/gradescope.md", checkout, words, PYTHONPATH=str(checkout), CONVGRADE_DATA="")
    shutil.rmtree(checkout / "assignments" / "cnn")
    (checkout / "quiz.toml").write_text(QUIZ)
    making = ["convgrade", "quiz", "make", "quiz.toml", "--variants", "2", "--seed", "autumn", "--out", "quiz"]
    subprocess.run(making, cwd=checkout, env=reader.environment, check=True)
    for step, printed in reader.read():
        if "--try" in step.text:
            assert "70 of 100 points" in " ".join(printed.split())
        if step.text.startswith("convgrade build"):
            assert zipfile.ZipFile(checkout / "autograder.zip").testzip() is None
            (checkout / "autograder.zip").unlink()
    written = {path.name for path in (checkout / "assignments" / "cnn").iterdir()}
    assert written == {path.name for path in CNN.iterdir() if path.name != "__pycache__"}


@pytest.mark.slow
def test_what_contributors_type(read, checkout):
    """Tests are collected instead of run, except the page's own, which must notice a docstring that is wrong."""
    words = {"NAME": "lines", "FOLDER": "lines", "TEMPLATE": "output-size", "SEED": "a"}
    reader = read("CONTRIBUTING.md", checkout, words, PYTHONPATH=str(checkout))
    wrong = "solutions/cnn/wrong/one_too_many.py"
    reader.do(next(step.text for step in reader.left if step.file == wrong))
    command = next(step for step in reader.left if "one_too_many" in step.text and not step.file)
    assert "1 passed" in reader.do(command.text)
    text = (checkout / wrong).read_text()
    (checkout / wrong).write_text(text.replace(" 1.7:", ":"))
    reader.left.append(command)
    assert "1 failed" in reader.do(command.text, status=1)
    (checkout / wrong).unlink()
    reader.do("convgrade new FOLDER")
    reader.environment["PYTEST_ADDOPTS"] = COLLECT
    pictures = [path.name for path in (checkout / "docs" / "pictures").iterdir()]
    shutil.rmtree(checkout / "docs" / "pictures")
    (checkout / "docs" / "pictures").mkdir()
    for _ in reader.read(but=[".venv/bin/sphinx-build"]):
        pass
    assert sorted(path.name for path in (checkout / "docs" / "pictures").iterdir()) == sorted(pictures)
    reader.do(".venv/bin/sphinx-build")
    assert (checkout / "site" / "index.html").is_file()


@pytest.mark.costly
def test_what_other_pages_show_in_passing(read, checkout, tmp_path):
    helped = said(read("docs/install.md"))
    assert "Make quizzes" in helped["convgrade --help"] and "--retrain" in helped["convgrade grade --help"]
    said(read("docs/how-it-works.md", checkout))
    said(read("SECURITY.md", checkout, PYTEST_ADDOPTS=COLLECT))
    said(read("docs/cuda.md"))
    assert list(tmp_path.glob("*.zip"))
