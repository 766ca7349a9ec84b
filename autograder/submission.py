"""Take in what a student submitted, a folder or an archive, without trusting a byte of it."""

import os
import re
import shutil
import stat
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path, PurePosixPath

from autograder.renames import Rename
from autograder.sandbox.child import rules
from autograder.sandbox.child.rules import (
    DEEPEST,
    LARGEST_FILE,
    LARGEST_SUBMISSION,
    MOST_REMARKS,
    check_bounds,
)
from autograder.sandbox.host import FULL_DISK, Sandbox
from autograder.sandbox.intake import Intake
from autograder.verdicts import FailedHere, Ungradable
from common.errors import UserError

COMPILED = (".so", ".pyd", ".dll", ".dylib")
MACHINE_CODE = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")  # of Linux, and of macOS
ARCHIVES = (".zip", ".tar.gz", ".tgz", ".tar")
OTHER_ARCHIVES = (".7z", ".rar", ".xz", ".bz2", ".zst", ".gz")
WEIGHTS = (".pt.zip", ".pth.zip")  # PyTorch saves zips, and some browsers add that to the name
ASSIGNMENT = "assignment.toml"  # in the folder that makes an assignment
MOST_ARCHIVES = 20  # within a submission
CLOSE, SHORTEST = 0.8, 4  # similar names: the least ratio of matching letters; the shortest one within another
LONGEST_REMARK = 1_000  # characters


@dataclass
class Submission:
    """A copy of what was submitted, safe to hand to a worker."""

    folder: Path
    remarks: list[str] = field(default_factory=list)  # what was left out, and why
    files: list[Path] = field(default_factory=list)
    renamed: list[Rename] = field(default_factory=list)  # files taken under another name

    def has(self, name: str) -> bool:
        """Return whether there is a file with this name."""
        return bool(self._files(name))

    def find(self, name: str) -> Path | None:
        """Return the file with this name that is nearest to the top, if there is one.

        Raises UserError if several are equally near: only the student can say which one counts.
        """
        nearest = _nearest(self._files(name))
        if len(nearest) > 1:
            names = " and ".join(str(path.relative_to(self.folder)) for path in nearest)
            raise UserError(f"there are several files called {name}: {names}. Submit only one of them.")
        return nearest[0] if nearest else None

    def is_called(self, path: Path, name: str) -> bool:
        """Return whether a file has this name, or this path in the submission."""
        return name in (path.name, path.relative_to(self.folder).as_posix())

    def near_miss(self, name: str) -> str:
        """Return a sentence about a file that was probably meant to have this name; "" if there is none."""
        others = (path for path in self.files if path.name != name)
        files = sorted(others, key=lambda path: (len(path.parts), path))
        advice = ((path, advise(path.name, name)) for advise in (_advice, _guess) for path in files)
        return next((f"There is {path.relative_to(self.folder)}: {what}." for path, what in advice if what), "")

    def _files(self, name: str) -> list[Path]:
        return [path for path in self.files if path.name == name]


def take_in(source: Path, sandbox: Sandbox, leave_out: Collection[str] = (), renames: Sequence[Rename] = ()) -> Submission:
    """Copy a folder, an archive or a single file into the sandbox's folder for the submission, which is empty.

    Archives in it are unpacked too, but not archives in those. leave_out: names of files and folders that are not the
    student's work. renames: files that count under another name, unless another file has that name; the first one found
    counts. From an assignment's own folder, only the files at its top are copied: the solution. Raises Ungradable, with
    the reason, for anything hostile or unusable. Writes nothing outside the sandbox's folder.
    """
    submission, intake = Submission(sandbox.submission), Intake(sandbox, leave_out)
    try:
        _take(source, submission, intake)
        _let_workers_read(submission.folder)
        _unpack_archives(submission, intake)
    except OSError as error:
        kind = FailedHere if error.errno in FULL_DISK else Ungradable
        raise kind(f"{source.name} cannot be read: {error.strerror or error}") from None
    _leave_out_machine_code(submission)
    _let_workers_read(submission.folder)
    submission.files = [path for path in submission.folder.rglob("*") if path.is_file()]
    _rename(submission, renames)
    if more := submission.remarks[MOST_REMARKS:]:
        submission.remarks[MOST_REMARKS:] = [f"there are {len(more)} more remarks like these"]
    return submission


