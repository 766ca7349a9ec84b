"""Grade a class, from its export to all outputs."""

import os
import secrets
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean, median

from autograder import datasets
from autograder.assignment import Assignment
from autograder.sandbox import machine
from autograder.stubs import stub
from batch import exports, outputs, repair
from batch.exports import Export
from batch.grades import Grades
from batch.grading import pool, schedule
from batch.grading.schedule import CONTENTS, Progress, Selection
from batch.grading.task import ClassConfig, WorkerProbe, code
from batch.instructor import requests
from batch.instructor.instructions import Instructions, resolve
from batch.instructor.renames import Renames
from batch.ledger import Ledger
from batch.outputs import SEED, SIMILAR
from batch.pages.html import SUBMISSIONS
from common.errors import UserError
from common.files import write_whole

UNPACKED = ".unpacked"  # in the output folder, which a cluster's workers see too; removed at the end of the run
ASSIGNMENT = "assignment"


@dataclass(frozen=True)
class Class:
    """A graded class: its export, the final grades, what this run did, and the renames.

    remarks: sentences about rules, the class list and the tables.
    """

    export: Export
    grades: Grades
    progress: Progress
    named: Renames
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Options:
    """How to grade a class.

    seed: the same in all runs in a folder; random by default. backend: computes the expected
    answers. jobs: how many processes on this machine, by default one for each processor. scheduler: use a Dask cluster
    instead. instructions: about the class. requests: a CSV of regrade requests; the code of the students in it runs again.
    similarity: write similarity.html, too. on_read: called with the export. on_progress: called after each submission.
    """

    seed: str | None = None
    backend: str = "numpy"
    jobs: int | None = None
    scheduler: str | None = None
    selection: Selection = field(default_factory=Selection)
    instructions: Instructions = field(default_factory=Instructions)
    requests: Path | None = None
    similarity: bool = False
    on_read: Callable[[Export], None] = lambda export: None
    on_progress: Callable[[Progress], None] = lambda progress: None


def grade(export: Path, out: Path, assigned: Assignment, options: Options) -> Class:
    """Grade an export into a folder, and continue where an earlier run was stopped.

    Raises UserError for the caller's mistakes; what was finished is kept.
    """
    seed, selection, instructions = options.seed, options.selection, options.instructions
    _require_apart(export, out)
    with Ledger(out) as ledger:
        mended = repair.repair(ledger)
        kept = ledger.setting(SEED, seed or secrets.token_hex(8))
        if seed not in (None, kept):
            raise UserError(
                f"{out} holds a class graded with another seed: omit --seed, or choose another folder with --out"
            )
        if ledger.setting(ASSIGNMENT, assigned.name) != assigned.name:
            raise UserError(f"{out} holds a class with another assignment: choose another folder with --out")
        asked = requests.read(ledger, options.requests, outputs.grades(ledger)) if options.requests else None
        if asked:
            selection = replace(selection, again=tuple(each.student for each in asked.requests))
        export, unpacked = export.absolute(), out.absolute() / UNPACKED  # workers elsewhere have other current folders
        pools = _processes(export, out.absolute(), assigned, options)
        shutil.rmtree(unpacked, ignore_errors=True)
        try:
            read = exports.read(export, unpacked, [part.file for part in assigned.parts])
            options.on_read(read)
            said = resolve(instructions, ledger, read, assigned)
            read = said.export
            config = ClassConfig(assigned, kept, options.backend)
            plan = schedule.Plan(out, ledger, config, pools, selection, said.named)
            graded, progress = schedule.run(read.handed_in, plan, options.on_progress)
            with ledger.transaction():  # instructions are saved for later runs, but not if this one is stopped
                ledger.put_class(graded)
                said.save(ledger, graded)
                if asked:
                    requests.keep(ledger, asked)
                outputs.save_homework(ledger, assigned)
            grades = outputs.write(out, ledger, assigned)
            if options.similarity:
                _write_similar(read, assigned, out, said.named)
                outputs.write_page(out, ledger, assigned, grades, outputs.attendance(ledger))  # again, now with a link
            remarks = [*said.remarks, *mended, *said.policy.remarks(read.handed_in, grades, instructions.rules)]
            remarks += outputs.remarks(ledger, grades, assigned)
            return Class(read, grades, progress, said.named, tuple(remarks))
        finally:
            shutil.rmtree(unpacked, ignore_errors=True)


def summary(done: Class, out: Path) -> str:
    """Return a summary for a terminal."""
    counted = [grade for grade in done.grades if grade.counts]
    scores = [grade.total for grade in counted if grade.total is not None]
    graded = {grade.handed_in.key for grade in done.grades if grade.total is not None and not grade.apart}
    count = sum(each.key in graded for each in done.export.handed_in)
    lines = [f"{count} of {len(done.export.handed_in)} submissions have a grade."]
    if done.progress.all:
        lines.append(f"This run: {done.progress.ran} ran, {done.progress.replayed} were regraded from saved replies.")
    if named := str(done.named):
        lines.append(f"Renamed, where missing: {named}.")
    if scores:
        most = max(grade.result.points for grade in counted)
        lines.append(f"Mean {mean(scores):.1f}, median {median(scores):g} of {most:g} points.")
    if said := sum(len(grade.comments) for grade in counted):
        lines.append(f"{said} {'comment is' if said == 1 else 'comments are'} shown in reports; --comments replaces them.")
    broken = [each.handed_in.key for each in counted if each.total is None and not each.result.failed_here()]
    if broken:
        lines.append(f"{len(broken)} could not be graded: {', '.join(broken[:5])}{', ...' if len(broken) > 5 else ''}")
    if done.progress.faults:
        lines.append(
            f"convgrade itself failed on {len(done.progress.faults)} submissions; repeat the command to try again."
        )
    lines += done.remarks
    return "\n".join([*lines, *(f"{title:<14}{path}" for title, path in outputs.files(out, done.export.kind).items())])


def _require_apart(export: Path, out: Path) -> None:
    """Raise UserError if outputs would be written among the submissions, or submissions lie among outputs."""
    export, out = Path(os.path.realpath(export)), Path(os.path.realpath(out))
    ours = [out / name for name in (UNPACKED, CONTENTS, SUBMISSIONS)]
    if out.is_relative_to(export) or any(export.is_relative_to(folder) for folder in ours):
        raise UserError(f"submissions and results would mix in {export}: choose a folder elsewhere with --out")


def _write_similar(read: Export, assigned: Assignment, out: Path, named: Renames) -> None:
    from batch.similarity import page, search

    given = {part.file: stub((assigned.folder / part.file).read_text()) for part in assigned.parts}
    found = search.pairs(read.handed_in, given, assigned.config.leave_out, named)
    write_whole(out / SIMILAR, [page.render(found, assigned.title).encode("utf-8", "replace")])


def _processes(export: Path, out: Path, assigned: Assignment, options: Options) -> pool.Pool:
    """Return what grades: a cluster, or processes on this machine."""
    if options.scheduler is not None:
        data = datasets.here(assigned.config.data_sets)
        return pool.cluster(options.scheduler, WorkerProbe(code(assigned.address), data, assigned.address, (export, out)))
    return pool.local(options.jobs or machine.processors())
