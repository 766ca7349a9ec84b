"""Is the grade right? Find wrong programs that keep all points of their part, and right ones that lose any.

    .venv/bin/python -m benchmarks.truth [--seeds 5] [--most 6000] [--file convolution.py] [--out docs]

The programs are right ones (solutions/cnn, tests/right), their first-order mutants, solutions/cnn/wrong, and the
misconceptions. An oracle that knows only the handout's sentences decides which are wrong; then the checks of its part
grade each under each seed. Writes truth.json and truth.md, and prints the page. The same programs and secret give the same
page.
"""

import argparse
import json
import os
import platform
import sys
import time
from datetime import date
from pathlib import Path

from tqdm import tqdm

from benchmarks.truth import exams, figures, page, programs
from benchmarks.truth.interface import FILES
from benchmarks.truth.judge import Bench, questions


def main() -> None:
    """Judge all programs and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=5, help="under how many seeds each check is drawn (%(default)s)")
    parser.add_argument("--most", type=int, default=6000, help="mutants to judge, chosen from all (%(default)s)")
    parser.add_argument("--file", choices=FILES, help="only programs for this file of the homework")
    parser.add_argument("--only", default="", metavar="TEXT", help="only programs whose name contains this text")
    parser.add_argument("--calls", type=int, default=500, help="of the oracle, for each function (%(default)s)")
    parser.add_argument(
        "--secret", default=programs.SECRET, help="from which seeds, calls and mutants are chosen (%(default)s)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="programs judged at a time (%(default)s)")
    parser.add_argument("--out", type=Path, default=programs.ROOT / "docs", help="folder of truth.json and truth.md")
    asked = parser.parse_args()
    started = time.monotonic()
    files = [asked.file] if asked.file else list(FILES)
    seeds = [f"{asked.secret} {index}" for index in range(asked.seeds)]
    right = [program for file in files for program in programs.right(file)]
    mutants = [mutant for program in tqdm(right, "mutating", leave=False) for mutant in programs.mutated(program)]
    others = [program for file in files for program in (*programs.wrong_files(file), *programs.misconceived(file))]
    judged = [*right, *others, *programs.sampled(mutants, asked.most, asked.secret)]
    judged = [program for program in judged if asked.only in program.name]
    drawn = exams.draw(seeds, lambda checks: tqdm(checks, "drawing cases", leave=False))
    bench = Bench(questions(files, asked.calls, asked.secret), drawn)
    judgements = []
    for judgement in tqdm(bench.judge_all(judged, asked.jobs), "judging", total=len(judged), smoothing=0):
        judgements.append(judgement)
        if judgement.wrong and figures.keeps_all(judgement, seeds):
            tqdm.write(f"keeps all points: {judgement.program.name}", sys.stderr)
    found = figures.summary(judgements, bench, seeds)
    found["measured"] = {
        "mutants": len(mutants),
        "calls": asked.calls,
        "minutes": round((time.monotonic() - started) / 60, 1),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "date": date.today().isoformat(),
    }
    asked.out.mkdir(parents=True, exist_ok=True)
    (asked.out / "truth.json").write_text(json.dumps(found, indent=1) + "\n")
    (asked.out / "truth.md").write_text(page.render(found))
    print(page.render(found))


if __name__ == "__main__":
    main()
