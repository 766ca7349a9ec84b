"""A run: grade the submissions that the ledger does not have yet, and save each result at once."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from autograder import datasets
from autograder.verdicts import FailedHere, Verdict
from batch import people
from batch.grading import fingerprint, task
from batch.grading import pool as pools
from batch.grading.pool import Pool
from batch.grading.task import REPLIES, REPORT, ClassConfig, Finished, Task
from batch.instructor import renames
from batch.instructor.renames import NO_RENAMES, Renames
from batch.ledger import Ledger
from batch.models import HandedIn, Result
from common.errors import UserError
from common.files import write_whole

CONTENTS = "contents"  # the folder for the files of each content


@dataclass(frozen=True)
class Selection:
    """Which submissions to grade; all by default.

    since: only those submitted at this time or later. verdict: only those with a check that got it. students: only those
    with one of these texts in a name, address, number or key. regrade: also those that are graded already. again: students,
    as `people.person` names them, whose code runs again even if its replies are saved; without regrade, nobody else's does.
    """

    since: datetime | None = None
    verdict: str | None = None
    students: tuple[str, ...] = ()
    regrade: bool = False
    again: tuple[str, ...] = ()

    def runs_again(self, handed_in: HandedIn) -> bool:
        """Return whether a submission has to run again."""
        return any(people.owns(person, handed_in) for person in self.again)

    def takes(self, handed_in: HandedIn, result: Result | None) -> bool:
        """Return whether a submission with this result is selected."""
        if self.again and not (self.regrade or self.runs_again(handed_in)):
            return False
        if self.since and not (handed_in.submitted_at and handed_in.submitted_at >= self.since):
            return False
        if self.verdict and not (result and self.verdict in {check.verdict for check in result.checks}):
            return False
        names = [handed_in.key]
        for each in handed_in.students:
            names += each.name, each.email, each.sid, each.listed_name, *each.listed_emails
        return not self.students or any(text.casefold() in name.casefold() for text in self.students for name in names)


@dataclass
class Progress:
    """What a run has done so far, updated after each submission."""

    all: int = 0
    ran: int = 0
    replayed: int = 0
    faults: list[str] = field(default_factory=list)  # sentences about internal errors
    verdicts: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Plan:
    """What a run is to do, and where.

    folder: for the files of each content. pool: the processes, which are not started if there is nothing to do. named:
    renames of files; only submissions that one affects are graded again.
    """

    folder: Path
    ledger: Ledger
    config: ClassConfig
    pool: Pool
    selection: Selection = field(default_factory=Selection)
    named: Renames = NO_RENAMES


def run(
    handed_in: Sequence[HandedIn], plan: Plan, on_progress: Callable[[Progress], None] = lambda progress: None
) -> tuple[list[tuple[HandedIn, Result]], Progress]:
    """Grade what is not graded yet, each content once; return all results, and what was done in this run.

    Raises UserError if some results have other options and are not selected for regrading.
    """
    folder, ledger, config, selection = plan.folder, plan.ledger, plan.config, plan.selection
    contents = _digests(handed_in, config.assigned.config.leave_out)
    known = ledger.rows()
    options, here = config.options_digest(), datasets.here(config.assigned.config.data_sets)

    wanted = {
        each.key: renames.that_matter(plan.named.of(each), _record(known, contents[each.key]), config.assigned)
        for each in handed_in
    }
    digests = {key: renames.digest(contents[key], some) for key, some in wanted.items()}
    again = {digests[each.key] for each in handed_in if selection.runs_again(each)}

    def record_of(each: HandedIn) -> Result | None:
        return _record(known, digests[each.key]) or _record(known, contents[each.key])

    def is_to_do(each: HandedIn) -> bool:
        digest = digests[each.key]
        is_open = selection.regrade or digest in again or not _is_finished(folder, _record(known, digest), here)
        return is_open and selection.takes(each, record_of(each))

    todo = {digests[each.key]: each for each in handed_in if is_to_do(each)}
    _require_same_options(set(digests.values()) - todo.keys(), known, options)
    progress = Progress(all=len(todo))
    on_progress(progress)
    if todo:
        tasks = (
            Task(
                each.source,
                contents[each.key],
                config,
                b"" if digest in again else _kept(folder, known.get(digest)),
                wanted[each.key],
            )
            for digest, each in todo.items()
        )
        with closing(pools.each(task.grade, tasks, plan.pool)) as results:
            for one, came in results:
                finished = _finished(came, one.digest, config, known)
                digest = finished.result.digest
                _write(_files_of(folder, digest), finished.files)
                ledger.put(finished.result, options)
                known[digest] = (options, finished.result)
                _count(progress, finished)
                on_progress(progress)
    graded = [(each, found) for each in handed_in if (found := record_of(each))]
    return sorted(graded, key=lambda pair: pair[0].key), progress


def _finished(
    came: Finished | BaseException, digest: str, config: ClassConfig, known: dict[str, tuple[str, Result]]
) -> Finished:
    """Return what a task returned, or what its exception says about the submission.

    Raises the exception if all other submissions would fail like this one: damaged images, a closed folder.
    """
    if isinstance(came, UserError) and not isinstance(came, FailedHere):  # after a full disk, the next one may work
        raise came
    if isinstance(came, BaseException):
        return task.given_up(digest, config, came)
    if came.ran:
        return came
    # It took as long as the run whose replies were used.
    return replace(came, result=replace(came.result, seconds=known[digest][1].seconds))


def _digests(handed_in: Sequence[HandedIn], leave_out: Collection[str]) -> dict[str, str]:
    """Return the digest of each submission's content, by key."""
    with ThreadPoolExecutor() as threads:  # hashing releases the GIL
        return dict(threads.map(lambda each: (each.key, fingerprint.digest(each.source, leave_out)), handed_in))


