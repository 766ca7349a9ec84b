"""Start and end workers on Windows, and connect to them.

Windows' select accepts only sockets, so each pipe gets a socket in front of it.
"""

import contextlib
import ctypes
import socket
import subprocess
import sys
from collections.abc import Callable
from threading import Thread
from typing import IO, Literal

CHUNK = 65536
# Environment variables: Python does not start without the first, and Anaconda's NumPy finds its libraries by the second.
NEEDED = ("SYSTEMROOT", "PATH")

Pipe = IO[bytes] | socket.SocketIO  # which Python's types treat as two


def python() -> str:
    """Return the Python to start: a virtual environment's only starts this one, outside of its job."""
    return getattr(sys, "_base_executable", sys.executable)


class Job:
    """A process and everything that it starts, which end together."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._kernel = ctypes.WinDLL("kernel32")  # type: ignore[attr-defined]
        self._kernel.CreateJobObjectW.restype = ctypes.c_void_p  # an integer of 32 bits, unless that is said
        self._job = ctypes.c_void_p(self._kernel.CreateJobObjectW(None, None))
        handle = ctypes.c_void_p(int(process._handle))  # type: ignore[attr-defined]
        self._kernel.AssignProcessToJobObject(self._job, handle)

    def end(self) -> None:
        """End them all."""
        self._kernel.TerminateJobObject(self._job, 1)


def selectable(requests: Pipe, replies: Pipe, prints: Pipe) -> tuple[Pipe, Pipe, Pipe]:
    """Return channels that select accepts in place of these pipes: one to write to, two to read from."""
    return _before(requests, "wb", _to_pipe), _before(replies, "rb", _from_pipe), _before(prints, "rb", _from_pipe)


def _before(pipe: Pipe, mode: Literal["rb", "wb"], carry: Callable[[Pipe, socket.socket], None]) -> Pipe:
    ours, theirs = socket.socketpair()
    Thread(target=carry, args=(pipe, theirs), daemon=True).start()
    if mode == "wb":
        ours.setblocking(False)
    with ours:  # the file keeps the socket open
        return ours.makefile(mode, buffering=0)


def _to_pipe(pipe: Pipe, source: socket.socket) -> None:
    with contextlib.suppress(OSError), source, pipe:
        while content := source.recv(CHUNK):
            pipe.write(content)


def _from_pipe(pipe: Pipe, target: socket.socket) -> None:
    with contextlib.suppress(OSError), target, pipe:
        while content := pipe.read(CHUNK):
            target.sendall(content)
