"""The tables, the example and the pictures of docs/cuda.md.

    .venv/bin/python -m benchmarks.cuda_page [--measure]

What students read about a race, and the pictures of warps, come from grading and running wrong kernels now. The results of
all of them are in docs/simulator.json (benchmarks.simulator_misses). --measure grades the solution, and keeps the times in
docs/cuda.json; without it, the page shows the times that are kept there.
"""

import argparse
import json
import os
import platform
import re
import time
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from autograder.assignment import Assignment, find
from autograder.grading import grade
from autograder.verdicts import Verdict
from autograder.wrong_programs import Program, programs
from benchmarks import simulator_misses
from benchmarks.markdown import fill, table
from benchmarks.simulator_misses import RIGHT, WRONG, Row
from gpu.findings.pictures import svg
from gpu.findings.traffic import requests, worst
from gpu.machine.launch import Blank, evaluate, launch
from gpu.machine.program import read
from release.proof import trials
from release.proof.watching import Watching

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "cuda.md"
FOLDER, TIMES = PAGE.with_suffix(""), PAGE.with_suffix(".json")
EXAMPLE, CHECK = "sums_without_a_barrier_in_the_loop", "5.2"
RUNS = 3
LONGEST = 240  # characters of a sentence in a table


def main() -> None:
    """Write the pictures and fill the page."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--measure", action="store_true")
    if parser.parse_args().measure:
        measure()
    FOLDER.mkdir(exist_ok=True)
    for name, make in PICTURES.items():
        (FOLDER / name).write_text(make())
    PAGE.write_text(fill(PAGE.read_text(), TABLES))


@cache
def wrong() -> dict[str, Program]:
    """Return the wrong kernels, by their names."""
    return {program.name: program for program in programs(find("cuda").folder)}


def source() -> str:
    """Return the kernel of the example, as its author wrote it."""
    kernel = re.search(r"@cuda\.jit\n.*?\n(?=\n)", wrong()[EXAMPLE].path.read_text(), re.DOTALL)
    assert kernel
    return f"```python\n{kernel[0]}```"


def race() -> str:
    """Return what a student reads about the example."""
    (trial,) = trials.of_program(find("cuda"), "reduction", EXAMPLE, simulator_misses.SEED)
    return f"```text\n{trial.endings[CHECK].text.strip()}\n```"


def simulator() -> str:
    """Return how the wrong kernels end in the simulator, and which right ones do not run there."""
    kept = simulator_misses.results()
    ends = Counter(
        row.simulator if row.simulator in (RIGHT, WRONG) else "an error, or no end" for row in kept if is_wrong(row)
    )
    lost = ", ".join(name_of(row) for row in kept if row.is_right and row.simulator != RIGHT)
    summary = table(["in the simulator", f"of {ends.total()} wrong kernels"], ends.most_common())
    return f"{summary}\n\nRight kernels that it cannot run, because it lacks what they use: {lost}."


def misses() -> str:
    """Return the wrong kernels that the simulator lets through, with what a student reads here."""
    found = [row for row in simulator_misses.results() if is_wrong(row) and row.simulator == RIGHT]
    rows = [f"| {name_of(row)} | {', '.join(row.failed)} | {short(row.sentence)} |" for row in found]
    return "\n".join(["| kernel | fails here | what a student reads |", "|---|---|---|", *rows])


def is_wrong(row: Row) -> bool:
    """Return whether a kernel is wrong, and not just outside the homework's language."""
    return not row.is_right and row.verdict != Verdict.FORBIDDEN.value


def name_of(row: Row) -> str:
    """Return a link to a kernel."""
    return f"[{row.name.replace('_', ' ')}](../solutions/cuda/wrong/{row.name}.py)"


def short(sentence: str) -> str:
    """Return a sentence for a table's cell, without the characters that separate rows and columns."""
    sentence = sentence.replace("|", "\\|").replace("\n", " ")
    return sentence if len(sentence) <= LONGEST else f"{sentence[:LONGEST].rsplit(' ', 1)[0]} ..."


def judged() -> str:
    """Return how many of the kernels in wrong/ get the right verdicts."""
    kept, rows = simulator_misses.results(), []
    for part in find("cuda").parts:
        of_part = [row for row in kept if wrong()[row.name].file == part.file]
        as_they_must = [row for row in of_part if set(row.failed) == set(wrong()[row.name].verdicts)]
        rows.append(
            [part.file, sum(not row.is_right for row in of_part), sum(row.is_right for row in of_part), len(as_they_must)]
        )
    rows.append(["all", *(sum(row[column] for row in rows) for column in (1, 2, 3))])
    return table(["file", "wrong kernels", "right ones", "get exactly the right verdicts"], rows)


def measure() -> None:
    """Grade the solution, all of it and each part alone, and keep how long that takes."""
    assigned = find("cuda")
    seconds = {part.file: graded_in(trials.only(assigned, name)) for name, part in assigned.config.parts.items()}
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, NumPy {np.__version__}"
    kept = {"date": str(date.today()), "machine": machine, "all": graded_in(assigned), "seconds": seconds}
    TIMES.write_text(json.dumps(kept, indent=1) + "\n")


def graded_in(assigned: Assignment) -> float:
    """Return how many seconds it takes to grade the solution, by the clock: the fastest of some runs."""
    watching = Watching(assigned)
    for check in assigned.checks():
        for case in check.cases(watching, simulator_misses.SEED):
            _ = case.expected  # which a class computes once
    seconds = []
    for _ in range(RUNS):
        start = time.perf_counter()
        grade(assigned.folder, assigned, seed=simulator_misses.SEED, reference=watching)
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def times() -> str:
    """Return how long it took to grade the solution."""
    kept = json.loads(TIMES.read_text())
    graded = kept["seconds"] | {"all seven, in one submission": kept["all"]}
    rows = [[what, f"{seconds:.1f}"] for what, seconds in graded.items()]
    how = f"Five checks each, with the compiler, in the sandbox; the fastest of {RUNS} runs"
    return f"{table(['graded', 'seconds'], rows)}\n\n{how} ({kept['machine']}; {kept['date']})."


def picture(name: str, space: str, array: str, sizes: tuple[int, ...], *arguments: np.ndarray | int | np.float32) -> str:
    """Launch a wrong kernel and draw the worst request for one of its arrays. sizes: of the output."""
    program = wrong()[name]
    functions = read(program.path.read_bytes(), program.file).functions
    (grid,) = (each for each in functions if each.startswith("launch_"))
    kernel = functions[grid.removeprefix("launch_")]
    output = Blank(np.zeros(sizes, np.float32))
    recording = launch(kernel, *evaluate(functions[grid], *sizes), [*arguments, output])
    request = worst(requests(recording, space, array))
    assert request
    return svg(request)


def sectors() -> str:
    """Draw a warp that reads down the columns of an image."""
    image = np.zeros((64, 64), np.float32)
    return picture("darken_x_along_rows", "global", "image", image.shape, image, np.float32(0.5))


def banks() -> str:
    """Draw a warp that reads down the columns of a tile in shared memory."""
    images, kernels, bias = np.zeros((1, 16, 16), np.float32), np.zeros((1, 1, 3, 3), np.float32), np.zeros(1, np.float32)
    return picture("tiled_turned_in_shared_memory", "shared", "pixels", (1, 16, 16), images, kernels, bias, 1)


PICTURES = {"sectors.svg": sectors, "banks.svg": banks}
TABLES = {
    "source": source,
    "race": race,
    "simulator": simulator,
    "misses": misses,
    "judged": judged,
    "times": times,
}

if __name__ == "__main__":
    main()
