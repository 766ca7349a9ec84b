"""What a class costs: `convgrade batch` against `otter run` in a loop on the same files, and what a kill costs.

    .venv/bin/python -m benchmarks.whole_class [--submissions 300] [--otter 20]

A made-up class hands in parts 1 to 3: right, wrong, crashing and hanging submissions, all different. Measured, each as
a whole process from start to end: submissions a minute with one process, and as many as it takes, and through a
Dask scheduler with two workers on this machine; the most memory of all processes together; what a `kill -9` in the
middle and the same command again cost, against a run that was left alone, and that the gradebooks are the same bytes.
Otter runs as its handbook says, one submission after another, on some of the same submissions, with a deadline from
outside since it has none. Hanging submissions cost either side its deadlines, so both are measured with and without
them.
"""

import argparse
import contextlib
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Executor, Future
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil

from autograder.assignment import find
from batch import schedule
from batch.ledger import Ledger
from batch.records import HandedIn
from batch.task import ClassConfig, Finished, grade
from benchmarks.grading import FILES, install_otter, prepare
from tests.batch import exported

OTTER_SECONDS = 60
CONVGRADE = Path(sys.executable).parent / "convgrade"
HANGS = "hanging"


def command(export: Path, out: Path, *options: str) -> list[str]:
    """Return the command that grades an export."""
    return [str(part) for part in (CONVGRADE, "batch", export, "--out", out, "--seed", "benchmark", *options)]


def timed(arguments: list[str]) -> tuple[float, int]:
    """Run a command to its end; return its seconds and the most bytes that it and its children held at a time."""
    started, most = time.perf_counter(), 0
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as run:
        while run.poll() is None:
            most = max(most, held(run.pid))
            time.sleep(1)  # to add up memory takes time of its own
        if run.returncode:
            raise SystemExit(f"{arguments} failed:\n{run.stderr.read()}")
    return time.perf_counter() - started, most


def held(pid: int) -> int:
    """Return how much memory a process and its children hold, what they share counted once."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def killed_and_resumed(export: Path, out: Path, seconds: float) -> float:
    """Run batch, kill it and all it started when so much time has passed, run it again; return the seconds in all."""
    started = time.perf_counter()
    run = subprocess.Popen(
        command(export, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return time.perf_counter() - started + timed(command(export, out))[0]


def through_dask(export: Path, out: Path) -> float:
    """Return the seconds of a run on a Dask scheduler with two workers on this machine, which are up before it starts."""
    dask = str(CONVGRADE.parent / "dask")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "scheduler.json")
        here = ["--no-dashboard", "--scheduler-file", str(file)]
        workers = ["--nthreads", "1", "--nworkers", "2", "--memory-limit", "0", "--local-directory", folder]
        started = [
            subprocess.Popen([dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *here], stderr=subprocess.DEVNULL)
        ]
        while not file.exists():
            time.sleep(0.1)
        started.append(subprocess.Popen([dask, "worker", *here, *workers], stderr=subprocess.DEVNULL))
        time.sleep(5)
        try:
            return timed(command(export, out, "--scheduler", f"file:{file}"))[0]
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait()


class AtOnce(Executor):
    """Processes that are done at once: what is left is the work of the one that hands out and writes down."""

    def __init__(self, finished: Finished) -> None:
        self.finished = finished

    def submit(self, work, source, digest, *rest) -> Future:
        """Return what is finished already, as if it were this submission's."""
        future: Future = Future()
        future.set_result(replace(self.finished, record=replace(self.finished.record, digest=digest)))
        return future


def coordinator(work: list[exported.Work], folder: Path) -> tuple[float, int]:
    """Return the seconds that handing out and writing down takes for each submission, and the bytes that it leaves."""
    handed_in = []
    for each in work:
        (source := folder / "in" / str(each.number)).mkdir(parents=True)
        (source / "convolution.py").write_bytes(each.files["convolution.py"])
        handed_in.append(HandedIn(str(each.number), each.students, "", source))
    config = ClassConfig(find("cnn"), "benchmark")
    finished = grade(handed_in[0].source, "0" * 64, config)

    @contextlib.contextmanager
    def pool():
        yield AtOnce(finished), 200

    started = time.perf_counter()
    with Ledger(folder / "out") as ledger:
        schedule.run(handed_in, folder / "out", ledger, config, pool, schedule.Selection())
    seconds = (time.perf_counter() - started) / len(work)
    return seconds, sum(map(len, finished.files.values()))


