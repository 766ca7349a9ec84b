"""Channels to a worker on Windows, whose select takes sockets alone: each pipe gets a socket before it."""

import contextlib
import socket
from collections.abc import Callable
from threading import Thread
from typing import Any

CHUNK = 65536


def selectable(requests: Any, replies: Any, prints: Any) -> tuple[Any, Any, Any]:
    """Return channels that select takes in place of these pipes: one to write to, two to read from."""
    return _before(requests, "wb", _to_pipe), _before(replies, "rb", _from_pipe), _before(prints, "rb", _from_pipe)


def _before(pipe: Any, mode: Any, carry: Callable) -> Any:
    ours, theirs = socket.socketpair()
    Thread(target=carry, args=(pipe, theirs), daemon=True).start()
    if mode == "wb":
        ours.setblocking(False)
    with ours:  # the file keeps the socket
        return ours.makefile(mode, buffering=0)


def _to_pipe(pipe: Any, source: socket.socket) -> None:
    with contextlib.suppress(OSError), source, pipe:
        while content := source.recv(CHUNK):
            pipe.write(content)


def _from_pipe(pipe: Any, target: socket.socket) -> None:
    with contextlib.suppress(OSError), target, pipe:
        while content := pipe.read(CHUNK):
            target.sendall(content)
