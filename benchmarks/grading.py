"""What grading costs: convgrade against plain gradescope-utils and Otter-Grader, side by side in one run.

    .venv/bin/python benchmarks/grading.py [--runs 7]

The submission is the solution's parts 1 to 3. Ten checks with the same calls run in gradescope-utils' runner inside the
student's own process, where any submission could cheat, and in `otter run`; convgrade runs these and its other eight, in
its sandbox. Every figure is the wall time of a whole process, from start to end, the median over the runs; the three take
turns, so that a slow moment of the machine affects all of them. Otter is installed once, into benchmarks/.otter.
"""

import argparse
import json
import os
import pickle
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from autograder import datasets
from autograder.assignment import find

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
ASSIGNED = find("cnn")
SOLUTION = ASSIGNED.folder
FILES = ("convolution.py", "pooling.py", "parameters.py")
TEN = ("1.1", "1.2", "1.3", "1.4", "1.6", "2.1", "2.2", "3.1", "3.2", "3.3")
OTTER = HERE / ".otter"

# Runs beside the student's code, in its process: both other graders get this.
TEN_CHECKS = """
import pickle
import numpy as np

CASES = pickle.load(open(__file__.replace("ten_checks.py", "cases.pickle"), "rb"))

def check(name, functions):
    for function, arguments, options, expected in CASES[name]:
        answer = functions[function](*arguments, **options)
        assert np.shape(answer) == np.shape(expected)
        assert np.allclose(answer, expected, rtol=1e-5, atol=1e-6)
    return True
"""

RAW = """
import json, sys, unittest
from gradescope_utils.autograder_utils.decorators import number, weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner
import ten_checks, convolution, pooling, parameters

FUNCTIONS = {**vars(convolution), **vars(pooling), **vars(parameters)}

class Ten(unittest.TestCase):
    pass

for name in sorted(ten_checks.CASES):
    def test(self, name=name):
        ten_checks.check(name, FUNCTIONS)
    setattr(Ten, "test_" + name.replace(".", "_"), number(name)(weight(1)(test)))

with open("results.json", "w") as stream:
    JSONTestRunner(stream=stream).run(unittest.defaultTestLoader.loadTestsFromTestCase(Ten))
"""

OTTER_TEST = """OK_FORMAT = True
test = {{
    "name": "{name}",
    "points": 1,
    "suites": [{{
        "cases": [{{"code": ">>> from ten_checks import check\\n>>> check({number!r}, globals())\\nTrue", "hidden": False, "locked": False}}],
        "scored": True, "setup": "", "teardown": "", "type": "doctest",
    }}],
}}
"""  # noqa: E501


def prepare(folder: Path) -> dict[str, tuple[list[str], Path]]:
    """Lay out the submission for each grader and return their commands, each with the folder to run it in."""
    reference = ASSIGNED.reference()
    checks = [check for check in ASSIGNED.checks() if check.number in TEN]
    cases = {
        check.number: [
            (case.function, case.arguments, case.options, case.expected) for case in check.cases(reference, "benchmark")
        ]
        for check in checks
    }
    raw, otter, submission = folder / "raw", folder / "otter", folder / "submission"
    for place in (raw, otter / "tests", otter / "out", submission):
        place.mkdir(parents=True)
    # On the path of both: Otter takes a single Python file as the submission, and no other beside it.
    (folder / "cases.pickle").write_bytes(pickle.dumps(cases))
    (folder / "ten_checks.py").write_text(TEN_CHECKS)
    for file in FILES:
        shutil.copy(SOLUTION / file, raw)
        shutil.copy(SOLUTION / file, submission)
    (raw / "grade.py").write_text(RAW)
    (raw / "compute.py").write_text(COMPUTE)
    for name in TEN:
        test = f"q{name.replace('.', '_')}"
        (otter / "tests" / f"{test}.py").write_text(OTTER_TEST.format(name=test, number=name))
    (otter / "submission.py").write_text("\n".join((SOLUTION / file).read_text() for file in FILES))
    bin_folder = install_otter()
    generate = [bin_folder / "otter", "generate", "--no-environment", "--no-requirements", "-o", "autograder.zip"]
    run(generate, otter)
    convgrade = [Path(sys.executable).parent / "convgrade", "grade", submission, "--out", folder / "out"]
    return {
        "convgrade, 18 checks, sandboxed": (convgrade, folder),
        "gradescope-utils, 10 checks, in the student's process": ([sys.executable, "grade.py"], raw),
        "otter run, 10 checks": (
            [bin_folder / "otter", "run", "-a", "autograder.zip", "-o", "out", "submission.py"],
            otter,
        ),
    }


