"""The folder of a made quiz: one run at a time writes there, and an interrupted run leaves no wrong file behind.

Outdated files are removed before quiz.json is replaced. So however a run ends, the files that are there agree with
quiz.json, and the next run writes those that are missing.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from command_line.quiz.versions import RECORD, write
from common.errors import UserError

LISTED = "teacher/files.txt"  # every file that was written into the folder


@contextlib.contextmanager
def held(out: Path) -> Iterator[None]:
    """Lock a folder, which is created if necessary and removed if it stays empty; raises UserError if a run uses it."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        handle = os.open(out, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"cannot write {out}: {error.strerror}. Choose another folder with --out.") from None
    try:
        with contextlib.suppress(OSError):  # a file system that locks no folders
            _lock(handle, out)
        yield
    finally:
        os.close(handle)
        with contextlib.suppress(OSError):  # it is not empty
            out.rmdir()


def listed(out: Path) -> list[str]:
    """Return the files that were written to a folder before and are still there."""
    try:
        names = (out / LISTED).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return []
    return [name for name in names if _inside(out, name)]


def clear(out: Path) -> None:
    """Remove the files that were written to a folder before, and then its empty folders."""
    for name in listed(out):
        _remove(out / name)
        with contextlib.suppress(OSError):  # it holds something else
            (out / name).parent.rmdir()


def update(out: Path, files: Mapping[str, bytes]) -> list[str]:
    """Write files, quiz.json first, in place of those of the same names; returns the other files that are listed there."""
    before = listed(out)
    others = sorted({*before} - {*files, LISTED})
    for name in before:
        if name in files and name != RECORD.as_posix():
            _remove(out / name)
    names = sorted({LISTED, *files, *before})
    for path in out.rglob(".*.*"):  # what `write_whole` left behind if it was killed
        if (path.parent / path.stem[1:]).relative_to(out).as_posix() in names:
            _remove(path)
    write(out, {LISTED: "".join(f"{name}\n" for name in names).encode(), **files}, "--out")
    return others


def _lock(handle: int, out: Path) -> None:
    import fcntl  # Windows has none, and students' check.pyz holds this module there

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(f"another run is using {out}: wait for it, or choose another folder with --out") from None


def _inside(out: Path, name: str) -> bool:
    """Return whether a name is that of a file in a folder, after links are followed."""
    path, folder = (out / name).resolve(), out.resolve()
    return path.is_relative_to(folder) and path.is_file()


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise UserError(f"cannot replace {path}: {error.strerror}. Choose another folder with --out.") from None
