"""Grading whole submissions: what is written, when, and what each part costs the others."""

import json
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import jsonschema
import psutil
import pytest

from autograder import results
from autograder.assignment import find
from autograder.grading import grade
from autograder.sandbox import template
from common.errors import UserError
from tests.autograder.attacks import processes
from tests.conftest import SOLUTIONS

CNN = find("cnn")
SCHEMA = json.loads((Path(__file__).parent / "gradescope_schema.json").read_text())


def verdicts(report):
    return {outcome.number: outcome.verdict.value for outcome in report.outcomes}


def valid(path):
    """Return the document, after holding it against a schema that follows Gradescope's specification."""
    document = json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    jsonschema.validate(document, SCHEMA)
    assert document["score"] == pytest.approx(sum(test["score"] for test in document["tests"]))
    assert all(test["score"] <= test["max_score"] for test in document["tests"])
    assert sum(test["max_score"] for test in document["tests"]) == 100
    return document


def test_the_solution_gets_full_marks_in_parts_1_to_3(solution, tmp_path):
    report = grade(solution, CNN, tmp_path / "results.json")
    assert report.score == 70 and not report.faults
    document = valid(tmp_path / "results.json")
    assert document["score"] == 70
    assert {test["status"] for test in document["tests"] if test["score"]} == {"passed"}


@pytest.mark.costly
def test_one_broken_part_costs_its_own_points_only(solution):
    (solution / "pooling.py").write_text("import os\nos.kill(os.getpid(), 9)\n")
    report = grade(solution, CNN)
    scores = {part.title: sum(outcome.score for outcome in outcomes) for part, outcomes in report.parts()}
    assert scores == {"Convolution": 30, "Pooling": 0, "Counting parameters": 20, "CIFAR-10": 0}
    assert verdicts(report)["2.1"] == "crashed"


@pytest.mark.costly
def test_parts_share_no_process(solution):
    (solution / "convolution.py").write_text(
        "import builtins\nbuiltins.sum = lambda *_: 0\n" + _text(solution, "convolution")
    )
    assert verdicts(grade(solution, CNN))["3.1"] == "passed"


@pytest.mark.costly
def test_helpers_subfolders_windows_line_ends_and_byte_order_marks_are_fine(solution, tmp_path):
    folder = tmp_path / "other" / "my homework é"
    shutil.copytree(solution, folder)
    text = (
        _text(folder, "pooling").replace("np.max", "helper.biggest").replace("import numpy", "import helper\nimport numpy")
    )
    (folder / "pooling.py").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    (folder / "helper.py").write_text("import numpy as np\nbiggest = np.max\n")
    assert grade(tmp_path / "other", CNN).score == 70


@pytest.mark.costly
def test_a_zip_with_a_top_folder_and_macos_leftovers(solution, tmp_path):
    path = tmp_path / "homework.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in solution.iterdir():
            archive.write(file, f"homework/{file.name}")
            archive.writestr(f"__MACOSX/homework/._{file.name}", b"\0\5\26\7")
    assert grade(path, CNN).score == 70


@pytest.mark.costly
def test_two_files_of_one_name_cost_their_part(solution):
    for name in ("old", "new"):
        (solution / name).mkdir()
        shutil.copy(solution / "pooling.py", solution / name)
    (solution / "pooling.py").unlink()
    report = grade(solution, CNN)
    failure = next(outcome.failure for outcome in report.outcomes if outcome.number == "2.1")
    assert "there are several files called pooling.py: new/pooling.py and old/pooling.py" in failure.sentence
    assert report.score == 50


@pytest.mark.costly
def test_results_are_valid_from_the_first_moment_and_after_each_check(solution, tmp_path):
    path = tmp_path / "results.json"
    seen = []
    grade(solution, CNN, path, progress=lambda outcome: seen.append(valid(path)["score"]))
    assert seen[0] == 3 and seen[-1] == 70 and seen == sorted(seen)


def test_the_first_document_fails_every_check(tmp_path):
    with pytest.raises(UserError):
        grade(tmp_path / "nothing", CNN, tmp_path / "results.json")
    document = valid(tmp_path / "results.json")
    assert document["score"] == 0
    assert {test["status"] for test in document["tests"]} == {"failed"}
    assert "does not exist" in document["output"]


def test_there_are_results_before_anything_is_done(solution, tmp_path, monkeypatch):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("autograder.grading.take_in", stopped)
    with pytest.raises(KeyboardInterrupt):
        grade(solution, CNN, tmp_path / "results.json")
    assert valid(tmp_path / "results.json")["score"] == 0


def test_a_score_that_is_no_number_is_no_score(tmp_path):
    document = {"tests": [{"number": "1.1"}]}
    results.put(document, {"number": "1.1", "score": float("nan"), "max_score": 3})
    assert document["score"] == 0
    with pytest.raises(ValueError, match="JSON compliant"):
        results.write(tmp_path / "results.json", {"score": float("nan")})
    assert not (tmp_path / "results.json").exists()


