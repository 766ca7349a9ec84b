"""The ledger of a run: what is finished stands in it, whatever happens next.

SQLite in WAL mode: a row is there whole or not at all, after a kill, a full disk or a power cut. One run writes at a time.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from autograder.verdicts import UserError
from batch.records import Record

FILE, LOCK = "ledger.sqlite", "ledger.lock"
FORMAT = "1"


class Ledger:
    """What was graded in a folder, by the digest of its content."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger in a folder, or begin one.

        Raises UserError if another run is at work there, or if the file is no ledger of this version.
        """
        self.file = folder / FILE
        with _clear_errors(self.file):
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(folder)
            self._rows = sqlite3.connect(self.file, isolation_level=None)
            self._rows.execute("PRAGMA journal_mode = WAL")
            self._rows.execute("PRAGMA synchronous = FULL")
            self._rows.execute("CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT)")
            self._rows.execute("CREATE TABLE IF NOT EXISTS graded (digest TEXT PRIMARY KEY, options TEXT, record TEXT)")
        if self.setting("format", FORMAT) != FORMAT:
            raise UserError(f"{self.file} was written by another version of convgrade: choose another folder with --out")

    def setting(self, name: str, new: str) -> str:
        """Return a setting of the class; the first time it becomes the new value."""
        with _clear_errors(self.file):
            self._rows.execute("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, new))
            return self._rows.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()[0]

    def put(self, record: Record, options: str) -> None:
        """Write down a finished submission, and by which options it was graded."""
        with _clear_errors(self.file):
            self._rows.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?)", (record.digest, options, record.to_json()))

    def rows(self) -> dict[str, tuple[str, Record]]:
        """Return what is finished: for each digest the options and the record."""
        with _clear_errors(self.file):
            found = self._rows.execute("SELECT digest, options, record FROM graded").fetchall()
        return {digest: (options, Record.from_json(record)) for digest, options, record in found}

    def close(self) -> None:
        """Close the ledger and let others in."""
        self._rows.close()
        self._lock.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _locked(folder: Path):
    """Return an open file that only one process can hold, until it ends in whatever way."""
    import fcntl

    lock = (folder / LOCK).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise UserError(f"another run is at work in {folder}: wait for it, or choose another folder with --out") from None
    return lock


@contextlib.contextmanager
def _clear_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise UserError(
            f"{file} cannot be used: {error}. What was finished before is kept. "
            "Make room on the disk, or choose another folder with --out."
        ) from None
    except OSError as error:
        raise UserError(f"cannot write into {file.parent}: {error.strerror}. Choose another folder with --out.") from None
