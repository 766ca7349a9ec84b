"""Name what a submission must not do when it tries, so that a sentence can help. The layers are what prevents it."""

import sys

# Python's own events: docs.python.org/3/library/audit_events.html
PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.startfile", "pty.spawn")
PROCESSES = ("os.fork", "os.forkpty", "_winapi.CreateProcess")
NETWORK = ("socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname")
REASONS = {
    **dict.fromkeys(PROGRAMS, "starts another program"),
    **dict.fromkeys(PROCESSES, "starts another process"),
    **dict.fromkeys(NETWORK, "uses the network"),
}


class Forbidden(PermissionError):
    """A submission tries to do what no homework needs. To libraries it looks like a refusal by the system."""


def watch() -> None:
    """Raise Forbidden from now on, in this process, wherever Python announces such an event."""

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in REASONS:
            raise Forbidden(f"{REASONS[event]} ({event})")

    sys.addaudithook(hook)
