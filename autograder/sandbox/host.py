"""The scratch folder of a submission, and its workers: one for each part, started again when a call has ended it."""

import errno
import math
import os
import signal
import socket
import sys
import tempfile
import time
from collections import deque
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from pathlib import Path

from autograder.sandbox import machine
from autograder.sandbox.child import wire
from autograder.sandbox.child.main import in_student_terms
from autograder.sandbox.child.wire import Value
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import LOOK_SECONDS, Ended, Process
from autograder.sandbox.replay import KeptReplies, KeptReply, Naming, Request
from autograder.sandbox.replies import Returned, Stopped, ending, is_the_last, too_long, up_to_the_last
from autograder.sandbox.stack import running_lines
from autograder.sandbox.template import Exit, closed_folder
from autograder.verdicts import FailedHere, Verdict
from common import background
from common.errors import UserError
from common.scratch import Scratch

FIRST_USER, USERS = 50_000, 10_000  # one of these numbers, which own nothing, becomes the worker's user
START_SECONDS = 300.0  # for a worker to start on a slow and busy machine, which is not the student's fault
MOST_KILLS = 2  # from outside, such as by a system without memory, after which a part's worker is started again
MUCH = 0.5  # of the memory that a worker may use: one that was killed with less did not need too much
MOST_AHEAD = 64 * 1024  # bytes of the calls that a process gets at once: what a pipe holds
HURRY = 5  # after a call that missed its deadline, the part's other calls get this many times less
MOST_THREADS, MOST_FILES = 256, 1_000  # files in a scratch folder
FULL_DISK = (errno.ENOSPC, errno.EDQUOT)
FOR_THE_GRADER = 300 * 1024**2  # bytes of a small container's memory that its workers do not get


class ScratchFull(Exception):
    """A worker has filled its scratch folder."""


class Killed(Exception):
    """A worker was killed, from outside or by itself, and did not hold much memory."""


class Sandbox:
    """A scratch folder for one submission, and the workers that run it."""

    def __init__(
        self,
        deadline: float = math.inf,
        strict: bool = True,
        without: Collection[str] = (),
        replies: KeptReplies | None = None,
    ) -> None:
        """Make the scratch folder.

        deadline: of all workers, in time.monotonic()'s seconds, however busy the machine is. strict: as root, refuse to
        run a submission as root too. without: layers to omit, to see what they prevent. replies: keeps the replies.
        """
        self.deadline, self.strict, self.without, self.replies = deadline, strict, list(without), replies
        try:
            self._scratch = Scratch()
            self.scratch = self._scratch.path
            self.submission = self.scratch / "submission"
            self.submission.mkdir()
        except OSError as error:
            kind = FailedHere if error.errno in FULL_DISK else UserError
            raise kind(f"cannot make a scratch folder in {tempfile.gettempdir()}: {error.strerror}") from None
        self.workers: list[Worker] = []
        self._claims: list[socket.socket] = []
        self.missing_layers: dict[str, str] = replies.missing_layers if replies else {}

    def worker(self, file: Path, limits: Limits) -> "Worker":
        """Start a worker for one file: a module of the submission, or what a harness needs. It starts in the background."""
        worker = Worker(self, file, limits, user=self._user(limits))
        self.workers.append(worker)
        return worker

    def alone(self, name: str = "nobody") -> Path:
        """Return a file that does not exist, in an empty folder: its worker runs a harness without the student's code.

        name: of the file; each has a worker of its own.
        """
        folder = self.scratch / "alone"
        folder.mkdir(exist_ok=True)
        return folder / name

    def close(self) -> None:
        """End every process and remove the scratch folder: some disks take milliseconds for each folder in it."""
        for worker in self.workers:
            worker.stop()
        background.do(self._clear)

    def _clear(self) -> None:
        self._scratch.close()
        for claim in self._claims:  # not before: the next worker of a user must not find files of the one before
            claim.close()

    def __enter__(self) -> "Sandbox":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _user(self, limits: Limits) -> int | None:
        """Return a user for the next worker only; None if the grader may not change the user."""
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
        """Return a user that no other worker on this machine has: only one process at a time can hold the socket's name."""
        start = os.getpid()
        for user in (FIRST_USER + (start + step) % USERS for step in range(USERS)):
            claim = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            try:
                if sys.platform == "linux":  # elsewhere names are files, which outlive their process
                    claim.bind(f"\0convgrade-user-{user}")
            except OSError:
                claim.close()
                continue
            self._claims.append(claim)
            return user
        raise RuntimeError(f"all {USERS} users for workers are taken")


