"""Trials: grade a program under a seed, and keep what each check says."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder import config
from autograder.assignment import HARNESS, Assignment
from autograder.grading import grade
from autograder.reference import FILE, Reference
from autograder.runner import Outcome
from autograder.verdicts import Verdict
from autograder.wrong_programs import RIGHT, WRONG, Program
from common.errors import UserError
from common.scratch import Scratch
from release.handout import CHECK
from release.proof.catches import Caught, caught
from release.proof.watching import Watching

SOLUTION, HALVED, STUBS = "the solution", "the solution with half of its limits", "the stubs"
NOT_SUBMITTED = (config.FILE, FILE, HARNESS)  # of the files at the top of an assignment's folder


@dataclass(frozen=True)
class Ending:
    """How a check ended."""

    verdict: Verdict
    score: float
    sentence: str = ""
    text: str = ""  # everything that a student reads about the failure
    hint: str = ""  # names the mistake


@dataclass(frozen=True)
class Trial:
    """A program graded under a seed: how each check that ran ended, by its number."""

    who: str
    seed: str
    endings: dict[str, Ending] = field(default_factory=dict)
    fault: str = ""  # why it could not be graded properly
    remarks: tuple[str, ...] = ()


def of_part(assigned: Assignment, part: str, seed: str) -> list[Trial | Caught]:
    """Grade the solution and the quick wrong programs of one part, and find which misconceptions its checks detect.

    All of them get the same cases, which are drawn once.
    """
    alone, watching = only(assigned, part), Watching(assigned)
    programs = [one for one in watching.programs if one.file == alone.parts[0].file and only_wrong(one)]
    return [
        _graded(SOLUTION, assigned.folder, alone, seed, watching),
        *(_of_program(alone, one, seed, watching) for one in programs),
        *(caught(assigned.folder, check, watching, seed) for check in alone.checks() if check.number),
    ]


def of_program(assigned: Assignment, part: str, name: str, seed: str) -> list[Trial | Caught]:
    """Grade a wrong program of a part, by its name."""
    watching = Watching(assigned)
    return [_of_program(only(assigned, part), one, seed, watching) for one in watching.programs if one.name == name]


def of_halved(assigned: Assignment, seed: str) -> list[Trial | Caught]:
    """Grade the whole solution with half of the time and the memory."""
    return [_graded(HALVED, assigned.folder, halved(assigned), seed, Watching(assigned))]


def of_stubs(assigned: Assignment, released: dict[str, bytes], seed: str) -> list[Trial | Caught]:
    """Grade what students receive, as if one had submitted it unchanged."""
    with Scratch() as folder:
        _put(released, folder)
        return [_graded(STUBS, folder, assigned, seed, Watching(assigned))]


@dataclass(frozen=True)
class AtHome:
    """What check.pyz did in the handout, with the solution or the stubs in it."""

    who: str
    code: int
    output: str


def at_home(assigned: Assignment, released: dict[str, bytes], who: str) -> list[AtHome]:
    """Run check.pyz in the handout, like a student who has solved everything, or nothing yet."""
    with Scratch() as folder:
        _put(released, folder)
        if who == SOLUTION:
            _put({path.name: path.read_bytes() for path in submitted(assigned)}, folder)
        command = [sys.executable, CHECK]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    return [AtHome(who, done.returncode, f"{done.stdout}{done.stderr}")]


def submitted(assigned: Assignment) -> list[Path]:
    """Return the solution's files: those at the top of the assignment's folder that a student would have."""
    return [path for path in sorted(assigned.folder.iterdir()) if path.is_file() and path.name not in NOT_SUBMITTED]


def only(assigned: Assignment, part: str) -> Assignment:
    """Return the assignment with only one of its parts."""
    return replace(assigned, config=replace(assigned.config, parts={part: assigned.config.parts[part]}))


def halved(assigned: Assignment) -> Assignment:
    """Return the assignment with half the time and half the memory."""
    parts = {
        name: replace(
            part,
            call_seconds=part.call_seconds / 2,
            part_seconds=part.part_seconds / 2,
            memory_mb=part.memory_mb // 2,
        )
        for name, part in assigned.config.parts.items()
    }
    return replace(assigned, config=replace(assigned.config, parts=parts))


def only_wrong(program: Program) -> bool:
    """Return whether a program is expected to be only wrong. One that crashes or never ends takes long, under any seed."""
    return set(program.verdicts.values()) <= {Verdict.WRONG}


def _of_program(alone: Assignment, program: Program, seed: str, reference: Reference) -> Trial:
    candidate = Candidate(f"{WRONG}/{program.path.name}", program.file, program.path.read_bytes())
    return in_place_of(candidate, alone, seed, reference)


@dataclass(frozen=True)
class Candidate:
    """A program, and the file whose place it takes."""

    who: str
    file: str
    source: bytes


def in_place_of(candidate: Candidate, alone: Assignment, seed: str, reference: Reference) -> Trial:
    """Grade a program with the checks of its part, in its master's place beside the other files of the solution."""
    with Scratch() as folder:
        for path in submitted(alone):
            shutil.copy(path, folder / (f"{RIGHT}{path.name}" if path.name == candidate.file else path.name))
        (folder / candidate.file).write_bytes(candidate.source)
        return _graded(candidate.who, folder, alone, seed, reference)


def _graded(who: str, folder: Path, assigned: Assignment, seed: str, reference: Reference) -> Trial:
    try:
        report = grade(folder, assigned, seed=seed, reference=reference)
    except UserError as error:
        return Trial(who, seed, fault=str(error))
    endings = {each.number: _ending(each) for each in report.outcomes}
    fault = report.faults[0].strip().splitlines()[-1] if report.faults else ""
    return Trial(who, seed, endings, fault, tuple(report.remarks))


def _ending(outcome: Outcome) -> Ending:
    failure = outcome.failure
    if failure is None:
        return Ending(outcome.verdict, outcome.score)
    return Ending(outcome.verdict, outcome.score, failure.sentence, str(failure), failure.hint or "")


def _put(files: dict[str, bytes], folder: Path) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
