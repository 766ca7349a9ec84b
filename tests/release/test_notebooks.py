"""The notebooks of a handout: on Colab, whose runtime begins empty, and at home."""

import json
import os
import shutil
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from autograder.assignment import find
from autograder.datasets import drawn
from common.errors import UserError
from release import handout
from tests.conftest import ROOT, SOLUTIONS

CNN, HONEST = find("cnn"), ROOT / "tests" / "honest"
ADDRESS = "https://colab.research.google.com/github/ada/course/blob/main/homework"
COLAB = Path(__file__).with_name("on_colab")  # its package google.colab


@pytest.mark.parametrize(("name", "on_a_gpu"), [("cnn", ["cifar10.ipynb"]), ("neurons", []), ("vision", ["vision.ipynb"])])
def test_a_badge_opens_each_notebook_and_those_that_train_on_images_get_a_gpu(name, on_a_gpu):
    if name == "vision":
        pytest.importorskip("torch")
    assigned = find(name)
    released = handout.contents(replace(assigned, config=replace(assigned.config, colab=f"{ADDRESS}/")))
    readme = released["README.md"].decode()
    notebooks = {file: json.loads(content)["metadata"] for file, content in released.items() if file.endswith(".ipynb")}
    assert notebooks and readme.count("colab-badge.svg") == len(notebooks)
    assert all(f"]({ADDRESS}/{file})" in readme for file in notebooks)
    assert [file for file, metadata in notebooks.items() if metadata.get("accelerator") == "GPU"] == on_a_gpu
    assert all(set(metadata) <= {"accelerator", "kernelspec", "language_info"} for metadata in notebooks.values())


def test_without_an_address_there_is_no_badge():
    assert "colab-badge" not in handout.contents(CNN)["README.md"].decode()


@pytest.fixture(scope="module")
def first_cell():
    """The first cell of part 4's notebook."""
    cells = json.loads(handout.contents(CNN)["cifar10.ipynb"])["cells"]
    [cell] = [cell for cell in cells if cell["metadata"] == {"cellView": "form"}]
    return "".join(cell["source"])


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder in which a notebook runs."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setenv("CONVGRADE_DATA", "set, so that it is as it was afterwards")
    monkeypatch.delenv("CONVGRADE_DATA")
    folder = tmp_path / "content"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def colab(here, monkeypatch):
    """Colab: a function that says which files are chosen, each time that somebody is asked."""
    monkeypatch.setenv("UPLOADS", str(here.parent / "uploads"))
    monkeypatch.syspath_prepend(COLAB)
    monkeypatch.delitem(sys.modules, "google.colab", raising=False)
    monkeypatch.delitem(sys.modules, "google", raising=False)

    def choose(*rounds):
        for number, files in enumerate(rounds, start=1):
            folder = here.parent / "uploads" / str(number)
            folder.mkdir(parents=True)
            for name, content in files.items():
                (folder / name).write_bytes(content)

    return choose


def run(cell):
    """Run a cell, and return what the notebook shows of an exception that ends it."""
    names = {}
    try:
        exec(cell, names)
    except Exception as error:
        return "\n".join(error._render_traceback_())
    return ""


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_files_are_asked_for_until_all_are_there_under_their_own_names(colab, here, first_cell, capsys):
    (here / "cifar10.py").write_bytes(b"old")
    colab({"cifar10.py": b"new", "check (2).pyz": b"check"}, {"notes.txt": b"my own"}, {"practice(1).py": b"practice"})
    assert run(first_cell) == ""
    expected = {"cifar10.py": b"new", "check.pyz": b"check", "practice.py": b"practice", "notes.txt": b"my own"}
    assert contents(here) == expected
    assert capsys.readouterr().out.splitlines() == [
        "Choose practice.py, check.pyz, or a zip that contains them.",
        *["Choose practice.py, or a zip that contains them."] * 2,
    ]
    assert sys.path[:2] == [str(here), str(here / "check.pyz")]
    assert run(first_cell) == "" and contents(here) == expected  # asks no more


def test_a_zip_brings_what_the_notebook_needs(colab, here, first_cell):
    path = here.parent / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("cnn/cifar10.py", "cnn/check.pyz", "cnn/cifar10/train_images.npy", "../up.py"):
            archive.writestr(name, name)
    colab({"homework.zip": path.read_bytes()}, {"practice.py": b"practice"})
    assert run(first_cell) == ""
    expected = {"cifar10.py": b"cnn/cifar10.py", "check.pyz": b"cnn/check.pyz", "practice.py": b"practice"}
    assert contents(here) == expected
    assert not (here.parent / "up.py").exists()


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"homework.zip": b"PK\x03\x04 cut"}, "The zip is damaged. Run this cell again."),
        (None, "No file was uploaded. Run this cell again."),
    ],
)
def test_what_goes_wrong_with_an_upload_is_said_in_a_sentence(colab, here, first_cell, chosen, sentence):
    colab(*[chosen] if chosen else [])
    assert run(first_cell) == sentence
    assert contents(here) == {}