class Worker:
    """The process of one file of the submission. A call that ends it costs that call; the next one starts it again."""

    def __init__(self, sandbox: Sandbox, file: Path, limits: Limits, user: int | None) -> None:
        self.sandbox, self.file, self.limits, self.user = sandbox, file, limits, user
        self.module = file.stem if file.suffix == ".py" else None
        self.seconds_left = limits.part_seconds
        self.call_seconds = limits.call_seconds
        self.home = Path(tempfile.mkdtemp(prefix="home-", dir=sandbox.scratch))
        if user is not None:
            os.chown(self.home, user, user)
        self.looked = 0.0  # into the scratch folder
        self.kills = 0
        self._name = Naming(file, limits)
        self.lasting: list[tuple[Request, str, float]] = []  # calls to the process that later calls rely on
        self.sent: deque[Request] = deque()  # to the process, which is still to reply
        self.process: Process | None = self._start()

    def call(
        self,
        function: str,
        *arguments: Value,
        harness: bool | str = False,
        said: str | None = None,
        seconds: float | None = None,
        lasting: bool = False,
        **options: Value,
    ) -> Returned | Stopped:
        """Call a function of the submission, or one of ours beside it.

        harness: of the harness; or, with SOURCES, of what reads files, which imports nothing of the submission. said: what
        sentences call it. seconds: the deadline, by default the limits' own, or less after a call that missed it: an honest
        one needs milliseconds. It is never later than the deadline of the whole part. lasting: later calls rely on this
        one, so it is repeated in a worker that replaces a killed one.
        """
        return self.ask(Request.of(function, arguments, options, harness), said=said, seconds=seconds, lasting=lasting)

    def ask_all(self, requests: Sequence[Request]) -> Iterator[Returned | Stopped]:
        """Make packed calls, one after the other, until one is stopped or returns far too much.

        The process gets many of them at once: while the grader looks at a reply, it computes the next one.
        """
        return up_to_the_last(self.ask(asked, requests[place:]) for place, asked in enumerate(requests, start=1))

    def ask(
        self,
        asked: Request,
        ahead: Sequence[Request] = (),
        said: str | None = None,
        seconds: float | None = None,
        lasting: bool = False,
    ) -> Returned | Stopped:
        """Make a call that is packed already, as `call` does. ahead: the next ones, if this one returns."""
        said, seconds = said or asked.function, seconds or self.call_seconds
        too_late = self._too_late()
        outcome, came = (too_late, too_late) if too_late else self._ask_until_not_killed(asked, said, seconds, ahead)
        if lasting and isinstance(outcome, Returned):
            self.lasting.append((asked, said, seconds))
        if self.sandbox.replies:
            self.sandbox.replies.keep(self._name.of(asked), KeptReply(came, outcome.printed, self.seconds_left))
        return outcome

    def _too_late(self) -> Stopped | None:
        """Return why no more calls are made, if none are."""
        if time.monotonic() >= self.sandbox.deadline:
            return Stopped(Verdict.TIMED_OUT, "The time for the whole submission was used up before.")
        if self.seconds_left <= 0:
            total = self.limits.part_seconds
            sentence = f"The time for this whole part, {total:g} seconds of processor time, was used up before."
            return Stopped(Verdict.TIMED_OUT, sentence)
        return None

    def _ask_until_not_killed(
        self, asked: Request, said: str, seconds: float, ahead: Sequence[Request]
    ) -> tuple[Returned | Stopped, bytes | Stopped]:
        """Return what _ask does; ask a new process if the one before was killed. A kill costs the part no time."""
        left = self.seconds_left
        while True:
            try:
                if not self.process:
                    self.seconds_left = self.limits.part_seconds  # repeating what was paid for once costs nothing
                    for before in self.lasting:
                        self._ask(*before)
                self.seconds_left = left
                return self._ask(asked, said, seconds, ahead)
            except Killed:
                self.kills += 1
                self.stop()
            if self.kills > MOST_KILLS:
                sentence = f"{said} was killed, by itself or from outside, and did not need too much memory."
                stopped = Stopped(Verdict.CRASHED, sentence)
                return stopped, stopped

    def _ask(
        self, asked: Request, said: str, seconds: float, ahead: Sequence[Request] = ()
    ) -> tuple[Returned | Stopped, bytes | Stopped]:
        """Return what a request led to, and the message that reported it, if one came; raises Killed."""
        process = self._sent_to(asked, ahead)
        allowed = min(seconds, self.seconds_left)
        running: list[str] = []
        try:
            message = self._receive(process, allowed)
            process.meter.restart()
            outcome = asked.outcome(message, said, self.file.name, self.limits)
        except ScratchFull:
            most = self.limits.scratch // 1024**2
            ended = Verdict.CRASHED, f"{said} wrote more than {most} MB, or too many files, into its folder."
        except TimeoutError:
            self.call_seconds = self.limits.call_seconds / HURRY
            times = process.meter.totals()
            running = running_lines(process.stack(), self.file.parent)
            ended = Verdict.TIMED_OUT, too_long(said, allowed, *times, running)
        except (Ended, wire.BadMessage):
            exited = process.exit()
            self._require_not_killed(exited)
            ended = ending(exited and exited.status, said)
        else:
            if printed := self._printed(process, wait=0.2):
                outcome = replace(outcome, printed=printed)
            if is_the_last(outcome):
                self.sent.clear()
            if isinstance(outcome, Stopped) and outcome.verdict is Verdict.OUT_OF_MEMORY:
                self._give_up()  # whatever still holds the memory must not cost the next call
            return outcome, message
        self._give_up()
        stopped = Stopped(*ended, frames=running, printed=self._printed(process, wait=0.0))
        return stopped, stopped

    def _sent_to(self, asked: Request, ahead: Sequence[Request]) -> Process:
        """Return the process that has got a request, which is sent unless it went along with an earlier one."""
        if self.process and self.sent and self.sent[0] is asked:
            self.sent.popleft()
            self.process.meter.forgive()
            return self.process
        if self.process and (self.sent or self.process.has_more_to_say()):  # this would not answer the next call
            self._require_not_killed(self.process.exit(wait=0.1))
            self._give_up()
        process = self.process = self.process or self._start()
        self._wait_until_ready(process)
        sizes = accumulate(len(each.message) for each in (asked, *ahead))
        self.sent = deque(each for each, size in zip(ahead, islice(sizes, 1, None)) if size <= MOST_AHEAD)
        process.send([asked.message, *(each.message for each in self.sent)])
        return process

    def _printed(self, process: Process, wait: float) -> str:
        """Return what the last call printed, such as warnings that name files."""
        printed = process.printed(wait)
        return printed and in_student_terms(printed, str(self.file.parent), str(self.home))

    def _receive(self, process: Process, allowed: float) -> bytes:
        """Return the reply to a call that may cost this much, and take what it costs from the part's time."""

        def left() -> float:
            return min(allowed - process.meter.spent(), self.sandbox.deadline - time.monotonic())

        try:
            return process.receive(left, self._look_into_scratch)
        finally:
            self.seconds_left -= process.meter.spent()

    def _require_not_killed(self, exited: Exit | None) -> None:
        """Raise Killed for a process that was killed and did not need too much memory, as far as the system says."""
        if not exited or exited.status != -getattr(signal, "SIGKILL", 9) or exited.peak is None:
            return
        if exited.peak < MUCH * self._memory():
            raise Killed

    def _give_up(self) -> None:
        """Kill the process, and with it everything that it was asked to keep."""
        self.stop()
        self.lasting = []

    def stop(self) -> None:
        """Kill the process and every process it has started."""
        process, self.process = self.process, None
        self.sent.clear()
        if process:
            process.kill()

    def _start(self) -> Process:
        limits = self.limits
        settings = {
            "folder": str(self.file.parent),
            "module": self.module,
            "harness": limits.harness.name if limits.harness else None,
            "environment": {"HOME": str(self.home), "TMPDIR": str(self.home)},
            "home": str(self.home),
            "user": self.user,
            "memory": limits.memory,
            "data": self._memory(),
            "seconds": int(limits.part_seconds) + 60,
            "scratch": limits.scratch,
            "files": MOST_FILES,
            "threads": MOST_THREADS,
            "readable": sorted({str(self.sandbox.submission), str(self.file.parent)}),
            "without": self.sandbox.without,
        }
        template = limits.template()
        if limits.harness:
            template.offer(limits.harness.files)
        return Process(template.start(settings))

    def _memory(self) -> int:
        """Return how much memory the worker may fill: on a small machine, less than its limits say."""
        here = machine.memory()
        return min(self.limits.memory, max(here - FOR_THE_GRADER, FOR_THE_GRADER)) if here else self.limits.memory

    def _look_into_scratch(self) -> None:
        """Raise ScratchFull if the scratch folder holds too much and nothing else bounds it; look only now and then."""
        if "bounded scratch folder" in self.sandbox.missing_layers and time.monotonic() > self.looked + LOOK_SECONDS:
            self.looked = time.monotonic()
            if machine.holds_more_than(self.home, self.limits.scratch, MOST_FILES):
                raise ScratchFull

    def _wait_until_ready(self, process: Process) -> None:
        if process.is_ready:
            return
        deadline = time.monotonic() + START_SECONDS
        try:
            missing = wire.unpack(process.receive(lambda: deadline - time.monotonic()))["missing"]
        except (Ended, TimeoutError) as error:
            if self.kills < MOST_KILLS:
                self._require_not_killed(process.exit(wait=0.1))
            printed = process.printed(wait=0.5)
            self.stop()
            raise RuntimeError(f"the sandbox worker did not start: {error or 'no reply'}\n{printed}") from None
        self.sandbox.missing_layers.update(missing)
        if self.user is not None and "another user" in missing and "another user" not in self.sandbox.without:
            self.stop()
            raise RuntimeError(f"the sandbox could not give up root: {missing['another user']}")
        process.is_ready = True
