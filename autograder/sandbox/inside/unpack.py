"""Unpack what a student has packed. Runs in a worker of its own, which is confined like those that run student code.

What leaves it are names, pieces of files and sentences.
"""

import io
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np
from rules import (
    LARGEST_FILE,
    MOST_FILES,
    LeftOut,
    Refused,
    check_bounds,
    check_member,
    is_left_out,
    path_of,
    too_large,
)

MOST_REMARKS = 50
PIECE = 8 * 1024**2  # bytes that are handed over at once
TARS, GZIP = (".tar", ".tar.gz", ".tgz"), b"\x1f\x8b"
END, COMMENT = b"PK\x05\x06", 20  # of a zip, and where in it the length of the comment stands
DIRECTORY, FLAGS, NAMES_ARE_UTF8 = b"PK\x01\x02", 8, 0x0800
FILE_FLAGS = 6
# By reading a zip or a tar. Python raises half a dozen kinds, with sentences about its own reading of them.
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, ValueError, OSError,
           NotImplementedError, OverflowError, IndexError, KeyError)  # fmt: skip

_left: Iterator[tuple[str, str, bytes | None]] = iter(())  # of the archive that is being unpacked


def begin(_, path):
    """Begin to unpack an archive."""
    global _left
    _left = _members(open(path, "rb"), path.lower().endswith(TARS))  # noqa: SIM115 (it is read as long as this process lives)


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


def _members(stream, is_tar):
    """Yield what `go_on` returns."""
    is_packed_tar = stream.read(2) == GZIP
    stream.seek(0)
    archive = _Tar(stream, is_packed_tar) if is_tar or is_packed_tar else _Zip(stream)
    chosen, remarks = _chosen(archive)
    yield from (("remark", remark, None) for remark in remarks[:MOST_REMARKS])
    if len(remarks) > MOST_REMARKS:
        yield "remark", f"and {len(remarks) - MOST_REMARKS} more members were left out", None
    for name, member in chosen.items():
        with archive.open(member) as content:
            piece = content.read(PIECE)
            yield "file", name, piece
            while piece := content.read(PIECE):
                yield "file", name, piece


def _chosen(archive):
    """Return the members that are taken, by their names, and why others are not."""
    chosen, remarks, files, total = {}, [], 0, 0
    for name, member in archive.members():
        try:
            parts = path_of(name)
            if not parts or is_left_out(parts) or archive.is_folder(member):
                continue
            archive.check(member, ascii(name[:80]))
        except LeftOut as reason:
            remarks.append(str(reason))
            continue
        size = archive.size(member)
        files, total = files + 1, total + size
        check_bounds(files, total)
        if size > LARGEST_FILE:
            remarks.append(too_large("/".join(parts)))
        else:
            name = "/".join(parts)
            if name in chosen:
                raise Refused(f"it holds two files called {ascii(name[:80])}")
            chosen[name] = member
    _require_apart(chosen)
    return chosen, remarks


def _require_apart(names):
    """Raise Refused where two names are the same file or one lies in the other, on some system or other."""
    seen = {}
    for name in names:
        if name.casefold() in seen:
            raise Refused(f"it holds two files called {ascii(name[:80])} (or alike but for upper and lower case)")
        seen[name.casefold()] = name
    for name in seen:
        parts = name.split("/")
        if any("/".join(parts[:depth]) in seen for depth in range(1, len(parts))):
            raise Refused(f"it holds {ascii(name[:80])} inside of something that is a file")


class _Zip:
    def __init__(self, stream):
        content = bytearray(stream.read())
        _cut_comment(content)
        try:
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except UnicodeDecodeError:
            _names_are_no_utf8(content)
            self.archive = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile as error:
            raise Refused(f"it is neither a folder nor a zip file that can be read ({error})") from None

    def members(self):
        return [(member.filename, member) for member in self.archive.infolist()]

    def is_folder(self, member):
        return member.is_dir() or (stat.S_ISDIR(member.external_attr >> 16) and not member.file_size)

    def check(self, member, shown):
        check_member(member, shown)

    def size(self, member):
        return member.file_size

    def open(self, member):
        return self.archive.open(member)


def _cut_comment(content):
    """Take the comment off the end of a zip: it may be a zip itself, and then Python would open that one."""
    place = content.find(END, max(0, len(content) - 2**16 - COMMENT - 2))
    while place >= 0:
        (length,) = struct.unpack_from("<H", content, place + COMMENT) if len(content) >= place + COMMENT + 2 else (-1,)
        if place + COMMENT + 2 + length == len(content):
            del content[place + COMMENT :]
            content += bytes(2)
            return
        place = content.find(END, place + 1)


def _names_are_no_utf8(content):
    """Take back the claim that names are UTF-8, everywhere in a zip."""
    for signature, flags in ((DIRECTORY, FLAGS), (b"PK\x03\x04", FILE_FLAGS)):
        place = content.find(signature)
        while 0 <= place <= len(content) - flags - 2:
            (now,) = struct.unpack_from("<H", content, place + flags)
            struct.pack_into("<H", content, place + flags, now & ~NAMES_ARE_UTF8)
            place = content.find(signature, place + 1)


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
            raise LeftOut(f"{shown} was left out: it is a link or no ordinary file")

    def size(self, member):
        return member.size

    def open(self, member):
        return self.archive.extractfile(member)
