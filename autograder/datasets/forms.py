"""The ways in which a data set can lie in a folder: its files, what they are byte for byte, and how they are read."""

import gzip
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from common.errors import UserError

Split = tuple[np.ndarray, np.ndarray]  # images and their labels
SPLITS = ("train", "test")
OFFICIAL, DAMAGED, MISSING = "official", "damaged", "missing"
CHUNK = 1024 * 1024


class NotOfficial(UserError):
    """A file of a data set that is missing, cannot be read, or is not the official one."""


@dataclass(frozen=True)
class Form:
    """One such way.

    folder: where it is looked for, from the place down. parts: for each split, the files that belong together, and of
    these one or several after another. sums: the SHA-256 of each file. read: from the files of one part to its images and
    labels. gzipped: a file may also lie there packed, with .gz at the end of its name; the sum is that of its content.
    """

    title: str
    folder: str
    parts: dict[str, tuple[tuple[str, ...], ...]]
    sums: dict[str, str]
    read: Callable[..., Split]
    gzipped: bool = False

    def path(self, folder: Path, name: str) -> Path:
        """Return where a file lies, or would lie."""
        packed = folder / f"{name}.gz"
        return packed if self.gzipped and packed.is_file() and not (folder / name).is_file() else folder / name

    def has(self, folder: Path, split: str) -> bool:
        """Tell whether all files of a split are there, right or not."""
        return all(self.path(folder, name).is_file() for name in self._names(split))

    def has_any(self, folder: Path, split: str) -> bool:
        """Return whether any file of a split is there."""
        return any(self.path(folder, name).is_file() for name in self._names(split))

    def state(self, folder: Path, name: str) -> str:
        """Return "official", "damaged" or "missing"; raises NotOfficial for a file that cannot be read."""
        path = self.path(folder, name)
        try:
            return OFFICIAL if _sum_of_file(path, *_state_of_file(path)) == self.sums[name] else DAMAGED
        except FileNotFoundError:
            return MISSING
        except (gzip.BadGzipFile, EOFError, zlib.error):
            return DAMAGED
        except OSError as error:
            raise NotOfficial(f"{path} cannot be read: {error.strerror}") from None

    def is_complete(self, folder: Path) -> bool:
        """Tell whether every file is there and right."""
        return all(self.has(folder, split) for split in SPLITS) and all(
            self.state(folder, name) == OFFICIAL for name in self.sums
        )

    def load_parts(self, folder: Path, split: str) -> list[Split]:
        """Return images and labels of each part of a split.

        Raises NotOfficial before a byte of such a file is interpreted.
        """
        for name in self._names(split):
            if (state := self.state(folder, name)) == MISSING:
                raise NotOfficial(f"{folder / name} is missing")
            if state == DAMAGED:
                raise NotOfficial(
                    f"{self.path(folder, name)} is damaged, or not the official file at all (its checksum differs): "
                    "delete it and fetch it again"
                )
        return [self.read(*(self.path(folder, name) for name in part)) for part in self.parts[split]]

    def _names(self, split: str) -> list[str]:
        return [name for part in self.parts[split] for name in part]


@cache
def _sum_of_file(path: Path, size: int, changed: int, number: int) -> str:
    """Return a file's SHA-256, read once for each state of it: a class's submissions all ask for the same images."""
    with content(path) as stream:
        return sha256(stream)


def _state_of_file(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def content(path: Path) -> BinaryIO:
    """Open a file, unpacked if it is gzipped."""
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def sha256(stream: BinaryIO) -> str:
    """Return the SHA-256 of what is left in a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
