"""Start workers: from a warm template process if the system can fork, otherwise each on its own, ahead of time.

A template has imported what a part needs, and has never run student code. A worker forked from it costs milliseconds, not
the seconds that PyTorch needs to start. Workers on their own import NumPy side by side, while the grader starts and
others compute. Nothing here imports NumPy: a template can start while the grader does.
"""

import atexit
import contextlib
import functools
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from typing import IO, Any, NamedTuple

from autograder.sandbox import windows
from autograder.sandbox.child import python_mount
from autograder.sandbox.child.landlock_paths import PACKAGES
from common.scratch import Scratch

CHILD = ("bpf.py", "described.py", "failing_layer.py", "forbidden.py", "landlock_paths.py", "layers.py", "lex.py",
         "packages.py", "python_mount.py", "pytorch.py", "rules.py", "sources.py", "system_calls.py", "unpack.py",
         "weights.py", "wire.py", "main.py")  # fmt: skip
END_SECONDS = 10.0  # for a killed process to be gone
START_SECONDS = 600.0  # for Python and PyTorch to start on a slow and busy machine
# macOS and Windows cannot fork a process that has loaded numerical libraries.
CAN_FORK = sys.platform == "linux"

Json = Any  # what JSON carries
Stream = int | IO[bytes]  # of another process


class Template:
    """A warm process from which workers are forked, or the recipe for workers that start on their own."""

    def __init__(self, packages: tuple[str, ...], threads: int) -> None:
        self.libraries = libraries()
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", **dict.fromkeys(names, str(threads))}
        self.environment["TQDM_DISABLE"] = "1"  # nobody watches progress bars, and they hide what else is printed
        self.environment["OMP_WAIT_POLICY"] = "PASSIVE"  # threads that spin take processor time from threads that compute
        self.python = sys.executable
        if os.name == "nt":
            self.python = windows.python()
            self.environment |= {name: os.environ[name] for name in windows.NEEDED if name in os.environ}
        # A copy, because convgrade itself may be in an archive, or where only its user can read.
        self._scratch = Scratch()
        self.inside = self._scratch.path  # another user imports packages through it
        for name in CHILD:
            (self.inside / name).write_bytes(pkgutil.get_data("autograder.sandbox.child", name) or b"")
        needed = [sys.base_prefix, *self.libraries]
        closed = needed if CAN_FORK and os.geteuid() == 0 and closed_folder() else []
        self.setup = {
            "libraries": self.libraries,
            "packages": packages,
            "linked": str(self.inside / "packages"),
            "template": CAN_FORK,
            "closed": closed,
        }
        if CAN_FORK:
            self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            self._errors = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long as the template)
            self._process = self._run(theirs.fileno(), self._errors, self._errors)
            theirs.close()
            self._control.settimeout(START_SECONDS)
        self._ahead: list[_Alone] = []  # workers on their own that are not in use yet

    @functools.cached_property
    def is_reachable(self) -> bool:
        """Whether a user without rights can start Python, which may be in a closed folder such as root's home."""
        return closed_folder() is None or (CAN_FORK and self._ask({"reachable": None}))

    def offer(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Put modules' files beside those that workers import before they are confined."""
        for name, source in files:
            path = self.inside / name
            path.parent.mkdir(mode=0o755, exist_ok=True)
            if not path.exists():
                path.write_bytes(source)

    def start(self, settings: dict[str, Json]) -> "Started":
        """Start a worker with these settings; raises RuntimeError if the template cannot."""
        settings["environment"] = {**self.environment, **settings["environment"]}
        if not CAN_FORK:
            self.start_ahead(1)
            return self._ahead.pop(0).begin(settings)
        (for_requests, requests), (replies, for_replies), (prints, for_prints) = os.pipe(), os.pipe(), os.pipe()
        stack, for_stack = os.pipe()
        theirs = [for_requests, for_replies, for_prints, for_stack]
        try:
            pid = self._ask(settings, theirs)
        finally:
            for channel in theirs:
                os.close(channel)
        os.set_blocking(requests, False)
        reading = (os.fdopen(channel, "rb", 0) for channel in (replies, prints, stack))
        end = functools.partial(self._ask, {"end": pid, "user": settings["user"]})
        channels = Channels(os.fdopen(requests, "wb", 0), *reading)
        return Started(channels, functools.partial(self._ended, pid), end, pid)

    def start_ahead(self, workers: int) -> None:
        """Start workers that will be needed soon, if starting takes long: they wait for their settings."""
        while not CAN_FORK and len(self._ahead) < workers:
            self._ahead.append(_Alone(self._run(subprocess.PIPE, subprocess.PIPE, subprocess.PIPE)))

    def has_ended(self) -> bool:
        """Return whether it has ended, so that it starts no more workers."""
        return CAN_FORK and self._process.poll() is not None

    def close(self) -> None:
        """End the template; its workers are ended by those who started them."""
        if CAN_FORK:
            self._control.close()
            self._errors.close()
            self._process.kill()
            self._process.wait()
        for alone in self._ahead:
            alone.end()
            alone.close()
        self._scratch.close()

    def _ended(self, pid: int) -> "Exit | None":
        ended = self._ask({"ended": pid})
        return ended and Exit(*ended)

    def _ask(self, request: dict[str, Json], channels: list[int] | None = None) -> Json:
        try:
            socket.send_fds(self._control, [json.dumps(request).encode()], channels or [])
            answer = self._control.recv(1024)
        except OSError:
            answer = b""
        if not answer:
            self._errors.seek(0)
            last = self._errors.read()[-1500:].decode("utf-8", "replace").strip()
            raise RuntimeError(f"the process from which sandboxed workers are started has ended: {last}")
        return json.loads(answer)

    def _run(self, stdin: Stream, stdout: Stream, stderr: Stream) -> subprocess.Popen[bytes]:
        # -I: no environment, no user's packages; -S: none of the grader's packages but those that it passes on.
        options = ["-I", "-S", "-B", "-X", "utf8"]
        return subprocess.Popen(
            [self.python, *options, str(self.inside / "main.py"), json.dumps(self.setup)],
            env=self.environment,
            start_new_session=True,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            bufsize=0,
        )


class Exit(NamedTuple):
    """How a worker ended: its exit status, negative for a signal, and the most memory it held, if the system says."""

    status: int
    peak: int | None = None


class Channels(NamedTuple):
    """A worker's channels, unbuffered, for use with select. stack: where a forked worker writes at SHOW_STACK."""

    requests: windows.Pipe
    replies: windows.Pipe
    prints: windows.Pipe
    stack: windows.Pipe | None = None


class Started:
    """A running worker: its channels, how to see whether it has ended and to end it, and its number if it was forked."""

    def __init__(
        self, channels: Channels, poll: Callable[[], Exit | None], end: Callable[[], None], pid: int | None = None
    ) -> None:
        self.channels, self._poll, self.kill, self.pid = channels, poll, end, pid
        self._exit: Exit | None = None

    def exit(self, wait: float) -> Exit | None:
        """Return how the worker ended; None if it is still alive after this many seconds."""
        deadline = time.monotonic() + wait
        while self._exit is None:  # once answered, it must not be asked again: the process is gone
            self._exit = self._poll()
            if self._exit is None:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.002)
        return self._exit


