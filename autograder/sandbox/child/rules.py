"""Which of a student's files are accepted: the rules for names and sizes, the same for folders and for archives."""

import re
import stat
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from zipfile import ZipInfo

LARGEST_FILE = 50 * 1024**2
LARGEST_SUBMISSION = 200 * 1024**2
MOST_FILES = 2_000
MOST_REMARKS = 50  # on what is left out
LONGEST_NAME, LONGEST_PART = 200, 250  # letters of a path, bytes of one part of it
DEEPEST = 50  # folders in folders
# What check.pyz and tools leave behind. An assignment may name more.
OURS = {".check.json", "check.html"}
LEFT_OUT = OURS | {"__MACOSX", "__pycache__", ".git", ".venv", "venv", "node_modules", ".ipynb_checkpoints"}
ENVIRONMENT = "pyvenv.cfg"  # is in the folder of a virtual environment, whatever its name
PACKINGS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd"}  # APPNOTE.TXT 4.4.5
STORED, DEFLATED, ENCRYPTED, NAMES_ARE_UTF8 = 0, 8, 0x1, 0x800


class Refused(Exception):
    """Nothing in the archive can be accepted. The message says why."""


class LeftOut(Exception):
    """A member cannot be accepted, but the others can. The message says why."""


def path_of(name: str) -> list[str]:
    """Return the parts of an archive member's path; none for a name without any.

    Backslashes separate folders too, since some Windows programs write them. In folder names, underscores replace
    characters that not every system can store, because the files in the folders count. Raises LeftOut for a file with such
    a name, Refused for a name that leads out of the folder.
    """
    shown, plain = in_quotes(name), name.replace("\\", "/")
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or ".." in parts or re.match(r"[A-Za-z]:", plain):
        raise Refused(f"it holds {shown}, which would end up outside its folder: pack it again")
    if len(name) > LONGEST_NAME or any(len(part.encode("utf-8", "replace")) > LONGEST_PART for part in parts):
        raise LeftOut(f"{shown} was left out: its name is too long")
    if len(parts) > DEEPEST:
        raise LeftOut(f"{shown} was left out: it is inside more than {DEEPEST} folders")
    folders, file = parts[:-1], parts[-1:]
    if _stored(file) != file:
        raise LeftOut(f"{shown} was left out: its name has characters that not every system can store")
    return _stored(folders) + file


def _stored(parts: list[str]) -> list[str]:
    """Return parts of a path with underscores in place of characters that not every system can store."""
    return ["".join(letter if letter.isprintable() and letter != ":" else "_" for letter in part) for part in parts]


def in_quotes(name: str) -> str:
    """Return the beginning of a name, fit to be shown: without characters that move a cursor or reverse a line."""
    return repr(name[:80])


def name_of(member: ZipInfo) -> str:
    """Return the name of a zip's member.

    Many programs, such as Apple's and Canvas's, write UTF-8 without saying so; zipfile then reads it as the DOS code page.
    """
    if member.flag_bits & NAMES_ARE_UTF8:
        return member.filename
    try:
        return member.filename.encode("cp437").decode()
    except UnicodeError:
        return member.filename


def check_member(member: ZipInfo, shown: str) -> None:
    """Raise LeftOut for a member of a zip that is not accepted, Refused if no other can be accepted either.

    Of compression methods, only those are accepted whose readers keep to the length that they are asked for: bzip2's and
    LZMA's do not.
    """
    if member.flag_bits & ENCRYPTED:
        raise Refused("it is protected by a password: make a zip without one")
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        raise LeftOut(f"{shown} was left out: it is a link or not an ordinary file")
    if member.compress_type not in (STORED, DEFLATED):
        packing = PACKINGS.get(member.compress_type, f"method {member.compress_type}")
        raise LeftOut(f"{shown} was left out: it is packed by {packing}: make an ordinary zip")


def is_left_out(parts: Sequence[str], leave_out: Iterable[str] = ()) -> bool:
    """Return whether a file at this path is not the student's work. leave_out: more names that are not; * as in a shell."""
    leftover = parts[-1].endswith(".DS_Store") or parts[-1].startswith("._")
    return leftover or any(fnmatchcase(part, name) for part in parts for name in (*LEFT_OUT, *leave_out))


def check_bounds(files: int, total: int) -> None:
    """Raise Refused for more files or more bytes than a submission may have."""
    if files > MOST_FILES:
        raise Refused(f"it has more than {MOST_FILES} files: submit only what the homework asks for")
    if total > LARGEST_SUBMISSION:
        raise Refused(f"it is larger than {LARGEST_SUBMISSION // 1024**2} MB: leave data sets out")


def too_large(name: str) -> str:
    """Return why a large file is left out."""
    return f"{name} was left out: it is larger than {LARGEST_FILE // 1024**2} MB"