def _record(known: dict[str, tuple[str, Result]], digest: str) -> Result | None:
    return known[digest][1] if digest in known else None


def _is_finished(folder: Path, result: Result | None, here: Collection[str]) -> bool:
    """Return whether nothing is left to do. here: the data sets on this machine.

    If convgrade itself failed, or lacked a data set that is here now, the next run tries again.
    """
    if result is None or result.failed_here() or set(result.lacked) & set(here):
        return False
    return (_files_of(folder, result.digest) / REPORT).is_file()


def _require_same_options(digests: set[str], known: dict[str, tuple[str, Result]], options: str) -> None:
    others = sum(known[digest][0] != options for digest in digests & known.keys())
    if others:
        raise UserError(
            f"{others} submissions were graded with other points or options: add --regrade to update them (code runs "
            "again only if its saved replies do not suffice), or choose another folder with --out"
        )


def _files_of(folder: Path, digest: str) -> Path:
    return folder / CONTENTS / digest


def _kept(folder: Path, known: tuple[str, Result] | None) -> bytes:
    """Return the replies from which a submission can be regraded; b"" if there are none."""
    if known is None or known[1].failed_here():
        return b""
    try:
        return (_files_of(folder, known[1].digest) / REPLIES).read_bytes()
    except OSError:
        return b""


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of one content durably, the report last: if it exists, all do. The ledger is updated after that."""
    for name in sorted(files, key=lambda name: name == REPORT):
        write_whole(folder / name, [files[name]], durable=True)


def _count(progress: Progress, finished: Finished) -> None:
    progress.ran += finished.ran
    progress.replayed += not finished.ran
    failed = {check.verdict for check in finished.result.checks} - {Verdict.PASSED.value}
    progress.verdicts.update(failed or ({"not gradable"} if finished.result.error else {Verdict.PASSED.value}))
    if finished.result.failed_here():
        progress.faults.append(f"{finished.result.digest[:12]}: {finished.result.error}")