def test_at_home_a_missing_file_is_said_in_a_sentence(here, first_cell, monkeypatch):
    monkeypatch.setitem(sys.modules, "google.colab", None)
    assert run(first_cell) == (
        "Open this notebook in the folder of the homework: cifar10.py, practice.py, check.pyz must be beside it."
    )
    for name in ("cifar10.py", "practice.py", "check.pyz"):
        (here / name).touch()
    assert run(first_cell) == ""
    assert run(first_cell.replace("ON_DRIVE = False", "ON_DRIVE = True")) == ""  # which is Colab's alone


def test_on_drive_files_stay_and_images_do_not_go_there(colab, here, first_cell, tmp_path):
    drive = tmp_path / "drive"
    cell = first_cell.replace("ON_DRIVE = False", "ON_DRIVE = True").replace("/content/drive", str(drive))
    colab({"cifar10.py": b"new", "check.pyz": b"check", "practice.py": b"practice"})
    assert run(cell) == ""
    assert Path.cwd() == drive / "MyDrive" / "cnn"
    assert set(contents(Path.cwd())) == {"cifar10.py", "check.pyz", "practice.py"}
    assert os.environ["CONVGRADE_DATA"] == str(here)
    assert sys.path[:2] == [str(Path.cwd()), str(Path.cwd() / "check.pyz")]
    os.chdir(here)  # another runtime
    assert run(cell) == "" and Path.cwd() == drive / "MyDrive" / "cnn"


@pytest.fixture
def notebook(here):
    """What notebooks import from check.pyz."""
    from command_line import notebook

    return notebook


class Stream:
    """The output of a cell, whose reader answers what is printed by making a file."""

    def __init__(self, answers):
        self.text, self.answers = "", answers

    def write(self, text):
        self.text += text
        for said, path in self.answers.items():
            if said in self.text:
                path.touch()

    def flush(self):
        pass


SLOW = """
import sys, time
from pathlib import Path

for stream, answer in ((sys.stdout, "first"), (sys.stderr, "second")):
    print(f"≠ {answer}?", file=stream)
    for _ in range(3000):
        if Path(answer).exists():
            break
        time.sleep(0.01)
    else:
        sys.exit(f"nobody has read {answer}")
print(*sys.argv[1:])
"""


def test_what_a_check_prints_is_shown_as_it_comes(notebook, here, monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "cp1252")  # as pipes are on Windows
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    (here / "slow.py").write_text(SLOW, "utf-8")
    monkeypatch.setattr(notebook, "ARCHIVE", here / "slow.py")
    shown = Stream({"≠ first?": here / "first", "≠ second?": here / "second"})
    monkeypatch.setattr(sys, "stdout", shown)
    assert notebook.check("1.2") is None
    assert shown.text == "≠ first?\n≠ second?\n1.2 --page check.html\n"


def test_what_failed_is_shown_as_a_page(notebook, here, monkeypatch):
    (here / "fails.py").write_text("import sys; open(sys.argv[-1], 'w').write('1.2 is wrong'); sys.exit(1)")
    monkeypatch.setattr(notebook, "ARCHIVE", here / "fails.py")
    assert "1.2 is wrong" in notebook.check("1.2")._repr_html_()
    assert set(contents(here)) == {"fails.py", "check.html"}


def test_images_that_cannot_be_fetched_cost_a_sentence(notebook, monkeypatch, capsys):
    def refuse(*_, **__):
        raise OSError("the network is down")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    with pytest.raises(UserError) as error:
        notebook.fetch("mnist")
    shown = "\n".join(error.value._render_traceback_())
    assert "MNIST could not be downloaded" in shown and "the network is down" in shown
    assert shown.endswith("Or run this cell again later: the download continues where it stopped.")


def test_a_download_shows_how_much_has_come(notebook, capsys):
    with notebook._Bar("images", 300) as bar:
        for _ in range(300):
            bar.update(1)
    shown = capsys.readouterr().out
    assert shown.startswith("\rimages: 1%\rimages: 2%") and shown.endswith("\rimages: 100%\n")
    assert shown.count("%") == 100


