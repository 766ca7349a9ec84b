"""The scratch folder of a submission, and its workers: one for each part, started anew when a call has ended it."""

import contextlib
import math
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Any

from autograder.sandbox import machine
from autograder.sandbox.answers import Answer, Answers, name_of, request
from autograder.sandbox.inside import wire
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import LOOK_SECONDS, Ended, Process
from autograder.sandbox.replies import Returned, Stopped, ending, understand
from autograder.sandbox.template import closed_folder
from autograder.verdicts import UserError, Verdict

FIRST_USER, USERS = 50_000, 10_000  # one of these numbers, which own nothing, becomes the worker's user
START_SECONDS = 60.0  # for Python and its packages to come up, which is no fault of the student's
HURRY = 5  # once a call has run into its deadline, the part's other calls get so many times less
MOST_THREADS, MOST_FILES = 256, 1_000  # files in a scratch folder
FOR_THE_GRADER = 300 * 1024**2  # bytes of a small container's memory that its workers leave alone


class ScratchFull(Exception):
    """A worker has filled its scratch folder."""


class Sandbox:
    """A scratch folder for one submission, and the workers that run it."""

    def __init__(
        self,
        deadline: float = math.inf,
        strict: bool = True,
        without: Collection[str] = (),
        answers: Answers | None = None,
    ):
        """Make the scratch folder.

        deadline: of all workers, in time.monotonic()'s seconds. strict: as root, refuse to run a submission as root too.
        without: layers to leave away, to see what they do. answers: keeps what is answered.
        """
        self.deadline, self.strict, self.without, self.answers = deadline, strict, list(without), answers
        try:
            self.scratch = Path(tempfile.mkdtemp(prefix="convgrade-"))
            self.scratch.chmod(0o755)
            self.submission = self.scratch / "submission"
            self.submission.mkdir()
        except OSError as error:
            raise UserError(f"cannot make a scratch folder in {tempfile.gettempdir()}: {error.strerror}") from None
        self.workers: list[Worker] = []
        self._claims: list[socket.socket] = []
        self.missing_layers: dict[str, str] = answers.missing_layers if answers else {}

    def worker(self, file: Path, limits: Limits) -> "Worker":
        """Start a worker for one file of the submission. It comes up while the caller goes on."""
        worker = Worker(self, file, limits, user=self._user(limits))
        self.workers.append(worker)
        return worker

    def close(self) -> None:
        """End every process and remove the scratch folder."""
        for worker in self.workers:
            worker.stop()
        for claim in self._claims:
            claim.close()
        with contextlib.suppress(RecursionError):
            shutil.rmtree(self.scratch, ignore_errors=True)
        if self.scratch.exists():  # folders in folders in folders, deeper than Python goes
            subprocess.run(["rm", "-rf", "--", self.scratch], check=False)

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _user(self, limits: Limits) -> int | None:
        """Return a user of its own for the next worker; None where the grader has no right to change the user."""
        if not (hasattr(os, "geteuid") and os.geteuid() == 0):
            return None
        if limits.template().is_reachable:
            return self._claim_user()
        if self.strict:
            raise UserError(
                f"submissions run as a user without rights, who cannot enter {closed_folder()}: "
                "run convgrade as an ordinary user, or install it and Python where everyone may read, such as /opt"
            )
        return None  # at home, as root: it is the student's own code

    def _claim_user(self) -> int:
        """Return a user that no other worker on this machine has: a name that only one process can hold says so."""
        start = os.getpid()
        for user in (FIRST_USER + (start + step) % USERS for step in range(USERS)):
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                if sys.platform == "linux":  # elsewhere names are files, which outlive who holds them
                    claim.bind(f"\0convgrade-user-{user}")
            except OSError:
                claim.close()
                continue
            self._claims.append(claim)
            return user
        raise RuntimeError(f"all {USERS} users for workers are taken")


