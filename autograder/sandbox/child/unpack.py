"""Unpack what a student has packed. Runs in a worker of its own, which is confined like those that run student code.

What leaves it are names, pieces of files and sentences.
"""

import io
import stat
import struct
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
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
END, COMMENT = b"PK\x05\x06", 20  # of a zip, and where in it the length of the comment stands
DIRECTORY, FLAGS = b"PK\x01\x02", 8
FILE, FILE_FLAGS = b"PK\x03\x04", 6
# What people rename to .zip, and what browsers save in place of a file, by the first bytes.
OTHERS = {b"Rar!": "a RAR archive", b"7z\xbc\xaf": "a 7z archive", b"\xfd7zXZ": "packed by xz", b"BZh": "packed by bzip2",
          b"%PDF": "a PDF", b"<!DOCTYPE": "a web page", b"<!doctype": "a web page", b"<html": "a web page"}  # fmt: skip
# By reading a zip or a tar. Python raises half a dozen kinds, with sentences about its own reading of them.
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, ValueError, OSError,
           NotImplementedError, OverflowError, IndexError, KeyError)  # fmt: skip

_left: Iterator[tuple[str, str, bytes | None]] = iter(())  # of the archive that is being unpacked


def begin(_, path, files, total, leave_out=()):
    """Begin to unpack an archive.

    files, total: how many files and bytes the submission has without it. leave_out: names that are not the student's work.
    """
    global _left
    stream = open(path, "rb")  # noqa: SIM115 (it is read as long as this process lives)
    _left = _members(stream, path.lower().endswith(TARS), files, total, leave_out)
    return []


def go_on(_):
    """Return what comes next of the archive, about PIECE bytes at most, and nothing at its end.

    That is a list of ("file", its name, a piece of it), with the same name where a file needs several; of ("remark", a
    sentence about what was left out, None); and at last ("refused", why, None) or ("damaged", how, None) where nothing of
    all counts.
    """
    found, size = [], 0
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


def _members(stream, is_tar, files, total, leave_out):
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


def _opened(stream, is_tar):
    """Return the archive as what it is, whatever its name says. is_tar: what its name says, for the oldest kind of tar."""
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
    return _Zip(stream)  # other things may stand before a zip


def _chosen(archive, files, total, leave_out):
    """Return the members that are taken, by their names, and why others are not."""
    chosen: dict[str, zipfile.ZipInfo | tarfile.TarInfo] = {}
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


def _alike(name):
    """Return what is the same for names that Windows or macOS take for one: in capitals, or with accents written apart."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


class _Zip:
    def __init__(self, stream):
        content = _without_comment(stream.read())
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except UnicodeDecodeError:
            self.archive = zipfile.ZipFile(io.BytesIO(_without_claim(content)))
        except zipfile.BadZipFile as error:
            raise Refused(f"it is not a zip, or only a part of one ({error}): make it again") from None

    def members(self):
        return [(name_of(member), member) for member in self.archive.infolist()]

    def is_folder(self, member):
        return member.is_dir() or (stat.S_ISDIR(member.external_attr >> 16) and not member.file_size)

    def check(self, member, shown):
        check_member(member, shown)

    def size(self, member):
        return member.file_size

    def open(self, member):
        return self.archive.open(member)


def _without_comment(content):
    """Return a zip without the comment at its end: that may be a zip itself, and then Python would open that one."""
    place = content.find(END, max(0, len(content) - 2**16 - COMMENT - 2))
    while 0 <= place < len(content) - COMMENT - 2:
        (length,) = struct.unpack_from("<H", content, place + COMMENT)
        if place + COMMENT + 2 + length == len(content):
            return content[: place + COMMENT] + bytes(2)
        place = content.find(END, place + 1)
    return content


def _without_claim(content):
    """Return a zip that nowhere claims that its names are UTF-8."""
    content = bytearray(content)
    for signature, flags in ((DIRECTORY, FLAGS), (FILE, FILE_FLAGS)):
        place = content.find(signature)
        while 0 <= place <= len(content) - flags - 2:
            (now,) = struct.unpack_from("<H", content, place + flags)
            struct.pack_into("<H", content, place + flags, now & ~NAMES_ARE_UTF8)
            place = content.find(signature, place + 1)
    return bytes(content)


class _Tar:
    def __init__(self, stream, packed):
        self.archive = tarfile.TarFile.gzopen(None, fileobj=stream) if packed else tarfile.TarFile(fileobj=stream)

    def members(self):
        for number, member in enumerate(self.archive):
            check_bounds(number, member.size)  # while they are read: what comes behind may never end
            yield member.name, member

    def is_folder(self, member):
        return member.isdir()

    def check(self, member, shown):
        if not member.isreg():
            raise LeftOut(f"{shown} was left out: it is a link or not an ordinary file")

    def size(self, member):
        return member.size

    def open(self, member):
        return self.archive.extractfile(member)
