"""Trials: a program is graded under a seed, and what each check said is kept."""

import shutil
import subprocess
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from autograder import config
from autograder.assignment import HARNESS, Assignment
from autograder.grading import grade
from autograder.reference import FILE
from autograder.runner import Outcome
from autograder.verdicts import Verdict
from autograder.wrong import RIGHT, WRONG, Program
from common.errors import UserError
from common.scratch import Scratch
from release.handout import CHECK
from release.proof.catches import Caught, caught
from release.proof.watching import Watching

SOLUTION, HALVED, STUBS = "the solution", "the solution with half of its limits", "the stubs"
NOT_HANDED_IN = (config.FILE, FILE, HARNESS)  # of the files right in an assignment's folder


@dataclass(frozen=True)
class Ending:
    """How a check ended."""

    verdict: Verdict
    score: float
    sentence: str = ""
    text: str = ""  # all that a student reads of the failure
    hint: str = ""  # what names the mistake


@dataclass(frozen=True)
class Trial:
    """A program, graded under a seed: by the number of each check that ran, how it ended."""

    who: str
    seed: str
    endings: dict[str, Ending] = field(default_factory=dict)
    fault: str = ""  # why it could not be graded as it should
    remarks: tuple[str, ...] = ()


def of_part(assigned: Assignment, part: str, seed: str) -> list[Trial | Caught]:
    """Grade the solution and the quick wrong programs of one part, and see which misconceptions its checks detect.

    All of them are asked the same cases, which are drawn once.
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
    """Grade what students receive as if one had handed it in untouched."""
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
    """Run check.pyz in the handout as a student does who has solved everything, or nothing yet."""
    with Scratch() as folder:
        _put(released, folder)
        if who == SOLUTION:
            _put({path.name: path.read_bytes() for path in handed_in(assigned)}, folder)
        command = [sys.executable, CHECK]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, errors="replace", check=False)
    return [AtHome(who, done.returncode, f"{done.stdout}{done.stderr}")]


def handed_in(assigned: Assignment) -> list[Path]:
    """Return the files of the solution: those right in the assignment's folder that a student would have."""
    return [path for path in sorted(assigned.folder.iterdir()) if path.is_file() and path.name not in NOT_HANDED_IN]


def only(assigned: Assignment, part: str) -> Assignment:
    """Return an assignment of one of its parts alone."""
    return replace(assigned, config=replace(assigned.config, parts={part: assigned.config.parts[part]}))


def halved(assigned: Assignment) -> Assignment:
    """Return an assignment that allows half the time and half the memory."""
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
    """Return whether a program should be wrong at most. One that crashes or never ends takes long, and does so always."""
    return set(program.verdicts.values()) <= {Verdict.WRONG}


def _of_program(alone: Assignment, program: Program, seed: str, reference: Any) -> Trial:
    who = f"{WRONG}/{program.path.name}"
    return in_place_of(program.file, program.path.read_bytes(), who, alone, seed, reference)


def in_place_of(file: str, source: bytes, who: str, alone: Assignment, seed: str, reference: Any) -> Trial:
    """Grade a program by the checks of its part, in its master's place beside the other files of the solution."""
    with Scratch() as folder:
        for path in handed_in(alone):
            shutil.copy(path, folder / (f"{RIGHT}{path.name}" if path.name == file else path.name))
        (folder / file).write_bytes(source)
        return _graded(who, folder, alone, seed, reference)


def _graded(who: str, folder: Path, assigned: Assignment, seed: str, reference: Any) -> Trial:
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
