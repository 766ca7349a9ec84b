"""A run: each content once, nothing twice, one bad submission stops nobody."""

import contextlib
import csv
import dataclasses
import errno
import io
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from unittest.mock import patch

import pytest

from autograder import datasets
from autograder.assignment import find
from autograder.config import FILE
from autograder.sandbox import host, template
from batch import exports
from batch.grades import Grade
from batch.grading import schedule, task
from batch.grading.schedule import Selection
from batch.grading.task import ClassConfig, WorkerProbe, code
from batch.ledger import Ledger
from batch.models import FAILED_HERE, HandedIn, Student
from batch.pages import reports
from batch.platforms import gradebook
from batch.run import Options
from batch.run import grade as grade_class
from common.errors import UserError
from tests.batch.classes import stand
from tests.conftest import SOLUTIONS

SEED = "secret"
CONFIG = ClassConfig(find("cnn"), SEED)
CONVOLUTION = (SOLUTIONS / "convolution.py").read_text()


@contextlib.contextmanager
def here():
    """A pool of one thread: as good as a process for submissions, which run in processes of their own anyway."""
    with ThreadPoolExecutor(1) as executor:
        yield executor.submit, lambda: 1


@pytest.fixture
def hand_in(tmp_path):
    """Return a function that lets a student hand in a convolution.py."""

    def hand_in(name, text, submitted="2026-11-01T12:00:00+00:00"):
        folder = tmp_path / "export" / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        (folder / "convolution.py").write_text(text)
        return HandedIn(name, (Student(name.title(), f"{name}@school.edu"),), submitted, folder)

    return hand_in


@pytest.fixture
def run(tmp_path):
    """Return a function that grades into one folder: what is known, and what it took."""

    def run(*handed_in, config=CONFIG, pool=here, **selection):
        with Ledger(tmp_path / "out") as ledger:
            plan = schedule.Plan(tmp_path / "out", ledger, config, pool, Selection(**selection))
            graded, progress = schedule.run(handed_in, plan)
        reports.write(tmp_path / "out", stand(graded))
        return {handed_in.key: result for handed_in, result in graded}, progress

    return run


@pytest.fixture
def other_options(tmp_path):
    """Return a function that says how to grade with a line of assignment.toml changed."""

    def other_options(before, after):
        text = (SOLUTIONS / FILE).read_text()
        assert before in text
        (tmp_path / "assignment.toml").write_text(text.replace(before, after, 1))
        return ClassConfig(find("cnn", tmp_path / "assignment.toml"), SEED)

    return other_options


def test_each_is_graded_and_has_its_files(hand_in, run, tmp_path):
    known, progress = run(hand_in("ada", CONVOLUTION), hand_in("bob", "def conv2d(:"))
    assert (progress.all, progress.ran) == (2, 2)
    assert known["ada"].score > known["bob"].score == 0
    for name in ("ada", "bob"):
        folder = tmp_path / "out" / "submissions" / name
        assert {path.name for path in folder.iterdir()} == {"results.json", "report.html"}
        page = (folder / "report.html").read_text()
        assert f">{name.title()}, submitted 2026-11-01 12:00</p>" in page and ">Content" not in page


def test_equal_content_is_graded_once(hand_in, run, tmp_path):
    known, progress = run(*(hand_in(name, CONVOLUTION) for name in ("ada", "bob", "eve")))
    assert (progress.all, progress.ran, len(known)) == (1, 1, 3)
    reports = {name: (tmp_path / "out" / "submissions" / name / "report.html").read_text() for name in known}
    assert len({page.replace(name.title(), "") for name, page in reports.items()}) == 1
    assert all([other for other in known if other.title() in page] == [name] for name, page in reports.items())
    (shared,) = (tmp_path / "out" / "contents").glob("*/report.html")
    assert not [name for name in known if name.title() in shared.read_text()]


def test_a_name_cannot_write_into_a_report(hand_in, run, tmp_path):
    hostile = Student('<script>alert("1")</script>\u202e\udcff')
    run(dataclasses.replace(hand_in("eve", CONVOLUTION), students=(hostile,), submitted="<b>soon</b>"))
    page = (tmp_path / "out" / "submissions" / "eve" / "report.html").read_text()
    assert ">&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;\ufffd\ufffd, submitted &lt;b&gt;soon&lt;/b&gt;</p>" in page
    assert "<script>" not in page


