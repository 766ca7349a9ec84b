"""Files with other names than the homework asks for, taken under the right name where an instructor says so."""

from collections.abc import Sequence
from dataclasses import dataclass

from common.errors import UserError


@dataclass(frozen=True)
class Rename:
    """A submission's file that counts as one of the homework's. old: its name, or its path in the submission."""

    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.old}={self.new}"


def parse(text: str, files: Sequence[str]) -> Rename:
    """Return what OLD=NEW says. files: of the homework. Raises UserError for what is not a rename to one of them."""
    old, _, new = text.rpartition("=")
    return checked(old, new, files)


def checked(old: str, new: str, files: Sequence[str]) -> Rename:
    """Return a rename; raises UserError if it does not lead from another name to a file of the homework."""
    rename = Rename(old.strip().replace("\\", "/"), new.strip())
    if not rename.old:
        raise UserError(f"{new!r} renames nothing: give the old name and the new one, as in old.py={files[0]}")
    if rename.new not in files:
        raise UserError(f"{str(rename)!r}: the homework has no file {rename.new!r}; it has {', '.join(files)}")
    if rename.old == rename.new:
        raise UserError(f"{str(rename)!r}: the old name and the new one are the same")
    if rename.old.casefold().endswith(".ipynb"):
        raise UserError(f"{str(rename)!r}: a notebook is not Python: have it exported as a .py file first")
    return rename
