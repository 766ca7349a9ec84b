"""Write a file at once and whole: a reader sees the old one or the new one, whatever happens in between."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from common.errors import UserError

UNFINISHED = ".unfinished-"  # what the name of a file begins with that is being written


def write_whole(path: Path, parts: Iterable[bytes | memoryview], option: str = "--out", durable: bool = False) -> None:
    """Replace a file by the parts, one after another. durable: on the disk itself before this returns.

    Raises UserError where that cannot be done; option: what chooses another folder, for its sentence.
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
    """Remove what `write_whole` left in a folder, and below its own ones, when it was killed. Nobody may be writing."""
    found = [*folder.glob(f"{UNFINISHED}*"), *(path for name in own for path in (folder / name).rglob(f"{UNFINISHED}*"))]
    for path in found:
        path.unlink(missing_ok=True)
