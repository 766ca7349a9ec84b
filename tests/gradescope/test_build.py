"""autograder.zip: what is in it, and what happens when it is run as Gradescope runs it."""

import importlib.metadata
import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest
from packaging.requirements import Requirement

from autograder import datasets
from autograder.assignment import find
from autograder.datasets import drawn
from common.errors import UserError
from gradescope import build, harness, policy
from tests.conftest import ROOT, SOLUTIONS
from tests.gradescope.metadata import earlier, metadata

SCHEMA = json.loads((ROOT / "tests" / "autograder" / "gradescope_schema.json").read_text())
HOUR = timedelta(hours=1)
pytestmark = pytest.mark.sampled(2)


@pytest.fixture(scope="module")
def built():
    return build.build(find("cnn"), secret="a secret", with_data=False)


@pytest.fixture
def tried(tmp_path, solution, built):
    """A function that runs the archive on a submission, with options changed."""

    def run(metadata=None, seconds=600.0, options=(), submission=solution):
        archive = built.content
        if options:
            path = tmp_path / "assignment.toml"
            text = (SOLUTIONS / "assignment.toml").read_text()
            for before, after in options:
                assert before in text
                text = text.replace(before, after)
            path.write_text(text)
            archive = build.build(find("cnn", path), path, secret="a secret", with_data=False).content
        shutil.rmtree(tmp_path / "autograder", ignore_errors=True)
        where = harness.lay_out(archive, tmp_path / "autograder")
        shown = harness.run(where, submission, metadata, seconds)
        jsonschema.validate(json.loads(shown.raw), SCHEMA)
        return shown

    tmp_path.chmod(0o755)
    return run


