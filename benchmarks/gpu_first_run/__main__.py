"""A first run on a machine with a GPU, in at most ten minutes: does it work, is it right, how fast is it, and why.

    python -m benchmarks.gpu_first_run OUT [--dry-run]

Each step is a program with its own time limit, and writes into the folder OUT while it runs: if it is cut off, nothing is
lost, and the next one starts. If no kernel runs at all, the run ends there. The output of a step is in
OUT/STEP.txt, how all of them ended in OUT/steps.json. compute-sanitizer and ncu are part of CUDA's toolkit; without them,
their steps are skipped. --dry-run lists the steps. Without a GPU, the exit code is 2.
"""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from benchmarks.kernel_speed.sanitizer import GPU_TESTS, PYTEST, checked, sanitizer

ROOT = Path(__file__).resolve().parent.parent.parent
SECTIONS = ("SpeedOfLight", "WarpStateStats", "InstructionStats", "MemoryWorkloadAnalysis", "Occupancy")
TOOLKIT = Path("/usr/local/cuda")  # where CUDA's toolkit is installed; Numba does not look there by itself
# Other versions of packages may raise warnings, which must not fail a test here.
TESTS = (*PYTEST, "-W", "default")
ONE_LAYER = (*TESTS, "tests/kernels/test_ladder.py", "-k", "one_layer")


class Step(NamedTuple):
    """A program with a time limit in seconds."""

    name: str
    seconds: int
    command: tuple[str, ...]


def steps(out: Path) -> list[Step]:
    """Return the steps in order: the most important ones come first."""
    python = sys.executable
    found = [
        Step("probe", 60, (python, "-m", "benchmarks.gpu_first_run.probe")),
        Step("tests", 150, (python, *TESTS, "--maxfail=15", *GPU_TESTS)),
    ]
    if tool := sanitizer():
        found += [Step(name, 40, checked(tool, name, (python, *ONE_LAYER))) for name in ("memcheck", "racecheck")]
    speed = (python, "-m", "benchmarks.kernel_speed", "--only", "gpu", "--rounds", "5", "--out", str(out / "kernels.json"))
    found.append(Step("speed", 210, speed))
    if profiler := shutil.which("ncu"):
        sections = [word for section in SECTIONS for word in ("--section", section)]
        log = "--log-file", str(out / "profile.csv")
        profiled = python, "-m", "benchmarks.gpu_first_run.one_layer"
        found.append(Step("profile", 90, (profiler, "--clock-control", "none", *sections, "--csv", *log, *profiled)))
    return found


def run(step: Step, out: Path) -> dict:
    """Run a step to its end or its limit, and return how it ended. Its output is written immediately."""
    environment = os.environ | {"CONVGRADE_GPU": "1", "PYTHONUNBUFFERED": "1"}
    environment.pop("NUMBA_ENABLE_CUDASIM", None)
    if TOOLKIT.exists() and not {"CUDA_PATH", "CUDA_HOME"} & environment.keys():
        environment["CUDA_PATH"] = str(TOOLKIT)
    began = time.monotonic()
    with (out / f"{step.name}.txt").open("w") as said:
        process = subprocess.Popen(
            step.command, cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            code = process.wait(step.seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started
            process.wait()
    return {"step": step.name, "exit code": code, "seconds": round(time.monotonic() - began, 1)}


def run_all(planned: list[Step], out: Path) -> list[dict]:
    """Run one step after the other, unless the first one fails; return how they ended."""
    ended: list[dict] = []
    for step in planned:
        ended.append(run(step, out))
        (out / "steps.json").write_text(json.dumps(ended, indent=1) + "\n")
        print(*ended[-1].values(), sep="\t", flush=True)
        if len(ended) == 1 and ended[0]["exit code"] != 0:
            break
    return ended


def gpu_is_there() -> bool:
    """Return whether a GPU's driver is here. The first step finds out whether Numba can use it."""
    return shutil.which("nvidia-smi") is not None


def main() -> None:
    """Run or list the steps."""
    arguments = argparse.ArgumentParser(
        "python -m benchmarks.gpu_first_run", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("out", type=Path, metavar="OUT", help="the folder for the steps' output")
    arguments.add_argument("--dry-run", action="store_true", help="list the steps")
    asked = arguments.parse_args()
    planned = steps(asked.out.resolve())
    if asked.dry_run:
        for step in planned:
            print(f"{step.name}, at most {step.seconds} s: {' '.join(step.command)}")
        return
    if not gpu_is_there():
        print("No GPU found: nvidia-smi, a part of its driver, is missing.", file=sys.stderr)
        sys.exit(2)
    asked.out.mkdir(parents=True, exist_ok=True)
    if any(each["exit code"] != 0 for each in run_all(planned, asked.out.resolve())):
        sys.exit(1)


if __name__ == "__main__":
    main()
