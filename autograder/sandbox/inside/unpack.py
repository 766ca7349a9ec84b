"""Unpack what a student has packed. Runs in a worker of its own, which is confined like those that run student code.

What leaves it are names, pieces of files and sentences. The grader also takes the rules for names from here.
"""

import io
import re
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

import numpy as np

LARGEST_FILE = 50 * 1024**2
LARGEST_SUBMISSION = 200 * 1024**2
MOST_FILES = 2_000
MOST_REMARKS = 50
LONGEST_NAME, LONGEST_PART = 200, 250  # letters of a path, bytes of one part of it
DEEPEST = 50  # folders in folders
PIECE = 8 * 1024**2  # bytes that are handed over at once
# What tools leave behind, and data sets that students keep beside their work, as `data fetch` writes them and as they come.
LEFT_OUT = {"__MACOSX", "__pycache__", ".git", ".venv", "venv", "node_modules", ".ipynb_checkpoints",
            "train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy", "cifar10.part",
            "cifar-10-batches-py", "cifar-10-python.tar.gz"}  # fmt: skip
PACKINGS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}  # APPNOTE.TXT 4.4.5
TARS, GZIP = (".tar", ".tar.gz", ".tgz"), b"\x1f\x8b"
END, COMMENT = b"PK\x05\x06", 20  # of a zip, and where in it the length of the comment stands
DIRECTORY, FLAGS, NAMES_ARE_UTF8 = b"PK\x01\x02", 8, 0x0800
FILE_FLAGS = 6
ENCRYPTED = 0x1
# By reading a zip or a tar. Python raises half a dozen kinds, with sentences about its own reading of them.
DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, ValueError, OSError,
           NotImplementedError, OverflowError, IndexError, KeyError)  # fmt: skip

_left: Iterator[tuple[str, str, bytes | None]] = iter(())  # of the archive that is being unpacked


class Refused(Exception):
    """Nothing of the archive can be taken. The message says why."""


class LeftOut(Exception):
    """A member cannot be taken, but the others can. The message says why."""


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


def path_of(name):
    """Return the parts of the path that a member of an archive gets; none for a name without any.

    Backslashes part folders too, as some programs of Windows write them. Raises Refused for a name that leads out of the
    folder, LeftOut for one that not every system can hold.
    """
    shown, plain = ascii(name[:80]), name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", plain):
        raise Refused(f"it holds {shown}, which would lie outside of its folder: pack it again")
    if len(name) > LONGEST_NAME or any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in parts):
        raise LeftOut(f"{shown} was left out: its name is too long")
    if len(parts) > DEEPEST:
        raise LeftOut(f"{shown} was left out: it lies in more than {DEEPEST} folders")
    if not plain.isprintable() or ":" in plain:
        raise LeftOut(f"{shown} was left out: its name has signs that not every system can show")
    return parts


def check_member(member, shown):
    """Raise LeftOut for a member of a zip that is not taken, Refused where no other can be taken either.

    Of packings, only those whose readers keep to the length that they are asked for: bzip2's and LZMA's do not.
    """
    if member.flag_bits & ENCRYPTED:
        raise Refused("the zip is protected by a password: hand in one without")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise LeftOut(f"{shown} was left out: it is a link or no ordinary file")
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        packing = PACKINGS.get(member.compress_type, f"method {member.compress_type}")
        raise LeftOut(f"{shown} was left out: it is packed by {packing}; make an ordinary zip")


def is_left_out(parts):
    """Tell whether a file of this path is none of the student's work."""
    return bool(LEFT_OUT & set(parts)) or parts[-1].endswith(".DS_Store") or parts[-1].startswith("._")


def check_bounds(files, total):
    """Raise Refused for more files or more bytes than a submission may have."""
    if files > MOST_FILES:
        raise Refused(f"it has more than {MOST_FILES} files: hand in only what the homework asks for")
    if total > LARGEST_SUBMISSION:
        raise Refused(f"it is larger than {LARGEST_SUBMISSION // 1024**2} MB: leave data sets out")


def too_large(name):
    """Return why a large file is left out."""
    return f"{name} was left out: it is larger than {LARGEST_FILE // 1024**2} MB"


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
