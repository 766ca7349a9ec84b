"""The house stands as the README draws it: an import only goes down."""

import ast

import pytest

from tests.conftest import ROOT

# Whom each room may ask, besides itself.
BELOW = {
    "common": set(),
    "kernels": set(),
    "misconceptions": {"kernels"},
    "autograder": {"common", "kernels", "misconceptions"},
    "quizzes": {"common", "kernels", "misconceptions"},
    "release": {"common", "kernels", "misconceptions", "autograder"},
    "gradescope": {"common", "kernels", "misconceptions", "autograder", "quizzes", "release"},
    "batch": {"common", "autograder", "misconceptions", "quizzes"},
    "command_line": {"common", "kernels", "misconceptions", "autograder", "quizzes", "release", "gradescope", "batch"},
}
# Rooms of the quizzes that the rest of them must not ask.
UPSTAIRS = ("quizzes.exports", "quizzes.grading")


def imports(path):
    """Return the modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def files(room):
    return [path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts]


@pytest.mark.parametrize("room", BELOW)
def test_an_import_only_goes_down(room):
    for path in files(room):
        asked = {module.split(".")[0] for module in imports(path)} & set(BELOW)
        assert asked <= {room} | BELOW[room], f"{path.relative_to(ROOT)} asks {asked - BELOW[room] - {room}}"


def test_variants_know_nothing_of_files_and_grades():
    for path in files("quizzes"):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(tuple(room.replace(".", "/") for room in UPSTAIRS)):
            asked = {module for module in imports(path) if module.startswith(UPSTAIRS)}
            assert not asked, f"{name} asks {asked}"
