"""Fetch CIFAR-10 from its official site."""

import hashlib
import tarfile
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from autograder.datasets import cifar10
from autograder.verdicts import UserError

URL = "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz"
SHA256 = "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce"
CHUNK = 256 * 1024
# Given the number of bytes to come, if it is known: a bar, as a context, whose update(count) moves it.
Progress = Callable[[int | None], AbstractContextManager]


def fetch(folder: Path, progress: Progress) -> Path:
    """Download and check the archive, unpack its batches into the folder, and return the folder.

    What an interrupted download has left is continued. Raises UserError, with what to do instead, where that fails.
    """
    archive = folder.parent / "cifar-10-python.tar.gz"
    try:
        if not archive.exists():
            partial = archive.with_suffix(".gz.part")
            _download(partial, progress)
            partial.replace(archive)
        if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
            raise UserError(f"{archive} is not the official archive (its checksum differs): delete it and try again")
        with tarfile.open(archive) as members:
            folder.mkdir(exist_ok=True)
            for name in (*cifar10.TRAIN, *cifar10.TEST):
                member = members.extractfile(f"{cifar10.FOLDER}/{name}")
                (folder / name).write_bytes(member.read() if member else b"")
    except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
        reason = getattr(error, "reason", error)
        raise UserError(
            f"CIFAR-10 could not be downloaded ({reason}). Get {URL} in another way and put it here, as {archive}"
        ) from None
    except OSError as error:
        raise UserError(f"cannot write {error.filename or folder}: {error.strerror}") from None
    return folder


def _download(partial: Path, progress: Progress) -> None:
    done = partial.stat().st_size if partial.exists() else 0
    request = urllib.request.Request(URL, headers={"Range": f"bytes={done}-"} if done else {})
    with urllib.request.urlopen(request, timeout=60) as response:
        continued = response.status == 206  # else the server sends all of it again
        length = response.headers.get("Content-Length")
        with partial.open("ab" if continued else "wb") as stream, progress(length and int(length)) as bar:
            while chunk := response.read(CHUNK):
                stream.write(chunk)
                bar.update(len(chunk))