def test_what_is_finished_is_not_done_again(hand_in, run):
    ada = hand_in("ada", CONVOLUTION)
    run(ada)
    known, progress = run(ada, hand_in("bob", CONVOLUTION + "\n"))
    assert (progress.all, len(known)) == (1, 2)


def test_files_that_were_lost_come_back(hand_in, run, tmp_path):
    ada = hand_in("ada", CONVOLUTION)
    run(ada)
    shutil.rmtree(tmp_path / "out" / "contents")
    assert run(ada)[1].ran == 1
    shutil.rmtree(tmp_path / "out" / "submissions")
    assert run(ada)[1].all == 0
    assert (tmp_path / "out" / "submissions" / "ada" / "report.html").is_file()


def test_handed_in_again_gets_new_files_and_leaves_others_theirs(hand_in, run, tmp_path):
    run(hand_in("ada", CONVOLUTION), hand_in("bob", CONVOLUTION))
    before = (tmp_path / "out" / "submissions" / "bob" / "report.html").read_bytes()
    known, _ = run(hand_in("ada", "def conv2d(:"), hand_in("bob", CONVOLUTION))
    assert known["ada"].score < known["bob"].score
    assert (tmp_path / "out" / "submissions" / "bob" / "report.html").read_bytes() == before
    assert (tmp_path / "out" / "submissions" / "ada" / "report.html").read_bytes() != before


def test_other_points_are_told_and_need_no_run(hand_in, run, other_options, monkeypatch):
    ada = hand_in("ada", CONVOLUTION)
    before = run(ada)[0]["ada"]
    changed = other_options('"1.1" = { points = ', '"1.1" = { points = 1')
    with pytest.raises(UserError, match="1 submissions were graded with other points or options: add --regrade"):
        run(ada, config=changed)
    monkeypatch.setattr(host.Sandbox, "worker", None)  # whoever starts one fails
    known, progress = run(ada, config=changed, regrade=True)
    assert (progress.ran, progress.replayed) == (0, 1)
    assert known["ada"].points > before.points and known["ada"].score > before.score
    assert known["ada"].seconds == before.seconds  # what it took when it ran


def test_other_limits_need_a_run(hand_in, run, other_options):
    ada = hand_in("ada", CONVOLUTION)
    run(ada)
    changed = other_options("call_seconds = ", "call_seconds = 1")
    assert run(ada, config=changed, regrade=True)[1].ran == 1


def test_a_bad_submission_stops_nobody(hand_in, run, tmp_path):
    ada, bob = hand_in("ada", CONVOLUTION), hand_in("bob", "")
    (bob.source / "convolution.py").unlink()
    damaged = tmp_path / "damaged.zip"
    damaged.write_bytes(b"PK\x03\x04 and nothing more")
    known, progress = run(dataclasses.replace(bob, key="zip", source=damaged), bob, ada)
    assert known["ada"].score > 0 and not known["ada"].error
    assert known["bob"].error.startswith("the submission has none of the files")
    assert "it is not a zip" in known["zip"].error
    assert not progress.faults
    assert run(bob)[1].all == 0  # nothing will come of trying again


def test_a_submission_that_ends_the_grader_is_given_up_and_tried_by_the_next_run(hand_in, run, monkeypatch):
    ada, bob = hand_in("ada", CONVOLUTION), hand_in("bob", CONVOLUTION + "\n")

    @contextlib.contextmanager
    def fragile():
        class Executor(ThreadPoolExecutor):
            def submit(self, work, task):
                return super().submit(*((os.strerror, "no number") if task.source == bob.source else (work, task)))

        with Executor(1) as executor:
            yield executor.submit, lambda: 1

    known, progress = run(ada, bob, pool=fragile)
    assert known["bob"].error.startswith(FAILED_HERE) and known["bob"].points == known["ada"].points
    assert len(progress.faults) == 1
    known, progress = run(ada, bob)
    assert (progress.all, known["bob"].error) == (1, "")


def test_what_is_wrong_here_stops_the_run(hand_in, run, monkeypatch):
    def no_room(*arguments, **options):
        raise UserError("cannot make a scratch folder")

    monkeypatch.setattr("autograder.grading.Sandbox", no_room)
    with pytest.raises(UserError, match="scratch folder"):
        run(hand_in("ada", CONVOLUTION))


