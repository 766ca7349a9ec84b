"""A class, from its export to everything that comes out of it."""

import os
import secrets
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import mean, median

from autograder import datasets
from autograder.assignment import Assignment
from autograder.renames import Rename
from autograder.sandbox import machine
from autograder.stubs import stub
from batch import comments, exports, mending, outcome, pool, renames, requests, schedule, sending
from batch import roster as rosters
from batch.exports import Export
from batch.grades import Grades
from batch.ledger import Ledger
from batch.outcome import CANVAS_COLUMN, FEEDBACK, KIND, PRESENT, ROSTER, SEED, SIMILAR
from batch.policy import GIVEN, NOTHING_GIVEN, Given, Policy
from batch.renames import Renames
from batch.reports import SUBMISSIONS
from batch.roster import Present
from batch.schedule import CONTENTS, Progress, Selection
from batch.sending import NONE
from batch.task import ClassConfig, WorkerProbe, code
from common.errors import UserError
from common.files import write_whole
from common.records import to_json

UNPACKED = ".unpacked"  # in the output folder, which workers of a cluster see too; gone when the run is
ASSIGNMENT = "assignment"


@dataclass(frozen=True)
class Class:
    """What came out: the export as it was read, what stands, what this run did, the seed, and what is renamed.

    remarks: what there is to say about rules, the class list and the tables.
    """

    export: Export
    grades: Grades
    progress: Progress
    seed: str
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
    canvas_column: str | None = None,
    comments_file: Path | None = None,
    roster: Path | None = None,
    feedback: str | None = None,
    rename: Sequence[Rename] | None = None,
    renames_file: Path | None = None,
    requests_file: Path | None = None,
    given: Given = NOTHING_GIVEN,
) -> Class:
    """Grade an export into a folder, and go on where an earlier run was stopped.

    seed: stays the same from run to run; a new one by default, where the folder has none. backend: computes what is right.
    jobs: how many processes on this machine. scheduler: those of a Dask cluster instead. on_read: called with
    the export. on_progress: called after each submission. look_for_similar: write similarity.html, too.
    canvas_column: the assignment as Canvas's own gradebook calls it, the homework's title by default. comments_file: a CSV
    of comments on the work; those that were given before by default. roster: a class list, as platforms and spreadsheets
    save it, or "none" to take it back. feedback: one of sending.KINDS.
    rename: files that count under another name, in all submissions; renames_file: a CSV with those of single students.
    requests_file: a CSV of regrade requests; the students who ask are graded, and their code runs again.
    given: of the rules about due dates and attempts.
    Raises UserError for the caller's mistakes; what was finished is kept.
    """
    _require_apart(export, out)
    listed, remarks = rosters.read(roster) if roster and str(roster) != NONE else (None, [])
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
            said = None if comments_file is None else comments.read(comments_file, read.handed_in, assigned)
            sending.require_export(feedback or ledger.given(FEEDBACK), read.kind)
            policy = Policy.of(ledger).with_given(given, assigned.config.late)
            policy.terms(read.handed_in)  # a line that may mean several stops here, before anything runs
            named = renames.settled(ledger, rename, renames_file, read.handed_in, assigned.files)
            graded, progress = schedule.run(
                read.handed_in, out, ledger, ClassConfig(assigned, kept, backend), pools, selection, on_progress, named
            )
            if ledger.given(ROSTER) and not roster:
                remarks.append("The class list is the one given before.")
            with ledger.together():  # what the caller gives holds for later runs, but not if this one is stopped
                ledger.put_class(graded)
                policy = policy.about(graded)
                ledger.give(GIVEN, to_json(policy))
                ledger.give(KIND, read.kind)
                renames.keep(ledger, named)
                if asked:
                    requests.keep(ledger, asked)
                if said is not None:
                    comments.keep(ledger, said, outcome.grades(ledger))
                ledger.give(PRESENT, to_json(Present(read.handed_in)))
                if roster:
                    ledger.give(ROSTER, to_json(listed) if listed else "")
                outcome.give_homework(ledger, assigned)
                if canvas_column:
                    ledger.give(CANVAS_COLUMN, canvas_column)
                if feedback:
                    ledger.give(FEEDBACK, feedback)
            grades = outcome.write(out, ledger, assigned)
            if look_for_similar:
                _write_similar(read, assigned, out, named)
                outcome.write(out, ledger, assigned)  # once more: the page leads to it
            remarks += [*mended, *policy.remarks(read.handed_in, grades, given), *outcome.remarks(ledger, grades, assigned)]
            return Class(read, grades, progress, kept, named, tuple(remarks))
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
        lines.append(
            f"Now: {done.progress.ran} ran, {done.progress.replayed} were graded anew from what they had answered."
        )
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
    from batch import similarity, similarity_page

    given = {part.file: stub((assigned.folder / part.file).read_text()) for part in assigned.parts}
    found = similarity.pairs(read.handed_in, given, assigned.config.leave_out, named)
    write_whole(out / SIMILAR, [similarity_page.render(found, assigned.title).encode("utf-8", "replace")])


def _processes(export: Path, out: Path, assigned: Assignment, jobs: int | None, scheduler: str | None) -> pool.Pool:
    """Return what grades: a cluster, or processes on this machine, so many or as many as it has processors."""
    if scheduler is not None:
        data = datasets.here(assigned.config.data_sets)
        return pool.cluster(scheduler, WorkerProbe(code(assigned.address), data, assigned.address, (export, out)))
    return pool.local(jobs or machine.processors())
