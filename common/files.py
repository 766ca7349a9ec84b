"""Write a file at once and whole: a reader sees the old one or the new one, whatever happens in between."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from common.errors import UserError


def write_whole(path: Path, parts: Iterable[bytes | memoryview], option: str = "--out", durable: bool = False) -> None:
    """Replace a file by the parts, one after another. durable: on the disk itself before this returns.

    Raises UserError where that cannot be done; option: what chooses another folder, for its sentence.
    """
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
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
