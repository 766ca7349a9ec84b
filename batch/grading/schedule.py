"""A run: what an export holds, minus what the ledger has, graded by a pool, written down one by one."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from autograder import datasets
from autograder.verdicts import FailedHere, Verdict
from batch import people
from batch.given import renames
from batch.given.renames import NO_RENAMES, Renames
from batch.grading import fingerprint, task
from batch.grading import pool as pools
from batch.grading.pool import Pool
from batch.grading.task import ANSWERS, REPORT, ClassConfig, Finished
from batch.ledger import Ledger
from batch.records import HandedIn, Record
from common.errors import UserError
from common.files import write_whole

CONTENTS = "contents"  # the folder for the files of each content


@dataclass(frozen=True)
class Selection:
    """Which submissions a run is about; all by default.

    since: those handed in at this time or later. verdict: those with a check that ended so. students: those of whom a name,
    email, number or key holds one of these texts. regrade: also those that are finished. again: students, by what
    `people.person` calls them, whose code runs once more, whatever is kept; without regrade, nobody else is meant.
    """

    since: datetime | None = None
    verdict: str | None = None
    students: tuple[str, ...] = ()
    regrade: bool = False
    again: tuple[str, ...] = ()

    def runs_again(self, handed_in: HandedIn) -> bool:
        """Return whether a submission is to run once more."""
        return any(people.owns(person, handed_in) for person in self.again)

    def takes(self, handed_in: HandedIn, record: Record | None) -> bool:
        """Return whether a submission, and what is known of it, is meant."""
        if self.again and not (self.regrade or self.runs_again(handed_in)):
            return False
        if self.since and not (handed_in.moment and handed_in.moment >= self.since):
            return False
        if self.verdict and not (record and self.verdict in {check.verdict for check in record.checks}):
            return False
        names = [text for student in handed_in.students for text in (student.name, student.email, student.sid)]
        names = [name.casefold() for name in (*names, handed_in.key)]
        return not self.students or any(text.casefold() in name for text in self.students for name in names)


@dataclass
class Progress:
    """What a run has done so far; told whenever one more submission is finished."""

    all: int = 0
    ran: int = 0
    replayed: int = 0
    faults: list[str] = field(default_factory=list)  # sentences about what went wrong here, not with a submission
    verdicts: Counter = field(default_factory=Counter)


def run(
    handed_in: Sequence[HandedIn],
    folder: Path,
    ledger: Ledger,
    config: ClassConfig,
    pool: Pool,
    selection: Selection,
    on_progress: Callable[[Progress], None] = lambda progress: None,
    named: Renames = NO_RENAMES,
) -> tuple[list[tuple[HandedIn, Record]], Progress]:
    """Grade what is not yet graded, each content once, and return all that is known, with what was done now.

    folder: gets the files of each content. pool: gives processes; it is not asked if there is nothing to do. named: files
    that count under another name; only those are graded again to which one matters. Raises UserError where something
    finished was graded by other options and is not to be regraded.
    """
    contents = _digests(handed_in, config.assigned.config.leave_out)
    known = ledger.rows()
    options, here = config.options_digest(), datasets.here(config.assigned.config.data_sets)

    wanted = {
        each.key: renames.that_matter(named.of(each), _record(known, contents[each.key]), config.assigned)
        for each in handed_in
    }
    digests = {key: renames.digest(contents[key], some) for key, some in wanted.items()}
    again = {digests[each.key] for each in handed_in if selection.runs_again(each)}

    def record_of(each: HandedIn) -> Record | None:
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
            (
                each.source,
                contents[each.key],
                config,
                None if digest in again else _kept(folder, known.get(digest)),
                wanted[each.key],
            )
            for digest, each in todo.items()
        )
        with closing(pools.each(task.grade, tasks, pool)) as results:
            for (_, content, _, _, renamed), result in results:
                finished = _finished(result, renames.digest(content, renamed), config, known)
                record = finished.record
                _write(_files_of(folder, record.digest), finished.files)
                ledger.put(record, options)
                known[record.digest] = (options, record)
                _count(progress, finished)
                on_progress(progress)
    graded = [(each, found) for each in handed_in if (found := record_of(each))]
    return sorted(graded, key=lambda pair: pair[0].key), progress


def _finished(result: Any, digest: str, config: ClassConfig, known: dict[str, tuple[str, Record]]) -> Finished:
    """Return what a task has come to: what it returned, or what the exception that it raised says about its submission.

    Raises that where all other submissions would end like this one: damaged images, a closed folder.
    """
    if isinstance(result, UserError) and not isinstance(result, FailedHere):  # after a full disk the next may be graded
        raise result
    if isinstance(result, BaseException):
        return task.given_up(digest, config, result)
    if result.ran:
        return result
    return replace(result, record=replace(result.record, seconds=known[digest][1].seconds))  # which it took when it ran


def _digests(handed_in: Sequence[HandedIn], leave_out: Collection[str]) -> dict[str, str]:
    """Return the digest of each submission's content by its key."""
    with ThreadPoolExecutor() as threads:  # hashing lets other threads run
        return dict(threads.map(lambda each: (each.key, fingerprint.digest(each.source, leave_out)), handed_in))


def _record(known: dict[str, tuple[str, Record]], digest: str) -> Record | None:
    return known[digest][1] if digest in known else None


def _is_finished(folder: Path, record: Record | None, here: Collection[str]) -> bool:
    """Return whether nothing is left to do. here: the data sets on this machine.

    Where convgrade itself failed, or lacked a data set that is here now, the next run tries again.
    """
    if record is None or record.failed_here() or set(record.lacked) & set(here):
        return False
    return (_files_of(folder, record.digest) / REPORT).is_file()


def _require_same_options(digests: set[str], known: dict[str, tuple[str, Record]], options: str) -> None:
    others = sum(known[digest][0] != options for digest in digests & known.keys())
    if others:
        raise UserError(
            f"{others} submissions were graded with other points or options: add --regrade to bring all up to date (their "
            "answers are kept: where these suffice, nothing runs again), or choose another folder with --out"
        )


def _files_of(folder: Path, digest: str) -> Path:
    return folder / CONTENTS / digest


def _kept(folder: Path, known: tuple[str, Record] | None) -> bytes | None:
    """Return the answers by which a submission can be graded again."""
    if known is None or known[1].failed_here():
        return None
    try:
        return (_files_of(folder, known[1].digest) / ANSWERS).read_bytes()
    except OSError:
        return None


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write the files of one content, the report last: where it is, all are. The ledger must know of none that is lost."""
    for name in sorted(files, key=lambda name: name == REPORT):
        write_whole(folder / name, [files[name]], durable=True)


def _count(progress: Progress, finished: Finished) -> None:
    progress.ran += finished.ran
    progress.replayed += not finished.ran
    failed = {check.verdict for check in finished.record.checks} - {Verdict.PASSED.value}
    progress.verdicts.update(failed or ({"not gradable"} if finished.record.error else {Verdict.PASSED.value}))
    if finished.record.failed_here():
        progress.faults.append(f"{finished.record.digest[:12]}: {finished.record.error}")