def members(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {member.filename: (member, archive.read(member)) for member in archive.infolist()}


def test_the_same_sources_options_and_secret_give_the_same_bytes(built):
    assert build.build(find("cnn"), secret="a secret", with_data=False).content == built.content
    assert build.build(find("cnn"), secret="another", with_data=False).content != built.content


def test_two_builds_have_different_secrets():
    assert build.build(find("cnn"), with_data=False).secret != build.build(find("cnn"), with_data=False).secret


def test_scripts_lie_at_the_top_can_be_run_and_have_unix_line_ends(built):
    files = members(built.content)
    for script in ("setup.sh", "run_autograder"):
        member, content = files[script]
        assert stat.S_IMODE(member.external_attr >> 16) == 0o755
        assert content.startswith(b"#!/usr/bin/env bash\n")
    assert not [name for name, (_, content) in files.items() if b"\r\n" in content and not name.endswith("answers")]


def test_nothing_is_in_it_that_solves_the_homework(built):
    files = members(built.content)
    assert not [name for name in files if name.startswith(("convgrade/kernels", "convgrade/misconceptions", "solutions"))]
    assert "convgrade/gradescope/build.py" not in files
    own = {name.removeprefix("assignment/cnn/") for name in files if name.startswith("assignment/")}
    checks = {f"checks/{path.name}" for path in (SOLUTIONS / "checks").glob("*.py")} | {"checks/__init__.py"}
    assert own == {"assignment.toml", "harness.py", "answers", *checks}
    assert not [name for name, (_, content) in files.items() if b"BEGIN SOLUTION" in content]


def pinned(files):
    """The packages that an archive's constraints give a version."""
    lines = files["constraints.txt"][1].decode().splitlines()
    pins = [Requirement(line) for line in lines if line and not line.startswith("#")]
    assert all([each.operator for each in pin.specifier] == ["=="] for pin in pins)
    return {pin.name for pin in pins}


def test_versions_are_pinned(built):
    files = members(built.content)
    needed = {Requirement(line).name for line in files["requirements.txt"][1].decode().splitlines()}
    assert {"numpy", "click", "gradescope-utils", "sandlock", "safetensors", "tqdm"} <= needed and "jinja2" not in needed
    assert [Requirement(line).name for line in files["requirements-torch.txt"][1].decode().splitlines()] == ["torch"]
    assert needed | {"torch"} <= pinned(files)


def test_what_grading_can_do_without_is_asked_for_apart(built):
    name = "requirements-helpers.txt"
    assert members(built.content)[name][1] == b""
    files = members(build.build(find("cuda"), secret="s").content)
    wanted = [Requirement(line).name for line in files[name][1].decode().splitlines()]
    assert wanted == ["numba", "numba-cuda", "nvidia-nvjitlink", "nvidia-nvvm"]
    assert set(wanted) <= pinned(files)
    assert b"numba" not in files["requirements.txt"][1]


@pytest.mark.skipif(not shutil.which("shellcheck"), reason="shellcheck is not installed")
@pytest.mark.parametrize("script", build.SCRIPTS)
def test_scripts_are_sound(script):
    subprocess.run(["shellcheck", ROOT / "gradescope" / "files" / script], check=True)


def test_cifar10s_test_images_go_along_where_they_are(tmp_path, monkeypatch):
    images, labels = drawn.draw(20, seed=0)
    stored = SimpleNamespace(folder=tmp_path, load={"test": (images, labels)}.get)
    monkeypatch.setattr(datasets, "find", lambda name: stored)
    built = build.build(find("cnn"), secret="s")
    files = {name: content for name, (_, content) in members(built.content).items() if name.startswith("data/")}
    assert set(files) == {"data/cifar10/test_images.npy", "data/cifar10/test_labels.npy"}
    assert (np.load(io.BytesIO(files["data/cifar10/test_images.npy"])) == images).all()
    assert (np.load(io.BytesIO(files["data/cifar10/test_labels.npy"])) == labels).all()
    assert f"CIFAR-10's test images from {tmp_path}" in build.summary(built, tmp_path)


@pytest.mark.skipif(datasets.find("cifar10") is None, reason="CIFAR-10 is not here: set CONVGRADE_DATA to its folder")
def test_the_official_test_images_are_found_again_where_the_archive_is_unpacked(tmp_path, monkeypatch):
    where = harness.lay_out(build.build(find("cnn"), secret="s").content, tmp_path / "autograder")
    expected = datasets.find("cifar10").load("test")
    monkeypatch.setenv("CONVGRADE_DATA", str(where.source / "data"))
    stored = datasets.find("cifar10")
    assert stored.folder == where.source / "data" / "cifar10" and not stored.has("train")
    assert all((there == here).all() for there, here in zip(stored.load("test"), expected))


def test_nothing_that_downloads_is_in_it(built):
    code = {name: content for name, (_, content) in members(built.content).items() if name.endswith(".py")}
    assert "convgrade/autograder/datasets/paths.py" in code
    assert not [name for name, content in code.items() if b"urllib.request" in content and "/sandbox/" not in name]


def test_options_that_do_not_fit_are_not_built(tmp_path):
    (tmp_path / "assignment.toml").write_text("seconds = 3")
    with pytest.raises(UserError, match="is missing"):
        find("cnn", tmp_path / "assignment.toml")


@pytest.mark.costly
def test_what_the_instructor_allows_is_installed_at_the_instructors_version(tmp_path):
    def built_with(package):
        text = (SOLUTIONS / "assignment.toml").read_text()
        path = tmp_path / "assignment.toml"
        path.write_text(text.replace('["Pooling"]\nallowed = ["numpy"]', f'["Pooling"]\nallowed = ["numpy", "{package}"]'))
        return members(build.build(find("cnn", path), path, secret="s", with_data=False).content)["requirements.txt"][
            1
        ].decode()

    assert f"psutil=={importlib.metadata.version('psutil')}\n" in built_with("psutil")
    with pytest.raises(UserError, match="allows no-such-package, which is not installed here"):
        built_with("no-such-package")


def test_the_solution_gets_its_points(tried):
    shown = tried(metadata())
    assert shown.results["score"] == 70
    (graded_at,) = shown.results["extra_data"][policy.GRADED]
    assert datetime.fromisoformat(graded_at) == datetime.fromisoformat(metadata()["created_at"])
    assert "70 of 100 points" in shown.stdout
    assert "for all 2 members of your group" in shown.results["output"]
    assert not {"Lovelace", "ada@example.com"} & set(shown.raw.decode().split())


def test_outside_of_gradescope_there_are_no_metadata(tried):
    assert tried(None).results["score"] == 70


def test_a_zip_of_a_submission(tried, solution, tmp_path):
    path = shutil.make_archive(str(tmp_path / "homework"), "zip", solution)
    assert tried(metadata(), submission=Path(path)).results["score"] == 70


def test_an_empty_submission_is_told_what_is_missing(tried, tmp_path):
    (tmp_path / "nothing").mkdir()
    shown = tried(metadata(), submission=tmp_path / "nothing")
    assert shown.results["score"] == 0
    assert "has none of the files of the assignment cnn" in shown.results["output"]


def test_hidden_checks_show_when_the_instructor_says(tried):
    tests = tried(metadata(), options=[('"after_published"', '"after_due_date"')]).results["tests"]
    assert {test["visibility"] for test in tests} == {"visible", "after_due_date"}


def test_being_late_costs_what_the_instructor_says(tried):
    shown = tried(metadata(after_due=25 * HOUR), options=[("loss_per_day = 0.0", "loss_per_day = 0.1")])
    assert shown.results["score"] == 56
    assert sum(test["score"] for test in shown.results["tests"]) == 70
    assert "Handed in 1 d 1 h after the due date: 20% of the points are taken off" in shown.results["output"]


def test_over_the_rate_limit_the_last_grade_stands(tried, solution):
    limit = [("submissions = 0", "submissions = 1")]
    first = tried(metadata(-7 * HOUR), options=limit)
    (solution / "pooling.py").unlink()
    second = tried(metadata(-6 * HOUR, [earlier(7 * HOUR, first.results)]), options=limit)
    assert second.results["score"] == 70 and second.results["tests"] == first.results["tests"]
    assert second.results["output"].startswith("This submission was not graded: the limit is 1 in 24 hours.")
    # The refused one hands on what it was told: a third one knows the same, and a day later it is graded.
    third = tried(metadata(previous=[earlier(7 * HOUR), earlier(6 * HOUR, second.results)]), options=limit)
    assert third.results["score"] == 70
    next_day = tried(metadata(20 * HOUR, [earlier(7 * HOUR), earlier(6 * HOUR, third.results)]), options=limit)
    assert next_day.results["score"] == 50


def test_a_regrade_by_another_autograder_emits_nothing_stale(tried, solution):
    limit = ("submissions = 0", "submissions = 1")
    first = tried(metadata(-6 * HOUR), options=[limit])
    refused = tried(metadata(previous=[earlier(6 * HOUR, first.results)]), options=[limit])
    assert "not graded" in refused.results["output"]
    (solution / "pooling.py").unlink()
    mended = [limit, ("grace_minutes = 10", "grace_minutes = 5")]
    for own in ([], [earlier(5 * HOUR, refused.results)]):
        again = tried(metadata(previous=[earlier(6 * HOUR, first.results), *own]), options=mended)
        assert again.results["score"] == 50 and "not graded" not in again.results["output"]


def test_what_still_runs_counts_and_the_last_score_is_kept(tried):
    limit = [("submissions = 0", "submissions = 1")]
    shown = tried(metadata(previous=[earlier(7 * HOUR), earlier(6 * HOUR, score=None)]), options=limit)
    assert shown.results["score"] == 50 and shown.results["tests"] == []
    assert "the limit is 1 in 24 hours" in shown.results["output"]


@pytest.mark.costly
@pytest.mark.parametrize("content", [b"{", json.dumps({"created_at": "yesterday"}).encode()])
def test_metadata_that_cannot_be_read_stop_no_grading(tried, content):
    shown = tried(content, options=[("loss_per_day = 0.0", "loss_per_day = 0.1")])
    assert shown.results["score"] == 70
    assert shown.results["output"].endswith(policy.UNREADABLE)
    assert "Invalid isoformat" in shown.stdout or "Expecting property name" in shown.stdout


def test_our_deadline_comes_before_gradescopes(tried, solution):
    (solution / "parameters.py").write_text("while True: pass\n")
    shown = tried(metadata(), seconds=26.0)
    assert shown.results["score"] <= 50
    (first,) = [test for test in shown.results["tests"] if test["number"] == "3.1"]
    assert first["extra_data"]["verdict"] == "timed out" and "the whole submission was used up" in first["output"]


@pytest.mark.costly
def test_no_text_is_longer_than_gradescope_takes(tried, solution):
    (solution / "parameters.py").write_text(
        "def count_dense(*_, **__):\n    print('x' * 10**6)\n    raise ValueError('y' * 10**6)\n"
    )
    shown = tried(metadata())
    assert json.loads(shown.raw) == shown.results
    assert len(json.dumps(shown.results)) < 100_000


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hide what is its own")
def test_a_submission_finds_neither_secret_nor_metadata_nor_gradescopes_addresses(tried, solution, tmp_path):
    (solution / "parameters.py").write_text(
        "import os, pathlib\n"
        f"HERE = pathlib.Path({str(tmp_path / 'autograder')!r})\n"
        "def count_dense(*_, **__):\n"
        "    for path in ('source/secret', 'submission_metadata.json', 'results/results.json', 'source/assignment.toml'):\n"
        "        try: print(path, (HERE / path).read_text())\n"
        "        except PermissionError: print(path, 'closed')\n"
        "    print(dict(os.environ))\n"
    )
    shown = tried(metadata())
    (output,) = [test["output"] for test in shown.results["tests"] if test["number"] == "3.1"]
    assert output.count("closed") == 4
    # Where no Landlock hides them, their modes do.
    places = {"source": 0o700, "results": 0o700, "submission_metadata.json": 0o600}
    assert {name: stat.S_IMODE((tmp_path / "autograder" / name).stat().st_mode) for name in places} == places
    assert "gradescope.com" not in shown.raw.decode() and "ada@example.com" not in shown.raw.decode()


def test_a_grader_that_hangs_ends_in_time_with_what_there_is(tmp_path, built):
    where = harness.lay_out(built.content, tmp_path / "autograder")
    hangs = (
        "import time, gradescope.run as run\n"
        "run.MARGIN_SECONDS, run._grade = 1.0, lambda *_: time.sleep(5000)\n"
        "run.main()\n"
    )
    environment = {"AUTOGRADER": str(where.root), "TIMEOUT_SECONDS": "3", "PYTHONPATH": str(where.source / "convgrade")}
    subprocess.run([sys.executable, "-c", hangs], env=environment, check=True, timeout=1000)
    document = json.loads(where.results.read_text())
    jsonschema.validate(document, SCHEMA)
    assert document["score"] == 0 and "has not finished" in document["output"]


def test_options_that_were_broken_after_the_build_are_the_autograders_fault(tmp_path, solution, built):
    where = harness.lay_out(built.content, tmp_path / "autograder")
    (where.source / "assignment" / "cnn" / "assignment.toml").write_text("seconds = 3")
    shown = harness.run(where, solution)
    jsonschema.validate(json.loads(shown.raw), SCHEMA)
    assert shown.results["score"] == 0 and "not your fault" in shown.results["output"]
    assert "title is missing" in shown.stdout
