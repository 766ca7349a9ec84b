"""What a submission holds, in one number: equal ones need to be graded only once."""

import hashlib
import os
import stat
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path, PurePosixPath

from autograder.submission import LARGEST_FILE, LARGEST_SUBMISSION, LEFT_OUT, MOST_FILES

CHUNK = 1024 * 1024


def digest(source: Path) -> str:
    """Return a SHA-256 of the files in a folder or zip, their names and content; of anything odd, of its bytes."""
    if source.is_dir():
        return _of_files("folder", _files(source))
    try:
        with zipfile.ZipFile(source) as archive:
            return _of_files("zip", _members(archive))
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, ValueError, EOFError, _OddError):
        return _of_files("file", [(source.name, _chunks(source))])


class _OddError(Exception):
    """A zip that `grade` may refuse: only the very same bytes are as odd."""


def _of_files(kind: str, files) -> str:
    """Hash what is there, each file apart: else a name could pass for content."""
    total = hashlib.sha256(kind.encode())
    for name, chunks in files:
        content = hashlib.sha256()
        for chunk in chunks:
            content.update(chunk)
        total.update(hashlib.sha256(name.encode("utf-8", "surrogateescape")).digest() + content.digest())
    return total.hexdigest()


def _files(folder: Path) -> Iterator[tuple[str, Iterator[bytes]]]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        links = [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted({*names, *links} - LEFT_OUT):
            path = Path(parent, name)
            status = path.lstat()
            relative = path.relative_to(folder).as_posix()
            if not stat.S_ISREG(status.st_mode):
                yield f"{relative}: not a file", iter(())
            elif status.st_size > LARGEST_FILE:
                yield f"{relative}: {status.st_size} bytes", iter(())
            else:
                yield relative, _chunks(path)


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, Iterator[bytes]]]:
    members = [member for member in archive.infolist() if not member.is_dir()]
    sizes = [member.file_size for member in members]
    if len(members) > MOST_FILES or sum(sizes) > LARGEST_SUBMISSION or max(sizes, default=0) > LARGEST_FILE:
        raise _OddError
    for member in sorted(members, key=lambda member: member.filename):
        if member.flag_bits & 1 or stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
            raise _OddError
        if not LEFT_OUT & set(PurePosixPath(member.filename).parts):
            with archive.open(member) as stream:
                yield member.filename, iter(partial(stream.read, CHUNK), b"")


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as stream:
            while chunk := stream.read(CHUNK):
                yield chunk
    except OSError as error:  # a file that cannot be read is like no other
        yield f"{path}: {error.strerror}".encode()
