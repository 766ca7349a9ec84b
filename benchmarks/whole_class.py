"""What a class costs: `convgrade batch` against `otter run` in a loop on the same files, and what a kill costs.

    .venv/bin/python -m benchmarks.whole_class [--submissions 300] [--networks 20] [--large 1000] [--otter 20] [--write]

Made-up classes, in which no two submissions are the same: one submits parts 1 to 3, right, wrong and crashing; one also
submits part 4, the network, for which CONVGRADE_DATA must name CIFAR-10's folder; a large one submits parts 1 to 3, and 3
in 100 of its submissions hang. Measured, each as a whole process from start to end: submissions a minute with one process,
with the default number, and through a Dask scheduler with two workers on this machine; the most memory of all processes
together; the cost of a `kill -9` in the middle and the same command again, compared with an undisturbed run, and whether
the grade books are identical. Otter runs as its handbook says, one submission after another, on some of the same
submissions, with a deadline from outside, since it has none of its own. --write puts the result into docs/figures.md.
"""

import argparse
import contextlib
import os
import platform
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import date
from pathlib import Path

import psutil

from autograder import datasets
from autograder.assignment import find
from batch.grading import schedule
from batch.grading.task import ClassConfig, Task, grade
from batch.ledger import Ledger
from batch.models import HandedIn
from benchmarks.grading import FILES, install_otter, prepare
from benchmarks.markdown import fill, table
from tests.batch import exported

OTTER_SECONDS = 60
CONVGRADE = Path(sys.executable).parent / "convgrade"
HANGS = "hanging"
FIGURES = Path(__file__).parents[1] / "docs" / "figures.md"
WIDTH = 140  # of its lines


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
    """Return the memory of a process and its children, counting shared memory once."""
    total = 0
    for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
        try:
            total += process.memory_full_info().pss
        except psutil.Error:
            continue
    return total


