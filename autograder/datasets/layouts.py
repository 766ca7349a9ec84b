"""The layouts in which a data set can be stored in a folder: its files, their checksums, and how to read them."""

import gzip
import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from common.errors import UserError

Split = tuple[NDArray[np.uint8], NDArray[np.uint8]]  # images and their labels
SPLITS = ("train", "test")
OFFICIAL, DAMAGED, MISSING = "official", "damaged", "missing"
CHUNK = 1024 * 1024


class NotOfficial(UserError):
    """A file of a data set is missing, unreadable, or not the official one."""


@dataclass(frozen=True)
class Layout:
    """A layout.

    folder: where it is expected, relative to the place that is searched. parts: for each split, its parts in order, and for
    each part the files that are read together. sums: the SHA-256 of each file. read: turns the files of a part into images
    and labels. gzipped: whether a file may also be compressed, as NAME.gz; the checksum is that of its content.
    """

    title: str
    folder: str
    parts: dict[str, tuple[tuple[str, ...], ...]]
    sums: dict[str, str]
    read: Callable[..., Split]
    gzipped: bool = False

    def path(self, folder: Path, name: str) -> Path:
        """Return the path of a file, whether it exists or not."""
        packed = folder / f"{name}.gz"
        return packed if self.gzipped and packed.is_file() and not (folder / name).is_file() else folder / name

    def has(self, folder: Path, split: str) -> bool:
        """Return whether all files of a split are there, intact or not."""
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
        """Return whether every file is there and intact."""
        return all(self.has(folder, split) for split in SPLITS) and all(
            self.state(folder, name) == OFFICIAL for name in self.sums
        )

    def load_parts(self, folder: Path, split: str) -> list[Split]:
        """Return the images and labels of each part of a split.

        Raises NotOfficial for a file that is not the official one, before any of it is interpreted.
        """
        for name in self._names(split):
            if (state := self.state(folder, name)) == MISSING:
                raise NotOfficial(f"{folder / name} is missing")
            if state == DAMAGED:
                raise NotOfficial(
                    f"{self.path(folder, name)} is damaged, or not the official file (its checksum differs): "
                    "delete it and fetch it again"
                )
        return [self.read(*(self.path(folder, name) for name in part)) for part in self.parts[split]]

    def _names(self, split: str) -> list[str]:
        return [name for part in self.parts[split] for name in part]


@cache
def _sum_of_file(path: Path, size: int, changed: int, number: int) -> str:
    """Return a file's SHA-256, computed once for each state of it: all submissions of a class use the same images."""
    with content(path) as stream:
        return sha256(stream)


def _state_of_file(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def content(path: Path) -> BinaryIO:
    """Open a file, unpacked if it is gzipped."""
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")


def sha256(stream: BinaryIO) -> str:
    """Return the SHA-256 of the rest of a stream."""
    digest = hashlib.sha256()
    while chunk := stream.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
