"""Make a quiz: read what an instructor asks for, and draw a version for each owner."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from hashlib import sha256
from math import ceil
from pathlib import Path

from common.errors import UserError
from common.records import build, read_toml
from quizzes.pool import Slot, fill
from quizzes.practice import sentences
from quizzes.quiz import Entry, Made, Quiz, Version
from quizzes.roster import Owner
from quizzes.template import find
from quizzes.variant import Variant

MANY = 400  # variants from which several processes are worth their start
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when typed
ASKS = ("typed", "choice")
FEEDBACK = ("published", "at once")
PAPER = ("a4", "letter")
WORKING = ("none", "some", "much")
LONGEST = 1000  # minutes


@dataclass(frozen=True)
class Asked:
    """What a quiz's file says. title: by default the name of the file. homework: of the course, by name or folder.

    minutes: by default those of all questions together.
    """

    title: str | None = None
    description: str = ""
    feedback: str = FEEDBACK[0]
    paper: str = PAPER[0]
    working: str = "some"
    minutes: int | None = None
    homework: tuple[str, ...] = ()
    questions: tuple[Entry, ...] = ()


def read(path: Path) -> Quiz:
    """Read a quiz from a TOML file; raises UserError, naming the line or the key, for what it cannot mean."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"there is no file {path}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    asked = build(Asked, read_toml(content, str(path)), str(path))
    for name, words in (("feedback", FEEDBACK), ("paper", PAPER), ("working", WORKING)):
        if (value := getattr(asked, name)) not in words:
            raise UserError(f"{path}: {name} must be {' or '.join(map(repr, words))}, not {value!r}")
    if asked.minutes is not None and not 1 <= asked.minutes <= LONGEST:
        raise UserError(f"{path}: minutes must be from 1 to {LONGEST}, not {asked.minutes}")
    if not asked.questions:
        raise UserError(f"{path} asks nothing: it needs at least one [[questions]] with a template")
    for number, entry in enumerate(asked.questions, start=1):
        try:
            _check(entry)
        except UserError as error:
            raise UserError(f"{path}: questions number {number}: {error}") from None
    title = path.stem if asked.title is None else asked.title
    try:
        practice = sentences(asked.homework, path.parent)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    minutes = asked.minutes or ceil(sum(entry.count * find(entry.template).minutes for entry in asked.questions))
    return Quiz(
        *(path.stem, title, asked.description, asked.questions, asked.feedback, practice),
        paper=asked.paper,
        working=asked.working,
        minutes=minutes,
    )


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
        variants = tuple(_with_practice(next(left[entry.template]), quiz.practice) for entry in quiz.questions)
        versions.append(Version(owner, _code(secret, owner, variants), variants))
    codes = {version.code for version in versions}
    assert len(codes) == len(versions), "two versions have one code"
    return Made(quiz, tuple(versions))


def _with_practice(variant: Variant, practice: Mapping[str, str]) -> Variant:
    """Return a variant whose solution ends with where to practise its topic, if the course's homework does."""
    told = practice.get(variant.topic)
    return replace(variant, steps=(*variant.steps, told)) if told else variant


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


def _check(entry: Entry) -> None:
    """Raise UserError for what cannot be asked."""
    find(entry.template)
    if not 0 < entry.points <= 1000:
        raise UserError(f"points must be above 0 and at most 1000, not {entry.points:g}")
    if not 1 <= entry.count <= 100:
        raise UserError(f"count must be from 1 to 100, not {entry.count}")
    if entry.ask not in ASKS:
        raise UserError(f"ask must be {' or '.join(map(repr, ASKS))}, not {entry.ask!r}")


def _code(secret: str, owner: Owner, variants: Sequence[Variant]) -> str:
    # The ids depend on the keys: without the secret, the code of a short quiz would tell whether a guessed key is right.
    number = int.from_bytes(sha256("\0".join([secret, owner.id, *(one.id for one in variants)]).encode()).digest(), "big")
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