@pytest.mark.costly
def test_what_a_submission_prints_and_returns_cannot_break_the_document(solution, tmp_path):
    (solution / "parameters.py").write_text(
        "def count_dense(sizes, bias=True):\n"
        "    print('\\x00\\x1b[2J\\ud800'.encode('utf-8', 'surrogatepass'), chr(0), '<script>alert(1)</script>' * 9000)\n"
        "    raise ValueError(chr(0) + '\\ud800' + '<b>' * 100000)\n"
        "def count_conv(*_, **__): return 10 ** 4000\n"
        "def count_network(*_, **__): return float('nan')\n"
    )
    report = grade(solution, CNN, tmp_path / "results.json")
    document = valid(tmp_path / "results.json")
    assert report.score == 50
    assert all(len(test["output"]) < 20_000 for test in document["tests"])


@pytest.mark.costly
def test_the_same_seed_gives_the_same_report_and_another_one_other_cases(solution):
    (solution / "convolution.py").write_text(
        _text(solution, "convolution").replace("(window * kernel).sum()", "(window * kernel).sum() + 1")
    )

    def explanations(seed):
        return [str(outcome.failure) for outcome in grade(solution, CNN, seed=seed).outcomes]

    assert explanations("a") == explanations("a") != explanations("b")


CHANGES_ITS_INPUT = """

right = pool2d

def pool2d(images, *arguments, **options):
    result = right(images.copy(), *arguments, **options)
    images[...] = 0
    return result
"""


def test_what_a_class_shares_decides_nothing(solution, tmp_path):
    """Right replies are recognised, but no wrong one beside them is."""
    for name, addition in (("right", ""), ("wrong", CHANGES_ITS_INPUT)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pooling.py").write_text((solution / "pooling.py").read_text() + addition)
    of_a_class = CNN.reference()
    shared = [verdicts(grade(tmp_path / name, CNN, seed="a", reference=of_a_class)) for name in ("right", "wrong") * 2]
    alone = [verdicts(grade(tmp_path / name, CNN, seed="a")) for name in ("right", "wrong")]
    assert shared == alone * 2
    assert [{found[number] for number in ("2.1", "2.3", "2.5")} for found in alone] == [{"passed"}, {"wrong"}]


@pytest.mark.long
def test_no_process_and_no_file_is_left(solution, monkeypatch):
    (solution / "pooling.py").write_text(
        "import ctypes, os, time\nfork = ctypes.CDLL(None).fork\n"
        + "if fork() == 0:\n    os.setsid()\n    if fork() == 0:\n        time.sleep(1000)\n" * 2
        + _text(solution, "pooling")
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setattr(tempfile, "tempdir", folder)
        template.close_all()
        # Processes are ended even where they could start.
        assert grade(solution, CNN, without={"system calls by list"}).score > 50
        deadline = time.monotonic() + 300
        while list(processes()) and time.monotonic() < deadline:  # what was ended is seen for a moment
            time.sleep(0.05)
        assert list(processes()) == []
        open_ones = [each.inside.name for each in template._open.values()]
        assert [path.name for path in Path(folder).iterdir()] == open_ones
        template.close_all()
        assert list(Path(folder).iterdir()) == []


@pytest.mark.costly
def test_a_grader_that_is_stopped_leaves_what_it_had(solution, tmp_path):
    (solution / "parameters.py").write_text("import time\ntime.sleep(1000)\n")
    command = [sys.executable, "-m", "command_line", "grade", str(solution), "--out", str(tmp_path)]
    # A shell that starts the tests in the background has Ctrl-C ignored, by them and by all that they start.
    heeds = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, heeds)
    results = tmp_path / "results.json"
    deadline = time.monotonic() + 300
    while not (results.exists() and valid(results)["score"] == 50):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    assert "stopped; everything finished so far is saved" in process.communicate(timeout=300)[1]
    assert process.returncode == 130
    assert valid(results)["score"] == 50


@pytest.mark.costly
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has templates, which survive the grader to clean up")
@pytest.mark.parametrize("with_its_templates", [False, True])
@pytest.mark.parametrize("code", ["while True: pass\n", "import os\nos.kill(os.getpid(), 19)\n"], ids=["busy", "stopped"])
def test_a_grader_that_is_killed_leaves_no_process(solution, tmp_path, code, with_its_templates):
    (solution / "convolution.py").write_text(code)
    command = [sys.executable, "-m", "command_line", "grade", str(solution), "--out", str(tmp_path)]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while len(started := psutil.Process(process.pid).children(recursive=True)) < 2:  # template and worker
        assert time.monotonic() < deadline
        time.sleep(0.05)
    templates = psutil.Process(process.pid).children()
    process.kill()
    for each in templates if with_its_templates else ():
        each.kill()
    process.wait()
    _, alive = psutil.wait_procs(started, timeout=300)
    assert [one for one in alive if one.status() != psutil.STATUS_ZOMBIE] == []


def _text(folder, name):
    return (folder / f"{name}.py").read_text()


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", ["layers", "rules", "files", "calls", "packages", "unpack", "main"])
def test_a_module_of_a_students_own_may_have_any_name(tmp_path, name):
    """Those of the sandbox are not in its way."""
    (tmp_path / f"{name}.py").write_text((SOLUTIONS / "pooling.py").read_text())
    (tmp_path / "pooling.py").write_text(f"from {name} import pool2d\n")
    report = grade(tmp_path, CNN)
    assert sum(outcome.score for outcome in report.outcomes) == 20
