"""What holds for every homework but cnn, which has tests of its own: released, proved, and no line of it leaks."""

import shutil
from pathlib import Path

import pytest

from autograder.assignment import find
from autograder.grading import grade
from autograder.wrong_programs import programs
from release import handout
from release.proof import judgement, leaks, trials
from tests.conftest import ROOT

ASSIGNMENTS = [find("neurons"), find("vision"), find("cuda")]
# vision's and cuda's are tried where their parts are tested: they take other times.
PROGRAMS = programs(ASSIGNMENTS[0].folder)
every = pytest.mark.parametrize("assigned", ASSIGNMENTS, ids=lambda assigned: assigned.name)


@pytest.fixture(scope="module", params=ASSIGNMENTS, ids=lambda assigned: assigned.name)
def released(request):
    if request.param.name == "vision":
        pytest.importorskip("torch")  # its checks draw their cases with it
    return request.param, handout.contents(request.param)


def test_what_is_released_is_up_to_date_and_holds_no_line_of_the_solution(released):
    assigned, contents = released
    folder = ROOT / "assignments" / assigned.name
    stale = [name for name, content in contents.items() if (folder / name).read_bytes() != content]
    assert not stale, f"run `convgrade release {assigned.name}`: {stale}"
    assert {path.name for path in folder.iterdir()} == set(contents)
    assert leaks.problems(assigned, contents) == []


def test_check_pyz_holds_no_hidden_check_s_own_modules(released):
    _, contents = released
    assert b"checks/hidden" not in contents["check.pyz"]


@pytest.mark.long
@every
def test_the_masters_get_all_points_and_stubs_none(assigned, tmp_path, monkeypatch):
    if assigned.name == "vision":
        pytest.importorskip("torch")
    monkeypatch.delenv("CONVGRADE_DATA", raising=False)  # trained on drawn images, which takes less time
    monkeypatch.chdir(tmp_path)
    report = grade(assigned.folder, assigned, seed="a secret")
    assert (report.score >= report.points, report.points, report.faults) == (True, 100, [])
    stubs = Path(shutil.copytree(ROOT / "assignments" / assigned.name, tmp_path / "stubs"))
    report = grade(stubs, assigned, seed="a secret")
    assert report.score == 0 and {outcome.verdict.value for outcome in report.outcomes} == {"not implemented"}


@pytest.mark.sampled(8)
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_wrong_program(program):
    assigned = ASSIGNMENTS[0]
    part = next(name for name, part in assigned.config.parts.items() if part.file == program.file)
    [trial] = trials.of_program(assigned, part, program.name, "a secret that shows each of these mistakes")
    assert not trial.fault
    assert judgement.of_program(assigned, program, [trial]) == []
