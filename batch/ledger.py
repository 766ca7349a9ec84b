"""The ledger of a class: it keeps every finished result, whatever happens next.

SQLite in WAL mode: after a kill, a full disk or a power cut, a row is either complete or absent. One run writes at a time.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, TypeVar

from batch.grades import Override
from batch.models import CONTENT, Graded, HandedIn, Result
from common.errors import UserError
from common.records import from_json, to_json

Kind = TypeVar("Kind")
Row = tuple[Any, ...]

FILE, LOCK = "ledger.sqlite", "ledger.lock"
FORMAT = "3"
TABLES = (
    "settings (name TEXT PRIMARY KEY, value TEXT)",
    "graded (digest TEXT PRIMARY KEY, options TEXT, result TEXT)",  # each content
    "class (key TEXT PRIMARY KEY, handed_in TEXT, result TEXT)",  # each submission of the last run
    "attempts (key TEXT, digest TEXT, handed_in TEXT, PRIMARY KEY (key, digest))",  # of all runs
    "saved (name TEXT PRIMARY KEY, content TEXT)",  # the latest instructions: due dates, a roster, comments, ...
    "overrides (student TEXT, check_number TEXT, override TEXT, ended TEXT)",  # ended: when, and by whom; "" while in force
)


class Ledger:
    """The results of a class, by the digest of their content, and what instructors said about it."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger in a folder, or create one.

        Raises UserError if another run is using it, or if the file is not a ledger of this version.
        """
        self.file = folder / FILE
        with contextlib.ExitStack() as opened, _clear_errors(self.file):
            if folder.is_file():
                raise UserError(f"{folder} is a file: choose a folder with --out")
            folder.mkdir(parents=True, exist_ok=True)
            opened.enter_context(_locked(folder))
            self._rows = opened.enter_context(contextlib.closing(sqlite3.connect(self.file, isolation_level=None)))
            self._rows.text_factory = _text
            self._rows.execute("PRAGMA journal_mode = WAL")
            self._rows.execute("PRAGMA synchronous = FULL")
            for table in TABLES:
                self._rows.execute(f"CREATE TABLE IF NOT EXISTS {table}")
            self._require_format(self.setting("format", FORMAT))
            self._opened = opened.pop_all()

    @classmethod
    def of_class(cls, folder: Path) -> "Ledger":
        """Open the ledger of a graded class; raises UserError if the folder does not hold one."""
        _require_class(folder)
        return cls(folder)

    @classmethod
    def to_read(cls, folder: Path) -> "Ledger":
        """Open the ledger of a graded class read-only, even while a run is using it."""
        _require_class(folder)
        self, file = cls.__new__(cls), folder / FILE
        self.file = file
        # SQLite reads a ledger through a second file, which it cannot create in a folder that is read-only.
        how = "mode=ro" if os.access(folder, os.W_OK) or Path(f"{file}-wal").exists() else "immutable=1"
        with contextlib.ExitStack() as opened, _clear_errors(file):
            rows = contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?{how}", uri=True))
            self._rows = opened.enter_context(rows)
            self._rows.text_factory = _text
            for (written,) in self._rows.execute("SELECT value FROM settings WHERE name = 'format'"):
                self._require_format(written)
            self._opened = opened.pop_all()
        return self

    def setting(self, name: str, new: str) -> str:
        """Return a setting of the class, after changing it to the new value if nothing is graded yet."""
        with _clear_errors(self.file):
            begun = self._rows.execute("SELECT EXISTS (SELECT * FROM graded)").fetchone()[0]
            self._rows.execute(f"INSERT OR {'IGNORE' if begun else 'REPLACE'} INTO settings VALUES (?, ?)", (name, new))
        (value,) = self._all("SELECT value FROM settings WHERE name = ?", name)[0]
        return str(value)

    def put(self, result: Result, options: str) -> None:
        """Save a finished result, and the options that it was graded with."""
        with _clear_errors(self.file):
            self._rows.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?)", (result.digest, options, to_json(result)))

    def rows(self) -> dict[str, tuple[str, Result]]:
        """Return all finished results: the options and the result for each digest."""
        found = self._all("SELECT digest, options, result FROM graded")
        return {digest: (options, self._read(Result, result)) for digest, options, result in found}

    def options(self) -> dict[str, str]:
        """Return the options that each digest was last graded with."""
        return dict(self._all("SELECT digest, options FROM graded"))

    def put_class(self, graded: Graded) -> None:
        """Replace the class: who submitted what, and how it was graded."""
        rows = [(handed_in.key, to_json(handed_in), to_json(result)) for handed_in, result in graded]
        tried = [(key, result.digest, text) for (key, text, _), (_, result) in zip(rows, graded)]
        with self.transaction(), _clear_errors(self.file):
            self._rows.execute("DELETE FROM class")
            self._rows.executemany("INSERT INTO class VALUES (?, ?, ?)", rows)
            self._rows.executemany("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)", tried)

    def graded(self) -> Graded:
        """Return the class as the last run saved it, sorted by key."""
        found = self._all("SELECT handed_in, result FROM class ORDER BY key")
        return [(self._read(HandedIn, handed_in), self._read(Result, result)) for handed_in, result in found]

    def earlier(self) -> Graded:
        """Return submissions of earlier runs that the last run did not see, with their latest results, oldest first.

        If a submission was graded with several renames, only the last grading is returned.
        """
        found = self._all(
            "SELECT handed_in, result FROM attempts JOIN graded USING (digest) WHERE attempts.rowid IN "
            f"(SELECT max(rowid) FROM attempts GROUP BY key, substr(digest, 1, {CONTENT})) AND (key, digest) NOT IN "
            "(SELECT key, json_extract(result, '$.digest') FROM class) ORDER BY attempts.rowid"
        )
        return [(self._read(HandedIn, handed_in), self._read(Result, result)) for handed_in, result in found]

    def saved(self, name: str) -> str:
        """Return what was saved last under a name, or ""."""
        found = self._all("SELECT content FROM saved WHERE name = ?", name)
        return found[0][0] if found else ""

    def saved_as(self, kind: type[Kind], name: str) -> Kind | None:
        """Return the object that was saved last under a name; None if there is none."""
        text = self.saved(name)
        return self._read(kind, text) if text else None

    def save(self, name: str, content: str) -> None:
        """Save text under a name, in place of what was saved before."""
        self._all("INSERT OR REPLACE INTO saved VALUES (?, ?)", name, content)

    def overrides(self) -> list[Override]:
        """Return all overrides in force, sorted by student and check."""
        found = self._all("SELECT override FROM overrides WHERE ended = '' ORDER BY student, check_number")
        return [self._read(Override, override) for (override,) in found]

    def ended_overrides(self) -> list[tuple[Override, str]]:
        """Return the overrides that were replaced or removed, in the order they were made, and when each ended."""
        found = self._all("SELECT override, ended FROM overrides WHERE ended != '' ORDER BY rowid")
        return [(self._read(Override, override), ended) for override, ended in found]

    def override(self, override: Override) -> None:
        """Keep an override."""
        row = override.student, override.check, to_json(override)
        self._all("INSERT INTO overrides VALUES (?, ?, ?, '')", *row)

    def end_override(self, override: Override, ended: str) -> None:
        """End an override. ended: when, and by whom."""
        statement = "UPDATE overrides SET ended = ? WHERE student = ? AND check_number = ? AND ended = ''"
        self._all(statement, ended, override.student, override.check)

    def drop_unreadable(self, table: str, column: str, kind: type[Kind], name: str = "") -> list[Row]:
        """Delete the rows of a table whose column does not hold an object of this kind, and return them.

        name: of the only row to look at; all rows by default.
        """
        found = self._all(f"SELECT rowid, {column}, * FROM {table}")
        meant = [row for row in found if not name or (row[2] == name and row[1])]  # "": nothing is saved
        lost = [row for row in meant if not self._holds(kind, row[1])]
        for number, *_ in lost:
            self._all(f"DELETE FROM {table} WHERE rowid = ?", number)
        return [tuple(columns) for _, _, *columns in lost]

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """Save everything that is written in this context, or nothing if an error or a kill interrupts it."""
        if self._rows.in_transaction:
            yield
            return
        self._all("BEGIN")
        try:
            yield
            self._all("COMMIT")
        except BaseException:
            if self._rows.in_transaction:  # a full disk has rolled it back already
                self._rows.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the ledger, so that others can open it."""
        self._opened.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require_format(self, written: str) -> None:
        if written != FORMAT:
            raise UserError(f"{self.file} was written by another version of convgrade: choose another folder with --out")

    def _all(self, statement: str, *values: str | int) -> list[Row]:
        with _clear_errors(self.file):
            return self._rows.execute(statement, values).fetchall()

    def _read(self, kind: type[Kind], text: str) -> Kind:
        try:
            return from_json(kind, text, str(self.file))
        except UserError as error:
            raise UserError(f"{error}. Run `convgrade batch` again: it replaces what cannot be read.") from None

    def _holds(self, kind: type, text: str) -> bool:
        try:
            from_json(kind, text, "")
            return True
        except UserError:
            return False


def _require_class(folder: Path) -> None:
    if not (folder / FILE).is_file():
        raise UserError(f"{folder} does not hold a graded class: {FILE} is missing")


def _text(raw: bytes) -> str:
    """Return text from the ledger. It was written as UTF-8, but a damaged disk may have changed it."""
    return raw.decode(errors="replace")


def _locked(folder: Path) -> IO[str]:
    """Return an open file that only one process can lock, until that process ends."""
    import fcntl

    lock = (folder / LOCK).open("a")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise UserError(f"another run is using {folder}: wait for it, or choose another folder with --out") from None
    return lock


@contextlib.contextmanager
def _clear_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # SQLite's message may hold a damaged name
        if isinstance(error, sqlite3.OperationalError) and not str(error).startswith("no such"):
            raise UserError(
                f"{file} cannot be used: {error}. Everything finished so far is saved. "
                "Make room on the disk, or choose another folder with --out."
            ) from None
        raise UserError(
            f"{file} is damaged: {error}. Restore it from a backup, or choose another folder with --out, where everything "
            "is graded again."
        ) from None
    except OSError as error:
        raise UserError(f"cannot write into {file.parent}: {error.strerror}. Choose another folder with --out.") from None
