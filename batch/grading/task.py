"""Grade one submission of a class: the work of a process in the pool, here or on another machine."""

import hashlib
import json
import os
import platform
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
from autograder.sandbox.replay import KeptReplies, NotKept
from autograder.submission import is_archive
from autograder.verdicts import FailedHere, Ungradable
from autograder.wrong_programs import WRONG
from batch.grading import fingerprint
from batch.instructor import renames
from batch.models import FAILED_HERE, Result
from common.errors import UserError

GRADING_ROOMS = ("common", "autograder", "gpu", "kernels", "misconceptions")
RESULTS, REPORT, REPLIES, SOURCES = "results.json", "report.html", "replies", "sources.json"


@dataclass(frozen=True)
class ClassConfig:
    """Settings shared by all submissions of a class."""

    assigned: Assignment
    seed: str
    backend: str = "numpy"

    def options_digest(self) -> str:
        """Return a digest of everything that determines results: options, checks, masters, references, wrong programs.

        The cost of lateness is not included, because it is deducted from results later.
        """
        config = replace(self.assigned.config, late=Late())
        folder = self.assigned.folder
        paths = [folder / CHECKS, folder / WRONG, *sorted(folder.glob("*.py"))]
        digests = [fingerprint.digest(path) for path in paths if path.exists()]
        return hashlib.sha256(f"{config!r} {digests}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Task:
    """One submission to grade.

    content: its digest. kept: replies from an earlier grading, or b""; if they suffice, nothing runs.
    """

    source: Path
    content: str
    config: ClassConfig
    kept: bytes = b""
    renames: tuple[Rename, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of content and renames."""
        return renames.digest(self.content, self.renames)


@dataclass(frozen=True)
class Finished:
    """A graded submission: its result, its files by name, and whether its code ran."""

    result: Result
    files: dict[str, bytes]
    ran: bool


def grade(task: Task) -> Finished:
    """Grade a submission as `convgrade grade` does.

    If a rename matters, the result's digest is that of content and renames. Raises UserError for problems that are not the
    submission's.
    """
    _require(task.source)
    finished = _from_kept(task) if task.kept else None
    finished = finished or _grade(task, KeptReplies(), replay=False)
    _require(task.source)  # a file that was deleted meanwhile looks as if it was never submitted
    return finished


def _require(source: Path) -> None:
    """Raise FailedHere if a submission is missing, and UserError if all the others are missing, too."""
    if os.path.exists(source):
        return
    sentence = f"{platform.node()} cannot see {source}: was it moved or deleted, or is it on another machine's disk?"
    raise (
        FailedHere(sentence) if source.parent.exists() else UserError(f"{sentence} Restore it, then repeat the command.")
    )


def _from_kept(task: Task) -> Finished | None:
    try:
        return _grade(task, KeptReplies.unpack(task.kept), replay=True)
    except (NotKept, ValueError):
        return None


def _grade(task: Task, replies: KeptReplies, replay: bool) -> Finished:
    source, config = task.source, task.config
    masters = tuple(part.file for part in config.assigned.parts)
    reference = _reference(config.assigned.folder, masters, config.backend)
    try:
        report = grading.grade(
            source,
            config.assigned,
            seed=config.seed,
            reference=reference,
            replies=replies,
            replay=replay,
            renames=task.renames,
            with_sources=True,
        )
    except Ungradable as error:
        reason = str(error).replace(str(source), "the submission")
        if is_archive(source.name) and reason.startswith(source.name):  # students with equal archives share the reason
            reason = f"the submission{reason.removeprefix(source.name)}"
        return Finished(*_without_checks(task.digest, config, reason), ran=not replay)
    result = Result.of(report, task.content)
    if report.renamed or renames.that_matter(task.renames, result, config.assigned):
        result = replace(result, digest=task.digest)
    files = {RESULTS: results.content(report.document), REPORT: _page(report, result.digest)}
    files[SOURCES] = json.dumps({name: source.lines for name, source in report.sources.items()}).encode()
    if packed := replies.pack():
        files[REPLIES] = packed
    return Finished(result, files, ran=not replay)


def given_up(digest: str, config: ClassConfig, error: BaseException) -> Finished:
    """Return the result of a submission that could not be graded, or that ended every process that tried."""
    reason = str(error) if isinstance(error, FailedHere) else f"{error!r:.300}"
    if isinstance(error, BrokenExecutor):
        reason = "the processes that graded it ended, one after another"
    return Finished(*_without_checks(digest, config, f"{FAILED_HERE}: {reason}"), ran=True)


def _without_checks(digest: str, config: ClassConfig, reason: str) -> tuple[Result, dict[str, bytes]]:
    checks = config.assigned.checks()
    most = config.assigned.points()
    report = grading.Report(config.assigned, config.seed, False, most, remarks=[reason])
    document = results.skeleton(config.assigned, checks) | {"output": results.shorten(reason)}
    files = {RESULTS: results.content(document), REPORT: _page(report, digest)}
    return Result(digest, 0.0, most, 0.0, (), {}, (), reason), files


def _page(report: grading.Report, digest: str) -> bytes:
    """Return the report on a content, which equal submissions share; the final grade of each is put in later."""
    return html.render(report, f"Content {digest[:12]}").encode("utf-8", "replace")


@cache
def _reference(folder: Path, masters: tuple[str, ...], backend: str) -> Reference:
    return Reference(folder, masters, backend)  # shared by all submissions, so that cases are drawn and answered once


@dataclass(frozen=True)
class WorkerProbe:
    """Check that a cluster worker grades as this machine would: with the same code, data sets and paths."""

    code: str  # as code() returns it here
    data: tuple[str, ...]  # as datasets.here() returns it
    address: str | Path  # of the assignment
    paths: tuple[Path, ...]  # of the export and the output

    def __call__(self) -> None:
        """Raise UserError if it does not."""
        if reason := self._why_not():
            raise UserError(f"the worker on {platform.node()} cannot grade: {reason}")

    def _why_not(self) -> str:
        for path in (*self.paths, assignment.folder_of(self.address)):
            if not path.exists():
                return f"it does not see {path}; export, output and homework must be on a disk that all machines share"
        if code(self.address) != self.code:
            return "its version of convgrade differs from the one here: install the same one"
        names = assignment.find(self.address).config.data_sets
        if missing := set(self.data) ^ set(datasets.here(names)):
            return (
                f"{datasets.titles(missing)} is only on one of the two machines: set {datasets.VARIABLE} for the worker, "
                "and here, to the folder that holds it"
            )
        return ""


def code(address: str | Path) -> str:
    """Return a digest of the code that grades: convgrade's and the assignment's."""
    folders = [*map(Path(__file__).parents[1].with_name, GRADING_ROOMS), assignment.folder_of(address)]
    return " ".join(fingerprint.digest(folder) if folder.is_dir() else "" for folder in folders)
