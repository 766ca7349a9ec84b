"""convgrade quiz new, verify, and own questions in list, preview and make, as an instructor calls them."""

import json
import re

import pytest

from tests.command_line.test_quiz import convgrade


@pytest.fixture
def course(tmp_path):
    assert convgrade("quiz", "new", "course", folder=tmp_path).returncode == 0
    return tmp_path


def refused(done, says):
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and re.search(says, done.stderr), done.stderr


@pytest.mark.costly
def test_a_new_quiz_is_proved_and_made_as_it_is(course):
    done = convgrade("quiz", "verify", "course/quiz.toml", folder=course)
    assert done.returncode == 0 and "nothing to fix" in done.stdout, done.stdout + done.stderr
    assert done.stdout.count("key by two ways") == 2 and done.stdout.count("its author's word") == 1
    made = convgrade("quiz", "make", "course/quiz.toml", "--variants", 5, "--out", "made", "--seed", "s", folder=course)
    assert made.returncode == 0 and "4 questions, 9 points, 5 versions" in made.stdout, made.stderr
    record = json.loads((course / "made/teacher/quiz.json").read_text())
    assert record["quiz"]["bank"] == ["course/questions"]
    templates = [variant["template"] for variant in record["versions"][0]["variants"]]
    assert templates == ["steps-of-an-epoch", "layers-that-learn", "bright-pixels", "output-shape"]


def test_a_folder_that_is_in_use_is_refused(course):
    refused(convgrade("quiz", "new", "course", folder=course), "course is not empty")
    refused(convgrade("quiz", "new", "course/quiz.toml", folder=course), "cannot write course/quiz.toml")


@pytest.mark.costly
def test_list_and_preview_know_the_folder(course):
    bank = ("--bank", "course/questions")
    assert "bright-pixels" in convgrade("quiz", "list", *bank, folder=course).stdout
    assert "bright-pixels" not in convgrade("quiz", "list", folder=course).stdout
    fixed = ("--number", "threshold=5", "--number", "image=[[1,2,3,4],[6,7,8,9],[6,0,0,0],[0,0,0,0]]")
    shown = convgrade("quiz", "preview", "bright-pixels", *bank, *fixed, folder=course).stdout
    assert "Key: 36" in shown and "threshold = 5" in shown
    by_file = convgrade("quiz", "preview", "course/questions/steps-of-an-epoch.toml", "--seed", "s", folder=course)
    assert "Key: " in by_file.stdout and re.search(r"can fix: images = \d+, batch = \d+", by_file.stdout)
    refused(convgrade("quiz", "preview", "bright-pixels", folder=course), "unknown template 'bright-pixels'")
    refused(convgrade("quiz", "preview", "bright-pixels", *bank, "--number", "x", folder=course), "takes NAME=VALUE")
    refused(
        convgrade("quiz", "preview", "bright-pixels", *bank, "--number", "x=1", folder=course), "no number 'x': its num"
    )
    refused(
        convgrade("quiz", "preview", "nosuch.toml", folder=course), "there is no folder or file nosuch.toml with questions"
    )


@pytest.mark.costly
def test_a_fault_ends_with_1_and_a_mistake_with_2(course):
    path = course / "course" / "questions" / "steps-of-an-epoch.toml"
    good = path.read_text()
    path.write_text(good.replace("smaller batch is forgotten.", "smaller batch is forgotten"))
    done = convgrade("quiz", "verify", "course/questions", folder=course)
    assert done.returncode == 1 and "Problem: steps-of-an-epoch: what 'last batch forgotten' says" in done.stdout
    assert done.stdout.endswith("course/questions: 1 problem to fix\n")
    path.write_text(good.replace("floor(images", "flor(images"))
    for command in (("verify",), ("make", "--out", "made")):
        done = convgrade("quiz", command[0], "course/quiz.toml", *command[1:], folder=course)
        refused(done, "steps-of-an-epoch.toml: wrong 'last batch forgotten': .*not a function of formulas")
    assert not (course / "made").exists()


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("entry", "says"),
    [
        (
            'template = "output-size"\nnumbers = { imgae = 3 }',
            "number 1: output-size has no number 'imgae': its numbers are",
        ),
        ('template = "output-size"\nnumbers = "lectur"', 'number 1: numbers must be "lecture" or a table'),
        ('template = "output-size"\nnumbers = 3', "number 1: numbers must be"),
        (
            'template = "output-size"\nnumbers = { image = 3, kernel = 9, padding = 0 }',
            "cannot be asked with image = 3, kernel",
        ),
        ('template = "output-size"\nstem = "{imgae}"', "number 1: .*unknown name 'imgae'"),
        ('templates = ["output-size", "output-shape"]\nstem = "x"', "numbers and stem go with one template"),
        ('template = "layers-that-learn"\nnumbers = { x = 1 }', "none of its numbers has a name"),
        ('template = "layers-that-learn"\ncount = 2', None),
    ],
)
def test_an_entry_that_cannot_be_is_one_sentence(course, entry, says):
    (course / "course" / "quiz.toml").write_text(f'bank = ["questions"]\n[[questions]]\n{entry}\n')
    done = convgrade("quiz", "make", "course/quiz.toml", "--out", "made", folder=course)
    if says:
        refused(done, says)
    else:
        assert done.returncode == 0 or "Traceback" not in done.stderr


def test_fewer_misconceptions_and_a_number_that_is_not_shown_are_said_once(course):
    (course / "course" / "quiz.toml").write_text(
        '[[questions]]\ntemplate = "output-size"\nnumbers = { padding = 0, stride = 1 }\nstem = "{image} and {kernel}?"\n'
    )
    done = convgrade("quiz", "make", "course/quiz.toml", "--variants", 3, "--out", "made", folder=course)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("misconceptions can be told apart") == 1
    assert done.stderr.count("does not show the number") in (1, 2)


@pytest.mark.costly
def test_fixed_altogether_every_version_asks_the_same(course):
    (course / "course" / "quiz.toml").write_text('[[questions]]\ntemplate = "output-size"\nnumbers = "lecture"\n')
    (course / "roster.csv").write_text("id\nada\neve\n")
    for owners in (("--variants", 3), ("--students", "roster.csv")):
        done = convgrade("quiz", "make", "course/quiz.toml", *owners, "--out", owners[0][2:], folder=course)
        assert done.returncode == 0, done.stderr
        made = json.loads((course / owners[0][2:] / "teacher/quiz.json").read_text())
        assert len({version["variants"][0]["stem"] for version in made["versions"]}) == 1
