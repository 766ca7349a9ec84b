"""Is the simulated GPU right? Run it on random kernels whose faults and results are known in another way.

    .venv/bin/python -m benchmarks.gpu_fuzz [--programs 2000] [--seed 22] [--jobs 2] [--write]

Small kernels are judged by every order in which their threads can run, larger ones by books kept while they were made, and
arithmetic programs by the results of Numba's compiler on the CPU. Prints what the machine missed, and where it raised a
false alarm; with --write, the table goes to docs/cuda.md. The same seed gives the same programs.
"""

import argparse
import os
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count, islice
from multiprocessing import get_context
from multiprocessing.pool import Pool
from pathlib import Path

from benchmarks.gpu_fuzz.judge import KINDS, Verdict, judge_large, judge_numbers, judge_small

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cuda.md"
BEGIN, END = "<!-- fuzz -->\n", "<!-- /fuzz -->"
JUDGES: dict[str, Callable[[str], Verdict]] = {"small": judge_small, "large": judge_large, "numbers": judge_numbers}


def main() -> None:
    """Judge programs of each kind, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--programs",
        type=int,
        default=2000,
        help="programs of each kind; arithmetic ones: a tenth (%(default)s)",
    )
    parser.add_argument("--seed", default="22", help="the seed of the programs (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="programs judged at a time (%(default)s)")
    parser.add_argument("--write", action="store_true", help="write the table to docs/cuda.md")
    asked = parser.parse_args()
    wanted = {"small": asked.programs, "large": asked.programs, "numbers": asked.programs // 10}
    found, skipped = {}, 0
    with get_context("spawn").Pool(asked.jobs) as pool:
        for sort, number in wanted.items():
            verdicts: list[Verdict] = []
            for verdict in judged(pool, sort, asked.seed):
                skipped += bool(verdict.skipped)
                if not verdict.skipped:
                    verdicts.append(verdict)
                if not verdict.skipped and not verdict.right:
                    print(said(verdict), flush=True)
                if len(verdicts) == number:
                    break
            found[sort] = verdicts
    text = table(found, skipped, asked.seed)
    print(text)
    if asked.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        PAGE.write_text(f"{before}{BEGIN}{text}{END}{rest.partition(END)[2]}")


def judged(pool: Pool, sort: str, seed: str) -> Iterator[Verdict]:
    """Judge one program after another, as many as needed."""
    seeds = (f"{seed} {sort} {number}" for number in count())
    while batch := list(islice(seeds, 200)):
        yield from pool.imap(JUDGES[sort], batch, chunksize=10)


def said(verdict: Verdict) -> str:
    """Return what is wrong with a verdict, with the program."""
    wrong = [f"misses: {each}" for each in verdict.misses] + [f"false alarm: {each}" for each in verdict.false_alarms]
    return "\n".join([f"--- seed {verdict.seed!r}", *wrong, *verdict.differences, verdict.source])


def table(found: dict[str, list[Verdict]], skipped: int, seed: str) -> str:
    """Return the table and its explanation in Markdown."""
    small, large, numbers = found["small"], found["large"], found["numbers"]
    kernels = small + large
    true = Counter(kind for verdict in kernels for kind in verdict.true)
    missed = Counter(kind for verdict in kernels for kind in verdict.misses)
    alarms = Counter(kind for verdict in kernels for kind in verdict.false_alarms)
    kinds = [*KINDS, *sorted(set(alarms) - set(KINDS))]
    sound = [verdict for verdict in kernels if not verdict.true]
    wrong = sum(bool(verdict.differences) for verdict in sound)
    alike = sum(verdict.right for verdict in numbers)
    lines = [
        f"{len(small):,} random kernels with two to four busy threads, each tried with every order of their steps, and "
        f"{len(large):,} larger ones, of up to 384 threads, whose faults are known from how they were made "
        f"(`python -m benchmarks.gpu_fuzz --seed {seed}`):",
        "",
        "| fault | kernels that have it | missed | false alarms |",
        "| --- | ---: | ---: | ---: |",
        *(f"| {kind} | {true[kind]:,} | {missed[kind]:,} | {alarms[kind]:,} |" for kind in kinds),
        "",
        f"{len(sound):,} of the kernels have no fault. In {wrong or 'none'} of these does any order of threads give a "
        "wrong number. "
        f"{alike:,} of {len(numbers):,} random arithmetic programs give the same numbers as Numba's compiler on the CPU. "
        f"{skipped:,} more programs were drawn, but they have too many orders to try, or do something whose "
        "result the language leaves open, or Numba refuses them.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
