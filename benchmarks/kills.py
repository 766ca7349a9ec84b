"""Do small slips cost points, and do hints name them? Grade mutants of right programs, and wrong programs, with some seeds.

    .venv/bin/python -m benchmarks.kills [cnn neurons vision cuda] [--seeds 5] [--most 300] [--out docs]

A mutant is a right program with one small slip: another operator, index, bound, name or axis, a missing line or argument.
The right programs are the masters and those in wrong/ that must lose nothing. A mutant that fails a public check is not
graded again: public checks do not depend on the seed. No oracle decides here which mutants are wrong: those that keep all
points are listed, for a person to judge. A mistake is named if a failed check has a hint; tests/autograder/test_mistakes.py
tests whether it is the right one. Parts that train a network in every grading are left out: they would take days. Writes
kills-NAME.md.
"""

import argparse
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path

from tqdm import tqdm

from autograder.assignment import Assignment, find
from autograder.verdicts import Verdict
from autograder.wrong_programs import programs
from release.proof.mutants import mutants
from release.proof.processes import each
from release.proof.trials import Candidate, in_place_of, only, only_wrong
from release.proof.watching import Watching

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 5  # mutants of one task


@dataclass(frozen=True)
class Mutant:
    """A right program with a slip. name: the program, the function and the slip."""

    part: str
    name: str
    source: str


@dataclass(frozen=True)
class Graded:
    """Which checks a mutant failed, under each seed."""

    part: str
    name: str
    failed: dict[str, list[str]]
    public: bool  # a public check is among them
    named: bool  # a failed check has a hint

    def loses(self, seed: str) -> bool:
        """Return whether the mutant loses points under a seed."""
        return self.public or bool(self.failed[seed])


def drawn(assigned: Assignment, part: str, most: int) -> list[Mutant]:
    """Return at most this many mutants of the right programs of a part, chosen at random but always the same."""
    file = assigned.config.parts[part].file
    right = [assigned.folder / file]
    right += [one.path for one in programs(assigned.folder) if one.file == file and _is_right(one.verdicts)]
    found = [
        Mutant(part, f"{path.relative_to(assigned.folder)}, {one.function}, {one.description}", one.source)
        for path in right
        for one in mutants(path.read_text())
    ]
    return sorted(found, key=lambda one: sha256(one.name.encode()).digest())[:most]


def _is_right(verdicts: dict[str, Verdict]) -> bool:
    return set(verdicts.values()) <= {Verdict.PASSED}


def grade(name: str, part: str, some: list[Mutant], seeds: list[str]) -> list[Graded]:
    """Grade mutants of one part under the seeds."""
    alone = only(find(name), part)
    watching, file = Watching(alone), alone.config.parts[part].file
    public = {check.number for check in alone.checks(public_only=True)}
    graded = []
    for mutant in some:
        failed: dict[str, list[str]] = {}
        named = False
        for seed in seeds:
            trial = in_place_of(Candidate(mutant.name, file, mutant.source.encode()), alone, seed, watching)
            named = named or any(end.hint for end in trial.endings.values())
            failed[seed] = [number for number, end in trial.endings.items() if end.verdict is not Verdict.PASSED]
            if trial.fault:
                failed[seed] = [trial.fault]
            if public & set(failed[seed]):
                break
        graded.append(Graded(part, mutant.name, failed, bool(public & set(failed[seed])), named))
    return graded


def wrong(assigned: Assignment, part: str) -> list[Mutant]:
    """Return the programs of a part in wrong/ that give wrong answers."""
    found = [one for one in programs(assigned.folder) if one.file == assigned.config.parts[part].file]
    return [
        Mutant(part, one.name, one.path.read_text()) for one in found if only_wrong(one) and not _is_right(one.verdicts)
    ]