def test_a_full_disk_costs_nobody_a_grade(hand_in, run, monkeypatch, tmp_path):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    ada = hand_in("ada", CONVOLUTION)
    monkeypatch.setattr("tempfile.mkdtemp", full)
    known, progress = run(ada)
    assert known["ada"].failed_here() and "No space left on device" in known["ada"].error
    assert len(progress.faults) == 1
    monkeypatch.undo()
    known, progress = run(ada)
    assert known["ada"].score > 0 and not progress.faults


@pytest.mark.costly
def test_a_killed_template_costs_one_submission_and_the_next_run_tries_it_again(hand_in, run, monkeypatch, tmp_path):
    ada, bob, eve = (hand_in(name, CONVOLUTION + f"# {name}\n") for name in ("ada", "bob", "eve"))

    grade = task.grade

    def killing(one):
        if one.source != bob.source:
            return grade(one)
        for each in template._open.values():
            each._process.kill()
        with patch.object(template.Template, "has_ended", return_value=False):  # it is killed in the midst of bob's grading
            return grade(one)

    monkeypatch.setattr(task, "grade", killing)
    known, progress = run(ada, bob, eve)
    assert known["bob"].failed_here() and len(progress.faults) == 1
    assert known["ada"].score == known["eve"].score > 0 and not known["eve"].error
    gradebook.write(tmp_path, [Grade(bob, known["bob"])], "Homework")
    (row,) = csv.DictReader(io.StringIO((tmp_path / "gradebook.csv").read_text("utf-8-sig")))
    assert row["score"] == "" and row["error"].startswith(FAILED_HERE)
    assert len((tmp_path / "canvas.csv").read_text().splitlines()) == 1  # an import leaves what Canvas has
    monkeypatch.undo()
    known, progress = run(ada, bob, eve)
    assert (progress.ran, known["bob"].score) == (1, known["ada"].score)


def test_names_that_are_no_utf8_stop_nobody(hand_in, run, tmp_path):
    folder = tmp_path / "class"
    for name in (b"b\xff\xfeb", "z\u00fc".encode(), b"\xed\xa0\x80"):
        path = os.fsencode(folder) + b"/" + name
        os.makedirs(path)
        with open(path + b"/convolution.py", "w") as stream:
            stream.write(CONVOLUTION)
    export = exports.read(folder, tmp_path / "scratch", ["convolution.py"])
    known, progress = run(*export.handed_in)
    assert len(known) == 3 and not progress.faults
    with Ledger(tmp_path / "out") as ledger:
        ledger.put_class([(each, known[each.key]) for each in export.handed_in])
    with Ledger.to_read(tmp_path / "out") as ledger:
        assert len(ledger.graded()) == 3


def test_selections(hand_in, run):
    ada = hand_in("ada", CONVOLUTION, "2026-11-02T12:00:00+01:00")
    bob = hand_in("bob", "def conv2d(:", "2026-11-01T12:00:00+01:00")
    eve = hand_in("eve", "import os\nos._exit(3)\n", "")
    noon = datetime(2026, 11, 2, 10, tzinfo=timezone.utc)
    assert run(ada, bob, eve, since=noon)[0].keys() == {"ada"}
    assert run(ada, bob, eve, students=("BOB@",))[0].keys() == {"ada", "bob"}
    assert run(ada, bob, eve)[1].all == 1
    crashed = {key for key, result in run(ada, bob, eve)[0].items() if "crashed" in {c.verdict for c in result.checks}}
    assert run(ada, bob, eve, verdict="crashed", regrade=True)[1].all == len(crashed) > 0
    assert run(ada, bob, eve, students=("ada",), regrade=True)[1].all == 1


def test_a_worker_elsewhere_must_see_what_is_seen_here_and_grade_as_here(tmp_path, monkeypatch):
    probe = WorkerProbe(code("cnn"), (), "cnn", (tmp_path,))
    monkeypatch.setattr("autograder.datasets.paths.candidates", lambda data: iter(()))
    probe()
    for other, sentence in (
        ({"paths": (tmp_path, tmp_path / "not there")}, f"does not see {tmp_path / 'not there'};"),
        ({"address": tmp_path / "homework"}, "does not see .*homework;"),
        ({"code": "another's"}, "differs from the one here: install the same one"),
        ({"data": ("cifar10",)}, "CIFAR-10 is only on one of the two machines: set CONVGRADE_DATA"),
    ):
        with pytest.raises(UserError, match=f"the worker on .* cannot grade: .*{sentence}"):
            dataclasses.replace(probe, **other)()


