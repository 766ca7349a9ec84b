"""Digests of submissions: equal ones are graded only once."""

import hashlib
import os
import stat
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from autograder.sandbox.child.rules import LARGEST_FILE, LARGEST_SUBMISSION, LEFT_OUT
from autograder.submission import ending_of_archive

CHUNK = 1024 * 1024


def digest(source: Path, leave_out: Collection[str] = ()) -> str:
    """Return the SHA-256 of a folder's files, with their names, or of a file; an archive's name does not matter.

    An archive is not opened here, only in a sandbox. One that is too large to be accepted is not even read. leave_out:
    names of files and folders that are not the student's work.
    """
    if source.is_dir():
        return _of_files("folder", _files(source, LEFT_OUT.union(leave_out)))
    name = ending_of_archive(source.name) or source.name
    if source.is_file() and (size := source.stat().st_size) > LARGEST_SUBMISSION:
        return _of_files("file", [(f"{name}: {size} bytes", iter(()))])
    return _of_files("file", [(name, _chunks(source))])


def _of_files(kind: str, files: Iterable[tuple[str, Iterable[bytes]]]) -> str:
    """Hash each file separately: otherwise a name could be mistaken for content."""
    total = hashlib.sha256(kind.encode())
    for name, chunks in files:
        content = hashlib.sha256()
        for chunk in chunks:
            content.update(chunk)
        total.update(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest() + content.digest())
    return total.hexdigest()


def _files(folder: Path, leave_out: set[str]) -> Iterator[tuple[str, Iterator[bytes]]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - leave_out)
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted({*names, *links} - leave_out):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            try:
                status = path.lstat()
            except OSError as error:  # it was deleted meanwhile, perhaps with its whole folder
                yield f"{relative}: {error.strerror}", iter(())
                continue
            if not stat.S_ISREG(status.st_mode):
                yield f"{relative}: not a file", iter(())
            elif status.st_size > LARGEST_FILE:
                yield f"{relative}: {status.st_size} bytes", iter(())
            elif not status.st_size:  # some of the system's own files claim this and never end
                yield relative, iter(())
            else:
                yield relative, _chunks(path)


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:  # a file that cannot be read equals no other
        yield f"{path}: {error.strerror}".encode()