class Worker:
    """The process of one file of the submission. A call that ends it costs that call; the next one starts it anew."""

    def __init__(self, sandbox: Sandbox, file: Path, limits: Limits, user: int | None):
        self.sandbox, self.file, self.limits, self.user = sandbox, file, limits, user
        self.seconds_left = limits.part_seconds
        self.call_seconds = limits.call_seconds
        self.home = Path(tempfile.mkdtemp(prefix="home-", dir=sandbox.scratch))
        if user is not None:
            os.chown(self.home, user, user)
        self.looked = 0.0  # into the scratch folder
        self.process: Process | None = self._start()

    def call(
        self,
        function: str,
        *arguments: Any,
        harness: bool = False,
        said: str | None = None,
        seconds: float | None = None,
        **options: Any,
    ) -> Returned | Stopped:
        """Call a function of the submission, or of the harness beside it.

        said: what sentences call it. seconds: the deadline, by default the limits' own, or less after a call that did not
        keep it: an honest one needs milliseconds. It never passes what is left to the whole part.
        """
        said = said or function
        asked = request(function, arguments, options, harness)
        too_late = self._too_late()
        outcome, came = (too_late, too_late) if too_late else self._ask(asked, said, seconds or self.call_seconds)
        if self.sandbox.answers:
            name = name_of(self.file, self.limits, asked)
            self.sandbox.answers.keep(name, Answer(came, outcome.printed, self.seconds_left))
        return outcome

    def _too_late(self) -> Stopped | None:
        """Return why no call is made any more."""
        if time.monotonic() >= self.sandbox.deadline:
            return Stopped(Verdict.TIMED_OUT, "The time for the whole submission was used up before.")
        if self.seconds_left <= 0:
            total = self.limits.part_seconds
            return Stopped(Verdict.TIMED_OUT, f"The time for this whole part, {total:g} seconds, was used up before.")
        return None

    def _ask(self, request: bytes, said: str, seconds: float) -> tuple[Returned | Stopped, bytes | Stopped]:
        """Return what a request led to, and the message that said so, if one came."""
        if self.process and self.process.has_more_to_say():  # than its last answer: that is no answer to the next call
            self.stop()
        process = self.process = self.process or self._start()
        self._wait_until_ready(process)
        started = time.monotonic()
        allowed = min(seconds, self.seconds_left, max(self.sandbox.deadline - started, 0.0))
        process.send(request)
        try:
            message = process.receive(allowed, self._look_into_scratch)
            reply = wire.unpack(message)
        except ScratchFull:
            most = self.limits.scratch // 1024**2
            ended = Verdict.CRASHED, f"{said} wrote more than {most} MB, or too many files, into its folder."
        except TimeoutError:
            self.call_seconds = self.limits.call_seconds / HURRY
            sentence = f"{said} did not finish within {allowed:.3g} seconds. Is there a loop that never ends?"
            ended = Verdict.TIMED_OUT, sentence
        except (Ended, wire.BadMessage):
            ended = ending(process.status(), said)
        else:
            outcome = understand(reply, said, self.file.name, self.limits.packages, process.printed(wait=0.2))
            if isinstance(outcome, Stopped) and outcome.verdict is Verdict.OUT_OF_MEMORY:
                self.stop()  # whatever still holds the memory must not cost the next call
            return outcome, message
        finally:
            self.seconds_left -= time.monotonic() - started
        self.stop()
        stopped = Stopped(*ended, printed=process.printed(wait=0.0))
        return stopped, stopped

    def stop(self) -> None:
        """Kill the process and every process it has started."""
        process, self.process = self.process, None
        if process:
            process.kill()

    def _start(self) -> Process:
        limits = self.limits
        here = machine.memory()
        settings = {
            "folder": str(self.file.parent),
            "module": self.file.stem,
            "environment": {"HOME": str(self.home), "TMPDIR": str(self.home)},
            "home": str(self.home),
            "user": self.user,
            "memory": limits.memory,
            "data": min(limits.memory, max(here - FOR_THE_GRADER, FOR_THE_GRADER)) if here else limits.memory,
            "seconds": int(limits.part_seconds * limits.threads) + 60,
            "scratch": limits.scratch,
            "files": MOST_FILES,
            "threads": MOST_THREADS,
            "readable": [str(self.sandbox.submission)],
            "without": self.sandbox.without,
        }
        return Process(limits.template().start(settings))

    def _look_into_scratch(self) -> None:
        """Raise ScratchFull for a scratch folder that holds too much, where nothing else bounds it; look now and then."""
        if "bounded scratch folder" in self.sandbox.missing_layers and time.monotonic() > self.looked + LOOK_SECONDS:
            self.looked = time.monotonic()
            if machine.holds_more_than(self.home, self.limits.scratch, MOST_FILES):
                raise ScratchFull

    def _wait_until_ready(self, process: Process) -> None:
        if process.is_ready:
            return
        try:
            missing = wire.unpack(process.receive(START_SECONDS))["missing"]
        except (Ended, TimeoutError) as error:
            printed = process.printed(wait=0.5)
            self.stop()
            raise RuntimeError(f"the sandbox worker did not start: {error or 'no answer'}\n{printed}") from None
        self.sandbox.missing_layers.update(missing)
        if self.user is not None and "another user" in missing and "another user" not in self.sandbox.without:
            self.stop()
            raise RuntimeError(f"the sandbox could not give up root: {missing['another user']}")
        process.is_ready = True
