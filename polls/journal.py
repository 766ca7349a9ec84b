"""The file that stores a poll: its questions, what was done, who took part, every answer.

What it accepts is on the disk. An answer is stored each time that somebody changes it, and never overwritten: one that
is sent again is already there.
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from common.errors import UserError
from polls.state import ACTS, Done
from quizzes import quiz_json
from quizzes.quiz import GeneratedQuiz
from quizzes.roster import identity

FILE = "poll.sqlite"
VERSION = 1  # of the tables
_TABLES = f"""
CREATE TABLE about (name TEXT PRIMARY KEY, content BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE done (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, act TEXT NOT NULL, value INTEGER NOT NULL, seconds REAL NOT NULL
);
CREATE TABLE people (key TEXT PRIMARY KEY, id TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE answers (
    round INTEGER NOT NULL, person TEXT NOT NULL, change INTEGER NOT NULL, at REAL NOT NULL, given TEXT NOT NULL,
    PRIMARY KEY (round, person, change)
) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""


@dataclass(frozen=True)
class Answer:
    """Somebody's reply in a round after the `change`th change."""

    round: int  # its number
    person: str  # an id of the roster, or a browser's random key
    change: int  # the largest counts
    at: float  # seconds since 1970
    given: Mapping[str, str]  # the text by the name of a blank, as `marking.mark` takes it


@dataclass(frozen=True)
class About:
    """The fixed facts about a poll."""

    made: GeneratedQuiz  # the questions in their two forms
    teacher: str  # the secret of the teacher's link
    projector: str  # the secret of the projector's link
    roster: tuple[tuple[str, str], ...] = ()  # ids and names of those who may take part; empty: everybody
    logins: Mapping[str, str] = field(default_factory=dict)  # the id by what a student says, as `identity` spells it

    @property
    def login(self) -> str:
        """Return what students say to be let in: a "code" or their "id"; "" where anyone may take part."""
        if not self.logins:
            return ""
        return "id" if any(identity(id) in self.logins for id, _ in self.roster) else "code"

    @property
    def id(self) -> str:
        """Return a unique name for this poll that does not reveal its secrets."""
        return sha256(f"poll {self.teacher}".encode()).hexdigest()[:16]


class Unwritten(Exception):
    """The disk failed, so this has not happened."""


class Journal:
    """The file of one poll. Only one program at a time has it open, and one thread at a time uses it."""

    def __init__(self, path: Path) -> None:
        """Open the file of a poll; raises UserError if it is missing, or open in another program."""
        if not path.is_file():
            raise UserError(f"there is no poll in {path.parent}: `convgrade poll` would have written {path}")
        self.path = path
        with self._read(), contextlib.ExitStack() as failing:
            self._opened = path.stat()
            self._file = sqlite3.connect(path, timeout=1, check_same_thread=False)
            failing.callback(self._file.close)
            _lock(self._file)
            about = dict(self._file.execute("SELECT name, content FROM about").fetchall())
            self.about = About(
                quiz_json.read(about["made"], str(path)),
                about["teacher"].decode(),
                about["projector"].decode(),
                tuple((id, name) for id, name in json.loads(about["roster"])),
                json.loads(about["logins"]),
            )
            failing.pop_all()

    @staticmethod
    def create(path: Path, about: About) -> None:
        """Write the file of a new poll, readable by its owner alone; raises UserError if that fails."""
        temporary = path.with_name(f".{path.name}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # tables about it will have names
            temporary.unlink(missing_ok=True)
            os.close(os.open(temporary, os.O_CREAT | os.O_WRONLY, 0o600))
            with contextlib.closing(sqlite3.connect(temporary)) as file:
                file.executescript(_TABLES)
                contents = {
                    "made": quiz_json.written(about.made),
                    "teacher": about.teacher.encode(),
                    "projector": about.projector.encode(),
                    "roster": json.dumps(about.roster).encode(),
                    "logins": json.dumps(about.logins).encode(),
                }
                file.executemany("INSERT INTO about VALUES (?, ?)", contents.items())
                file.commit()
            os.replace(temporary, path)
        except (OSError, sqlite3.Error) as error:
            raise UserError(f"cannot write {path}: {getattr(error, 'strerror', error)}. Choose another --out.") from None

    def close(self) -> None:
        """Close the file; another program may open it then."""
        self._file.close()

    def write(self, done: Done) -> None:
        """Add something that was done; raises Unwritten, like all methods that write."""
        with self._written() as file:
            file.execute("INSERT INTO done (at, act, value, seconds) VALUES (:at, :act, :value, :seconds)", asdict(done))

    def keep(self, answers: Iterable[Answer]) -> None:
        """Add answers, all in one transaction; those that are there already stay as they are."""
        rows = [(one.round, one.person, one.change, one.at, json.dumps(one.given)) for one in answers]
        with self._written() as file:
            file.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)", rows)

    def admit(self, key: str, id: str, at: float) -> None:
        """Note that a browser's key is somebody of the roster."""
        with self._written() as file:
            file.execute("INSERT OR REPLACE INTO people VALUES (?, ?, ?)", (key, id, at))

    def done(self) -> list[Done]:
        """Return what was done, in order; raises UserError for a damaged file, like all methods that read."""
        with self._read():
            rows = self._file.execute("SELECT at, act, value, seconds FROM done ORDER BY number").fetchall()
            if unknown := {act for _, act, _, _ in rows} - set(ACTS):
                raise ValueError(f"unknown acts: {', '.join(unknown)}")
        return [Done(*row) for row in rows]

    def people(self) -> dict[str, str]:
        """Return the id of each browser's key that somebody of the roster uses."""
        with self._read():
            return dict(self._file.execute("SELECT key, id FROM people").fetchall())

    def answers(self) -> Iterator[Answer]:
        """Return all answers in the order of time, earlier versions of them too."""
        with self._read():
            for round, person, change, at, given in self._file.execute(
                "SELECT round, person, change, at, given FROM answers ORDER BY at, change"
            ):
                yield Answer(round, person, change, at, json.loads(given))

    @contextlib.contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        """Make sure that what is written is on the disk at the end, all of it or nothing, and in the same file."""
        if not self._is_there():
            raise Unwritten(f"{self.path.name} was moved or deleted")
        try:
            with self._file:
                yield self._file
        except sqlite3.Error as error:
            raise Unwritten(str(error)) from None

    def _is_there(self) -> bool:
        try:
            return os.path.samestat(self._opened, self.path.stat())
        except OSError:
            return False

    @contextlib.contextmanager
    def _read(self) -> Iterator[None]:
        """Say which file cannot be read, and why."""
        try:
            yield
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise UserError(f"{self.path} is open in another program: is this poll running already?") from None
            raise UserError(f"{self.path} cannot be opened: {error}") from None
        except (sqlite3.DatabaseError, KeyError, ValueError, TypeError) as error:
            raise UserError(f"{self.path} is damaged, or not a poll that `convgrade poll` wrote: {error}") from None


def _lock(file: sqlite3.Connection) -> None:
    """Lock the file; raises sqlite3.Error for a damaged one, and ValueError for one of another version."""
    file.execute("PRAGMA locking_mode = EXCLUSIVE")
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = FULL")  # committed data survives a power cut
    if file.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
        raise ValueError("its tables do not fit together")
    (version,) = file.execute("PRAGMA user_version").fetchone()
    if version != VERSION:
        raise ValueError(f"it has the version {version}, not {VERSION}")