@pytest.mark.parametrize("when", ["before it is graded", "while it is graded"])
def test_a_folder_that_disappears_stops_nobody_and_is_nobodys_grade(hand_in, run, tmp_path, monkeypatch, when):
    ada, bob = hand_in("ada", CONVOLUTION), hand_in("bob", CONVOLUTION + "\n")
    lost = {"before it is graded": "grade", "while it is graded": "_grade"}[when]
    grade = getattr(task, lost)

    def lose(source, *rest, **options):
        shutil.rmtree(bob.source, ignore_errors=True)
        return grade(source, *rest, **options)

    monkeypatch.setattr(task, lost, lose)
    known, progress = run(ada, bob)
    assert known["ada"].score == 30
    assert known["bob"].failed_here() and f"cannot see {bob.source}" in known["bob"].error and len(progress.faults) == 1
    monkeypatch.undo()
    assert run(ada, hand_in("bob", CONVOLUTION + "\n"))[0]["bob"].score == 30


def test_an_export_that_disappears_stops_the_run_with_a_sentence(hand_in, run, tmp_path, monkeypatch):
    ada, grade = hand_in("ada", CONVOLUTION), task.grade

    def lose(*arguments):
        shutil.rmtree(tmp_path / "export", ignore_errors=True)
        return grade(*arguments)

    monkeypatch.setattr(task, "grade", lose)
    with pytest.raises(UserError, match=rf"cannot see {ada.source}: was it moved or deleted, .*repeat the command"):
        run(ada)
    monkeypatch.undo()
    assert run(hand_in("ada", CONVOLUTION))[0]["ada"].score == 30


def test_a_data_set_that_comes_later_lets_those_be_graded_again_whose_grade_depended_on_it(hand_in, run, monkeypatch):
    ada, bob = hand_in("ada", CONVOLUTION), hand_in("bob", CONVOLUTION + "\n")
    monkeypatch.setattr(datasets.paths, "find", lambda name: None)
    known, _ = run(ada, bob)
    assert not known["ada"].lacked  # part 4 was not handed in
    with Ledger(ada.source.parent.parent / "out") as ledger:  # as if it had been
        ledger.put(dataclasses.replace(known["ada"], lacked=("cifar10",)), CONFIG.options_digest())
    known, progress = run(ada, bob)
    assert progress.all == 0 and known["ada"].lacked == ("cifar10",)
    monkeypatch.setattr(datasets.paths, "find", lambda name: name)  # it is here, as far as anybody asks
    known, progress = run(ada, bob)
    assert (progress.all, progress.replayed) == (1, 1)  # what was answered suffices
    assert not known["ada"].lacked
    assert run(ada, bob)[1].all == 0


def test_grades_do_not_wait_for_who_resembles_whom(hand_in, tmp_path):
    hand_in("ada", CONVOLUTION)
    with patch("batch.similarity.search.pairs", side_effect=RuntimeError), pytest.raises(RuntimeError):
        grade_class(
            tmp_path / "export",
            tmp_path / "out",
            find("cnn"),
            Options(selection=Selection(students=("nobody",)), similarity=True),
        )
    assert (tmp_path / "out" / "gradebook.csv").is_file()


def test_a_reason_never_names_another_student(run, tmp_path):
    handed_in = []
    for name in ("ada.zip", "bob.zip", "cyd.ipynb", "dan.ipynb", "eve.rar", "fay.rar"):
        (tmp_path / name).touch()
        handed_in.append(HandedIn(name, (Student(name[:3]),), "", tmp_path / name))
    known, progress = run(*handed_in)
    for name, result in known.items():
        assert result.error and not any(other[:3] in result.error for other in known if other != name)
    assert progress.ran == 5  # the two zips are one content


def test_an_archive_that_is_too_large_is_not_read(run, tmp_path):
    with (tmp_path / "ada.zip").open("wb") as stream:
        stream.truncate(10**13)
    known, _ = run(HandedIn("ada", (Student("Ada"),), "", tmp_path / "ada.zip"))
    assert known["ada"].error == "the submission is larger than 200 MB: leave data sets out"
