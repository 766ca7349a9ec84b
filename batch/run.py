"""A class, from its export to everything that comes out of it."""

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median

from autograder import datasets
from autograder.assignment import Assignment
from autograder.sandbox import machine
from autograder.stubs import stub
from batch import exports, mending, outcome
from batch.exports import Export
from batch.given import requests
from batch.given.instructions import Instructions, understand
from batch.given.renames import Renames
from batch.grades import Grades
from batch.grading import pool, schedule
from batch.grading.schedule import CONTENTS, Progress, Selection
from batch.grading.task import ClassConfig, WorkerProbe, code
from batch.ledger import Ledger
from batch.outcome import SEED, SIMILAR
from batch.pages.html import SUBMISSIONS
from common.errors import UserError
from common.files import write_whole

UNPACKED = ".unpacked"  # in the output folder, which workers of a cluster see too; gone when the run is
ASSIGNMENT = "assignment"
NOTHING_SAID = Instructions()


@dataclass(frozen=True)
class Class:
    """What came out: the export as it was read, what stands, what this run did, and what is renamed.

    remarks: what there is to say about rules, the class list and the tables.
    """

    export: Export
    grades: Grades
    progress: Progress
    named: Renames
    remarks: tuple[str, ...]


def grade(
    export: Path,
    out: Path,
    assigned: Assignment,
    *,
    seed: str | None = None,
    backend: str = "numpy",
    jobs: int | None = None,
    scheduler: str | None = None,
    selection: Selection,
    on_read: Callable[[Export], None] = lambda export: None,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    look_for_similar: bool = False,
    instructions: Instructions = NOTHING_SAID,
    requests_file: Path | None = None,
) -> Class:
    """Grade an export into a folder, and go on where an earlier run was stopped.

    seed: stays the same from run to run; a new one by default, where the folder has none. backend: computes what is right.
    jobs: how many processes on this machine. scheduler: those of a Dask cluster instead. on_read: called with
    the export. on_progress: called after each submission. look_for_similar: write similarity.html, too.
    instructions: about the class. requests_file: a CSV of regrade requests; the students who ask are graded, and their code
    runs again.
    Raises UserError for the caller's mistakes; what was finished is kept.
    """
    _require_apart(export, out)
    with Ledger(out) as ledger:
        mended = mending.mend(ledger)
        kept = ledger.setting(SEED, seed or secrets.token_hex(8))
        if seed not in (None, kept):
            raise UserError(
                f"{out} holds a class graded with another seed: leave --seed out, or choose another folder with --out"
            )
        if ledger.setting(ASSIGNMENT, assigned.name) != assigned.name:
            raise UserError(f"{out} holds a class with another assignment: choose another folder with --out")
        asked = requests.read(ledger, requests_file, outcome.grades(ledger)) if requests_file else None
        if asked:
            selection = replace(selection, again=tuple(each.student for each in asked.requests))
        export, unpacked = export.absolute(), out.absolute() / UNPACKED  # workers elsewhere have other working folders
        pools = _processes(export, out.absolute(), assigned, jobs, scheduler)
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            read = exports.read(export, unpacked, [part.file for part in assigned.parts])
            on_read(read)
            said = understand(instructions, ledger, read, assigned)
            graded, progress = schedule.run(
                read.handed_in, out, ledger, ClassConfig(assigned, kept, backend), pools, selection, on_progress, said.named
            )
            with ledger.together():  # what the caller says holds for later runs, but not if this one is stopped
                ledger.put_class(graded)
                said.keep(ledger, graded)
                if asked:
                    requests.keep(ledger, asked)
                outcome.give_homework(ledger, assigned)
            grades = outcome.write(out, ledger, assigned)
            if look_for_similar:
                _write_similar(read, assigned, out, said.named)
                outcome.write_page(out, ledger, assigned, grades, outcome.attendance(ledger))  # once more: it leads there
            remarks = [*said.remarks, *mended, *said.policy.remarks(read.handed_in, grades, instructions.rules)]
            remarks += outcome.remarks(ledger, grades, assigned)
            return Class(read, grades, progress, said.named, tuple(remarks))
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)


def summary(done: Class, out: Path) -> str:
    """Return what came out, for a terminal."""
    counted = [grade for grade in done.grades if grade.counts]
    scores = [grade.total for grade in counted if grade.total is not None]
    graded = {grade.handed_in.key for grade in done.grades if grade.total is not None and not grade.apart}
    count = sum(each.key in graded for each in done.export.handed_in)
    lines = [f"{count} of {len(done.export.handed_in)} submissions are graded."]
    if done.progress.all:
        lines.append(f"Now: {done.progress.ran} ran, {done.progress.replayed} were graded again from kept answers.")
    if named := str(done.named):
        lines.append(f"Renamed where missing, as you asked: {named}.")
    if scores:
        most = max(grade.record.points for grade in counted)
        lines.append(f"Mean {mean(scores):.1f}, median {median(scores):g} of {most:g} points.")
    if said := sum(len(grade.comments) for grade in counted):
        lines.append(f"{said} {'comment stands' if said == 1 else 'comments stand'} in reports; --comments replaces them.")
    broken = [each.handed_in.key for each in counted if each.total is None and not each.record.failed_here()]
    if broken:
        lines.append(f"{len(broken)} could not be graded: {', '.join(broken[:5])}{', ...' if len(broken) > 5 else ''}")
    if done.progress.faults:
        lines.append(f"convgrade itself failed in {len(done.progress.faults)} submissions; the same command tries again.")
    lines += done.remarks
    return "\n".join([*lines, *(f"{title:<14}{path}" for title, path in outcome.files(out, done.export.kind).items())])


def _require_apart(export: Path, out: Path) -> None:
    """Raise UserError where what comes out would lie among the submissions, or the submissions among that."""
    export, out = Path(os.path.realpath(export)), Path(os.path.realpath(out))
    ours = [out / name for name in (UNPACKED, CONTENTS, SUBMISSIONS)]
    if out.is_relative_to(export) or any(export.is_relative_to(folder) for folder in ours):
        raise UserError(f"submissions and results would mix in {export}: choose a folder elsewhere with --out")


def _write_similar(read: Export, assigned: Assignment, out: Path, named: Renames) -> None:
    from batch.similarity import page, search

    given = {part.file: stub((assigned.folder / part.file).read_text()) for part in assigned.parts}
    found = search.pairs(read.handed_in, given, assigned.config.leave_out, named)
    write_whole(out / SIMILAR, [page.render(found, assigned.title).encode("utf-8", "replace")])


def _processes(export: Path, out: Path, assigned: Assignment, jobs: int | None, scheduler: str | None) -> pool.Pool:
    """Return what grades: a cluster, or processes on this machine, so many or as many as it has processors."""
    if scheduler is not None:
        data = datasets.here(assigned.config.data_sets)
        return pool.cluster(scheduler, WorkerProbe(code(assigned.address), data, assigned.address, (export, out)))
    return pool.local(jobs or machine.processors())
