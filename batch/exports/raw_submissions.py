"""Submissions as exports hold them, and how they become gradable."""

import contextlib
import errno
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.sandbox.child import rules
from autograder.submission import ending_of_archive, is_archive
from batch.exports.tree import DAMAGED, File, Parts, Tree
from batch.models import Student

MOST_SAID = 5  # notes of a submission, names in a sentence
# Errors of a file name that the disk does not accept.
UNWRITABLE = {
    errno.ENAMETOOLONG,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
    errno.EINVAL,
    errno.EILSEQ,
}


@dataclass
class RawSubmission:
    """A submission before its files are extracted.

    name: from which its key is made. files: by their paths in the submission. folder: the folder on disk that contains
    exactly these files, if there is one. named: its files or folders as the platform names them.
    """

    name: str
    students: tuple[Student, ...]
    files: Mapping[Parts, File]
    folder: Path | None = None
    submitted: str = ""
    score_before: float | None = None
    notes: list[str] = field(default_factory=list)
    late: bool = False
    named: tuple[str, ...] = ()

    @property
    def note(self) -> str:
        """All notes on one line."""
        return in_short(self.notes, "; ")


def in_short(texts: Sequence[str], separator: str = ", ") -> str:
    """Return the first few texts on one line, and how many more there are."""
    more = [f"and {len(texts) - MOST_SAID} more"] if len(texts) > MOST_SAID else []
    return separator.join([*texts[:MOST_SAID], *more])


def by_path(files: Iterable[File], notes: list[str]) -> dict[Parts, File]:
    """Return files by path; if a zip has two with the same path, the newest, with a note."""
    found: dict[Parts, File] = {}
    for file in files:
        other = found.get(file.parts)
        if other:
            notes.append(f"{'/'.join(file.parts)} is in the export more than once: the newest counts")
        if not other or _time(file) >= _time(other):
            found[file.parts] = file
    return found


def _time(file: File) -> tuple[int, ...]:
    return file.where.date_time if isinstance(file.where, zipfile.ZipInfo) else ()


def extract(raw: RawSubmission, tree: Tree, place: Path) -> Path:
    """Return a path to grade: in the export itself if possible, else a copy in the folder `place`.

    If the whole submission is an archive, it is not unpacked here: `grade` does that, in its sandbox. Files that cannot be
    copied are left out, with a note. Raises OSError if copies cannot be written.
    """
    if not raw.files:
        raw.notes.append("it holds no files")
    raw.notes += [f"{'/'.join(parts)} is empty" for parts, file in raw.files.items() if not file.size and _is_work(parts)]
    if len(raw.files) == 1:
        parts, only = next(iter(raw.files.items()))
        if is_archive(parts[-1]):
            return _extract_archive(only, parts[-1], raw, tree, place)
        if isinstance(only.where, Path) and only.where.name == parts[-1]:
            return raw.folder or only.where
    if raw.folder:
        return raw.folder
    copied = _made(place / "files")
    try:
        rules.check_bounds(len(raw.files), sum(file.size for file in raw.files.values()))
    except rules.Refused as error:
        raw.notes.append(str(error))
        return copied
    names: dict[str, str] = {}
    for parts, file in sorted(raw.files.items()):
        name = "/".join(parts)
        other = names.setdefault(name.casefold(), name)
        if other != name:
            raw.notes.append(f"{name} was left out: its name differs from {other} only in upper and lower case")
        elif file.size > rules.LARGEST_FILE:
            raw.notes.append(rules.too_large(name))
        else:
            _copy(file, tree, copied, name, raw.notes)
    return copied


def _extract_archive(only: File, name: str, raw: RawSubmission, tree: Tree, place: Path) -> Path:
    if isinstance(only.where, Path):
        return only.where
    if only.size > rules.LARGEST_SUBMISSION:
        raw.notes.append(f"{name} is larger than {rules.LARGEST_SUBMISSION // 1024**2} MB: leave data sets out")
        return _made(place)
    name = place.name + ending_of_archive(name)
    return place / name if _copy(only, tree, _made(place), name, raw.notes) else place


def _copy(file: File, tree: Tree, folder: Path, name: str, notes: list[str]) -> bool:
    """Copy a file of the export to a folder and return whether that succeeded; if not, add a note."""
    target = None
    try:
        target = folder.joinpath(*rules.path_of(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        with tree.open(file) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
        return True
    except rules.LeftOut as reason:
        notes.append(str(reason))
    except rules.Refused as reason:
        notes.append(f"{rules.in_quotes(name)} was left out: {reason}")
    except OSError as error:
        if error.errno not in UNWRITABLE | {errno.EACCES, None}:
            raise
        notes.append(f"{name[:80]} was left out: {error.strerror or error}")
    except DAMAGED as error:
        notes.append(f"{name[:80]} was left out: it is damaged in the export ({error})")
    with contextlib.suppress(OSError):  # its name itself may be impossible
        if target:
            target.unlink()
    return False


def _is_work(parts: Parts) -> bool:
    return parts[-1] != "__init__.py" and PurePosixPath(parts[-1]).suffix.casefold() in (".py", ".zip")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
