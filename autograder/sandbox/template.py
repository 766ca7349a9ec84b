"""Starting workers: from a warm template process where the system can fork, else each on its own, ahead of time.

A template has imported what a part needs, and has never run student code. A worker forked from it costs milliseconds, not
the seconds that PyTorch needs to come up. Workers on their own import NumPy side by side, while the grader comes up and
others compute. Nothing here imports NumPy: a template can come up while the grader does.
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
         "weights.py", "wire.py", "worker.py")  # fmt: skip
END_SECONDS = 10.0  # for a killed process to be gone
START_SECONDS = 600.0  # for Python and PyTorch to come up on a slow and busy machine
# macOS and Windows cannot fork a process that has loaded numerical libraries.
CAN_FORK = sys.platform == "linux"


class Template:
    """A warm process from which workers are forked, or the recipe for workers that start on their own."""

    def __init__(self, packages: tuple[str, ...], threads: int):
        self.libraries = libraries()
        names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": "/", "LANG": "C.UTF-8", **dict.fromkeys(names, str(threads))}
        self.environment["TQDM_DISABLE"] = "1"  # nobody watches progress bars, and they bury what else is printed
        self.environment["OMP_WAIT_POLICY"] = "PASSIVE"  # threads that spin take processor time from those that compute
        self.python = sys.executable
        if os.name == "nt":
            self.python = windows.python()
            self.environment |= {name: os.environ[name] for name in windows.NEEDED if name in os.environ}
        # A copy: convgrade itself may lie in an archive, or where only its user can read.
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
            self._process = self._run(stdin=theirs, stdout=self._errors, stderr=self._errors)
            theirs.close()
            self._control.settimeout(START_SECONDS)
        self._ahead: list[_Alone] = []  # workers on their own that nobody has asked for yet

    @functools.cached_property
    def is_reachable(self) -> bool:
        """Whether a user without rights can start Python, which may lie in a closed folder such as root's home."""
        return closed_folder() is None or (CAN_FORK and self._ask({"reachable": None}))

    def offer(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Put files of modules beside those that workers import before they are confined."""
        for name, source in files:
            path = self.inside / name
            path.parent.mkdir(mode=0o755, exist_ok=True)
            if not path.exists():
                path.write_bytes(source)

    def start(self, settings: dict[str, Any]) -> "Started":
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
        channels = os.fdopen(requests, "wb", 0), os.fdopen(replies, "rb", 0), os.fdopen(prints, "rb", 0)
        end = functools.partial(self._ask, {"end": pid, "user": settings["user"]})
        return Started(*channels, functools.partial(self._ended, pid), end, pid, os.fdopen(stack, "rb", 0))

    def start_ahead(self, workers: int) -> None:
        """Let so many workers come up for those who are going to ask, where that takes long: they wait for settings."""
        while not CAN_FORK and len(self._ahead) < workers:
            channels = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
            self._ahead.append(_Alone(self._run(**channels, bufsize=0)))

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

    def _ask(self, request: dict[str, Any], channels: list[int] | None = None) -> Any:
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

    def _run(self, **channels: Any) -> subprocess.Popen:
        # -I: no environment, no user's packages; -S: none of the grader's packages but those it hands over.
        options = ["-I", "-S", "-B", "-X", "utf8"]
        return subprocess.Popen(
            [self.python, *options, str(self.inside / "worker.py"), json.dumps(self.setup)],
            env=self.environment,
            start_new_session=True,
            **channels,
        )


class Exit(NamedTuple):
    """How a worker ended: its exit status, negative for a signal, and the most memory it held, where the system tells."""

    status: int
    peak: int | None = None


class Started:
    """A worker that runs: its three channels, without buffers and fit for select, and what asks for its end or ends it.

    Where the system can tell, also its number, and the channel that brings its stack after a SHOW_STACK.
    """

    def __init__(
        self, requests, replies, prints, poll: Callable[[], Exit | None], end: Callable[[], None], pid=None, stack=None
    ):
        self.requests, self.replies, self.prints, self._poll, self.kill = requests, replies, prints, poll, end
        self.pid: int | None = pid
        self.stack: IO[bytes] | None = stack
        self._exit: Exit | None = None

    def exit(self, wait: float) -> Exit | None:
        """Return how the worker ended; None if it still lives after so many seconds."""
        deadline = time.monotonic() + wait
        while self._exit is None:  # who has asked successfully must not ask again: the process is gone
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
    """End all templates; happens by itself when Python ends in the usual way."""
    while _open:
        _open.popitem()[1].close()


_open: dict[tuple, Template] = {}
atexit.register(close_all)


def template(packages: tuple[str, ...], threads: int) -> Template:
    """Return the template that allows these packages, started the first time it is asked for, or when it was killed."""
    key = packages, threads
    if key in _open and _open[key].has_ended():
        _open.pop(key).close()
    if key not in _open:
        _open[key] = Template(*key)
    return _open[key]


class _Alone:
    """A worker that started on its own: it waits for its settings, and has not run student code."""

    def __init__(self, process: subprocess.Popen):
        self._process = process
        self._end_family = windows.Job(process).end if os.name == "nt" else functools.partial(_end_group, process.pid)

    def begin(self, settings: dict[str, Any]) -> Started:
        """Give it its settings."""
        requests, replies, prints = self._process.stdin, self._process.stdout, self._process.stderr
        assert requests and replies and prints
        with contextlib.suppress(OSError):  # that it has ended is noticed when it does not answer
            requests.write(json.dumps(settings).encode() + b"\n")
        channels = requests, replies, prints
        if os.name == "nt":
            channels = windows.selectable(*channels)
        else:
            os.set_blocking(requests.fileno(), False)
        return Started(*channels, self._exit, self.end)

    def end(self) -> None:
        """Kill it, and what it has started. The wait is bounded: no system may hold the grader up."""
        self._end_family()
        self._process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(END_SECONDS)

    def close(self) -> None:
        """Close its channels, which nobody is going to use."""
        for channel in (self._process.stdin, self._process.stdout, self._process.stderr):
            if channel:
                channel.close()

    def _exit(self) -> Exit | None:
        status = self._process.poll()
        return None if status is None else Exit(status)


def _end_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)
