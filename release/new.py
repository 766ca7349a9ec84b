"""Write a small homework that passes `convgrade verify`, for an instructor to start from."""

import json
import shutil
from pathlib import Path

from autograder import config
from common.errors import UserError

SCAFFOLD = Path(__file__).parent / "scaffold"
TITLE = 'title = "Measuring a classifier"'  # the line in its assignment.toml


def write(folder: Path, title: str | None = None) -> list[Path]:
    """Write the homework into a new or empty folder and return its files. title: a new title for it.

    Raises UserError if the folder is not empty or cannot be written.
    """
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise UserError(f"{folder} is not empty: name a folder that does not exist yet")
        shutil.copytree(SCAFFOLD, folder, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
        if title is not None:
            said = folder / config.FILE
            said.write_text(said.read_text("utf-8").replace(TITLE, f"title = {_quoted(title)}", 1), "utf-8")
    except OSError as error:
        reason = error.strerror or error
        raise UserError(f"cannot write {folder}: {reason}. Name another folder.") from None
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _quoted(text: str) -> str:
    """Quote a text for TOML: as in JSON, except for the character DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