def page(
    assigned: Assignment,
    graded: list[Graded],
    by_hand: list[Graded],
    seeds: list[str],
    possible: int,
    most: int,
    minutes: float,
) -> str:
    """Return the results as Markdown.

    by_hand: the programs in wrong/. possible: how many mutants there are; most: how many of each part were graded.
    """
    kept = [one for one in graded if not any(map(one.loses, seeds))]
    lucky = [one for one in graded if one not in kept and not all(map(one.loses, seeds))]
    fail = [one for one in graded if any(map(one.loses, seeds))]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}"
    return "\n".join(
        [
            f"# {assigned.title}: do small slips cost points?",
            "",
            f"{len(graded):,} mutants, chosen at random from {possible:,}, were graded under {len(seeds)} seeds. "
            f"{len(kept)} keep{'s' * (len(kept) == 1)} all points under every seed, {len(lucky)} under some seeds only; "
            "all others never do.",
            "",
            f"A hint names the mistake of {_share(fail)} of the mutants that lose points, and of {_share(by_hand)} of the "
            f"{len(by_hand)} programs in wrong/ that give wrong answers.",
            "",
            "A mutant is a right program with one small slip. Only a person can say whether it is wrong, or right in "
            "another way: those that keep points are listed.",
            "",
            f"`python -m benchmarks.kills {assigned.name} --seeds {len(seeds)} --most {most}` writes this page. "
            f"It took {60 * minutes:.0f} seconds ({machine}).",
            "",
            *_table(assigned, graded, seeds),
            *_list("Mutants that keep all points under every seed", kept),
            *_list("Mutants that keep all points under some seeds only", lucky),
            "",
        ]
    )


def _table(assigned: Assignment, graded: list[Graded], seeds: list[str]) -> Iterator[str]:
    """Yield a row for each part: of how many mutants how many fail a public check, how many only hidden ones, and so on."""
    yield "| file | mutants | fail a public check | fail hidden checks alone | keep all points under a seed | named |"
    yield "|---|---:|---:|---:|---:|---:|"
    for part in dict.fromkeys(one.part for one in graded):
        mine = [one for one in graded if one.part == part]
        kinds = Counter("public" if one.public else all(map(one.loses, seeds)) for one in mine)
        named = _share([one for one in mine if any(map(one.loses, seeds))])
        counts = len(mine), kinds["public"], kinds[True], kinds[False], named
        yield f"| {assigned.config.parts[part].file} | {' | '.join(map(str, counts))} |"


def _share(graded: list[Graded]) -> str:
    return f"{sum(one.named for one in graded) / max(len(graded), 1):.0%}"


def _list(title: str, graded: list[Graded]) -> list[str]:
    rows = sorted(f"- `{one.name}`" for one in graded)
    return ["", f"## {title}", "", *(rows or ["None."])]


def _graded(name: str, chosen: list[list[Mutant]], seeds: list[str], jobs: int) -> list[Graded]:
    tasks = [
        (grade, (name, some[0].part, some[start : start + AT_ONCE], seeds))
        for some in chosen
        for start in range(0, len(some), AT_ONCE)
    ]
    return [one for found in tqdm(each(tasks, jobs), name, total=len(tasks)) for one in found]


def main() -> None:
    """Grade the mutants of each assignment and write its page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "assignments", nargs="*", default=["cnn", "neurons", "vision", "cuda"], help="by name (%(default)s)"
    )
    parser.add_argument("--seeds", type=int, default=5, help="how many seeds (%(default)s)")
    parser.add_argument("--most", type=int, default=300, help="mutants of each part, chosen from all (%(default)s)")
    parser.add_argument("--part", help="only this part")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (%(default)s)")
    parser.add_argument("--out", type=Path, default=ROOT / "docs", help="folder of kills-NAME.md")
    asked = parser.parse_args()
    seeds = [f"kills {number}" for number in range(asked.seeds)]
    for name in asked.assignments:
        started, assigned = time.monotonic(), find(name)
        parts = [asked.part] if asked.part else [part for part, case in assigned.cases.items() if not case.needs]
        possible = sum(len(drawn(assigned, part, sys.maxsize)) for part in parts)
        graded, by_hand = (
            _graded(name, [choose(part) for part in parts], seeds, asked.jobs)
            for choose in (partial(drawn, assigned, most=asked.most), partial(wrong, assigned))
        )
        found = page(assigned, graded, by_hand, seeds, possible, asked.most, (time.monotonic() - started) / 60)
        (asked.out / f"kills-{name}.md").write_text(found)
        print(found)


if __name__ == "__main__":
    main()