def _take(source: Path, submission: Submission, intake: Intake) -> None:
    """Copy or unpack the source."""
    if not source.exists():
        raise UserError(f"{source} does not exist")
    if source.is_dir():
        _copy_folder(source, submission, intake.leave_out)
    elif not source.is_file():
        raise Ungradable(f"{source} is not an ordinary file: submit a folder or a zip")
    elif is_archive(source.name) or _is_a_zip_without_ending(source):
        if source.stat().st_size > LARGEST_SUBMISSION:
            raise Ungradable(f"{source.name} is larger than {LARGEST_SUBMISSION // 1024**2} MB: leave data sets out")
        copy = intake.sandbox.scratch / "submitted" / (source.name if is_archive(source.name) else f"{source.name}.zip")
        copy.parent.mkdir()
        shutil.copyfile(source, copy)
        _let_workers_read(copy.parent)
        _unpack(copy, submission.folder, submission, intake)
    elif _is_other_archive(source.name):
        raise Ungradable(f"{source.name} is an archive that cannot be unpacked here: make an ordinary zip")
    elif source.stat().st_size > LARGEST_FILE:
        raise Ungradable(f"{source.name} is larger than {LARGEST_FILE // 1024**2} MB")
    else:
        _copy_file(source, PurePosixPath(source.name), submission)


def _let_workers_read(folder: Path) -> None:
    """Let the users that workers run as read everything in a folder, but write nothing."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def is_archive(name: str) -> bool:
    """Return whether a file with this name is an archive that is unpacked."""
    return bool(ending_of_archive(name))


def ending_of_archive(name: str) -> str:
    """Return the ending of an archive that is unpacked, such as ".tar.gz"; "" for any other file."""
    name = name.casefold()
    return "" if name.endswith(WEIGHTS) else next((ending for ending in ARCHIVES if name.endswith(ending)), "")


def _is_other_archive(name: str) -> bool:
    return name.casefold().endswith(OTHER_ARCHIVES) and not is_archive(name)


def _is_a_zip_without_ending(source: Path) -> bool:
    with source.open("rb") as stream:
        return not source.suffix and stream.read(2) == b"PK"


def _unpack(archive: Path, folder: Path, submission: Submission, intake: Intake) -> None:
    """Write an archive's content into a folder. The worker that unpacks it is not trusted: its output is checked again."""
    sizes = [path.stat().st_size for path in submission.folder.rglob("*") if path.is_file() and path != archive]
    files, total, said, last = len(sizes), sum(sizes), 0, ""
    for member in intake.members(archive, files, total):
        if isinstance(member, str):
            said += 1
            if said > MOST_REMARKS + 1:
                raise Ungradable(f"{archive.name} contains too many files that cannot be accepted")
            submission.remarks.append(member[:LONGEST_REMARK])
            continue
        name, piece = member
        files, total = files + (name != last), total + len(piece)
        _bounded(files, total)
        try:
            path = folder.joinpath(*rules.path_of(name))
        except (rules.Refused, rules.LeftOut):
            raise Ungradable(f"{archive.name} contains a file name that leads out of its folder") from None
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab" if name == last else "xb") as stream:
            stream.write(piece)
        last = name


def _unpack_archives(submission: Submission, intake: Intake) -> None:
    """Replace each archive in a submission with a folder of its content, within the limits of a submission."""
    files = [path for path in sorted(submission.folder.rglob("*")) if path.is_file()]
    others = [path.relative_to(submission.folder) for path in files if _is_other_archive(path.name)]
    submission.remarks += [f"{name} was not unpacked: make an ordinary zip instead" for name in others]
    archives = [path for path in files if is_archive(path.name)]
    for number, path in enumerate(archives):
        name = path.relative_to(submission.folder).as_posix()
        target = path.with_name(path.name[: -len(ending_of_archive(path.name))] or "archive")
        while target.exists():
            target = target.with_name(f"{target.name}_")
        target.mkdir()
        try:
            if number >= MOST_ARCHIVES:
                raise Ungradable(f"there are more than {MOST_ARCHIVES} archives")
            _unpack(path, target, submission, intake)
        except Ungradable as reason:
            shutil.rmtree(target)
            submission.remarks.append(f"{name} was not unpacked: {reason}")
            continue
        path.unlink()
        deeper = [found.name for found in target.rglob("*") if is_archive(found.name)]
        submission.remarks += [f"{deep} in {name} was not unpacked: it is an archive in an archive" for deep in deeper]


def _bounded(files: int, total: int) -> None:
    try:
        check_bounds(files, total)
    except rules.Refused as reason:
        raise Ungradable(f"the submission cannot be accepted: {reason}") from None


