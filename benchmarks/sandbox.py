"""What the sandbox costs: a call, and a whole submission with and without it in the same run."""

import argparse
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

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from autograder.assignment import find  # noqa: E402
from autograder.sandbox import template  # noqa: E402
from autograder.sandbox.host import Sandbox  # noqa: E402
from autograder.sandbox.limits import Limits  # noqa: E402

FILES = ("convolution.py", "pooling.py", "parameters.py")
# The same calls in a process of its own without any layer, arguments and results handed over by pickle.
BARE = """
import pickle, sys
import convolution, pooling, parameters
functions = {**vars(convolution), **vars(pooling), **vars(parameters)}
with open("calls.pickle", "rb") as stream:
    calls = pickle.load(stream)
answers = [functions[function](*arguments, **options) for _, function, arguments, options in calls]
with open("answers.pickle", "wb") as stream:
    pickle.dump(answers, stream)
"""


def recorded_calls() -> list[tuple]:
    """Return every call of the checks of parts 1 to 3."""
    assigned = find("cnn")
    reference = assigned.reference()
    checks = [check for check in assigned.checks() if check.number and check.case.needs is None]
    return [
        (check.part.file, case.function, case.arguments, case.options)
        for check in checks
        for case in check.cases(reference, "benchmark")
    ]


def sandboxed(folder: Path, calls: list[tuple]) -> float:
    """Return the seconds from a cold start to all answers, with a worker for each part, the template included."""
    started = time.perf_counter()
    with Sandbox() as sandbox:
        for file in FILES:
            shutil.copy(folder / file, sandbox.submission)
        workers = {file: sandbox.worker(sandbox.submission / file, Limits()) for file in FILES}
        for file, function, arguments, options in calls:
            workers[file].call(function, *arguments, **options)
    template.close_all()
    return time.perf_counter() - started


def bare(folder: Path) -> float:
    """Return the seconds from a cold start to all answers in one process without a sandbox."""
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", BARE], cwd=folder, check=True)
    return time.perf_counter() - started


def of_a_call(repeats: int) -> tuple[float, float]:
    """Return the seconds of an empty call in a worker, and of a new worker."""
    with Sandbox() as sandbox:
        file = sandbox.submission / "nothing.py"
        file.write_text("def nothing(image): return image\n")
        import numpy as np

        image = np.zeros((2, 3, 32, 32))
        worker = sandbox.worker(file, Limits())
        worker.call("nothing", image)
        started = time.perf_counter()
        for _ in range(repeats):
            worker.call("nothing", image)
        call = (time.perf_counter() - started) / repeats
        started = time.perf_counter()
        for _ in range(20):
            another = sandbox.worker(file, Limits())
            another.call("nothing", image)
            another.stop()
        return call, (time.perf_counter() - started) / 20


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    calls = recorded_calls()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        for file in FILES:
            shutil.copy(ROOT / "solutions" / "cnn" / file, folder)
        (folder / "calls.pickle").write_bytes(pickle.dumps(calls))
        pairs = [(sandboxed(folder, calls), bare(folder)) for _ in range(runs + 1)][1:]
    with_it, without = (statistics.median(times) for times in zip(*pairs))
    call, worker = of_a_call(500)
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}; {runs} runs\n"
    )
    print(f"| | median |\n|---|---:|\n| a call, with 2x3x32x32 numbers in and out | {call * 1e3:.2f} ms |")
    print(f"| starting a worker, its first call, and stopping it | {worker * 1e3:.1f} ms |")
    print(f"| parts 1 to 3, {len(calls)} calls, sandboxed, from a cold start | {with_it:.2f} s |")
    print(f"| the same calls in one bare process | {without:.2f} s |")
    print(f"| added to a submission | {statistics.median(a - b for a, b in pairs):.2f} s |")


if __name__ == "__main__":
    main()
