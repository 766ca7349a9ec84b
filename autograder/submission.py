"""Take in what a student handed in, a folder or a zip, without trusting a byte of it."""

import errno
import lzma
import os
import shutil
import stat
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from autograder.verdicts import Ungradable, UserError

LARGEST_FILE = 50 * 1024**2
LARGEST_SUBMISSION = 200 * 1024**2
MOST_FILES = 2_000
LONGEST_NAME = 200
DEEPEST = 50  # folders in folders
COMPILED = (".so", ".pyd", ".dll", ".dylib")
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, NotImplementedError, EOFError, ValueError)  # by reading a zip
MACHINE_CODE = (b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")  # of Linux, and of macOS
# What tools leave behind, and data sets that students keep beside their work, as `data fetch` writes them and as they come.
LEFT_OUT = {"__MACOSX", "__pycache__", ".git", ".venv", "venv", "node_modules", ".ipynb_checkpoints",
            "train_images.npy", "train_labels.npy", "test_images.npy", "test_labels.npy", "cifar10.part",
            "cifar-10-batches-py", "cifar-10-python.tar.gz"}  # fmt: skip


@dataclass
class Submission:
    """A copy of what was handed in, safe to hand to a worker."""

    folder: Path
    remarks: list[str] = field(default_factory=list)  # what was left out, and why
    files: list[Path] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Tell whether there is a file of this name at all."""
        return bool(self._files(name))

    def find(self, name: str) -> Path | None:
        """Return the file of this name that lies nearest to the top, or None.

        Raises UserError when several lie equally near: which one counts is the student's to say.
        """
        found = sorted(self._files(name), key=lambda path: (len(path.parts), path))
        nearest = [path for path in found if len(path.parts) == len(found[0].parts)]
        if len(nearest) > 1:
            names = " and ".join(str(path.relative_to(self.folder)) for path in nearest)
            raise UserError(f"there are several files called {name}: {names}. Hand in one of them.")
        return nearest[0] if nearest else None

    def _files(self, name: str) -> list[Path]:
        return [path for path in self.files if path.name == name]


def take_in(source: Path, folder: Path) -> Submission:
    """Copy a folder, a zip or a single file into the empty folder.

    Raises Ungradable, with the reason, for anything that is not a submission or that is hostile. Nothing outside the
    folder is written.
    """
    if not source.exists():
        raise Ungradable(f"there is no {source}")
    if source.is_dir():
        submission = _copy_folder(source, folder)
    elif zipfile.is_zipfile(source):
        submission = _unzip(source, folder)
    elif source.suffix == ".py":
        submission = Submission(folder)
        _copy_file(source, PurePosixPath(source.name), submission)
    else:
        raise Ungradable(f"{source} is neither a folder nor a zip file that can be read")
    _leave_out_machine_code(submission)
    # The worker's user reads everything, and writes nothing.
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    submission.files = [path for path in folder.rglob("*") if path.is_file()]
    return submission


def _leave_out_machine_code(submission: Submission) -> None:
    """Remove compiled libraries: the homework is to be written in Python, and nobody can read what they do."""
    for path in sorted(submission.folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                is_machine_code = stream.read(4) in MACHINE_CODE or path.suffix in COMPILED
            if is_machine_code:
                path.unlink()
                relative = path.relative_to(submission.folder)
                submission.remarks.append(f"{relative} was left out: it is machine code, and the homework is Python")


def _copy_folder(source: Path, folder: Path) -> Submission:
    submission = Submission(folder)
    files = total = 0
    for parent, folders, names in os.walk(source, onerror=lambda error: submission.remarks.append(_reason(error))):
        folders[:] = sorted(set(folders) - LEFT_OUT)
        if len(Path(parent).relative_to(source).parts) == DEEPEST and folders:
            submission.remarks.append(f"{folders[0]} was left out: it lies in more than {DEEPEST} folders")
            folders[:] = []
        names += [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted(set(names) - LEFT_OUT):
            path = Path(parent, name)
            relative = PurePosixPath(*path.relative_to(source).parts)
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode):
                submission.remarks.append(f"{relative} was left out: it is a link or no ordinary file")
            elif status.st_size > LARGEST_FILE:
                submission.remarks.append(f"{relative} was left out: it is larger than {LARGEST_FILE // 1024**2} MB")
            else:
                files, total = files + 1, total + status.st_size
                check_bounds(files, total)
                _copy_file(path, relative, submission)
    return submission


def _copy_file(path: Path, relative: PurePosixPath, submission: Submission) -> None:
    target = submission.folder / relative
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        content = path.read_bytes()
    except OSError as error:
        submission.remarks.append(_reason(error))
        return
    target.write_bytes(content)


def _unzip(source: Path, folder: Path) -> Submission:
    submission = Submission(folder)
    try:
        with zipfile.ZipFile(source) as archive:
            members = [member for member in archive.infolist() if not member.is_dir() and not is_left_out(member.filename)]
            _check_names(members)
            check_bounds(len(members), sum(member.file_size for member in members))
            for member in members:
                _unpack(archive, member, submission)
    except BROKEN as error:
        raise Ungradable(f"{source.name} is a damaged zip file, or one of an unusual kind: {error}") from None
    except OSError as error:
        kind = UserError if error.errno in (errno.ENOSPC, errno.EDQUOT) else Ungradable  # a full disk is not its fault
        raise kind(f"{source.name} cannot be unpacked: {error.strerror or error}") from None
    return submission


def is_left_out(name: str) -> bool:
    """Tell whether the file of this name in a zip or a folder is none of the student's work."""
    return bool(LEFT_OUT & set(PurePosixPath(name).parts)) or name.endswith(".DS_Store")


def _check_names(members: list[zipfile.ZipInfo]) -> None:
    """Raise Ungradable if a member would be written outside, is no ordinary file, or has another one's name."""
    seen: dict[str, str] = {}
    for member in members:
        name = member.filename
        if sentence := trouble(member, name):
            raise Ungradable(sentence)
        same = str(PurePosixPath(name)).casefold()
        if same in seen:
            raise Ungradable(f"the zip holds two files called {ascii(name[:80])} (or alike but for upper and lower case)")
        seen[same] = name
    for name in seen:
        if any(str(parent) in seen for parent in PurePosixPath(name).parents):
            raise Ungradable(f"the zip holds {ascii(name[:80])} inside of something that is a file")


def trouble(member: zipfile.ZipInfo, name: str) -> str:
    """Return why a member of a zip cannot be unpacked under a name, or ""."""
    shown = ascii(name[:80])
    if name.startswith("/") or ".." in PurePosixPath(name).parts or "\\" in name or ":" in name:
        return f"the zip holds {shown}, which would lie outside of its folder: make the zip anew"
    if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG):
        return f"the zip holds {shown}, a link or no ordinary file: hand in the file itself"
    if len(name) > LONGEST_NAME or not name.isprintable():
        return f"the zip holds a file with an unusable name: {shown}"
    if member.flag_bits & 1:
        return "the zip is protected by a password: hand in one without"
    return ""


def check_bounds(files: int, total: int) -> None:
    """Raise Ungradable for more files or more bytes than a submission may have."""
    if files > MOST_FILES:
        raise Ungradable(f"the submission has more than {MOST_FILES} files: hand in only what the homework asks for")
    if total > LARGEST_SUBMISSION:
        raise Ungradable(f"the submission is larger than {LARGEST_SUBMISSION // 1024**2} MB: leave data sets out")


def _unpack(archive: zipfile.ZipFile, member: zipfile.ZipInfo, submission: Submission) -> None:
    if member.file_size > LARGEST_FILE:
        submission.remarks.append(f"{member.filename} was left out: it is larger than {LARGEST_FILE // 1024**2} MB")
        return
    target = submission.folder / PurePosixPath(member.filename)
    target.parent.mkdir(parents=True, exist_ok=True)
    with archive.open(member) as packed, target.open("wb") as unpacked:
        shutil.copyfileobj(packed, unpacked)  # at most the size that was checked: zipfile reads no more than a member says


def _reason(error: OSError) -> str:
    return f"{Path(str(error.filename)).name} cannot be read: {error.strerror}"
