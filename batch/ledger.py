"""The ledger of a run: what is finished stands in it, whatever happens next.

SQLite in WAL mode: a row is there whole or not at all, after a kill, a full disk or a power cut. One run writes at a time.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from batch.grades import Override
from batch.records import CONTENT, Graded, HandedIn, Record
from common.errors import UserError
from common.records import from_json, to_json

Kind = TypeVar("Kind")

FILE, LOCK = "ledger.sqlite", "ledger.lock"
FORMAT = "2"
TABLES = (
    "settings (name TEXT PRIMARY KEY, value TEXT)",
    "graded (digest TEXT PRIMARY KEY, options TEXT, record TEXT)",  # each content
    "class (key TEXT PRIMARY KEY, handed_in TEXT, record TEXT)",  # each submission of the last run
    "attempts (key TEXT, digest TEXT, handed_in TEXT, PRIMARY KEY (key, digest))",  # of all runs
    "given (name TEXT PRIMARY KEY, content TEXT)",  # what the caller gave last: due dates, a roster, comments, ...
    "overrides (student TEXT, check_number TEXT, override TEXT, ended TEXT)",  # when, and by whom; "" for one that stands
)


class Ledger:
    """What was graded in a folder, by the digest of its content, and what people said about it."""

    def __init__(self, folder: Path) -> None:
        """Open the ledger in a folder, or begin one.

        Raises UserError if another run is at work there, or if the file is no ledger of this version.
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
        """Open the ledger of a class that was graded; raises UserError if the folder holds none."""
        _require_class(folder)
        return cls(folder)

    @classmethod
    def to_read(cls, folder: Path) -> "Ledger":
        """Open the ledger of a class that was graded, as it is, even while a run is at work there."""
        _require_class(folder)
        self, file = cls.__new__(cls), folder / FILE
        self.file, self._opened = file, contextlib.ExitStack()
        # A ledger is read through a second file beside it, which SQLite cannot make where nobody may write.
        how = "mode=ro" if os.access(folder, os.W_OK) or Path(f"{file}-wal").exists() else "immutable=1"
        with _clear_errors(file):
            rows = contextlib.closing(sqlite3.connect(f"{file.resolve().as_uri()}?{how}", uri=True))
            self._rows = self._opened.enter_context(rows)
            self._rows.text_factory = _text
            for (written,) in self._rows.execute("SELECT value FROM settings WHERE name = 'format'"):
                self._require_format(written)
        return self

    def setting(self, name: str, new: str) -> str:
        """Return a setting of the class; as long as nothing is graded, it becomes the new value."""
        with _clear_errors(self.file):
            begun = self._rows.execute("SELECT EXISTS (SELECT * FROM graded)").fetchone()[0]
            self._rows.execute(f"INSERT OR {'IGNORE' if begun else 'REPLACE'} INTO settings VALUES (?, ?)", (name, new))
            return self._rows.execute("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()[0]

    def put(self, record: Record, options: str) -> None:
        """Write down a finished submission, and by which options it was graded."""
        with _clear_errors(self.file):
            self._rows.execute("INSERT OR REPLACE INTO graded VALUES (?, ?, ?)", (record.digest, options, to_json(record)))

    def rows(self) -> dict[str, tuple[str, Record]]:
        """Return what is finished: for each digest the options and the record."""
        found = self._all("SELECT digest, options, record FROM graded")
        return {digest: (options, self._read(Record, record)) for digest, options, record in found}

    def options(self) -> dict[str, str]:
        """Return by which options each digest was graded last."""
        return dict(self._all("SELECT digest, options FROM graded"))

    def put_class(self, graded: Graded) -> None:
        """Write down who has handed in what, and how that was graded, in place of what was known of the class."""
        rows = [(handed_in.key, to_json(handed_in), to_json(record)) for handed_in, record in graded]
        tried = [(key, record.digest, text) for (key, text, _), (_, record) in zip(rows, graded)]
        with self.together(), _clear_errors(self.file):
            self._rows.execute("DELETE FROM class")
            self._rows.executemany("INSERT INTO class VALUES (?, ?, ?)", rows)
            self._rows.executemany("INSERT OR REPLACE INTO attempts VALUES (?, ?, ?)", tried)

    def graded(self) -> Graded:
        """Return what the last run knew of its class, in the order of the keys."""
        found = self._all("SELECT handed_in, record FROM class ORDER BY key")
        return [(self._read(HandedIn, handed_in), self._read(Record, record)) for handed_in, record in found]

    def earlier(self) -> Graded:
        """Return what other runs saw and the last one did not, as it was graded last, oldest first.

        Of work that was graded under several names of its files, the last grading is given.
        """
        found = self._all(
            "SELECT handed_in, record FROM attempts JOIN graded USING (digest) WHERE attempts.rowid IN "
            f"(SELECT max(rowid) FROM attempts GROUP BY key, substr(digest, 1, {CONTENT})) AND (key, digest) NOT IN "
            "(SELECT key, json_extract(record, '$.digest') FROM class) ORDER BY attempts.rowid"
        )
        return [(self._read(HandedIn, handed_in), self._read(Record, record)) for handed_in, record in found]

    def given(self, name: str) -> str:
        """Return what the caller gave last under a name, or ""."""
        found = self._all("SELECT content FROM given WHERE name = ?", name)
        return found[0][0] if found else ""

    def given_as(self, kind: type[Kind], name: str) -> Kind | None:
        """Return the record that was given last under a name; None where nothing is given."""
        text = self.given(name)
        return self._read(kind, text) if text else None

    def give(self, name: str, content: str) -> None:
        """Keep what the caller gives, in place of what was given before."""
        self._all("INSERT OR REPLACE INTO given VALUES (?, ?)", name, content)

    def overrides(self) -> list[Override]:
        """Return all overrides that stand, in the order of students and checks."""
        found = self._all("SELECT override FROM overrides WHERE ended = '' ORDER BY student, check_number")
        return [self._read(Override, override) for (override,) in found]

    def ended_overrides(self) -> list[tuple[Override, str]]:
        """Return the overrides that were replaced or taken back, in the order in which they were made, each with when."""
        found = self._all("SELECT override, ended FROM overrides WHERE ended != '' ORDER BY rowid")
        return [(self._read(Override, override), ended) for override, ended in found]

    def override(self, override: Override) -> None:
        """Keep an override."""
        row = override.student, override.check, to_json(override)
        self._all("INSERT INTO overrides VALUES (?, ?, ?, '')", *row)

    def end_override(self, override: Override, ended: str) -> None:
        """Let an override stand no longer. ended: when, and by whom."""
        statement = "UPDATE overrides SET ended = ? WHERE student = ? AND check_number = ? AND ended = ''"
        self._all(statement, ended, override.student, override.check)

    def drop_unreadable(self, table: str, column: str, kind: type[Kind], name: str = "") -> list[tuple]:
        """Delete the rows of a table whose column does not hold such a record, and return them.

        name: of the only row that is meant, all by default.
        """
        found = self._all(f"SELECT rowid, {column}, * FROM {table}")
        meant = [row for row in found if not name or (row[2] == name and row[1])]  # "": nothing is given
        lost = [row for row in meant if not self._holds(kind, row[1])]
        for number, *_ in lost:
            self._all(f"DELETE FROM {table} WHERE rowid = ?", number)
        return [tuple(columns) for _, _, *columns in lost]

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Keep everything that is written inside, or nothing of it where an error or a kill comes in between."""
        if self._rows.in_transaction:
            yield
            return
        self._all("BEGIN")
        try:
            yield
            self._all("COMMIT")
        except BaseException:
            if self._rows.in_transaction:  # a full disk has ended it already
                self._rows.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the ledger and let others in."""
        self._opened.close()

    def __enter__(self) -> "Ledger":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _require_format(self, written: str) -> None:
        if written != FORMAT:
            raise UserError(f"{self.file} was written by another version of convgrade: choose another folder with --out")

    def _all(self, statement: str, *values: str | int) -> list[tuple]:
        with _clear_errors(self.file):
            return self._rows.execute(statement, values).fetchall()

    def _read(self, kind: type[Kind], text: str) -> Kind:
        try:
            return from_json(kind, text, str(self.file))
        except UserError as error:
            raise UserError(f"{error}. Run `convgrade batch` again: it makes again what cannot be read.") from None

    def _holds(self, kind: type, text: str) -> bool:
        try:
            from_json(kind, text, "")
            return True
        except UserError:
            return False


def _require_class(folder: Path) -> None:
    if not (folder / FILE).is_file():
        raise UserError(f"{folder} holds no graded class: {FILE} is missing")


def _text(raw: bytes) -> str:
    """Return a text of the ledger, which a damaged disk may have changed; all that was written is ASCII or UTF-8."""
    return raw.decode(errors="replace")


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
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # SQLite's own sentence may hold a damaged name
        if isinstance(error, sqlite3.OperationalError) and not str(error).startswith("no such"):
            raise UserError(
                f"{file} cannot be used: {error}. What was finished before is kept. "
                "Make room on the disk, or choose another folder with --out."
            ) from None
        raise UserError(
            f"{file} is damaged: {error}. Restore it from a backup, or choose another folder with --out, into which all is "
            "graded again."
        ) from None
    except OSError as error:
        raise UserError(f"cannot write into {file.parent}: {error.strerror}. Choose another folder with --out.") from None
