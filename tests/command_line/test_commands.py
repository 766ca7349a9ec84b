"""The command line as its users call it: what it prints, where it writes, and one clear sentence for each mistake."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from base64 import b64encode
from datetime import date
from hashlib import sha256
from html.parser import HTMLParser
from importlib.metadata import version
from pathlib import Path

import pytest

from autograder import assignment
from autograder.datasets import find
from autograder.grading import grade
from autograder.report import terminal
from tests.gradescope.metadata import metadata

ROOT = Path(__file__).parent.parent.parent
HANDOUT, SOLUTION = ROOT / "assignments" / "cnn", ROOT / "solutions" / "cnn"


def convgrade(*arguments, **options):
    command = [sys.executable, "-m", "command_line", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, **options)


def test_the_version():
    done = convgrade("--version")
    assert (done.returncode, done.stdout) == (0, f"convgrade {version('convgrade')}\n")


@pytest.mark.costly
def test_grade_prints_the_grade_and_writes_both_files(solution, tmp_path):
    done = convgrade("grade", solution, "--out", tmp_path / "out", "--seed", "a")
    assert done.returncode == 0
    assert "Convolution  30 of 30" in done.stdout and "70 of 100 points" in done.stdout
    assert f"{tmp_path / 'out' / 'results.json'}" in done.stdout and f"{tmp_path / 'out' / 'report.html'}" in done.stdout
    assert json.loads((tmp_path / "out" / "results.json").read_text())["score"] == 70
    page = (tmp_path / "out" / "report.html").read_text()
    assert "30 of 30" in page and re.search(rf">{solution.name}, graded {str(date.today())[:4]}-\d\d-\d\d<", page)


@pytest.mark.costly
def test_grading_again_replaces_the_files(solution, tmp_path):
    for _ in range(2):
        assert convgrade("grade", solution, "--out", tmp_path / "out").returncode == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["report.html", "results.json"]


@pytest.mark.costly
def test_a_report_of_another_submission_does_not_stay(solution, tmp_path):
    convgrade("grade", solution, "--out", tmp_path)
    assert (tmp_path / "report.html").exists()
    convgrade("grade", tmp_path / "nothing", "--out", tmp_path)
    assert not (tmp_path / "report.html").exists()


@pytest.mark.costly
def test_output_that_nobody_reads_is_no_fault(solution, tmp_path):
    command = f"{sys.executable} -m command_line grade {solution} --out {tmp_path} | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True)
    assert "internal error" not in done.stderr and "Traceback" not in done.stderr


@pytest.mark.costly
def test_the_seed_that_is_printed_gives_the_same_grade(solution, tmp_path):
    (solution / "convolution.py").write_text((solution / "convolution.py").read_text().replace(".sum()", ".max()"))
    first = convgrade("grade", solution, "--out", tmp_path)
    seed = first.stdout.split("--seed ")[1].split()[0]
    second = convgrade("grade", solution, "--out", tmp_path, "--seed", seed)
    assert first.stdout.split("Gradescope's file")[0] == second.stdout.split("Gradescope's file")[0]
    assert seed not in (tmp_path / "results.json").read_text() + (tmp_path / "report.html").read_text()


@pytest.mark.costly
def test_check_shows_public_checks_only_and_fails_with_1(solution):
    done = convgrade("check", solution)
    assert done.returncode == 1  # part 4 is not there
    assert "1.4" in done.stdout and "1.5" not in done.stdout
    assert "Hidden checks, worth 38 more points, run after you submit." in done.stdout


@pytest.mark.costly
def test_check_without_a_path_checks_this_folder(solution):
    assert "Pooling  7 of 7" in convgrade("check", cwd=solution).stdout


def test_the_first_failure_says_what_to_look_at(solution):
    (solution / "convolution.py").write_text(
        (solution / "convolution.py").read_text().replace("(window * kernel)", "(window * kernel.T)")
    )
    done = convgrade("check", solution)
    first = done.stdout.split("What to look at")[1]
    hint = "Hint: This is what you get when rows and columns of the kernel are swapped."
    in_one_line = " ".join(first.split())
    assert in_one_line.index("1.2 conv2d") < in_one_line.index(hint)
    assert "[  1]" in first or "[1]" in first  # the window is marked


def corrupt(path):
    path.write_bytes(b"PK\x03\x04 this is no zip")
    return path


def protected(path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("convolution.py", "x = 1")
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    return path


def folder_with(path, **files):
    path.mkdir()
    for name, text in files.items():
        (path / f"{name}.py").write_text(text)
    return path


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda path: path, "does not exist"),
        (lambda path: folder_with(path), "has none of the files of the assignment cnn: convolution.py, pooling.py"),
        (lambda path: folder_with(path, linear="x = 1"), "has none of the files of the assignment cnn"),
        (lambda path: corrupt(path), "it is not a zip, or only a part of one"),
        (lambda path: protected(path), "it is protected by a password: make a zip without one"),
    ],
    ids=["missing path", "empty folder", "another homework", "no zip", "password"],
)
def test_what_is_no_submission_gets_one_sentence(tmp_path, make, sentence):
    done = convgrade("grade", make(tmp_path / "homework"), "--out", tmp_path / "out")
    assert done.returncode == 2
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("convgrade: ")]
    assert sentence in line
    assert "Traceback" not in done.stderr
    document = json.loads((tmp_path / "out" / "results.json").read_text())
    assert document["score"] == 0 and sentence in document["output"]


def test_the_name_of_a_file_moves_no_cursor(tmp_path):
    folder = folder_with(tmp_path / "homework", **{"a\x1b[2J": "x = 1"})
    done = convgrade("grade", folder, "--out", tmp_path / "out")
    assert done.returncode == 2 and r"It has a\x1b[2J.py." in done.stderr


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["grade", SOLUTION, "--assignment", "rnn"],
            "unknown assignment 'rnn': no folder with this name has an assignment.toml; available: cnn",
        ),
        (["grade", SOLUTION, "--out", "/proc/results"], "cannot write /proc/results/results.json"),
        (
            ["grade", SOLUTION, "--options", "/nowhere/assignment.toml"],
            "/nowhere/assignment.toml cannot be read: No such file",
        ),
        (["grade"], "Missing argument 'PATH'"),
        (["grdae"], "No such command 'grdae'"),
        (["grade", SOLUTION, "--backend", "tpu"], "Invalid value for '--backend'"),
        (["release", "rnn"], "unknown assignment 'rnn'"),
        (["build", "rnn", "--no-data"], "unknown assignment 'rnn'"),
        (["build", "--no-data", "-o", "/proc/autograder.zip"], "cannot write /proc/autograder.zip"),
        (["build", "--no-data", "-o", "/dev/shm/a.zip", "--try", "/nowhere"], "/nowhere is neither a folder nor a zip"),
        (["build", "--try", SOLUTION, "--metadata", "/nowhere"], "File '/nowhere' does not exist"),
        (
            ["build", "--try", SOLUTION, "--metadata", ROOT / "README.md"],
            "README.md is not a file that Gradescope would write",
        ),
        (["build", "--metadata", ROOT / "README.md"], "--metadata describes the submission to try: add --try SUBMISSION"),
        (["data", "fetch", "drawn", "--to", "/proc/images"], "cannot write /proc/images/drawn/train_images.npy"),
        (["data", "fetch", "imagenet"], "'imagenet' is not one of 'cifar10', 'mnist', 'drawn'"),
        (["data", "fetch", "--from", "/nowhere"], "/nowhere does not exist"),
    ],
)
def test_a_caller_s_mistake_gets_one_sentence(arguments, sentence):
    done = convgrade(*arguments)
    assert done.returncode == 2
    assert sentence in done.stderr and "Traceback" not in done.stderr


@pytest.mark.costly
def test_a_gpu_that_is_not_there_is_said(solution):
    done = convgrade(
        "grade", solution, "--backend", "cuda", env=os.environ | {"NUMBA_ENABLE_CUDASIM": "0", "CUDA_VISIBLE_DEVICES": ""}
    )
    assert done.returncode == 2 and "no CUDA GPU can be used" in done.stderr


@pytest.mark.costly
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_a_full_disk_is_said_and_what_was_written_stays_valid(solution, tmp_path):
    full = tmp_path / "full"
    full.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", full], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount")
    try:
        done = convgrade("grade", solution, "--out", full)
        assert done.returncode == 2
        assert "No space left on device. Choose another folder with --out." in done.stderr
        json.loads((full / "results.json").read_text())
        assert [path.name for path in full.iterdir()] == ["results.json"]
    finally:
        subprocess.run(["umount", full], check=True)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("unshare"), reason="only root can mount")
@pytest.mark.parametrize("command", ["grade", "batch"])
def test_a_machine_without_a_place_for_temporary_files_is_told(solution, tmp_path, command):
    (tmp_path / "out").mkdir()
    run = shlex.join([sys.executable, "-m", "command_line", command, str(solution.parent), "--out", "/mnt"])
    read_only = " && ".join(
        f"mount --bind {place} {place} && mount -o remount,bind,ro {place}"
        for place in ("/tmp", "/var/tmp", "/usr/tmp", "/dev/shm")
        if Path(place).is_dir()
    )
    script = f"mount --bind {tmp_path}/out /mnt && {read_only} && cd /proc && echo mounted && PYTHONPATH={ROOT} {run}"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
    if not done.stdout.startswith("mounted"):
        pytest.skip("this machine does not let us mount")
    sentence = "no temporary folder is writable: set TMPDIR to a folder that is"
    assert done.returncode == 2 and sentence in " ".join(done.stderr.split()), done.stderr


@pytest.mark.costly
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has it")
def test_a_folder_of_files_without_end_ends(tmp_path):
    done = convgrade("grade", "/proc", "--out", tmp_path)
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "cannot be accepted" in done.stderr or "cannot be read" in done.stderr


def test_debug_shows_where(tmp_path):
    assert "Traceback" in convgrade("--debug", "grade", tmp_path / "nothing", "--out", tmp_path).stderr


@pytest.fixture
def data(tmp_path):
    """A function that runs `convgrade data` in an empty folder, without any network."""
    environment = {name: value for name, value in os.environ.items() if name != "CONVGRADE_DATA"}
    nowhere = dict.fromkeys(("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9")

    def run(*arguments, **variables):
        env = environment | nowhere | {"PYTHONPATH": str(ROOT)} | variables
        return convgrade("data", *arguments, cwd=tmp_path, env=env)

    return run


@pytest.mark.costly
def test_data_without_network_says_what_to_put_where(data, tmp_path):
    done = data("fetch")
    assert done.returncode == 2
    assert "CIFAR-10 could not be downloaded" in done.stderr and "Traceback" not in done.stderr
    for said in (
        f"{tmp_path / 'cifar-10-python.tar.gz'}",
        "170,498,071 bytes, SHA-256 6d958be0",
        "--from",
        "cs.toronto.edu",
    ):
        assert said in done.stderr
    done = data("fetch", "mnist")
    assert done.stderr.count(f"{tmp_path / 'MNIST' / 'raw'}/") == 4


def test_where_data_sets_are_looked_for(data, tmp_path):
    done = data("where", CONVGRADE_DATA="/mnt/sets")
    assert done.returncode == 0
    assert "CIFAR-10: not here. Run `convgrade data fetch cifar10`" in done.stdout
    for folder in ("/mnt/sets", tmp_path):
        assert f"{folder}/cifar10: train_images.npy, train_labels.npy, test_images.npy, test_labels.npy" in done.stdout
        assert f"{folder}/MNIST/raw: train-images-idx3-ubyte" in done.stdout
    done = data("verify")
    assert done.returncode == 2 and "no data set was found" in done.stderr


@pytest.mark.costly
@pytest.mark.skipif(
    find("mnist", "train") is None, reason="MNIST is not here: set CONVGRADE_DATA to the folder that holds it"
)
def test_data_is_fetched_found_and_verified(data, tmp_path):
    done = data("fetch", "mnist", "--from", find("mnist", "train").folder)
    assert done.returncode == 0, done.stderr
    assert f"MNIST: {tmp_path / 'mnist'} (arrays, training and test images)" in data("where").stdout
    done = data("verify")
    assert done.returncode == 0
    files = ("train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy")
    assert done.stdout.splitlines() == [f"official {tmp_path / 'mnist' / name}" for name in files]

    (tmp_path / "mnist" / "train_labels.npy").unlink()
    with (tmp_path / "mnist" / "test_images.npy").open("r+b") as stream:
        stream.truncate(5_000)
    done = data("verify", "mnist")
    assert done.returncode == 2 and "2 of 4 files are damaged or missing" in done.stderr
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["official", "missing", "damaged", "official"]
    assert f"MNIST: {tmp_path / 'mnist'} (arrays, test images only)" in data("where").stdout
    done = data("verify", "cifar10")
    assert done.returncode == 2 and "no cifar10 was found" in done.stderr


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.addresses = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.addresses += [value for name, value in attributes if name in ("src", "href")]


@pytest.mark.costly
def test_the_report_is_self_contained_and_a_submission_cannot_write_into_it(solution, tmp_path):
    evil = "<script>alert(1)</script><img src=x>"
    (solution / "pooling.py").write_text(f"def pool2d(*_, **__):\n    print({evil!r})\n    raise ValueError({evil!r})\n")
    (solution / "convolution.py").write_text((solution / "convolution.py").read_text().replace(".sum()", ".min()"))
    convgrade("grade", solution, "--out", tmp_path)
    page = (tmp_path / "report.html").read_text()
    assert '<li class="marked">    raise ValueError(' in page, "the student's own line"
    parser = Tags()
    parser.feed(page)
    assert not {"img", "link", "iframe"} & set(parser.tags)
    assert [address for address in parser.addresses if not address.startswith("#check-")] == []
    policy, script = (
        re.search("script-src '(sha256-.*?)'", page)[1],
        re.search("<script>(.*?)</script>", page, re.DOTALL)[1],
    )
    assert policy == f"sha256-{b64encode(sha256(script.encode()).digest()).decode()}", "it runs no script but its own"
    assert page.count("<script>") == 1
    assert "&lt;script&gt;alert(1)" in page
    assert 'class="window"' in page and 'class="wrong"' in page
    assert "70 of" not in page


def test_control_characters_do_not_reach_the_terminal(solution):
    (solution / "pooling.py").write_text("def pool2d(*_, **__):\n    raise ValueError('\\x1b[2J\\x07')\n")
    text = terminal.summary(grade(solution, assignment.find("cnn")))
    assert "\x1b[2J" not in text and "\x07" not in text
    assert "raised ValueError: \\x1b[2J\\x07" in text
    assert "check.pyz" not in text  # a student's command runs no hidden check


@pytest.mark.costly
def test_build_makes_the_archive_and_tries_it(solution, tmp_path):
    tmp_path.chmod(0o755)
    said = tmp_path / "submission_metadata.json"
    said.write_text(json.dumps(metadata()))
    done = convgrade("build", "-o", tmp_path / "autograder.zip", "--no-data", "--try", solution, "--metadata", said)
    assert done.returncode == 0, done.stderr
    assert "Running" not in done.stderr  # a bar is for terminals
    assert "for all 2 members of your group" in " ".join(done.stdout.split())
    assert "a programming assignment of 100 points" in done.stdout
    assert "Keep this to build the same hidden cases again: --seed" in " ".join(done.stdout.split())
    assert "Score 70" in done.stdout
    assert json.loads((tmp_path / "results.json").read_text())["score"] == 70
    again = [tmp_path / name for name in ("one.zip", "two.zip")]
    for path in again:
        convgrade("build", "-o", path, "--no-data", env=os.environ | {"CONVGRADE_SEED": "a secret"})
    assert again[0].read_bytes() == again[1].read_bytes()


@pytest.mark.costly
def test_release_writes_the_handout(tmp_path):
    done = convgrade("release", "cnn", "--out", tmp_path)
    assert done.returncode == 0
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in HANDOUT.iterdir()}
    for name in ("convolution.py", "cifar10.py"):
        shutil.copy(SOLUTION / name, tmp_path)
    assert convgrade("release", "cnn", "--out", tmp_path).returncode == 0
    assert (tmp_path / "convolution.py").read_text() == (HANDOUT / "convolution.py").read_text()


@pytest.mark.long
def test_retraining_needs_the_training_images(solution, tmp_path):
    pytest.importorskip("torch")
    for name in ("cifar10.py", "cifar10.pt"):
        shutil.copy(ROOT / "tests" / "honest" / name, solution)
    environment = {name: value for name, value in os.environ.items() if name != "CONVGRADE_DATA"}
    done = convgrade(
        "grade",
        solution,
        "--out",
        tmp_path / "out",
        "--retrain",
        1,
        cwd=tmp_path,
        env=environment | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr
    assert "--retrain needs CIFAR-10, which is not on this machine" in done.stderr
    assert convgrade("grade", solution, "--retrain", 0).returncode == 2
