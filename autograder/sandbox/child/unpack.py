"""Unpack a student's archive. Runs in a worker of its own, which is confined like those that run student code.

Only names, pieces of files and sentences leave it.
"""

import io
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Collection, Iterable, Iterator
from typing import IO, Any, BinaryIO, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from rules import (
    LARGEST_FILE,
    MOST_FILES,
    MOST_REMARKS,
    NAMES_ARE_UTF8,
    LeftOut,
    Refused,
    check_bounds,
    check_member,
    in_quotes,
    is_left_out,
    name_of,
    path_of,
    too_large,
)

PIECE = 8 * 1024**2  # bytes that are handed over at once
TARS, GZIP = (".tar", ".tar.gz", ".tgz"), b"\x1f\x8b"
USTAR, USTAR_PLACE = b"ustar", 257  # in the first header of a tar; the oldest kind has none
END, COMMENT = b"PK\x05\x06", 20  # of a zip, and where in it the comment's length is
DIRECTORY, FLAGS = b"PK\x01\x02", 8
FILE, FILE_FLAGS = b"PK\x03\x04", 6
# What people rename to .zip, and what browsers save instead of a file, by its first bytes.
OTHERS = {b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive", b"\xfd7zXZ": "packed by xz", b"BZh": "packed by bzip2",
          b"%PDF": "a PDF", b"<!DOCTYPE": "a web page", b"<!doctype": "a web page", b"<html": "a web page"}  # fmt: skip
# Raised while reading a zip or a tar: Python has half a dozen kinds, and their messages are about how it reads.
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, ValueError, OSError,
           NotImplementedError, OverflowError, IndexError, KeyError)  # fmt: skip

Found = tuple[str, str, bytes | None]
Member = TypeVar("Member")


class _Archive(Protocol[Member]):
    """A zip or a tar."""

    def members(self) -> Iterable[tuple[str, Member]]:
        """Return the members with their names."""

    def is_folder(self, member: Member) -> bool:
        """Return whether a member is a folder."""

    def check(self, member: Member, shown: str) -> None:
        """Raise LeftOut or Refused for a member that is not accepted. shown: its name."""

    def size(self, member: Member) -> int:
        """Return how many bytes a member says that it has."""

    def open(self, member: Member) -> IO[bytes]:
        """Open an accepted member."""


_left: Iterator[Found] = iter(())  # of the archive that is being unpacked


def begin(_: object, path: str, files: int, total: int, leave_out: Collection[str] = ()) -> list[object]:
    """Start to unpack an archive.

    files, total: how many files and bytes the submission has without it. leave_out: names that are not the student's work.
    """
    global _left
    stream = open(path, "rb")  # noqa: SIM115 (it is read as long as this process lives)
    _left = _members(stream, path.lower().endswith(TARS), files, total, leave_out)
    return []


def go_on(_: object) -> list[tuple[str, str, NDArray[np.uint8] | None]]:
    """Return the next part of the archive, about PIECE bytes at most, and nothing at its end.

    That is a list of ("file", its name, a piece of it), with the same name where a file needs several; of ("remark", a
    sentence about what was left out, None); and at last ("refused", why, None) or ("damaged", how, None) if nothing in
    the archive counts.
    """
    found: list[tuple[str, str, NDArray[np.uint8] | None]] = []
    size = 0
    try:
        for kind, text, piece in _left:
            found.append((kind, text, None if piece is None else np.frombuffer(piece, np.uint8)))
            size += len(piece or b"")
            if size >= PIECE or len(found) >= MOST_FILES:
                break
    except Refused as refused:
        found.append(("refused", str(refused), None))
    except DAMAGED as error:
        found.append(("damaged", str(error)[:300], None))
    return found


def _members(stream: BinaryIO, is_tar: bool, files: int, total: int, leave_out: Collection[str]) -> Iterator[Found]:
    """Yield what `go_on` returns."""
    archive = _opened(stream, is_tar)
    chosen, remarks = _chosen(archive, files, total, leave_out)
    yield from (("remark", remark, None) for remark in remarks[:MOST_REMARKS])
    if len(remarks) > MOST_REMARKS:
        yield "remark", f"and {len(remarks) - MOST_REMARKS} more members were left out", None
    for name, member in chosen.items():
        with archive.open(member) as content:
            piece = content.read(PIECE)
            yield "file", name, piece
            while piece := content.read(PIECE):
                yield "file", name, piece


def _opened(stream: BinaryIO, is_tar: bool) -> _Archive[Any]:
    """Return the archive as what it is, whatever its name says. is_tar: what its name says, needed for old tars."""
    beginning = stream.read(USTAR_PLACE + len(USTAR))
    stream.seek(0)
    if not beginning:
        raise Refused("it is empty: upload it again")
    if beginning.startswith((FILE, END)):
        return _Zip(stream)
    if beginning.startswith(GZIP):
        return _Tar(stream, packed=True)
    if beginning.endswith(USTAR) or is_tar:
        return _Tar(stream, packed=False)
    for signature, kind in OTHERS.items():
        if beginning.startswith(signature):
            raise Refused(f"it is really {kind}: make an ordinary zip")
    return _Zip(stream)  # a zip may begin after something else


