"""Unpack students' archives in a confined worker: the grader reads names and bytes, nothing else."""

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from autograder.sandbox.child.wire import Value
from autograder.sandbox.host import Sandbox, Worker
from autograder.sandbox.limits import Harness, Limits
from autograder.sandbox.replies import Returned, Stopped
from autograder.verdicts import Ungradable, Verdict

UNPACK = Harness("unpack")
SECONDS, MEMORY = 30.0, 1024**3  # of processor time for all archives of a submission, and of memory for each
UNUSABLE = "{name} cannot be unpacked: {reason}. Make an ordinary zip."
REASONS = {Verdict.TIMED_OUT: "that takes far too long", Verdict.OUT_OF_MEMORY: "that takes far too much memory"}


class Intake:
    """Unpacks the archives of one submission, which share its time."""

    def __init__(self, sandbox: Sandbox, leave_out: Collection[str] = ()) -> None:
        """leave_out: names of files and folders that are not the student's work."""
        self.sandbox, self.seconds, self.leave_out = sandbox, SECONDS, list(leave_out)

    def members(self, archive: Path, files: int, total: int) -> Iterator[tuple[str, bytes] | str]:
        """Yield a sentence for what is left out, and the name and a piece of each file, again for each further piece.

        archive: where workers can read it. files, total: how many files and bytes the submission has without it. Raises
        Ungradable for an archive that cannot or must not be unpacked.
        """
        limits = Limits(call_seconds=self.seconds, part_seconds=self.seconds, memory=MEMORY, harness=UNPACK)
        worker = self.sandbox.worker(archive, limits)
        try:
            _ask(worker, archive, "begin", str(archive), files, total, self.leave_out)
            while found := _ask(worker, archive, "go_on"):
                for item in found:
                    yield _understood(item, archive)
        finally:
            self.seconds = worker.seconds_left
            worker.stop()


def _ask(worker: Worker, archive: Path, function: str, *arguments: Value) -> list[Value]:
    """Return what the worker found next; raise Ungradable if it could not continue."""
    reply = worker.call(function, *arguments, harness=True)
    match reply:
        case Returned(result=list(found)):
            return found
        case Stopped(verdict=(Verdict.TIMED_OUT | Verdict.OUT_OF_MEMORY) as verdict):
            reason = REASONS[verdict]
        case Stopped(sentence=sentence) if function == "begin":  # nothing in the archive was read yet
            raise RuntimeError(f"{archive} could not be opened in the sandbox: {sentence}")
        case Stopped(sentence=sentence):
            reason = f"it is of an unusual kind ({sentence[:200]})"
        case _:
            reason = "it is of an unusual kind"
    raise Ungradable(UNUSABLE.format(name=archive.name, reason=reason))


def _understood(item: Value, archive: Path) -> tuple[str, bytes] | str:
    match item:
        case ("file", str(name), np.ndarray(dtype=np.uint8) as piece):
            return name, piece.tobytes()
        case ("remark", str(sentence), None):
            return sentence
        case ("refused", str(reason), None):
            raise Ungradable(f"{archive.name} cannot be accepted: {reason}")
        case ("damaged", str(reason), None):
            kind = "tar" if ".tar" in archive.suffixes or archive.suffix == ".tgz" else "zip"
            raise Ungradable(f"{archive.name} is a damaged {kind} file, or an unusual one ({reason}): make it again")
        case _:
            raise Ungradable(UNUSABLE.format(name=archive.name, reason="it is of an unusual kind"))
