"""Write files atomically: a reader sees the old file or the new one, whatever happens in between."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from common.errors import UserError

UNFINISHED = ".unfinished-"  # the beginning of the name of a file that is being written


def write_whole(path: Path, parts: Iterable[bytes | memoryview], option: str = "--out", durable: bool = False) -> None:
    """Replace a file by the parts, one after another. durable: it is on the disk itself before this returns.

    Raises UserError if that fails; option: the one that chooses another folder, for the sentence.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f"{UNFINISHED}{path.name}.")
        with open(handle, "wb") as stream:
            for part in parts:
                stream.write(part)
            if durable:
                stream.flush()
                os.fsync(stream.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except OSError as error:
        raise UserError(f"cannot write {path}: {error.strerror}. Choose another folder with {option}.") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def remove_unfinished(folder: Path, own: Iterable[str]) -> None:
    """Remove what a killed `write_whole` left in a folder and its subfolders. Nobody may be writing there."""
    found = [*folder.glob(f"{UNFINISHED}*"), *(path for name in own for path in (folder / name).rglob(f"{UNFINISHED}*"))]
    for path in found:
        path.unlink(missing_ok=True)
