"""What grading side by side costs: a class of honest, complete submissions, all at once and one after another.

    CONVGRADE_DATA=FOLDER .venv/bin/python -m benchmarks.honest_class [--submissions 20] [--busy 10]

Needs CIFAR-10. The submissions are the solution, each with a comment of its own. Measured side by side, each as a whole
`convgrade batch` from start to end: the class by default, and one submission at a time; the class again beside processes
that compute all the time, where each must get the same points as before; and only its parts 1 to 3.
"""

import argparse
import contextlib
import csv
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from autograder import datasets
from benchmarks.whole_class import command, timed
from tests.batch import exported

PART_4 = ("cifar10.py", "cifar10.pt")


@contextlib.contextmanager
def load(processes: int) -> Iterator[None]:
    """Keep this many processes busy meanwhile."""
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(processes)]
    try:
        yield
    finally:
        for process in busy:
            process.kill()
            process.wait()


def points(out: Path) -> list[str]:
    """Return the points of each submission."""
    with (out / "gradebook.csv").open(newline="", encoding="utf-8-sig") as file:
        return [row["score"] for row in csv.DictReader(file)]


def main() -> None:
    """Measure and print a table in Markdown; fail if any submission got other points than before."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=20)
    parser.add_argument("--busy", type=int, default=10, help="processes that compute beside the class")
    asked = parser.parse_args()
    if not datasets.find("cifar10"):
        parser.error("CIFAR-10 is not here: set CONVGRADE_DATA to the folder that holds it")
    work = exported.made_up(asked.submissions, network=True, mix={"correct": 1})
    shorter = [
        replace(each, files={name: content for name, content in each.files.items() if name not in PART_4}) for each in work
    ]
    rows, got = [], {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        whole = exported.gradescope(folder / "whole.zip", work)
        parts = exported.gradescope(folder / "parts.zip", shorter)

        def measure(what: str, export: Path, *options: str) -> float:
            out = folder / str(len(rows))
            seconds, most = timed(command(export, out, *options))
            got[what] = points(out)
            said = f"{min(got[what], key=float)} to {max(got[what], key=float)}"
            rows.append(f"| {what} | {seconds:.0f} | {60 * asked.submissions / seconds:.1f} | {said} | {most / 1e6:,.0f} |")
            print(rows[-1], file=sys.stderr, flush=True)
            return seconds

        alone = measure("one after another (`--jobs 1`)", whole, "--jobs", "1")
        together = measure("by default", whole)
        with load(asked.busy):
            measure(f"by default, beside {asked.busy} busy processes", whole)
        measure("by default, without part 4", parts)
    cores = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}"
    print(f"{cores}; {asked.submissions} submissions\n")
    print("| `convgrade batch` | s | submissions a minute | points | most memory, MB |\n|---|---:|---:|---|---:|")
    print("\n".join(rows))
    print(f"\nBy default, the class is graded {alone / together:.2f} times as fast as one submission at a time.")
    *with_part_4, _ = got.values()
    if any(each != with_part_4[0] for each in with_part_4):
        sys.exit("EQUAL PROGRAMS GOT OTHER POINTS")


if __name__ == "__main__":
    main()
