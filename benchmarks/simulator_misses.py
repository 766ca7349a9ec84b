"""What Numba's simulator of CUDA misses: wrong kernels that write right numbers in it.

    .venv/bin/python -m benchmarks.simulator_misses [NAME ...]

Each program in solutions/cuda/wrong is launched in the simulator, with the cases of its part's checks of values, in a
process of its own with a time limit. If the numbers are right, it runs twice more: the simulator's threads are the
operating system's, and a race may end either way. Then the same checks grade it as they grade a submission. The results are
kept in docs/simulator.json, from which docs/cuda.md has its table; names measure only some programs.
"""

import argparse
import json
import multiprocessing
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection
from pathlib import Path

os.environ["NUMBA_ENABLE_CUDASIM"] = "1"  # Numba decides when it is imported

import numpy as np
from click import progressbar

from autograder import compare
from autograder.assignment import Assignment, find
from autograder.cases import Case
from autograder.verdicts import Verdict
from autograder.wrong_programs import Program
from common.records import from_json
from release.proof import trials
from release.proof.trials import Ending
from release.proof.watching import Watching

RESULTS = Path(__file__).resolve().parents[1] / "docs" / "simulator.json"
SEED = "simulator"
RUNS = 3
SECONDS = 120  # for all cases of a program, together; a right one takes 10
VALUES = (".1", ".4")  # the checks of values, of each part
SAFETY_FIRST = ("2", "5", "1", "4", "3")  # the checks, the most informative sentence first
Launch = tuple[Case, Sequence[int]]  # and what launch_KERNEL is called with
RIGHT, WRONG, ENDLESS = "right numbers", "wrong numbers", f"no end within {SECONDS} s"


@dataclass(frozen=True)
class Row:
    """The results of a program. simulator: the simulator's, in a few words. failed: the checks that it fails here."""

    name: str
    is_right: bool
    simulator: str
    failed: tuple[str, ...]
    verdict: str
    sentence: str  # what a student reads first


def main() -> None:
    """Measure, and keep the results."""
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", metavar="NAME")
    names = parser.parse_args().names
    assigned = find("cuda")
    watching = Watching(assigned)
    programs = [each for each in watching.programs if not names or each.name in names]
    kept = {row.name: row for row in results() if row.name in {each.name for each in watching.programs}}
    with progressbar(programs, item_show_func=lambda each: each.name if each else "") as bar:
        for program in bar:
            kept[program.name] = measured(assigned, watching, program)
            rows = [asdict(kept[name]) for name in sorted(kept)]
            RESULTS.write_text(json.dumps({"rows": rows}, indent=1) + "\n")


def results() -> list[Row]:
    """Return what was measured."""
    if not RESULTS.exists():
        return []
    return [from_json(Row, json.dumps(row), RESULTS.name) for row in json.loads(RESULTS.read_text())["rows"]]


def measured(assigned: Assignment, watching: Watching, program: Program) -> Row:
    """Run a program in the simulator and grade it."""
    part = part_of(assigned, program)
    asked = launches(assigned, watching, program)
    simulator = next((found for _ in range(RUNS) if (found := simulated(program, asked)) != RIGHT), RIGHT)
    (trial,) = trials.of_program(assigned, part, program.name, SEED)
    failed = {number: each for number, each in trial.endings.items() if each.verdict is not Verdict.PASSED}
    first = first_of(failed)
    return Row(program.name, not program.verdicts, simulator, tuple(failed), str(first.verdict), said(first))


def part_of(assigned: Assignment, program: Program) -> str:
    """Return the name of the part that a program belongs to."""
    return next(name for name, part in assigned.config.parts.items() if part.file == program.file)


def launches(assigned: Assignment, watching: Watching, program: Program) -> list[Launch]:
    """Return the launches with which checks of values test a program."""
    alone = trials.only(assigned, part_of(assigned, program))
    checks = [check for check in alone.checks() if str(check.number).endswith(VALUES)]
    asking = checks[0].on(None)  # nothing: it only has to know what the grid depends on
    return [(case, asking.sizes(case)) for check in checks for case in check.cases(watching, SEED)]


def first_of(failed: dict[str, Ending]) -> Ending:
    """Return the failure that says most about a kernel, preferably not that safety and traffic need right numbers first."""
    telling = {number[-1]: ending for number, ending in failed.items() if "counts once" not in ending.sentence}
    return next((telling[check] for check in SAFETY_FIRST if check in telling), Ending(Verdict.PASSED, 0))


def said(ending: Ending) -> str:
    """Return what a student reads: for wrong numbers, their cause if it is known."""
    return ending.hint if "outputs" in ending.sentence and ending.hint else ending.sentence


def simulated(program: Program, launches: list[Launch]) -> str:
    """Return the result of a program's launches in the simulator."""
    ours, theirs = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=_simulate, args=(program, launches, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(SECONDS) else ENDLESS
    finally:
        process.kill()
        process.join()


def _simulate(program: Program, launches: list[Launch], reply: Connection) -> None:
    """Launch a program's kernel, until the numbers are wrong."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # for kernels that print
    try:
        reply.send(RIGHT if all(is_right(program, *launch) for launch in launches) else WRONG)
    except Exception as error:
        reply.send(type(error).__name__)


def is_right(program: Program, case: Case, sizes: Sequence[int]) -> bool:
    """Launch a program's kernel in the simulator on zeros and return whether it writes what is expected."""
    from numba import cuda

    kernel, grid = (getattr(program.module, name) for name in (case.function, f"launch_{case.function}"))
    arguments = [cuda.to_device(each) if isinstance(each, np.ndarray) else each for each in case.arguments]
    output = cuda.to_device(np.zeros(case.expected.shape, np.float32))
    kernel[grid(*sizes)](*arguments, output)
    return compare.is_right(compare.plain(output.copy_to_host()), case.answers)


if __name__ == "__main__":
    main()
