"""Put a data set into a folder, as arrays: from this machine, from a given source, or by download."""

import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from autograder.datasets import arrays, drawn
from autograder.datasets.download import Progress, Say, Unreachable, download
from autograder.datasets.layouts import SPLITS, Layout, NotOfficial, sha256
from autograder.datasets.paths import places
from autograder.datasets.registry import DATASETS, DataSet
from common.errors import UserError

DRAWN = {"train": (2_000, 3), "test": (500, 4)}  # the number of images, and the seed


def fetch(name: str, out: Path, source: str | None, say: Say, progress: Progress) -> None:
    """Write the official images and labels of a data set to out/name, as .npy files of uint8.

    name: "cifar10", "mnist" or "drawn". source: a folder, the official archive, or the URL of a copy; by default, the files
    on this machine are used if there are any, and downloaded if not. An interrupted download is resumed.
    Raises UserError, with advice, if the data set cannot be found or written.
    """
    try:
        if name == "drawn":
            _draw(out / name, source)
        else:
            _fetch(DATASETS[name], out, source, say, progress)
    except OSError as error:
        where = error.filename or out / name
        raise UserError(f"cannot write {where}: {error.strerror}. Choose another folder with --to.") from None
    say(f"{out / name} holds {', '.join(name for split in SPLITS for name in arrays.names(split))}")


def _draw(target: Path, source: str | None) -> None:
    if source:
        raise UserError("drawn images need no source: omit --from")
    for split, (count, seed) in DRAWN.items():
        arrays.write(target, split, [drawn.draw(count, seed)])


def _fetch(data: DataSet, out: Path, source: str | None, say: Say, progress: Progress) -> None:
    if data.arrays.is_complete(out / data.name):
        return say(f"{data.title} is there already, complete and intact")
    if source is None:
        if not _take_what_is_here(data, out, say):
            _download(data, out, say, progress)
    elif re.match("https?://", source):
        _download(_offered_at(source, data), out, say, progress)
    else:
        _take(data, _named(data, Path(source)), out)
    if _scratch(data, out).exists():
        shutil.rmtree(_scratch(data, out))
        say(f"deleted {_scratch(data, out)}, which held the download")
    return None


def _take_what_is_here(data: DataSet, out: Path, say: Say) -> bool:
    """Write the arrays from the first place with a complete, intact data set; return whether there is one."""
    for folder in dict.fromkeys([*places(), out.resolve()]):
        for source in _sources(data, folder):
            try:
                _take(data, source, out)
            except NotOfficial as error:
                say(f"skipped {source}: {error}")
            else:
                say(f"copied from {source}")
                return True
    return False


def _named(data: DataSet, path: Path) -> Path:
    """Return what --from names: an archive, or the folder with the files; raises UserError if there is neither."""
    if not path.exists():
        raise UserError(f"{path} does not exist")
    if path.is_file() and data.archive:
        return path
    if found := next(_sources(data, path), None):
        return found
    wanted = [f"{layout.folder} with {', '.join(layout.sums)}" for layout in data.layouts]
    wanted += [data.archive.file] if data.archive else []
    raise UserError(f"{path} does not hold {data.title}. It may contain\n  " + "\n  or ".join(wanted))


def _sources(data: DataSet, folder: Path) -> Iterator[Path]:
    """Yield the places in or below a folder that hold all files of a layout, and the archive if it is there."""
    for layout in data.layouts:
        for place in dict.fromkeys((folder, folder / layout.folder, folder / Path(layout.folder).name)):
            if _is_whole(layout, place):
                yield place
    if data.archive and (folder / data.archive.file).is_file():
        yield folder / data.archive.file


def _is_whole(layout: Layout, folder: Path) -> bool:
    return all(layout.has(folder, split) for split in SPLITS)


def _take(data: DataSet, source: Path, out: Path) -> None:
    """Write the arrays from the archive or the folder with all files; raises UserError for files that are not official."""
    if source.is_file():
        with _unpacked(data, source, out) as folder:
            _write(data, data.official, folder, out / data.name)
    else:
        _write(data, next(layout for layout in data.layouts if _is_whole(layout, source)), source, out / data.name)


def _write(data: DataSet, layout: Layout, folder: Path, target: Path) -> None:
    for split in SPLITS:
        arrays.write(target, split, layout.load_parts(folder, split))
    if not data.arrays.is_complete(target):
        raise UserError(f"{target} does not contain what was written: is the disk faulty?")


@contextmanager
def _unpacked(data: DataSet, archive: Path, out: Path) -> Iterator[Path]:
    """Unpack the official archive into a temporary folder; raises UserError for any other file."""
    try:
        with archive.open("rb") as stream:
            is_official = data.archive and sha256(stream) == data.archive.sha256
    except OSError as error:
        raise NotOfficial(f"{archive} cannot be read: {error.strerror}") from None
    if not is_official:
        raise NotOfficial(f"{archive} is not the official archive, or incomplete (its checksum differs): download it again")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out, prefix=f".{data.name}.") as folder:
        with tarfile.open(archive) as members:
            for member in members:
                name, content = Path(member.name).name, members.extractfile(member)
                if name in data.official.sums and content:
                    with Path(folder, name).open("wb") as stream:
                        shutil.copyfileobj(content, stream)
        yield Path(folder)


def _download(data: DataSet, out: Path, say: Say, progress: Progress) -> None:
    scratch = _scratch(data, out)
    try:
        for remote in data.remotes:
            download(remote, scratch / remote.file, say, progress)
    except Unreachable as error:
        raise UserError(f"{data.title} could not be downloaded:\n{error}\n{_by_hand(data, out)}") from None
    _take(data, scratch / data.archive.file if data.archive else scratch, out)


def _scratch(data: DataSet, out: Path) -> Path:
    """Return the folder for downloads, until the arrays are written."""
    return out / f"{data.name}.part"


def _offered_at(address: str, data: DataSet) -> DataSet:
    """Return the data set as another source offers it: the URL of the archive, or of the folder of files."""
    folder = address.rstrip("/")
    urls = [(address if data.archive else f"{folder}/{remote.file}",) for remote in data.remotes]
    return replace(data, remotes=tuple(replace(remote, urls=each) for remote, each in zip(data.remotes, urls)))


def _by_hand(data: DataSet, out: Path) -> str:
    folder = (out / data.by_hand).resolve()
    wanted = [
        f"  {folder / remote.file}\n    {remote.urls[-1]} ({remote.size:,} bytes, SHA-256 {remote.sha256})"
        for remote in data.remotes
    ]
    return "\n".join(
        ["Download this in another way, put it exactly here, and run the same command again:", *wanted,
         "Or leave it where it is, and pass that place to --from."]
    )  # fmt: skip
