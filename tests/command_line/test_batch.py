"""`convgrade batch` and `convgrade compare`, as a TA calls them."""

import csv
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing

import pytest

from autograder.config import FILE
from tests.batch import exported
from tests.conftest import ROOT, SOLUTIONS

QUICK = {"correct": 3, "wrong": 2}
whole_run = pytest.mark.sampled(2, family="whole runs of a class")


def convgrade(*arguments, **options):
    command = [
        sys.executable,
        "-m",
        "command_line",
        *(each if isinstance(each, bytes) else str(each) for each in arguments),
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=1000, **options)


@pytest.fixture(scope="module")
def export(tmp_path_factory):
    """Gradescope's export of a small class."""
    return exported.gradescope(tmp_path_factory.mktemp("export") / "export.zip", exported.made_up(8, mix=QUICK))


@pytest.fixture(scope="module")
def graded(export, tmp_path_factory):
    """A run that nobody disturbed: its folder and what it said."""
    out = tmp_path_factory.mktemp("graded") / "class"
    return out, convgrade("batch", export, "--out", out, "--seed", "secret")


def rows(out):
    with (out / "gradebook.csv").open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


def finished(out):
    try:
        with closing(sqlite3.connect(out / "ledger.sqlite")) as ledger:
            return ledger.execute("SELECT count(*) FROM graded").fetchone()[0]
    except sqlite3.Error:
        return 0


@pytest.mark.costly
def test_a_class(graded):
    out, said = graded
    assert said.returncode == 0, said.stderr
    assert "Gradescope: 8 submissions." in said.stderr
    assert "8 of 8 submissions have a grade." in said.stdout
    assert len({row["key"] for row in rows(out)}) == 8
    assert max(float(row["score"]) for row in rows(out)) == 70
    for row in rows(out):
        assert (out / "submissions" / row["key"] / "report.html").is_file()
        assert (out / "submissions" / row["key"] / "results.json").is_file()
    assert "class.html" in said.stdout and (out / "class.html").is_file()
    assert not (out / ".unpacked").exists()


@pytest.mark.costly
@whole_run
def test_odd_files_stop_nobody_and_nobody_is_lost(tmp_path):
    folder = tmp_path / "class"
    for name in ("ada", "a\x1b[2Jb", "empty", "pipe"):
        (folder / name).mkdir(parents=True)
    for name in ("ada", "a\x1b[2Jb"):
        (folder / name / "convolution.py").write_bytes((exported.SOLUTION / "convolution.py").read_bytes())
    os.mkfifo(folder / "pipe" / "convolution.py")
    os.mkfifo(folder / "fifo\x1b[2J.zip")
    (folder / "nothing.zip").touch()
    (folder / "rar.zip").write_bytes(b"Rar!" + bytes(99))
    (folder / "seven.7z").write_bytes(b"7z")
    (folder / "notebook.ipynb").write_text("{}")
    said = convgrade("batch", folder, "--out", tmp_path / "out", "--jobs", "1", "--similarity")
    assert said.returncode == 0 and "2 of 9 submissions have a grade." in said.stdout
    assert "Traceback" not in said.stderr and "\x1b[2J" not in said.stdout + said.stderr
    errors = {row["name"]: row["error"] for row in rows(tmp_path / "out")}
    assert {name for name, error in errors.items() if not error} == {"ada", "a [2Jb"}
    assert errors["nothing"] == "the submission cannot be accepted: it is empty: upload it again"
    assert errors["rar"] == "the submission cannot be accepted: it is really a RAR archive: make an ordinary zip"
    assert errors["seven"] == "seven.7z is an archive that cannot be unpacked here: make an ordinary zip"
    assert "It has notebook.ipynb." in errors["notebook"] and "It is empty." in errors["fifo [2J"]
    assert "convolution.py was left out: it is a link or not an ordinary file" in errors["pipe"]


@pytest.mark.costly
def test_similar_submissions_get_a_page_that_the_class_leads_to(export, tmp_path):
    out = tmp_path / "class"
    said = convgrade("batch", export, "--out", out, "--student", "nobody", "--similarity")
    assert said.returncode == 0, said.stderr
    assert str(out / "similarity.html") in said.stdout
    assert 'href="similarity.html"' in (out / "class.html").read_text()
    assert "%" in (out / "similarity.html").read_text()


@whole_run
def test_a_killed_run_goes_on_and_ends_with_the_same_bytes(graded, export, tmp_path):
    out = tmp_path / "class"
    command = [sys.executable, "-m", "command_line", "batch", export, "--out", out, "--seed", "secret", "--jobs", "1"]
    run = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 600
    while finished(out) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    before = finished(out)
    assert 2 <= before < 8
    said = convgrade("batch", export, "--out", out)
    assert f"This run: {8 - before} ran" in said.stdout, said.stderr
    for name in ("gradebook.csv", "gradescope.csv", "canvas.csv"):
        assert (out / name).read_bytes() == (graded[0] / name).read_bytes()


