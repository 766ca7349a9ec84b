"""Masters with one small slip: which of these mutants keep all points. Whether they are wrong is for the author to say."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace

from autograder.assignment import Assignment
from autograder.verdicts import Verdict
from release.proof.mutants import mutants
from release.proof.trials import Trial, in_place_of, only
from release.proof.watching import Watching

AT_ONCE = 10  # mutants of one task
CALL_SECONDS, PART_SECONDS = 1.0, 5.0  # for a mutant: one that never ends should end soon


@dataclass(frozen=True)
class Slip:
    """A master with one slip in it, and whether it keeps all points of its part. where: as "line 12: a + b -> a - b"."""

    file: str
    where: str
    keeps_all: bool


def chosen(assigned: Assignment, part: str, most: int, seed: str) -> Iterator[list[tuple[str, str]]]:
    """Yield mutants of a part's master, so many at most, a few at a time: where each has its slip, and its source."""
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
    trials = [in_place_of(said.file, source.encode(), where, alone, seed, watching) for where, source in some]
    return [Slip(said.file, trial.who, _keeps_all(trial)) for trial in trials]


def _keeps_all(trial: Trial) -> bool:
    return not trial.fault and all(ending.verdict is Verdict.PASSED for ending in trial.endings.values())