def test_a_zip_for_gradescope(notebook, here, colab, monkeypatch, tmp_path):
    monkeypatch.setenv("DOWNLOADS", str(tmp_path))
    (here / "cifar10.py").write_text("code")
    with pytest.raises(UserError, match=r"cifar10\.pt is not here yet"):
        notebook.hand_in("part.zip", "cifar10.py", "cifar10.pt")
    (here / "cifar10.pt").write_text("weights")
    notebook.hand_in("part.zip", "cifar10.py", "cifar10.pt")
    with zipfile.ZipFile(tmp_path / "part.zip") as archive:
        assert archive.namelist() == ["cifar10.py", "cifar10.pt"]


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The handout."""
    folder = tmp_path_factory.mktemp("released")
    handout.write(CNN, folder)
    return folder


@pytest.fixture(params=["on Colab", "at home"])
def started(request, released, tmp_path, monkeypatch):
    """A function that puts notebook and files where they are: on Colab what is uploaded, at home all in one folder."""
    folder = tmp_path / "content"
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)

    def start(name, *uploaded):
        if request.param == "at home":
            shutil.copytree(released, folder)
            return folder
        for target, names in (("content", [name]), ("uploads/1", uploaded), ("downloads", [])):
            (tmp_path / target).mkdir(parents=True)
            for each in names:
                shutil.copy(released / each, tmp_path / target)
        monkeypatch.setenv("PYTHONPATH", str(COLAB))
        monkeypatch.setenv("UPLOADS", str(tmp_path / "uploads"))
        monkeypatch.setenv("DOWNLOADS", str(tmp_path / "downloads"))
        return folder

    return start


def execute(path, change=lambda source: source):
    """Run a notebook from top to bottom, and return what each cell shows, by its text. change: of each cell's text."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        cell.source = change(cell.source)
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    ).execute()
    return {cell.source: json.dumps(cell.get("outputs", [])) for cell in notebook.cells}


def pictures(cells):
    return [shown.count("image/png") for shown in cells.values() if "image/png" in shown]


def solved(source):
    """Return a cell as a student leaves it: with the solution, where it writes a file."""
    magic, _, name = source.partition("\n")[0].partition(" ")
    return f"{magic} {name}\n{(SOLUTIONS / name).read_text()}" if magic == "%%writefile" else source


@pytest.mark.long
def test_parts_1_to_3_from_top_to_bottom(started, tmp_path):
    folder = started("parts_1_to_3.ipynb", "check.pyz")
    (folder / "pooling.py").write_text("# begun in an editor\n")
    cells = execute(folder / "parts_1_to_3.ipynb", solved)
    files = ["convolution.py", "pooling.py", "parameters.py"]
    for name in files:
        assert (folder / name).read_text().rstrip() == (SOLUTIONS / name).read_text().rstrip()
    assert (folder / "pooling-before-1.py").read_text() == "# begun in an editor\n"
    assert pictures(cells) == [1] * 3
    outputs = "".join(cells.values())
    assert outputs.count("text/html") == 3  # windows that slide
    assert "32 of 32 points" in outputs
    where = tmp_path / "downloads" if (tmp_path / "downloads").exists() else folder
    assert zipfile.ZipFile(where / "parts_1_to_3.zip").namelist() == files


@pytest.mark.long
def test_part_4_from_top_to_bottom(started, monkeypatch, tmp_path):
    pytest.importorskip("torch")
    monkeypatch.setenv("CONVGRADE_IMAGES", "drawn")  # it trains on drawn images, and is checked on drawn images
    folder = started("cifar10.ipynb", "cifar10.py", "practice.py", "check.pyz")
    where = tmp_path / "uploads" / "1" if (tmp_path / "uploads").exists() else folder
    shutil.copy(HONEST / "cifar10.py", where)  # a network that trains quickly
    (folder / "drawn").mkdir()
    for seed, (which, count) in enumerate({"train": 150, "test": 100}.items()):
        images, labels = drawn.draw(count, seed)
        np.save(folder / "drawn" / f"{which}_images.npy", images)
        np.save(folder / "drawn" / f"{which}_labels.npy", labels)
    cells = execute(folder / "cifar10.ipynb")
    assert pictures(cells) == [1] * 6  # images, live curves, augmented images, confusion, mistakes, kernels
    outputs = "".join(cells.values())
    assert "epoch 10 of 10 | " in outputs and "Done. The best weights are in cifar10.pt" in outputs
    assert "Accuracy on the test images: " in outputs
    assert "30 of 30 points" in outputs
    assert "Return your network, not yet trained." in outputs  # the docstrings are those of cifar10.py
    assert (folder / "cifar10.pt").exists() and (folder / "training.json").exists()
    assert (folder / "cifar10.py").read_bytes() == (HONEST / "cifar10.py").read_bytes()
