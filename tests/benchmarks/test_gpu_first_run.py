"""The plan of a first run on a GPU, and the kernels' tests under compute-sanitizer, where there is neither."""

import json
import os
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.gpu_first_run import __main__ as first_run
from benchmarks.gpu_first_run.__main__ import ROOT, Step
from benchmarks.kernel_speed import sanitizer

# What stands for a tool that runs a program: it notes its own options.
TOOL = f"""#!{sys.executable}
import os, sys
start = sys.argv.index({sys.executable!r})
with open({{log!r}}, "a") as log:
    print(*sys.argv[1:start], "GPU" if os.environ.get("CONVGRADE_GPU") == "1" else "simulator", file=log)
os.execv(sys.executable, sys.argv[start:])
"""


@pytest.fixture
def tools(tmp_path, monkeypatch):
    """compute-sanitizer and ncu, both found; the file that has the options they got."""
    folder, log = tmp_path / "bin", tmp_path / "options"
    folder.mkdir()
    for name in ("compute-sanitizer", "ncu"):
        program = folder / name
        program.write_text(TOOL.format(log=str(log)))
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    return log


def test_the_plan_takes_ten_minutes_at_most_and_comes_to_the_point(tools, tmp_path):
    planned = first_run.steps(tmp_path)
    assert [step.name for step in planned] == ["probe", "tests", "memcheck", "racecheck", "speed", "profile"]
    assert sum(step.seconds for step in planned) <= 600


def test_without_cudas_toolkit_its_steps_are_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(first_run.shutil, "which", lambda *_, **__: None)
    assert [step.name for step in first_run.steps(tmp_path)] == ["probe", "tests", "speed"]


def test_each_step_names_programs_and_tests_that_there_are(tools, tmp_path):
    for step in first_run.steps(tmp_path):
        assert Path(step.command[0]).exists()
        if "pytest" in step.command:
            assert all((ROOT / word).exists() for word in step.command if word.endswith(".py"))
        else:
            assert find_spec(step.command[step.command.index("-m") + 1])


@pytest.mark.costly
def test_the_benchmark_takes_the_options_of_its_step(tmp_path, monkeypatch):
    from benchmarks.kernel_speed import __main__ as command

    (step,) = (step for step in first_run.steps(tmp_path) if step.name == "speed")
    monkeypatch.setattr("sys.argv", ["kernel_speed", *step.command[3:]])
    monkeypatch.setattr(command, "gpu_is_there", lambda: False)
    with pytest.raises(SystemExit, match="no CUDA GPU can be used"):
        command.main()


@pytest.mark.costly
def test_one_layer_of_each_rung_runs_under_a_tool(tools, tmp_path, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setenv("PYTEST_ADDOPTS", "--collect-only")
    (step,) = (step for step in first_run.steps(tmp_path) if step.name == "memcheck")
    ended = first_run.run(step, tmp_path)
    said = (tmp_path / "memcheck.txt").read_text()
    assert ended["exit code"] == 0, said
    from kernels.cuda.convolution import RUNGS

    assert all(f"one_layer[{name}]" in said for name in RUNGS)
    assert tools.read_text() == "--tool memcheck --error-exitcode 1 GPU\n"


@pytest.mark.costly
def test_the_sanitizer_runs_the_tests_in_one_process(tools, monkeypatch, capfd):
    monkeypatch.setattr(sanitizer, "TOOLS", ("racecheck",))
    monkeypatch.setattr(sanitizer, "GPU_TESTS", ("tests/kernels/test_limits.py",))
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k the_largest_launches_are_allowed")
    sanitizer.sanitize()
    assert tools.read_text() == "--tool racecheck --error-exitcode 1 GPU\n"
    said = capfd.readouterr().out
    assert "1 passed" in said and "bringing up nodes" not in said


@pytest.mark.costly
def test_the_sanitizer_stops_where_a_tool_finds_something(tools, monkeypatch):
    monkeypatch.setattr(sanitizer, "GPU_TESTS", ("tests/kernels/test_that_is_not_there.py",))
    with pytest.raises(subprocess.CalledProcessError):
        sanitizer.sanitize()
    assert len(tools.read_text().splitlines()) == 1


def program(name, seconds, code):
    return Step(name, seconds, (sys.executable, "-c", code))


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """A file: the limit of a program that makes it comes just then, however slow the machine is."""
    made = tmp_path / "begun"

    class Process(subprocess.Popen):
        def wait(self, timeout=None):
            if timeout is None or str(made) not in self.args[-1]:
                return super().wait()
            while not made.exists():
                time.sleep(0.02)
            raise subprocess.TimeoutExpired(self.args, timeout)

    monkeypatch.setattr(first_run.subprocess, "Popen", Process)
    return made


def test_what_a_step_said_is_kept_and_the_next_one_starts(tmp_path, begun):
    sleeps = f"import time; print('so far', flush=True); open({str(begun)!r}, 'w'); time.sleep(600)"
    planned = [program("first", 60, ""), program("cut off", 60, sleeps), program("last", 60, "raise SystemExit(3)")]
    ended = first_run.run_all(planned, tmp_path)
    assert [each["exit code"] for each in ended] == [0, None, 3]
    assert (tmp_path / "cut off.txt").read_text() == "so far\n"
    assert json.loads((tmp_path / "steps.json").read_text()) == ended


def test_what_a_step_has_started_ends_with_it(tmp_path, begun):
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"print(child.pid, flush=True); open({str(begun)!r}, 'w'); time.sleep(600)"
    )
    first_run.run(program("parent", 60, code), tmp_path)
    child = Path("/proc", (tmp_path / "parent.txt").read_text().strip(), "cmdline")
    for _ in range(3_000):
        if not child.exists() or not child.read_bytes():  # gone, or dead and not yet buried
            return
        time.sleep(0.02)
    pytest.fail("a minute later it is still there")


