"""Make a quiz: read what an instructor asks for, and draw a version for each owner."""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

from common.errors import UserError
from quizzes.pool import Slot, fill
from quizzes.quiz import Entry, Made, Quiz, Version
from quizzes.roster import Owner
from quizzes.template import find
from quizzes.variant import Variant

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MANY = 400  # variants from which several processes are worth their start
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when typed
ASKS = ("typed", "choice")
FEEDBACK = ("published", "at once")


def read(path: Path) -> Quiz:
    """Read a quiz from a TOML file; raises UserError, naming the line or the key, for what it cannot mean."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"there is no file {path}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UserError(f"{path} cannot be read: {error}") from None
    unknown = set(document) - {"title", "description", "feedback", "questions"}
    if unknown:
        raise UserError(f"{path}: {min(unknown)!r} is no key of a quiz: title, description, feedback, [[questions]]")
    feedback = document.get("feedback", FEEDBACK[0])
    if feedback not in FEEDBACK:
        raise UserError(f"{path}: feedback must be {' or '.join(map(repr, FEEDBACK))}, not {feedback!r}")
    questions = document.get("questions")
    if not isinstance(questions, list) or not questions:
        raise UserError(f"{path} asks nothing: it needs at least one [[questions]] with a template")
    entries = tuple(_entry(path, number, table) for number, table in enumerate(questions, start=1))
    title, description = str(document.get("title", path.stem)), str(document.get("description", ""))
    return Quiz(path.stem, title, description, entries, feedback)


def make(quiz: Quiz, seed: str, owners: Sequence[Owner], salt: str = "") -> Made:
    """Return a version of the quiz for each owner: the same ones for the same seed, salt and owners, on any machine.

    salt: a secret besides: who knows the seed and the ids, but not the salt, cannot make the quizzes.
    Raises UserError if a template has too few variants.
    """
    secret = sha256(f"{len(seed)} {seed} {salt}".encode()).hexdigest()
    entries: dict[str, list[Entry]] = {}
    for entry in quiz.entries:
        entries.setdefault(entry.template, []).append(entry)
    jobs = [(name, _slots(secret, alike, owners)) for name, alike in entries.items()]
    if len(owners) * len(quiz.questions) >= MANY and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor() as processes:
            drawn = list(processes.map(_pool, jobs))
    else:
        drawn = [_pool(job) for job in jobs]
    left = {name: iter(variants) for (name, _), variants in zip(jobs, drawn)}
    versions = []
    for owner in owners:
        # Each template's variants come owner by owner, and for an owner entry by entry.
        variants = tuple(next(left[entry.template]) for entry in quiz.questions)
        versions.append(Version(owner, _code(secret, owner, variants), variants))
    codes = {version.code for version in versions}
    assert len(codes) == len(versions), "two versions have one code"
    return Made(quiz, tuple(versions))


def _pool(job: tuple[str, list[Slot]]) -> list[Variant]:
    name, slots = job
    return fill(find(name), slots)


def _slots(secret: str, entries: Sequence[Entry], owners: Sequence[Owner]) -> list[Slot]:
    """Return the slots of a template's entries, owner by owner: who joins late takes nothing from those before."""
    return [
        Slot(f"{secret} {number}", f"{owner.id}/{nth}", place * entry.count + nth, entry.ask == "choice")
        for place, owner in enumerate(owners)
        for number, entry in enumerate(entries)
        for nth in range(entry.count)
    ]


def _entry(path: Path, number: int, table: Any) -> Entry:
    where = f"{path}, question {number}"
    if not isinstance(table, dict) or "template" not in table:
        raise UserError(f"{where}: it needs a template")
    unknown = set(table) - {"template", "points", "count", "ask"}
    if unknown:
        raise UserError(f"{where}: {min(unknown)!r} is no key of a question: template, points, count, ask")
    points, count, ask = table.get("points", 1), table.get("count", 1), table.get("ask", "typed")
    try:
        template = find(str(table["template"]))
    except UserError as error:
        raise UserError(f"{where}: {error}") from None
    if isinstance(points, bool) or not isinstance(points, int | float) or not 0 < points <= 1000:
        raise UserError(f"{where}: points must be a number above 0, not {points!r}")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 100:
        raise UserError(f"{where}: count must be a whole number from 1 to 100, not {count!r}")
    if ask not in ASKS:
        raise UserError(f"{where}: ask must be {' or '.join(ASKS)}, not {ask!r}")
    return Entry(template.name, float(points), count, ask)


def _code(secret: str, owner: Owner, variants: Sequence[Variant]) -> str:
    # The ids depend on the keys: without the secret, the code of a short quiz would tell whether a guessed key is right.
    number = int.from_bytes(sha256("\0".join([secret, owner.id, *(one.id for one in variants)]).encode()).digest(), "big")
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
