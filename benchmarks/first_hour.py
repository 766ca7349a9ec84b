"""How long a student waits: from an unpacked handout to the first useful sentence, then for each check of new work.

    .venv/bin/python -m benchmarks.first_hour [--times 5]

Makes an environment with nothing but NumPy, as students have it, and unpacks the homework `cnn` into it. Times `check.pyz`
by the clock, each figure the median of several runs: with nothing written, until its first sentence and until its end;
with one function wrong, until the sentence that explains it; with parts 1 to 3 right, all of them, and one check.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from datetime import date
from pathlib import Path

from autograder.assignment import find
from release import handout

PARTS_1_TO_3 = ("convolution.py", "pooling.py", "parameters.py")
WRONG = "flipped_kernel.py"  # of solutions/cnn/wrong


def environment(folder: Path) -> Path:
    """Make an environment with the NumPy that grades, and return its Python."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    version = subprocess.run(
        [sys.executable, "-c", "import numpy; print(numpy.__version__)"], capture_output=True, text=True, check=True
    ).stdout.strip()
    subprocess.run([python, "-m", "pip", "install", "-q", f"numpy=={version}"], check=True)
    return python


def timed(python: Path, folder: Path, *arguments: str, until: str = "") -> float:
    """Return the seconds until check.pyz has printed a line that holds a text; until its end if no text is given."""
    start = time.perf_counter()
    command = [python, "check.pyz", *arguments]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        for line in process.stdout:
            if until and until in line:
                seconds = time.perf_counter() - start
                process.stdout.read()
                return seconds
    if until:
        raise RuntimeError(f"check.pyz never said {until!r}")
    return time.perf_counter() - start


def main() -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5, help="runs of each; the median counts")
    times = parser.parse_args().times
    assigned = find("cnn")
    with tempfile.TemporaryDirectory(prefix="first-hour-") as place:
        python = environment(Path(place, "environment"))
        stubs, wrong, right = (Path(place, name) for name in ("stubs", "wrong", "right"))
        for folder in (stubs, wrong, right):
            handout.write(assigned, folder)
        shutil.copy(assigned.folder / "wrong" / WRONG, wrong / "convolution.py")
        shutil.copy(assigned.folder / "convolution.py", wrong / "right_convolution.py")  # which it calls
        for file in PARTS_1_TO_3:
            shutil.copy(assigned.folder / file, right / file)
        rows = {
            "nothing written, first sentence": (stubs, [], "Start here"),
            "nothing written, end": (stubs, [], ""),
            "one function wrong, what is wrong": (wrong, [], "The first is"),
            "one function wrong, its check alone": (wrong, ["1.2"], ""),
            "parts 1 to 3 right, all checks": (right, [], ""),
            "parts 1 to 3 right, one check": (right, ["1.2"], ""),
        }
        measured: dict[str, list[float]] = {name: [] for name in rows}
        for _ in range(times):
            for name, (folder, arguments, until) in rows.items():
                measured[name].append(timed(python, folder, *arguments, until=until))
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}")
    print("| `check.pyz` | s |\n|---|---:|")
    for name, seconds in measured.items():
        print(f"| {name} | {statistics.median(seconds):.2f} |")


if __name__ == "__main__":
    main()