def _chosen(
    archive: _Archive[Member], files: int, total: int, leave_out: Collection[str]
) -> tuple[dict[str, Member], list[str]]:
    """Return the accepted members, by their names, and why others are left out."""
    chosen: dict[str, Member] = {}
    names: dict[str, str] = {}
    remarks: list[str] = []
    for name, member in archive.members():
        try:
            parts = path_of(name)
            if not parts or is_left_out(parts, leave_out) or archive.is_folder(member):
                continue
            archive.check(member, in_quotes(name))
        except LeftOut as reason:
            remarks.append(str(reason))
            continue
        size = archive.size(member)
        files, total = files + 1, total + size
        check_bounds(files, total)
        name = "/".join(parts)
        if name in chosen:
            raise Refused(f"it holds two files called {in_quotes(name)}: keep one of them")
        if size > LARGEST_FILE:
            remarks.append(too_large(name))
        elif (other := names.setdefault(_alike(name), name)) != name:
            remarks.append(f"{in_quotes(name)} was left out: on some systems it is the same file as {in_quotes(other)}")
        else:
            chosen[name] = member
    for path, name in names.items():
        parts = path.split("/")
        if any("/".join(parts[:depth]) in names for depth in range(1, len(parts))):
            raise Refused(f"it holds {in_quotes(name)} inside of something that is a file")
    return chosen, remarks


def _alike(name: str) -> str:
    """Return the same text for names that Windows or macOS confuse: with other capitals, or accents encoded separately."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class _Zip:
    def __init__(self, stream: BinaryIO) -> None:
        content = _without_comment(stream.read())
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except UnicodeDecodeError:
            self.archive = zipfile.ZipFile(io.BytesIO(_without_claim(content)))
        except zipfile.BadZipFile as error:
            raise Refused(f"it is not a zip, or only a part of one ({error}): make it again") from None

    def members(self) -> Iterable[tuple[str, zipfile.ZipInfo]]:
        return [(name_of(member), member) for member in self.archive.infolist()]

    def is_folder(self, member: zipfile.ZipInfo) -> bool:
        return member.is_dir() or (stat.S_ISDIR(member.external_attr >> 16) and not member.file_size)

    def check(self, member: zipfile.ZipInfo, shown: str) -> None:
        check_member(member, shown)

    def size(self, member: zipfile.ZipInfo) -> int:
        return member.file_size

    def open(self, member: zipfile.ZipInfo) -> IO[bytes]:
        return self.archive.open(member)


def _without_comment(content: bytes) -> bytes:
    """Return a zip without the comment at its end, which may be a zip itself, and then Python would open that one."""
    place = content.find(END, max(0, len(content) - 2**16 - COMMENT - 2))
    while 0 <= place < len(content) - COMMENT - 2:
        (length,) = struct.unpack_from("<H", content, place + COMMENT)
        if place + COMMENT + 2 + length == len(content):
            return content[: place + COMMENT] + bytes(2)
        place = content.find(END, place + 1)
    return content


def _without_claim(content: bytes) -> bytes:
    """Return a zip that never claims that its names are UTF-8."""
    changed = bytearray(content)
    for signature, flags in ((DIRECTORY, FLAGS), (FILE, FILE_FLAGS)):
        place = changed.find(signature)
        while 0 <= place <= len(changed) - flags - 2:
            (now,) = struct.unpack_from("<H", changed, place + flags)
            struct.pack_into("<H", changed, place + flags, now & ~NAMES_ARE_UTF8)
            place = changed.find(signature, place + 1)
    return bytes(changed)


class _Tar:
    def __init__(self, stream: BinaryIO, packed: bool) -> None:
        self.archive = tarfile.TarFile.gzopen(None, fileobj=stream) if packed else tarfile.TarFile(fileobj=stream)

    def members(self) -> Iterable[tuple[str, tarfile.TarInfo]]:
        for number, member in enumerate(self.archive):
            check_bounds(number, member.size)  # while they are read: what follows may never end
            yield member.name, member

    def is_folder(self, member: tarfile.TarInfo) -> bool:
        return member.isdir()

    def check(self, member: tarfile.TarInfo, shown: str) -> None:
        if not member.isreg():
            raise LeftOut(f"{shown} was left out: it is a link or not an ordinary file")

    def size(self, member: tarfile.TarInfo) -> int:
        return member.size

    def open(self, member: tarfile.TarInfo) -> IO[bytes]:
        content = self.archive.extractfile(member)
        assert content, "only ordinary files are accepted"
        return content