def _leave_out_machine_code(submission: Submission) -> None:
    """Remove compiled libraries: the homework must be in Python, and nobody can read them."""
    for path in sorted(submission.folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                is_machine_code = stream.read(4) in MACHINE_CODE or path.suffix in COMPILED
            if is_machine_code:
                path.unlink()
                relative = path.relative_to(submission.folder)
                submission.remarks.append(f"{relative} was left out: it is machine code, not Python")


def _rename(submission: Submission, renames: Sequence[Rename]) -> None:
    """Give files the names under which they count, or say why that is impossible."""
    for rename in renames:
        found = _nearest(path for path in submission.files if submission.is_called(path, rename.old))
        if len(found) == 1 and not submission.has(rename.new) and not found[0].with_name(rename.new).exists():
            submission.files[submission.files.index(found[0])] = found[0].rename(found[0].with_name(rename.new))
            submission.renamed.append(rename)
            submission.remarks.append(f"{rename.old} was taken as {rename.new}, as your instructor asked")
        elif found:
            why = f"there are several files called {rename.old}" if found[1:] else f"there is already a {rename.new}"
            submission.remarks.append(f"{rename.old} was not taken as {rename.new}: {why}")
    missing = dict.fromkeys(rename.new for rename in renames if not submission.has(rename.new))
    for new in missing:
        olds = " or ".join(rename.old for rename in renames if rename.new == new)
        submission.remarks.append(f"{olds} would be taken as {new}, but is not there")


def _nearest(files: Iterable[Path]) -> list[Path]:
    """Return the files that are nearest to the top."""
    found = sorted(files, key=lambda path: (len(path.parts), path))
    return [path for path in found if len(path.parts) == len(found[0].parts)]


def _copy_folder(source: Path, submission: Submission, leave_out: Collection[str]) -> None:
    files = total = 0
    is_assignment = (source / ASSIGNMENT).is_file()
    for parent, folders, names in os.walk(source, onerror=lambda error: submission.remarks.append(_reason(error))):
        if rules.ENVIRONMENT in names and Path(parent) != source:
            folders.clear()
            continue
        folders[:] = [] if is_assignment else sorted(name for name in folders if not rules.is_left_out([name], leave_out))
        if len(Path(parent).relative_to(source).parts) == DEEPEST and folders:
            submission.remarks.append(f"{folders[0]} was left out: it is inside more than {DEEPEST} folders")
            folders[:] = []
        names += [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted(name for name in names if not rules.is_left_out([name], leave_out)):
            path = Path(parent, name)
            relative = PurePosixPath(*path.relative_to(source).parts)
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                submission.remarks.append(f"{relative} was left out: it is a link or not an ordinary file")
            elif status.st_size > LARGEST_FILE:
                submission.remarks.append(rules.too_large(str(relative)))
            else:
                files, total = files + 1, total + status.st_size
                _bounded(files, total)
                _copy_file(path, relative, submission)


def _copy_file(path: Path, relative: PurePosixPath, submission: Submission) -> None:
    target = submission.folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        # Some system files never end, and claim to be empty.
        content = path.read_bytes() if path.stat().st_size else b""
    except PermissionError as error:
        submission.remarks.append(_reason(error))
        return
    except OSError as error:
        raise FailedHere(f"{relative} cannot be read: {error.strerror}") from None
    target.write_bytes(content)


def _reason(error: OSError) -> str:
    return f"{Path(str(error.filename)).name} cannot be read: {error.strerror}"


@lru_cache  # each check of a missing part asks, and so do other submissions of a class
def _advice(name: str, wanted: str) -> str:
    """Return how to turn a file into the wanted one; "" if it is a different file altogether."""
    stem, ending = PurePosixPath(wanted).stem, PurePosixPath(wanted).suffix
    # What browsers and systems add to the name of a copy: "a (1).py", "a - Copy.py", "Copy of a.py", "a-2.py".
    before, behind = r"(?:copy of |kopie von |copia de )?", r"(?:[ _-]*(?:\(\d+\)|copy|kopie|copia|\d+))*"
    match = re.fullmatch(rf"{before}{re.escape(stem)}{behind}(?P<ending>(?:\.\w+)+)", name, re.IGNORECASE)
    if not match:
        return ""
    endings = {ending: f"rename it to {wanted}", f"{ending}.txt": f"rename it to {wanted}"}
    if ending == ".py":
        endings |= {".ipynb": f"a notebook is not graded; submit {wanted}", ".txt": f"rename it to {wanted}"}
    if ending == ".pt":
        endings |= {".pth": f"rename it to {wanted}", ".pt.zip": f"rename it to {wanted}"}
    return endings.get(match["ending"].casefold(), "")


@lru_cache
def _guess(name: str, wanted: str) -> str:
    """Return how to turn a file into the wanted one if its name is similar; "" if not."""
    one, other = PurePosixPath(name.casefold()), PurePosixPath(wanted)
    shorter, longer = sorted((one.stem, other.stem), key=len)
    is_close = SequenceMatcher(None, one.stem, other.stem).ratio() > CLOSE
    is_alike = is_close or (len(shorter) >= SHORTEST and shorter in longer)
    return f"if it is meant to be {wanted}, rename it" if is_alike and one.suffix == other.suffix else ""
