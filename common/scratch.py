"""Temporary folders that are removed however their process ends."""

import contextlib
import os
import platform
import shutil
import subprocess
import tempfile
import zlib
from pathlib import Path

# Locks may not reach other machines that share the folder, so each machine clears only its own.
PREFIX = f"convgrade-{zlib.crc32(platform.node().encode()):08x}-"
NEW = "new-"  # prefix, until a folder is locked


class Scratch:
    """A folder in the system's temporary folder, which all users may read.

    A lock shows that its process is alive; the system drops it when the process ends, even if it is killed. The next
    process of this user that makes a folder removes those without a lock. Windows has no such locks, so nothing is
    cleared there.
    """

    def __init__(self) -> None:
        """Make it; raises OSError if that is not possible."""
        unlocked = Path(tempfile.mkdtemp(prefix=f"{NEW}{PREFIX}"))
        unlocked.chmod(0o755)
        self._lock = _locked(unlocked)
        self.path = unlocked.rename(unlocked.with_name(unlocked.name.removeprefix(NEW)))
        _remove_dead(self.path.parent)

    def close(self) -> None:
        """Remove it with all that it holds."""
        _remove(self.path)
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Path:
        return self.path

    def __exit__(self, *_: object) -> None:
        self.close()


def _locked(folder: Path) -> int | None:
    """Lock a folder and return the open file that holds the lock; None for another user's folder, or a locked one."""
    if os.name == "nt":
        return None
    import fcntl

    with contextlib.ExitStack() as opened, contextlib.suppress(OSError):  # not every file system has locks
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        opened.callback(os.close, lock)
        if os.fstat(lock).st_uid == os.geteuid():
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            opened.pop_all()
            return lock
    return None


def _remove_dead(temporary: Path) -> None:
    """Remove what killed processes of this user have left behind."""
    with contextlib.suppress(OSError):
        for name in os.listdir(temporary):
            if name.startswith(PREFIX) and (lock := _locked(temporary / name)) is not None:
                _remove(temporary / name)
                os.close(lock)


def _remove(folder: Path) -> None:
    with contextlib.suppress(RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():  # folders nested deeper than Python can go
        with contextlib.suppress(FileNotFoundError):  # Windows has no rm, and keeps files that are in use
            subprocess.run(["rm", "-rf", "--", folder], check=False)
