"""Files with wrong names, accepted under the right name if the instructor says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.errors import UserError


@dataclass(frozen=True)
class Rename:
    """A file that counts under another name, one of the homework's. old: its name, or its path in the submission."""

    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.old}={self.new}"


def parse(text: str, files: Sequence[str]) -> Rename:
    """Parse OLD=NEW. files: of the homework. Raises UserError unless NEW is one of them, and OLD something else."""
    old, _, new = text.rpartition("=")
    return checked(old, new, files)


def checked(old: str, new: str, files: Sequence[str]) -> Rename:
    """Return a rename; raises UserError unless it leads from another name to a file of the homework."""
    rename = Rename(old.strip().replace("\\", "/"), new.strip())
    if not rename.old:
        raise UserError(f"{new!r} renames nothing: give the old name and the new name, as in old.py={files[0]}")
    if rename.new not in files:
        raise UserError(f"{str(rename)!r}: the homework has no file {rename.new!r}; it has {', '.join(files)}")
    if rename.old == rename.new:
        raise UserError(f"{str(rename)!r}: both names are the same")
    if rename.old.casefold().endswith(".ipynb"):
        raise UserError(f"{str(rename)!r}: a notebook cannot be graded; have it exported as a .py file first")
    return rename