@pytest.mark.costly
def test_a_class_list_and_feedback_hold_until_they_are_given_again(graded, export, tmp_path):
    out = shutil.copytree(graded[0], tmp_path / "class")
    students = [student for each in exported.made_up(8, mix=QUICK) for student in each.students]
    lines = ["name,email", *(f"{student.name},{student.email}" for student in students), "Zed Absent,zed@example.com"]
    (tmp_path / "list.csv").write_text("\n".join(lines))
    said = convgrade("batch", export, "--out", out, "--roster", tmp_path / "list.csv", "--feedback", "mail")
    assert "1 of 9 on the class list have not submitted: Zed Absent." in " ".join(said.stdout.split()), said.stderr
    assert [row["name"] for row in rows(out) if row["error"] == "not submitted"] == ["Zed Absent"]
    assert "not submitted" in (out / "class.html").read_text()
    mails = list(csv.DictReader((out / "mail.csv").read_text().splitlines()))
    assert {mail["address"] for mail in mails} == {student.email for student in students}
    for mail in mails:
        assert "of 100 points" in (out / mail["file"]).read_text()
    again = convgrade("batch", export, "--out", out)
    assert "class list is the one from an earlier run" in again.stdout and str(out / "mail.csv") in again.stdout
    ended = convgrade("batch", export, "--out", out, "--roster", "none", "--feedback", "none")
    assert "class list" not in ended.stdout and not (out / "mail.csv").exists()
    assert (out / "gradebook.csv").read_bytes() == (graded[0] / "gradebook.csv").read_bytes()


@pytest.mark.costly
def test_what_a_platform_s_import_would_do_is_said(graded):
    said = " ".join(graded[1].stdout.split())
    assert 'Canvas creates a new assignment unless one has the title "Convolutional neural networks"' in said
    assert "For scripts" in said and "moodle.csv" not in said


