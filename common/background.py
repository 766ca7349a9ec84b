"""Work that a process need not wait for, if it has said so: one piece at a time, and never more than one behind."""

import threading
from collections.abc import Callable

_last: list[threading.Thread] | None = None  # None: the process waits


def allow() -> None:
    """Let this process go on meanwhile. It still ends after the work, unless it is killed."""
    global _last
    _last = []


def do(work: Callable[[], None]) -> None:
    """Do some work, in the background if that is allowed."""
    if _last is None:
        work()
        return
    while _last:
        _last.pop().join()
    thread = threading.Thread(target=work)
    thread.start()
    _last.append(thread)
