"""Grade one submission of a class: what a process of the pool, here or on another machine, is asked to do."""

import hashlib
import json
import os
import platform
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from autograder import assignment, datasets, grading, results
from autograder.assignment import CHECKS, Assignment
from autograder.config import Late
from autograder.reference import Reference
from autograder.renames import Rename
from autograder.report import html
from autograder.sandbox.replay import Answers, NotKept
from autograder.submission import is_archive
from autograder.verdicts import FailedHere, Ungradable
from autograder.wrong import WRONG
from batch.given import renames
from batch.grading import fingerprint
from batch.records import FAILED_HERE, Record
from common.errors import UserError

GRADING_ROOMS = ("common", "autograder", "gpu", "kernels", "misconceptions")
RESULTS, REPORT, ANSWERS, SOURCES = "results.json", "report.html", "answers", "sources.json"


@dataclass(frozen=True)
class ClassConfig:
    """Settings shared by all submissions of a class."""

    assigned: Assignment
    seed: str
    backend: str = "numpy"

    def options_digest(self) -> str:
        """Return a name for all that decides about grades: options, checks, masters, references and wrong programs.

        What being late costs is taken off what was found, and changes nothing of it.
        """
        config = replace(self.assigned.config, late=Late())
        folder = self.assigned.folder
        paths = [folder / CHECKS, folder / WRONG, *sorted(folder.glob("*.py"))]
        digests = [fingerprint.digest(path) for path in paths if path.exists()]
        return hashlib.sha256(f"{config!r} {digests}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Finished:
    """What comes back: the record, the files of the submission by name, and whether anything of it ran."""

    record: Record
    files: dict[str, bytes]
    ran: bool


def grade(
    source: Path, digest: str, config: ClassConfig, kept: bytes | None = None, wanted: Sequence[Rename] = ()
) -> Finished:
    """Grade a submission as `convgrade grade` does. kept: answers of an earlier grading; where they suffice, nothing runs.

    digest: of the content. wanted: renames; where one matters, the record's digest is that of content and renames. Raises
    UserError for what is wrong here and not with the submission.
    """
    _require(source)
    finished = _from_kept(source, digest, config, kept, wanted) if kept else None
    finished = finished or _grade(source, digest, config, Answers(), wanted, replay=False)
    _require(source)  # a file that was deleted meanwhile looks like one that was never handed in
    return finished


def _require(source: Path) -> None:
    """Raise FailedHere for a submission that is not there, and UserError where all the others are missing, too."""
    if os.path.exists(source):
        return
    sentence = f"{platform.node()} cannot see {source}: was it moved or deleted, or does it lie on another machine's disk?"
    raise (
        FailedHere(sentence)
        if source.parent.exists()
        else UserError(f"{sentence} Restore it; then the same command goes on.")
    )


def _from_kept(source: Path, digest: str, config: ClassConfig, kept: bytes, wanted: Sequence[Rename]) -> Finished | None:
    try:
        return _grade(source, digest, config, Answers.unpack(kept), wanted, replay=True)
    except (NotKept, ValueError):
        return None


def _grade(
    source: Path, digest: str, config: ClassConfig, answers: Answers, wanted: Sequence[Rename], replay: bool
) -> Finished:
    masters = tuple(part.file for part in config.assigned.parts)
    reference = _reference(config.assigned.folder, masters, config.backend)
    try:
        report = grading.grade(
            source,
            config.assigned,
            seed=config.seed,
            reference=reference,
            answers=answers,
            replay=replay,
            renames=wanted,
            with_sources=True,
        )
    except Ungradable as error:
        reason = str(error).replace(str(source), "the submission")
        if is_archive(source.name) and reason.startswith(source.name):  # equal archives of two students share the reason
            reason = f"the submission{reason.removeprefix(source.name)}"
        return Finished(*_without_checks(renames.digest(digest, wanted), config, reason), ran=not replay)
    record = Record.of(report, digest)
    if report.renamed or renames.that_matter(wanted, record, config.assigned):
        record = replace(record, digest=renames.digest(digest, wanted))
    files = {RESULTS: results.content(report.document), REPORT: _page(report, record.digest)}
    files[SOURCES] = json.dumps({name: source.lines for name, source in report.sources.items()}).encode()
    if packed := answers.pack():
        files[ANSWERS] = packed
    return Finished(record, files, ran=not replay)


def given_up(digest: str, config: ClassConfig, error: BaseException) -> Finished:
    """Return what is known of a submission that no process could grade, or that has ended every process that tried."""
    reason = str(error) if isinstance(error, FailedHere) else f"{error!r:.300}"
    if isinstance(error, BrokenExecutor):
        reason = "the processes that graded it ended, one after another"
    return Finished(*_without_checks(digest, config, f"{FAILED_HERE}: {reason}"), ran=True)


def _without_checks(digest: str, config: ClassConfig, reason: str) -> tuple[Record, dict[str, bytes]]:
    checks = config.assigned.checks()
    most = config.assigned.points()
    report = grading.Report(config.assigned, config.seed, False, most, remarks=[reason])
    document = results.skeleton(config.assigned, checks) | {"output": results.shorten(reason)}
    files = {RESULTS: results.content(document), REPORT: _page(report, digest)}
    return Record(digest, 0.0, most, 0.0, (), {}, (), reason), files


def _page(report: grading.Report, digest: str) -> bytes:
    """Return the report of a content, which equal submissions share: what stands for each of them is put in later."""
    return html.render(report, f"Content {digest[:12]}").encode("utf-8", "replace")


@cache
def _reference(folder: Path, masters: tuple[str, ...], backend: str) -> Reference:
    return Reference(folder, masters, backend)  # one for all submissions: cases are drawn and answered once


@dataclass(frozen=True)
class WorkerProbe:
    """Check that a cluster worker grades as this machine would: with the same code, data sets and paths."""

    code: str  # as code() names it here
    data: tuple[str, ...]  # as datasets.here() does
    address: str | Path  # of the assignment
    paths: tuple[Path, ...]  # of the export and the output

    def __call__(self) -> None:
        """Raise UserError where it does not."""
        if reason := self._why_not():
            raise UserError(f"the worker on {platform.node()} cannot grade: {reason}")

    def _why_not(self) -> str:
        for path in (*self.paths, assignment.folder_of(self.address)):
            if not path.exists():
                return f"it does not see {path}; export, output and homework must lie on a disk that all machines share"
        if code(self.address) != self.code:
            return "its convgrade is another version than here: install the same one"
        names = assignment.find(self.address).config.data_sets
        if missing := set(self.data) ^ set(datasets.here(names)):
            return (
                f"{datasets.titles(missing)} is only on one of the two machines: set {datasets.VARIABLE} for the worker, "
                "and here, to the folder that holds it"
            )
        return ""


def code(address: str | Path) -> str:
    """Return a name for everything that decides about grades here: the same where convgrade and the assignment are."""
    folders = [*map(Path(__file__).parents[1].with_name, GRADING_ROOMS), assignment.folder_of(address)]
    return " ".join(fingerprint.digest(folder) if folder.is_dir() else "" for folder in folders)