def libraries() -> list[str]:
    """Return the folders in which this Python's packages are installed."""
    return [path for path in sys.path if path.endswith(PACKAGES) and os.path.isdir(path)]


def closed_folder() -> str | None:
    """Return the first folder on the way to Python and its packages that other users cannot enter, or None."""
    return next(filter(None, map(python_mount.closed_folder, [sys.base_prefix, *libraries()])), None)


def close_all() -> None:
    """End all templates; this happens automatically when Python exits normally."""
    while _open:
        _open.popitem()[1].close()


_open: dict[tuple[tuple[str, ...], int], Template] = {}
atexit.register(close_all)


def template(packages: tuple[str, ...], threads: int) -> Template:
    """Return the template that allows these packages. It is started when it is first needed, and again if it was killed."""
    key = packages, threads
    if key in _open and _open[key].has_ended():
        _open.pop(key).close()
    if key not in _open:
        _open[key] = Template(*key)
    return _open[key]


class _Alone:
    """A worker that started on its own: it waits for its settings, and has not run student code."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._end_family = windows.Job(process).end if os.name == "nt" else functools.partial(_end_group, process.pid)

    def begin(self, settings: dict[str, Any]) -> Started:
        """Give it its settings."""
        requests, replies, prints = self._process.stdin, self._process.stdout, self._process.stderr
        assert requests and replies and prints
        with contextlib.suppress(OSError):  # if it has ended, that is noticed when it does not reply
            requests.write(json.dumps(settings).encode() + b"\n")
        if os.name == "nt":
            return Started(Channels(*windows.selectable(requests, replies, prints)), self._exit, self.end)
        os.set_blocking(requests.fileno(), False)
        return Started(Channels(requests, replies, prints), self._exit, self.end)

    def end(self) -> None:
        """Kill it, and what it has started. The wait is bounded, so that no system can block the grader."""
        self._end_family()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)

    def close(self) -> None:
        """Close its channels, which nobody will use."""
        for channel in (self._process.stdin, self._process.stdout, self._process.stderr):
            if channel:
                channel.close()

    def _exit(self) -> Exit | None:
        status = self._process.poll()
        return None if status is None else Exit(status)


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