def otter(work: list[exported.Work], folder: Path) -> list[float]:
    """Run Otter on submissions, one after another; return the seconds of each."""
    prepare(folder)  # its autograder.zip
    seconds = []
    for each in work:
        place = folder / "otter" / str(each.number)
        (place / "out").mkdir(parents=True)
        for name, content in each.files.items():
            (place / name).write_bytes(content)
        (place / "submission.py").write_text("\n".join(each.files[name].decode() for name in FILES))
        arguments = [
            install_otter() / "otter",
            "run",
            "-a",
            folder / "otter" / "autograder.zip",
            "-o",
            "out",
            "submission.py",
        ]
        path = f"{place}:{folder}"
        variables = os.environ | {"PATH": f"{arguments[0].parent}:{os.environ['PATH']}", "PYTHONPATH": path}
        started = time.perf_counter()
        with subprocess.Popen(
            arguments,
            cwd=place,
            env=variables,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        ) as run:
            try:
                run.wait(OTTER_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(run.pid, signal.SIGKILL)
        seconds.append(time.perf_counter() - started)
    return seconds


def main() -> None:
    """Measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--otter", type=int, default=20, help="submissions that Otter runs")
    asked = parser.parse_args()
    everyone = exported.made_up(asked.submissions)
    nobody_hangs = exported.made_up(asked.submissions, mix={kind: n for kind, n in exported.MIX.items() if kind != HANGS})
    count = asked.submissions
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        export = exported.gradescope(folder / "quick.zip", nobody_hangs)
        mixed = exported.gradescope(folder / "mixed.zip", everyone)

        def add(what: str, seconds: float, most: int = 0) -> None:
            rows.append(
                f"| {what} | {seconds:.1f} | {60 * count / seconds:,.0f} | {f'{most / 1e6:,.0f}' if most else ''} |"
            )
            print(rows[-1], file=sys.stderr, flush=True)

        add("1 process", *timed(command(export, folder / "one", "--jobs", "1")))
        usual, most = timed(command(export, folder / "usual"))
        add("as it is called: a process for each processor", usual, most)
        add("2 workers of a Dask scheduler", through_dask(export, folder / "dask"))
        add("the same, 3 in 100 hanging", *timed(command(mixed, folder / "mixed")))
        add("that again, nothing left to do", timed(command(mixed, folder / "mixed"))[0])
        add("that again with --regrade, from kept answers", timed(command(mixed, folder / "mixed", "--regrade"))[0])
        resumed = killed_and_resumed(export, folder / "killed", usual / 2)
        grades = {(folder / name / "gradebook.csv").read_bytes() for name in ("one", "usual", "dask", "killed")}
        overhead, left = coordinator(exported.made_up(1000, mix={"correct": 1}), folder / "coordinator")
        theirs = otter(nobody_hangs[: asked.otter], folder / "for_otter")
        their_mixed = otter([each for each in everyone if each.kind == HANGS][:1], folder / "for_otter_hanging")
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}; "
        f"{count} submissions of parts 1 to 3\n"
    )
    print("| `convgrade batch` | s | submissions a minute | most memory, MB |\n|---|---:|---:|---:|")
    print("\n".join(rows))
    each = sum(theirs) / len(theirs)
    print(
        f"\nOtter, one after another: {each:.2f} s for each of {len(theirs)}, {60 / each:.0f} a minute; "
        f"convgrade grades {each * count / usual:.0f} times as many, with 18 checks instead of 10. "
        f"A hanging one holds Otter for {their_mixed[0]:.0f} s, where it was stopped from outside."
    )
    print(
        f"Killed after {usual / 2:.0f} s and started again: {resumed:.1f} s in all, {resumed - usual:.1f} s lost; "
        f"{'the same gradebook in all runs' if len(grades) == 1 else 'THE GRADEBOOKS DIFFER'}."
    )
    print(
        f"The one process that hands out and writes down needs {1000 * overhead:.1f} ms for each submission, "
        f"which leaves {left / 1000:.0f} kB; so at most {1 / overhead:,.0f} a second, whatever the workers are."
    )
    if len(grades) > 1:
        sys.exit(1)


if __name__ == "__main__":
    main()
