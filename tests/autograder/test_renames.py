"""Files that count under another name, where a teacher says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder import grading, renames
from autograder.assignment import find
from autograder.renames import Rename
from autograder.sandbox.host import Sandbox
from autograder.submission import take_in
from common.errors import UserError
from tests.conftest import SOLUTIONS

FILES = find("cnn").files
WANTED = Rename("conv.py", "convolution.py")


@pytest.fixture
def taken(tmp_path):
    """Return a function that takes in files by their paths: the names that come out with what is in them, and remarks."""

    def taken(files, *wanted):
        for name in files:
            path = tmp_path / "homework" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(name)
        with Sandbox() as sandbox:
            submission = take_in(tmp_path / "homework", sandbox, renames=wanted)
            names = {path.relative_to(submission.folder).as_posix(): path.read_text() for path in submission.files}
            return names, submission.remarks

    return taken


def test_a_file_counts_under_the_name_that_is_missing(taken):
    said = ["conv.py was taken as convolution.py, as your instructor asked"]
    assert taken(["hw/conv.py", "pooling.py"], WANTED) == (
        {"hw/convolution.py": "hw/conv.py", "pooling.py": "pooling.py"},
        said,
    )


def test_a_file_of_the_right_name_stays_what_it_is(taken):
    names, remarks = taken(["conv.py", "convolution.py"], WANTED)
    assert names == {"conv.py": "conv.py", "convolution.py": "convolution.py"}
    assert remarks == ["conv.py was not taken as convolution.py: there is already a convolution.py"]


def test_without_the_old_name_nothing_is_said_but_where_the_new_one_is_missing(taken):
    assert taken(["convolution.py"], WANTED) == ({"convolution.py": "convolution.py"}, [])


def test_all_that_would_be_taken_are_named_where_none_is_there(taken):
    _, remarks = taken(["pooling.py"], WANTED, Rename("c.py", "convolution.py"))
    assert remarks == ["conv.py or c.py would be taken as convolution.py, but is not there"]


def test_of_several_renames_the_first_that_is_there_counts(taken):
    names, remarks = taken(["b.py", "conv.py"], Rename("a.py", "convolution.py"), WANTED, Rename("b.py", "convolution.py"))
    assert names == {"b.py": "b.py", "convolution.py": "conv.py"}
    assert remarks[1:] == ["b.py was not taken as convolution.py: there is already a convolution.py"]


def test_of_several_files_of_one_name_a_path_says_which(taken):
    files = ["a/conv.py", "b/conv.py"]
    assert taken(files, WANTED)[1][0] == "conv.py was not taken as convolution.py: there are several files called conv.py"
    assert taken(files, Rename("b/conv.py", "convolution.py"))[0] == {"a/conv.py": files[0], "b/convolution.py": files[1]}


def test_a_folder_that_is_called_like_the_file_is_not_replaced(taken):
    names, remarks = taken(["net.pt", "cifar10.pt/data"], Rename("net.pt", "cifar10.pt"))
    assert set(names) == {"net.pt", "cifar10.pt/data"} and "already" in remarks[0]


def test_it_is_graded_like_the_file_itself_and_the_report_says_so(tmp_path):
    (tmp_path / "conv.py").write_bytes((SOLUTIONS / "convolution.py").read_bytes())
    report = grading.grade(tmp_path, find("cnn"), only=["1.1"], renames=[WANTED])
    assert report.score == report.points > 0
    assert report.remarks == ["conv.py was taken as convolution.py, as your instructor asked"]


def test_what_an_assignment_consists_of():
    assert FILES == ["convolution.py", "pooling.py", "parameters.py", "cifar10.py", "cifar10.pt", "cifar10.safetensors"]


@given(st.text().filter(lambda old: old.strip() and not old.casefold().endswith(".ipynb")), st.sampled_from(FILES))
def test_any_name_can_be_renamed(old, new):
    assert old.strip() == new or renames.parse(f"{old}={new}", FILES) == Rename(old.strip().replace("\\", "/"), new)


@pytest.mark.parametrize(
    "text", ["", "=", "conv.py", "=convolution.py", "a=b.py", "*.py=*.py", "conv.py=../convolution.py"]
)
@pytest.mark.parametrize("form", ["{}", " {} "])
def test_what_is_not_a_rename_is_one_sentence(text, form):
    with pytest.raises(UserError) as error:
        renames.parse(form.format(text), FILES)
    assert "\n" not in str(error.value)


def test_a_notebook_cannot_be_graded_under_another_name():
    with pytest.raises(UserError, match="a notebook cannot be graded"):
        renames.parse("convolution.ipynb=convolution.py", FILES)
