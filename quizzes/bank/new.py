"""Write a small quiz with its own questions, as a start for an instructor."""

import shutil
from pathlib import Path

from common.errors import UserError

SCAFFOLD = Path(__file__).parent / "scaffold"


def write(folder: Path) -> list[Path]:
    """Write the quiz into a new or empty folder, and return its files.

    Raises UserError if the folder is not empty or cannot be written.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise UserError(f"{folder} is not empty: name a folder that does not exist yet")
        shutil.copytree(SCAFFOLD, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    except OSError as error:
        raise UserError(f"cannot write {folder}: {error.strerror or error}. Name another folder.") from None
    return sorted(path for path in folder.rglob("*") if path.is_file())