@pytest.fixture
def scratch():
    """A folder for temporary files that submissions can enter: pytest's own is closed to other users."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield folder


@whole_run
@pytest.mark.parametrize("already", [0, 1])  # while processes start, and later
def test_ctrl_c_ends_the_run_and_keeps_what_was_finished(export, tmp_path, scratch, already):
    out = tmp_path / "class"
    command = [sys.executable, "-m", "command_line", "batch", export, "--out", out, "--jobs", "1"]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "env": os.environ | {"TMPDIR": scratch}}
    run = subprocess.Popen(command, **options, start_new_session=True)
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline and not ((out / "ledger.sqlite").exists() and finished(out) >= already):
        time.sleep(0.01)
    os.killpg(run.pid, signal.SIGINT)
    _, error = run.communicate(timeout=600)
    assert run.returncode == 130
    assert "stopped; everything finished so far is saved" in error
    assert "Traceback" not in error and "Warning" not in error
    assert finished(out) >= already
    assert os.listdir(scratch) == []


@whole_run
def test_regraded_from_kept_answers_and_compared(graded, export, tmp_path):
    out, _ = graded
    nothing = convgrade("compare", out, out)
    assert nothing.stdout.strip() == "Nothing changed."
    options = tmp_path / "assignment.toml"
    options.write_text((SOLUTIONS / FILE).read_text().replace('"1.1" = { points = ', '"1.1" = { points = 1', 1))
    other = tmp_path / "class"
    subprocess.run(["cp", "-r", out, other], check=True)
    refused = convgrade("batch", export, "--out", other, "--options", options)
    assert refused.returncode == 2 and "add --regrade" in refused.stderr
    again = convgrade("batch", export, "--out", other, "--options", options, "--regrade")
    assert "This run: 0 ran, 8 were regraded from saved replies." in again.stdout, again.stderr
    compared = convgrade("compare", out, other)
    assert compared.returncode == 0 and "1.1" in compared.stdout


@whole_run
def test_on_a_dask_cluster(graded, export, tmp_path):
    pytest.importorskip("distributed")
    file, out = tmp_path / "scheduler.json", tmp_path / "class"
    out.mkdir()
    dask = [sys.executable, "-m", "dask"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    here = ["--no-dashboard", "--scheduler-file", str(file)]
    elsewhere = tmp_path / "elsewhere"  # where a worker starts: relative paths mean something else there
    elsewhere.mkdir()
    arguments = (
        os.path.relpath(export, tmp_path),
        "--out",
        "class",
        "--seed",
        "secret",
        "--scheduler",
        "file:scheduler.json",
    )
    options = {"cwd": tmp_path, "env": os.environ | {"PYTHONPATH": str(ROOT)}}
    started = [subprocess.Popen([*dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *here], **quiet)]
    try:
        deadline = time.monotonic() + 600
        while not file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        nobody = convgrade("batch", *arguments, **options)
        assert nobody.returncode == 2 and "has no workers yet" in nobody.stderr
        worker = [*dask, "worker", *here, "--nthreads", "1", "--memory-limit", "0"]
        started.append(subprocess.Popen(worker, **quiet, **options | {"cwd": elsewhere}))
        while time.monotonic() < deadline:
            said = convgrade("batch", *arguments, **options)
            if "has no workers yet" not in said.stderr:
                break
        assert said.returncode == 0, said.stderr
        assert (out / "gradebook.csv").read_bytes() == (graded[0] / "gradebook.csv").read_bytes()
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


@pytest.mark.sampled(2)
@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere"], "nowhere cannot be read: No such file or directory"),
        (["x" * 300], "cannot be read: File name too long"),
        (["fifo"], "fifo is neither a folder nor a readable zip file"),
        (["/dev/zero"], "/dev/zero is neither a folder nor a readable zip file"),
        (["work", "--out", "ada"], "ada is a file: choose a folder with --out"),
        (["work", "--out", "y" * 300], "File name too long"),
        (["work", "--out", "work/class"], "submissions and results would mix in"),
        (["class/submissions", "--out", "class"], "submissions and results would mix in"),
        (["work", "--seed", "another"], "another seed"),
        (["work", "--seed", b"\xff\xfe"], "is not UTF-8"),
        (["work", "--canvas-column", b"\xff"], "is not UTF-8"),
        (["work", "--options", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["work", "--assignment", "z" * 300], "unknown assignment"),
        (["work", "--since", "yesterday"], "is not a time such as"),
        (["work", "--since", "2026-11-22T18:00+25:00"], "is not a time such as"),
        (["work", "--since", "9999-12-31T23:59:59-12:00"], "is not a time such as"),
        (["work", "--since", "0001-01-01T00:00+14:00"], "is not a time such as"),
        (["work", "--due", "11/22/2026"], "'11/22/2026' is not a time such as 2026-11-22 18:00"),
        (["work", "--extensions", "nowhere.csv"], "there is no file nowhere.csv"),
        (["work", "--attempt", "worst"], "'worst' is not one of 'latest', 'best'"),
        (["work", "--only", "brilliant"], "brilliant"),
        (["work", "--jobs", "99999999"], "99999999 is not in the range"),
        (["work", "--rename", "a.py=b.py"], "the homework has no file 'b.py'; it has convolution.py, pooling.py"),
        (["work", "--renames", "nowhere.csv"], "there is no file nowhere.csv"),
        (["work", "--roster", "nowhere.csv"], "there is no file nowhere.csv"),
        (["work", "--feedback", "canvas"], "needs Canvas's own export"),
        (["work", "--scheduler", "tcp://127.0.0.1"], "no Dask scheduler answers"),
    ],
)
def test_mistakes_get_one_sentence(graded, tmp_path, arguments, sentence):
    out = tmp_path / "class"
    if "--seed" in arguments:
        out = graded[0]
    (tmp_path / "work" / "ada").mkdir(parents=True)
    (tmp_path / "work" / "ada" / "convolution.py").write_text("")
    (tmp_path / "class" / "submissions").mkdir(parents=True)
    (tmp_path / "ada").touch()
    os.mkfifo(tmp_path / "fifo")
    done = convgrade("batch", "--out", out, *arguments, cwd=tmp_path, env=os.environ | {"PYTHONPATH": os.getcwd()})
    assert done.returncode == 2, done.stderr
    assert sentence in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@whole_run
def test_regrade_requests_run_again_and_are_answered(graded, export, tmp_path):
    out = tmp_path / "class"
    subprocess.run(["cp", "-r", graded[0], out], check=True)
    who = next(row for row in rows(out) if float(row["score"]) < 70)
    (tmp_path / "requests.csv").write_text(f"Email,Question,Message\n{who['email']},,why?\n")
    done = convgrade("batch", export, "--out", out, "--requests", tmp_path / "requests.csv")
    assert "This run: 1 ran, 0 were regraded" in done.stdout, done.stderr
    assert str(out / "requests.csv") in done.stdout
    nothing = f"{who['email']},,why?,{who['score']},{who['score']},nothing changed"
    assert (out / "requests.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == [nothing]
    convgrade("override", out, who["email"], "total", "70", "--reason", "we agree")
    told = f'{who["email"]},,why?,{who["score"]},70.00,"total: {float(who["score"]):g} -> 70, set by hand (we agree)"'
    assert (out / "requests.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == [told]
    again = convgrade("batch", export, "--out", out)
    assert "This run:" not in again.stdout
    assert (out / "requests.csv").read_text(encoding="utf-8-sig").splitlines()[1:] == [told]
    assert {row["email"]: row["total"] for row in rows(out)}[who["email"]] == "70.00"