COMPUTE = """
import time
from convolution import *; from pooling import *; from parameters import *
import pickle
cases = pickle.load(open("all.pickle", "rb"))
for repeat in range(2):  # the first round warms up NumPy
    started = time.perf_counter()
    for function, arguments, options in cases:
        globals()[function](*arguments, **options)
    seconds = time.perf_counter() - started
print(seconds)
"""


def own_compute(folder: Path) -> float:
    """Return the seconds that the student's code needs for the calls of all 18 checks."""
    reference = ASSIGNED.reference()
    checks = [check for check in ASSIGNED.checks() if check.number and check.case.needs is None]
    cases = [case for check in checks for case in check.cases(reference, "benchmark")]
    calls = [(case.function, case.arguments, case.options) for case in cases]
    (folder / "raw" / "all.pickle").write_bytes(pickle.dumps(calls))
    return float(run([sys.executable, "compute.py"], folder / "raw"))


def install_otter() -> Path:
    """Make an environment of its own for Otter, once, and return the folder of its commands."""
    if not (OTTER / "bin" / "otter").exists():
        print("Installing otter-grader 7.0.0 into benchmarks/.otter ...", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", OTTER], check=True)
        pip = [OTTER / "bin" / "pip", "install", "--quiet", "--quiet", "otter-grader==7.0.0", "ipykernel", "numpy==2.4.6"]
        subprocess.run(pip, check=True)
    return OTTER / "bin"


def run(command: list, folder: Path) -> str:
    """Run a command to its end and return what it printed."""
    variables = os.environ | {"PATH": f"{Path(command[0]).parent}:{os.environ['PATH']}", "PYTHONPATH": str(folder.parent)}
    done = subprocess.run([str(part) for part in command], cwd=folder, capture_output=True, text=True, env=variables)
    if done.returncode:
        raise SystemExit(f"{command} failed:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def scores(folder: Path) -> dict[str, float]:
    """Return the score from each grader, so that one that fails does not look fast."""
    found = {"convgrade": folder / "out", "raw": folder / "raw", "otter": folder / "otter" / "out"}
    return {
        name: sum(test["score"] for test in json.loads((place / "results.json").read_text())["tests"] if "score" in test)
        for name, place in found.items()
    }


def main() -> None:
    """Measure and print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        commands = prepare(folder)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for turn in range(runs + 1):
            for name, (command, place) in commands.items():
                started = time.perf_counter()
                run(command, place)
                if turn:  # the first turn warms up the disk
                    times[name].append(time.perf_counter() - started)
        if (found := scores(folder)) != {"convgrade": 70, "raw": 10, "otter": 10}:
            raise SystemExit(f"the graders did not all grade the solution as right: {found}")
        compute = own_compute(folder)
        whole = []
        if datasets.find("cifar10"):
            command = [Path(sys.executable).parent / "convgrade", "grade", SOLUTION, "--out", folder / "whole"]
            for _ in range(max(3, runs // 2)):
                started = time.perf_counter()
                run(command, folder)
                whole.append(time.perf_counter() - started)
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}; {runs} runs\n"
    )
    print("| parts 1 to 3 of the solution | median s | least | most |\n|---|---:|---:|---:|")
    for name, seconds in times.items():
        print(f"| {name} | {statistics.median(seconds):.2f} | {min(seconds):.2f} | {max(seconds):.2f} |")
    convgrade, _, otter = times.values()
    ratios = [theirs / ours for ours, theirs in zip(convgrade, otter)]
    print(f"\nOtter takes {statistics.median(ratios):.1f} times as long as convgrade (median of the pairs).")
    print(f"The student's own code computes for {compute:.3f} s; the rest of convgrade's time, ", end="")
    print(f"{statistics.median(convgrade) - compute:.2f} s, is the grader's.")
    if whole:
        print(f"The whole solution, with 2,000 test images of CIFAR-10: {statistics.median(whole):.1f} s.")


if __name__ == "__main__":
    main()
