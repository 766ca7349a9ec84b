"""Unpack the archives that students have packed, in a confined worker: the grader reads names and bytes, nothing else."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Stopped
from autograder.sandbox.worker import Sandbox, Worker
from autograder.verdicts import Ungradable, Verdict

SECONDS, MEMORY = 30.0, 1024**3
UNUSABLE = "{name} cannot be unpacked: {reason}. Pack it again, as an ordinary zip."
REASONS = {Verdict.TIMED_OUT: "that takes far too long", Verdict.OUT_OF_MEMORY: "that takes far too much memory"}


def members(archive: Path, sandbox: Sandbox) -> Iterator[tuple[str, bytes] | str]:
    """Yield a sentence for what is left out, and the name and a piece of each file, with the same name for the next piece.

    archive: where workers can read it. Raises Ungradable for one that cannot be unpacked, or that must not be.
    """
    limits = Limits(call_seconds=SECONDS, part_seconds=SECONDS, memory=MEMORY, harness="unpack")
    worker = sandbox.worker(archive, limits)
    try:
        begun = worker.call("begin", str(archive), harness=True)
        if isinstance(begun, Stopped):
            raise RuntimeError(f"{archive} could not be opened in the sandbox: {begun.sentence}")
        while found := _ask(worker, archive):
            for item in found:
                match item:
                    case ("file", str(name), np.ndarray(dtype=np.uint8) as piece):
                        yield name, piece.tobytes()
                    case ("remark", str(sentence), None):
                        yield sentence
                    case ("refused", str(reason), None):
                        raise Ungradable(f"{archive.name} cannot be taken: {reason}")
                    case ("damaged", str(reason), None):
                        kind = "tar" if ".tar" in archive.suffixes or archive.suffix == ".tgz" else "zip"
                        raise Ungradable(f"{archive.name} is a damaged {kind} file, or one of an unusual kind: {reason}")
                    case _:
                        raise Ungradable(UNUSABLE.format(name=archive.name, reason="it is of an unusual kind"))
    finally:
        worker.stop()


def _ask(worker: Worker, archive: Path) -> list[Any]:
    reply = worker.call("go_on", harness=True)
    if isinstance(reply, Stopped):
        reason = REASONS.get(reply.verdict, f"it is of an unusual kind ({reply.sentence[:200]})")
        raise Ungradable(UNUSABLE.format(name=archive.name, reason=reason))
    return reply.result if isinstance(reply.result, list) else []
