"""Mutants, masters with one small slip: which of them keep all points. Only the author can say whether they are wrong."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograder.assignment import Assignment
from autograder.verdicts import Verdict
from release.proof.mutants import mutants
from release.proof.trials import Candidate, Trial, in_place_of, only
from release.proof.watching import Watching

AT_ONCE = 10  # mutants per task
CALL_SECONDS, PART_SECONDS = 1.0, 5.0  # for a mutant: endless ones should be stopped soon


@dataclass(frozen=True)
class Slip:
    """A master with one slip, and whether it keeps all points of its part. where: as in "line 12: a + b -> a - b"."""

    file: str
    where: str
    keeps_all: bool


def chosen(assigned: Assignment, part: str, most: int, seed: str) -> Iterator[list[tuple[str, str]]]:
    """Yield mutants of a part's master, a few at a time, this many at most: where the slip is, and the source."""
    master = assigned.folder / assigned.config.parts[part].file
    found = [(f"{each.function}, {each.description}", each.source) for each in mutants(master.read_text())]
    some = random.Random(f"{seed} {part}").sample(found, min(most, len(found)))
    yield from (some[start : start + AT_ONCE] for start in range(0, len(some), AT_ONCE))


def of_mutants(assigned: Assignment, part: str, some: list[tuple[str, str]], seed: str) -> list[Slip]:
    """Grade mutants of a part's master."""
    alone, watching = only(assigned, part), Watching(assigned)
    said = alone.config.parts[part]
    hurried = replace(said, call_seconds=CALL_SECONDS, part_seconds=PART_SECONDS)
    alone = replace(alone, config=replace(alone.config, parts={part: hurried}))
    candidates = [Candidate(where, said.file, source.encode()) for where, source in some]
    trials = [in_place_of(each, alone, seed, watching) for each in candidates]
    return [Slip(said.file, trial.who, _keeps_all(trial)) for trial in trials]


def _keeps_all(trial: Trial) -> bool:
    return not trial.fault and all(ending.verdict is Verdict.PASSED for ending in trial.endings.values())
