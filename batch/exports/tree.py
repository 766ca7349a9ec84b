"""The files of an export, in one form for folders and zips. Nothing is unpacked."""

import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from autograder.sandbox.child import rules
from common.errors import UserError

Parts = tuple[str, ...]  # of a path, from the top
# Reading a damaged zip raises one of half a dozen exceptions.
DAMAGED = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, NotImplementedError, OSError)
KERNEL = ("proc", "sysfs")  # file systems that the kernel makes up
LEFTOVERS = {"thumbs.db", "desktop.ini"}  # of Windows
MOST_PARTS = rules.DEEPEST + 10  # of a path; no submission is deeper


@dataclass(frozen=True)
class File:
    """A file of an export. where: its path on disk, or its entry in the zip. size: in bytes."""

    parts: Parts
    size: int
    where: Path | zipfile.ZipInfo


@dataclass
class Tree:
    """The files and folders below one folder of an export.

    folder: its path on disk, None in a zip. links: what is not an ordinary file. remarks: what was left out of the whole
    export, and why.
    """

    files: list[File]
    folders: set[Parts]
    folder: Path | None = None
    archive: zipfile.ZipFile | None = None
    links: set[Parts] = field(default_factory=set)
    remarks: list[str] = field(default_factory=list)

    @cached_property
    def loose(self) -> dict[str, File]:
        """The files at the top, by name."""
        return {file.parts[0]: file for file in self.files if len(file.parts) == 1}

    @cached_property
    def named(self) -> dict[str, list[File]]:
        """The folders at the top, by name, with the files below each, whose paths start there."""
        found: dict[str, list[File]] = {folder[0]: [] for folder in sorted(self.folders)}
        for file in self.files:
            if len(file.parts) > 1:
                found.setdefault(file.parts[0], []).append(replace(file, parts=file.parts[1:]))
        return found

    @property
    def linked(self) -> set[str]:
        """The names of links and the like at the top."""
        return {parts[0] for parts in self.links if len(parts) == 1}

    @property
    def top(self) -> set[str]:
        """All names at the top."""
        return {*self.named, *self.loose, *self.linked}

    def only(self, names: Collection[str]) -> "Tree":
        """Return the tree with only these names at the top."""
        return replace(
            self,
            files=[file for file in self.files if file.parts[0] in names],
            folders={parts for parts in self.folders if parts[0] in names},
            links={parts for parts in self.links if parts[0] in names},
        )

    def below(self, name: str) -> "Tree":
        """Return the tree below one folder."""
        return Tree(
            self.named[name],
            {parts[1:] for parts in self.folders if parts[0] == name and len(parts) > 1},
            self.folder / name if self.folder else None,
            self.archive,
            {parts[1:] for parts in self.links if parts[0] == name and len(parts) > 1},
            self.remarks,
        )

    def open(self, file: File) -> IO[bytes]:
        """Open a file. Opening and reading raise any of DAMAGED, and opening also raises LeftOut or Refused."""
        if isinstance(file.where, Path):
            return file.where.open("rb")
        assert self.archive
        rules.check_member(file.where, rules.in_quotes("/".join(file.parts)))
        return self.archive.open(file.where)


@contextmanager
def opened(export: Path) -> Iterator[Tree]:
    """Yield the tree of a folder or a zip, which stays open meanwhile; raises UserError if it is neither."""
    try:
        kind = stat.S_IFMT(export.stat().st_mode)
    except OSError as error:
        raise UserError(f"{export} cannot be read: {error.strerror}") from None
    if kind == stat.S_IFDIR:
        if _is_of_the_kernel(export):
            raise UserError(f"{export} is part of the operating system, not an export")
        yield _walked(export)
        return
    try:
        if kind != stat.S_IFREG:
            raise zipfile.BadZipFile  # a pipe or a device may never end
        archive = zipfile.ZipFile(export)
    except DAMAGED:
        raise UserError(f"{export} is neither a folder nor a readable zip file: download the export again") from None
    with archive:
        yield _listed(archive, export)


def _is_of_the_kernel(folder: Path) -> bool:
    """Return whether a folder is in a file system such as /proc, where walking through everything takes minutes."""
    mounts = Path("/proc/mounts")
    kinds = dict(line.split()[1:3] for line in mounts.read_text().splitlines()) if mounts.is_file() else {}
    return any(kinds.get(str(parent)) in KERNEL for parent in (folder.resolve(), *folder.resolve().parents))


def _walked(export: Path) -> Tree:
    tree = Tree([], set(), export)

    def unread(error: OSError) -> None:
        tree.remarks.append(f"{Path(str(error.filename)).name} cannot be read: {error.strerror}.")

    for parent, folders, names in os.walk(export, onerror=unread):
        folders[:] = sorted(name for name in folders if not _is_leftover(name))
        at = Path(parent).relative_to(export).parts
        if len(at) == MOST_PARTS:
            folders[:] = []
        for name in sorted(folders + names):
            path, parts = Path(parent, name), (*at, name)
            try:
                status = path.lstat()
            except OSError as error:
                unread(error)
                continue
            if stat.S_ISDIR(status.st_mode):
                tree.folders.add(parts)
            elif not stat.S_ISREG(status.st_mode):
                tree.links.add(parts)
            elif not _is_leftover(name):
                tree.files.append(File(parts, status.st_size, path))
    return tree


def _listed(archive: zipfile.ZipFile, export: Path) -> Tree:
    tree = Tree([], set(), archive=archive)
    members = archive.infolist()
    if members and all(member.flag_bits & 1 for member in members if not member.is_dir()):
        raise UserError(f"{export} is protected by a password: unpack it, and use the folder")
    for member in members:
        name = rules.name_of(member)
        parts = PurePosixPath(name).parts
        if not parts or any(map(_is_leftover, parts)):
            continue
        if name.startswith("/") or ".." in parts or len(parts) > MOST_PARTS:
            tree.remarks.append(f"{ascii(name[:80])} was left out of the export: it is outside of it or nested too deeply.")
        elif member.is_dir():
            tree.folders.add(parts)
        else:
            tree.folders.update(parts[:depth] for depth in range(1, len(parts)))
            tree.files.append(File(parts, member.file_size, member))
    tree.files.sort(key=lambda file: file.parts)
    return tree


def _is_leftover(name: str) -> bool:
    return rules.is_left_out([name]) or name.casefold() in LEFTOVERS