@pytest.mark.costly
def test_a_warning_fails_no_test(tmp_path):
    file = tmp_path / "test_warns.py"
    file.write_text("import warnings\n\ndef test_warns():\n    warnings.warn('of another version', DeprecationWarning)\n")
    tests = sys.executable, *first_run.TESTS, "-c", str(ROOT / "pyproject.toml"), str(file)
    ended = first_run.run(Step("tests", 600, tests), tmp_path)
    assert ended["exit code"] == 0, (tmp_path / "tests.txt").read_text()


@pytest.mark.parametrize("known", ["CUDA_PATH", "CUDA_HOME", None])
def test_the_toolkit_is_looked_for_where_it_is_installed(known, tmp_path, monkeypatch):
    monkeypatch.setattr(first_run, "TOOLKIT", tmp_path)
    for name in ("CUDA_PATH", "CUDA_HOME"):
        monkeypatch.delenv(name, raising=False)
    if known:
        monkeypatch.setenv(known, "elsewhere")
    first_run.run(
        program("says", 600, "import os; print(*(os.environ.get(f'CUDA_{n}') for n in ('PATH', 'HOME')))"), tmp_path
    )
    expected = {"CUDA_PATH": "elsewhere None", "CUDA_HOME": "None elsewhere", None: f"{tmp_path} None"}
    assert (tmp_path / "says.txt").read_text().strip() == expected[known]


def test_where_no_kernel_runs_nothing_else_is_tried(tmp_path):
    planned = [program("probe", 60, "raise SystemExit(1)"), program("tests", 60, "")]
    assert [each["step"] for each in first_run.run_all(planned, tmp_path)] == ["probe"]


def main(*arguments, path=None):
    environment = os.environ | ({"PATH": path} if path else {})
    command = [sys.executable, "-m", "benchmarks.gpu_first_run", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_a_dry_run_lists_the_steps_and_writes_nothing(tmp_path):
    done = main(tmp_path / "out", "--dry-run")
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert [line.partition(",")[0] for line in lines] == [step.name for step in first_run.steps(tmp_path)]
    assert list(tmp_path.iterdir()) == []


def test_without_a_gpu_one_sentence_says_so(tmp_path):
    done = main(tmp_path / "out", path=str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "No GPU found: nvidia-smi, a part of its driver, is missing.\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.costly
def test_the_probe_fails_where_no_gpu_can_be_used():
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_ENABLE_CUDASIM"}
    command = [sys.executable, "-c", "from kernels.cuda.device import gpu_is_there; raise SystemExit(gpu_is_there())"]
    if subprocess.run(command, cwd=ROOT, env=environment).returncode:
        pytest.skip("this machine has a GPU")
    command = [sys.executable, "-m", "benchmarks.gpu_first_run.probe"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    assert "the backend cuda cannot run: no CUDA GPU can be used" in done.stderr
    assert "a kernel ran" not in done.stdout
