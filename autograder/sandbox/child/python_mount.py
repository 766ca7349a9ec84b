"""Let a user without rights reach a Python in a closed folder, such as root's home.

Runs in the template, as root, in a view of the file system of its own: an empty folder is mounted over each closed one,
and only Python and its packages are put back into it. Nobody else sees a difference.
"""

import ctypes
import os
import stat

NEW_VIEW = 0x00020000  # CLONE_NEWNS of <linux/sched.h>
BIND, RECURSIVE, PRIVATE = 0x1000, 0x4000, 0x40000  # MS_* of <linux/mount.h>


def closed_folder(path: str) -> str | None:
    """Return the first folder on the way to the path that other users cannot enter, or None."""
    parts = os.path.realpath(path).split(os.sep)
    for end in range(2, len(parts) + 1):
        folder = os.sep.join(parts[:end])
        if os.path.isdir(folder) and not os.stat(folder).st_mode & stat.S_IXOTH:
            return folder
    return None


def open_the_way(paths: list[str]) -> bool:
    """Make all paths reachable for everyone, for this process and its children, and return whether that is possible.

    If it is not, nothing has changed. Raises OSError if the system refuses half-way.
    """
    paths = [os.path.realpath(path) for path in paths]
    if any(closed_folder(path) == path for path in paths):  # closed itself: covering it would hide what is in it
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_VIEW) != 0 or libc.mount(b"none", b"/", None, RECURSIVE | PRIVATE, None) != 0:
        return False
    while closed := next(filter(None, map(closed_folder, paths)), None):
        inside = sorted(path for path in paths if path.startswith(closed + os.sep))
        if not inside:
            raise OSError(f"{closed} is closed itself")
        descriptors = {path: os.open(path, os.O_PATH) for path in inside}
        _mount(libc, b"none", closed, b"tmpfs", 0, b"mode=755")
        for path, descriptor in descriptors.items():
            os.makedirs(path, 0o755, exist_ok=True)
            _mount(libc, f"/proc/self/fd/{descriptor}".encode(), path, None, BIND | RECURSIVE, None)
            os.close(descriptor)
    return True


def _mount(libc: ctypes.CDLL, source: bytes, target: str, *kind_flags_options: object) -> None:
    if libc.mount(source, target.encode(), *kind_flags_options) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), target)