def killed_and_resumed(export: Path, out: Path, seconds: float) -> float:
    """Run batch, kill it and all that it started after this time, run it again; return the total seconds."""
    started = time.perf_counter()
    run = subprocess.Popen(
        command(export, out), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    time.sleep(seconds)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    return time.perf_counter() - started + timed(command(export, out))[0]


def through_dask(export: Path, out: Path) -> float:
    """Return the seconds of a run on a Dask scheduler with two workers on this machine, which are already running."""
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


def coordinator(work: list[exported.Work], folder: Path) -> tuple[float, int]:
    """Return the coordinator's seconds for each submission, handing out and recording, and the bytes that it writes."""
    handed_in = []
    for each in work:
        (source := folder / "in" / str(each.number)).mkdir(parents=True)
        (source / "convolution.py").write_bytes(each.files["convolution.py"])
        handed_in.append(HandedIn(str(each.number), each.students, "", source))
    config = ClassConfig(find("cnn"), "benchmark")
    finished = grade(Task(handed_in[0].source, "0" * 64, config))

    def at_once(work: Callable[[Task], object], task: Task) -> Future:
        """Return a finished result, as if it were this submission's: only handing out and recording takes time."""
        future: Future = Future()
        future.set_result(replace(finished, result=replace(finished.result, digest=task.digest)))
        return future

    @contextlib.contextmanager
    def pool() -> Iterator[tuple[Callable[..., Future], Callable[[], int]]]:
        yield at_once, lambda: 200

    started = time.perf_counter()
    with Ledger(folder / "out") as ledger:
        schedule.run(handed_in, schedule.Plan(folder / "out", ledger, config, pool))
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


class Measured:
    """Measurements of `convgrade batch`, a row for each run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rows: list[list[str]] = []

    def run(self, what: str, count: int, export: Path, out: str, *options: str) -> float:
        """Grade an export, and return the seconds."""
        seconds, most = timed(command(export, self.folder / out, *options))
        self.add(what, count, seconds, most)
        return seconds

    def add(self, what: str, count: int, seconds: float, most: int = 0) -> None:
        """Keep a row. most: bytes of memory, 0 if not measured."""
        memory = f"{most / 1e6:,.0f} MB" if most else ""
        self.rows.append([what, f"{count:,}", f"{seconds:.1f}", f"{60 * count / seconds:,.0f}", memory])
        print(*self.rows[-1], sep=" | ", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, and print or write a table with its sentences in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=300)
    parser.add_argument("--networks", type=int, default=20, help="submissions of the class that also submits part 4")
    parser.add_argument("--large", type=int, default=1000, help="submissions of the class of which 3 in 100 hang")
    parser.add_argument("--otter", type=int, default=20, help="submissions that Otter runs")
    parser.add_argument("--write", action="store_true", help="write the result into docs/figures.md")
    asked = parser.parse_args()
    if not datasets.find("cifar10"):
        parser.error("CIFAR-10 is not here: set CONVGRADE_DATA to the folder that holds it")
    count, load = asked.submissions, os.getloadavg()[0]
    work = exported.made_up(count, mix={kind: share for kind, share in exported.MIX.items() if kind != HANGS})
    large = exported.made_up(asked.large)
    networks = exported.made_up(asked.networks, network=True, mix={"correct": 1})
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        export = exported.gradescope(folder / "quick.zip", work)
        export_of_large = exported.gradescope(folder / "large.zip", large)
        with_part_4 = exported.gradescope(folder / "networks.zip", networks)
        measured = Measured(folder)
        usual = measured.run("by default: a process for each processor", count, export, "usual")
        measured.run("one process", count, export, "one", "--jobs", "1")
        measured.add("two workers of a Dask scheduler", count, through_dask(export, folder / "dask"))
        resumed = killed_and_resumed(export, folder / "killed", usual / 2)
        measured.add("killed (`kill -9`) in the middle, and the same command again", count, resumed)
        measured.run("with part 4, by default", len(networks), with_part_4, "networks")
        measured.run("3 in 100 hang, by default", len(large), export_of_large, "large")
        measured.run("the same again, with nothing left to do", len(large), export_of_large, "large")
        measured.run(
            "the same again with `--regrade`, from kept replies", len(large), export_of_large, "large", "--regrade"
        )
        grades = {(folder / name / "gradebook.csv").read_bytes() for name in ("one", "usual", "dask", "killed")}
        overhead, left = coordinator(exported.made_up(1000, mix={"correct": 1}), folder / "coordinator")
        theirs = otter(work[: asked.otter], folder / "for_otter")
        their_hanging = otter([each for each in large if each.kind == HANGS][:1], folder / "for_otter_hanging")
    each, longer = sum(theirs) / len(theirs), resumed - usual
    lines = [
        f"Whole commands from start to end ({os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}, {date.today()}, load average {load:.1f} before):",
        "",
        table(["`convgrade batch`", "submissions", "s", "a minute", "most memory"], measured.rows),
        "",
        f"Otter takes {each:.2f} s for each of {len(theirs)}, one after another: convgrade grades "
        f"{each * count / usual:.0f} times as many, with 18 checks instead of 10. A hanging submission blocks Otter until "
        f"it is stopped from outside, here after {their_hanging[0]:.0f} s. A run that is killed and started again takes "
        f"{f'{longer:.1f} s' if longer >= 0.05 else 'no'} longer than an undisturbed one; "
        f"{'the grade books are identical' if len(grades) == 1 else 'THE GRADE BOOKS DIFFER'}. The one process that "
        f"hands out and records submissions needs {1000 * overhead:.1f} ms for each, and writes {left / 1000:.0f} kB: at "
        f"most {1 / overhead:,.0f} a second, however many workers there are.",
    ]
    print("\n".join(lines))
    if asked.write:
        FIGURES.write_text(fill(FIGURES.read_text(), {"whole class": lambda: "\n".join(map(_wrapped, lines))}))
    if len(grades) > 1:
        sys.exit(1)


def _wrapped(text: str) -> str:
    return text if text.startswith("|") else textwrap.fill(text, WIDTH)


if __name__ == "__main__":
    main()
