"""Name what a submission may not do in the moment it tries, for a sentence that helps. The layers are what prevents it."""

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
    """Raised where a submission does what no homework needs. Libraries that try it take it as the system's own refusal."""


def watch():
    """Raise Forbidden from now on, in this process, wherever Python announces such an event."""

    def hook(event, arguments):
        if event in REASONS:
            raise Forbidden(f"{REASONS[event]} ({event})")

    sys.addaudithook(hook)
