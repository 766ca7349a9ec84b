"""An import only goes down, as docs/how-it-works.md shows."""

import re
import sys

import pytest

from docs.imports import files, modules
from tests.conftest import ROOT

# Whom each room may ask, besides itself.
BELOW = {
    "common": set(),
    "kernels": set(),
    "misconceptions": {"kernels"},
    "gpu": {"common"},
    "autograder": {"common", "gpu", "kernels", "misconceptions"},
    "solutions": {"kernels", "misconceptions", "autograder"},  # loaded by path: nothing imports it
    "quizzes": {"common", "kernels", "misconceptions"},
    "polls": {"common", "quizzes"},
    "release": {"common", "kernels", "misconceptions", "autograder"},
    "gradescope": {"common", "kernels", "misconceptions", "autograder", "quizzes", "release"},
    "batch": {"common", "autograder", "misconceptions", "quizzes"},
    "command_line": {
        *("common", "kernels", "misconceptions", "autograder", "quizzes", "polls", "release", "gradescope", "batch")
    },
}
# Rooms of the quizzes that the rest of them must not ask.
UPSTAIRS = ("quizzes.exports", "quizzes.grading", "quizzes.scanning")
# What an author's checks and references import: the face of the autograder, and the images and numbers to ask with.
FOR_AUTHORS = tuple(f"autograder.{name}" for name in ("authoring", "datasets", "kernels", "networks", "numbers"))
OF_ONE_HOMEWORK = ("conv", "pool", "cifar", "mnist", "cnn")
ORDINARY = {"convgrade", "convention", "conventions", "convert", "converts", "converted"}


def named(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", BELOW)
def test_an_import_only_goes_down(room):
    for path in files(room):
        asked = {module.split(".")[0] for module in modules(path)} & set(BELOW)
        assert asked <= {room} | BELOW[room], f"{named(path)} asks {asked - BELOW[room] - {room}}"


def test_variants_know_nothing_of_files_and_grades():
    for path in files("quizzes"):
        name = named(path)
        if not name.startswith(tuple(room.replace(".", "/") for room in UPSTAIRS)):
            asked = {module for module in modules(path) if module.startswith(UPSTAIRS)}
            assert not asked, f"{name} asks {asked}"


def test_the_autograder_knows_no_homework():
    found = {
        named(path): words
        for path in (ROOT / "autograder").rglob("*")
        if path.suffix in (".py", ".jinja", ".toml")
        and "datasets" not in path.parts
        and (words := _of_one_homework(path.read_text()))
    }
    assert found == {}


def _of_one_homework(text):
    return {word for word in re.findall("[a-z0-9]+", text.lower()) if word.startswith(OF_ONE_HOMEWORK)} - ORDINARY


@pytest.mark.parametrize("text", ["of_conv2d", "a Pooling part", "CIFAR-10", "test_cnn", "MNIST's"])
def test_words_of_one_homework_are_found(text):
    assert _of_one_homework(text) and not _of_one_homework("convgrade converts a thread's answers by convention")


def authors_files():
    """Return the files of assignments that the grader loads."""
    return [path for path in files("solutions") if path.parent.name == "checks" or path.name == "reference.py"]


def test_what_an_author_imports_is_made_for_authors():
    assert len(authors_files()) > 5
    for path in authors_files():
        for module in set(modules(path)) - {"autograder"}:
            top = module.split(".")[0]
            is_below = top in {"kernels", "misconceptions", "numpy", *sys.stdlib_module_names}
            assert is_below or module.startswith(FOR_AUTHORS), f"{named(path)} imports {module}"


def test_what_students_get_and_what_runs_beside_their_code_imports_nothing_of_ours():
    others = set(files("solutions")) - set(authors_files())
    assert len(others) > 5
    for path in others:
        assert not {module.split(".")[0] for module in modules(path)} & set(BELOW), named(path)
