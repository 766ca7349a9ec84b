"""A submission of an export, and its way to a place from where it can be graded."""

import contextlib
import errno
import shutil
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.submission import (
    BROKEN,
    LARGEST_FILE,
    LARGEST_SUBMISSION,
    check_bounds,
    is_left_out,
    take_in,
    trouble,
)
from autograder.verdicts import Ungradable
from batch.exports.tree import File, Parts, Tree
from batch.records import Student

MOST_SAID = 5  # of a kind
UNWRITABLE = {errno.ENAMETOOLONG, errno.ENOTDIR, errno.EISDIR, errno.EEXIST, errno.EINVAL, errno.EILSEQ}  # such a name


@dataclass
class Pile:
    """What belongs together, before it is known where it can be graded from.

    name: what its key is made of. files: by their paths in the submission. folder: the folder on the disk that holds just
    these files, if there is one.
    """

    name: str
    students: tuple[Student, ...]
    files: Mapping[Parts, File]
    folder: Path | None = None
    submitted: str = ""
    score_before: float | None = None
    notes: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        """All notes in one line."""
        return in_short(self.notes, "; ")


def in_short(texts: Sequence[str], separator: str = ", ") -> str:
    """Return the first texts in one line, and how many more there are."""
    more = [f"and {len(texts) - MOST_SAID} more"] if len(texts) > MOST_SAID else []
    return separator.join([*texts[:MOST_SAID], *more])


def by_path(files: Iterable[File], notes: list[str]) -> dict[Parts, File]:
    """Return files by their paths; of two with the same one, which a zip may hold, the newest, and a note."""
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


def settle(pile: Pile, tree: Tree, place: Path) -> Path:
    """Return what `grade` takes: what lies in the export where that will do, else a copy in the folder `place`.

    A zip that is the whole submission stays a zip. Zips in it are unpacked, for `grade` would not; zips in those are not.
    Whatever cannot be copied or unpacked is left out with a note. Raises OSError where no copy can be written.
    """
    if not pile.files:
        pile.notes.append("it holds no files")
    pile.notes += [f"{'/'.join(parts)} is empty" for parts, file in pile.files.items() if not file.size and _is_work(parts)]
    zips = [parts for parts in pile.files if _is_zip(parts)]
    if len(pile.files) == 1:
        only = next(iter(pile.files.values()))
        if zips:
            return _settle_zip(only, pile, tree, place)
        if isinstance(only.where, Path) and only.where.name == next(iter(pile.files))[-1]:
            return pile.folder or only.where
    if pile.folder and not zips:
        return pile.folder
    unpacked = _made(place / "files")
    try:
        check_bounds(len(pile.files), sum(file.size for file in pile.files.values()))
    except Ungradable as error:
        pile.notes.append(str(error))
        return pile.folder or unpacked
    names: dict[str, str] = {}
    for parts, file in sorted(pile.files.items()):
        name = "/".join(parts)
        other = names.setdefault(name.casefold(), name)
        if other != name:
            pile.notes.append(f"{name} was left out: {other} is called alike but for upper and lower case")
        elif file.size > LARGEST_FILE:
            pile.notes.append(f"{name} was left out: it is larger than {LARGEST_FILE // 1024**2} MB")
        else:
            _copy(file, tree, unpacked / name, name, pile.notes)
    _unpack_zips(unpacked, pile.notes)
    return unpacked


def _settle_zip(only: File, pile: Pile, tree: Tree, place: Path) -> Path:
    if isinstance(only.where, Path):
        path = only.where
    else:
        path = _made(place) / f"{place.name}.zip"
        if only.size > LARGEST_SUBMISSION:
            pile.notes.append(f"the zip is larger than {LARGEST_SUBMISSION // 1024**2} MB: leave data sets out")
            return place
        if not _copy(only, tree, path, path.name, pile.notes):
            return place
    if not _holds_zips(path):
        return path
    unpacked = _made(place / "files")
    try:
        pile.notes += take_in(path, unpacked).remarks
    except Ungradable as error:
        pile.notes.append(str(error))
        return path
    _unpack_zips(unpacked, pile.notes)
    return unpacked


def _copy(file: File, tree: Tree, target: Path, name: str, notes: list[str]) -> bool:
    member = file.where if isinstance(file.where, zipfile.ZipInfo) else zipfile.ZipInfo(name)
    if sentence := trouble(member, name):
        notes.append(f"{ascii(name[:80])} was left out: {sentence}")
        return False
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tree.open(file) as source, target.open("wb") as copy:
            shutil.copyfileobj(source, copy)
    except BROKEN as error:
        notes.append(f"{name} was left out: it is damaged in the export ({error})")
    except OSError as error:
        if error.errno not in UNWRITABLE | {errno.EACCES, None}:
            raise
        notes.append(f"{name[:80]} was left out: {error.strerror or error}")
    else:
        return True
    with contextlib.suppress(OSError):  # its very name may be impossible
        target.unlink()
    return False


def _unpack_zips(folder: Path, notes: list[str]) -> None:
    """Replace each zip in a folder by a folder with what it holds, as far as the bounds of a submission allow."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if not path.is_file() or not _is_zip(path.parts):
            continue
        if sum(found.stat().st_size for found in folder.rglob("*")) > LARGEST_SUBMISSION:
            notes.append(f"{name} was left packed: it would be more than {LARGEST_SUBMISSION // 1024**2} MB in all")
            continue
        target = path.with_suffix("")
        while target.exists():
            target = target.with_name(f"{target.name}_")
        target.mkdir()
        try:
            inner = take_in(path, target)
        except Ungradable as error:
            shutil.rmtree(target)
            notes.append(f"{name} was left packed: {str(error).replace(str(path), 'it')}")
            continue
        path.unlink()
        notes += inner.remarks
        deeper = [found.name for found in inner.files if _is_zip(found.parts)]
        notes += [f"{deep} in {name} was left packed: it is a zip in a zip" for deep in deeper]


def _holds_zips(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(_is_zip((name,)) and not is_left_out(name) for name in archive.namelist())
    except (*BROKEN, OSError):
        return False  # `grade` will say why


def _is_zip(parts: Parts) -> bool:
    return PurePosixPath(parts[-1]).suffix.casefold() == ".zip"


def _is_work(parts: Parts) -> bool:
    return parts[-1] != "__init__.py" and PurePosixPath(parts[-1]).suffix.casefold() in (".py", ".zip")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
