"""Make a quiz: read what an instructor asks for, and draw a version for each owner."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from math import ceil
from pathlib import Path
from statistics import fmean

from common.errors import UserError
from common.processes import start_worker
from common.records import build, read_toml
from quizzes.bank.bank import Bank
from quizzes.language import Language
from quizzes.languages import catalogue
from quizzes.languages.translating import in_language
from quizzes.practice import sentences
from quizzes.question import Choice, Grid
from quizzes.quiz import Entry, GeneratedQuiz, Origin, Poll, Quiz, Version
from quizzes.roster import Owner, identity
from quizzes.search import Slot, fill
from quizzes.slots import secret_of, slots
from quizzes.variant import Variant

MANY = 400  # variants: from here on, starting several processes pays off
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no two that are easily confused when typed
ASKS = ("typed", "choice")
FEEDBACK = ("published", "at once")
PAPER = ("a4", "letter")
WORKING = ("none", "some", "much")
LONGEST = 1000  # minutes
ROUND = (10, 3600)  # seconds of a round of a poll


@dataclass(frozen=True)
class Asked:
    """The contents of a quiz's file. title: by default the name of the file. homework: of the course, by name or folder.

    language: a code, or the path of a catalogue. bank: folders and files with questions of the instructor's own.
    minutes: by default those of all questions together.
    """

    title: str | None = None
    description: str = ""
    feedback: str = FEEDBACK[0]
    paper: str = PAPER[0]
    working: str = "some"
    minutes: int | None = None
    homework: tuple[str, ...] = ()
    language: str = "en"
    bank: tuple[Path, ...] = ()
    poll: Poll = field(default_factory=Poll)
    questions: tuple[Entry, ...] = ()


def read(path: Path) -> Quiz:
    """Read a quiz from a TOML file; raises UserError, which names the line or the key, for a mistake."""
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
    for name in ("think", "group"):
        if not _lasts(seconds := getattr(asked.poll, name)):
            raise UserError(f"{path}: poll.{name} must be from {ROUND[0]} to {ROUND[1]} seconds, not {seconds}")
    if not 0 <= asked.poll.taking_part <= 1000:
        raise UserError(f"{path}: poll.taking_part must be from 0 to 1000 points, not {asked.poll.taking_part:g}")
    if not asked.questions:
        raise UserError(f"{path} asks nothing: it needs at least one [[questions]] with a template")
    bank = Bank(tuple(path.parent / each for each in asked.bank))
    _ = bank.own  # a mistake in one of its files is not a mistake in the first question
    for number, entry in enumerate(asked.questions, start=1):
        try:
            _check(entry, bank)
        except UserError as error:
            raise UserError(f"{path}: questions number {number}: {error}") from None
    title = path.stem if asked.title is None else asked.title
    try:
        language = catalogue.find(asked.language, path.parent)
        practice = sentences(asked.homework, path.parent, language)
    except UserError as error:
        raise UserError(f"{path}: {error}") from None
    title, description = in_language(title, language), in_language(asked.description, language)
    return Quiz(
        *(path.stem, title, description, asked.questions, asked.feedback, practice, language),
        paper=asked.paper,
        working=asked.working,
        minutes=asked.minutes or ceil(sum(entry.size * _minutes(entry, bank) for entry in asked.questions)),
        bank=bank.paths,
        poll=asked.poll,
    )


def _lasts(seconds: int) -> bool:
    return ROUND[0] <= seconds <= ROUND[1]


def _minutes(entry: Entry, bank: Bank) -> float:
    """Return the minutes for a question of an entry: the mean over its templates."""
    return fmean(bank.find(name).minutes for name in entry.templates or (entry.template,))


Watch = Callable[[Iterable[list[Variant]], int], Iterable[list[Variant]]]  # passes on what is drawn, and how much there is


def unwatched(drawn: Iterable[list[Variant]], count: int) -> Iterable[list[Variant]]:
    """Pass on what is drawn and show nothing."""
    return drawn


def make(quiz: Quiz, seed: str, owners: Sequence[Owner], salt: str = "", watch: Watch = unwatched) -> GeneratedQuiz:
    """Return a version of the quiz for each owner, a student or a number; it is the same on every machine.

    A student's version depends on seed, salt and the student's id alone, a numbered one on the numbers before it too.
    salt: an additional secret: anyone who knows the seed and the ids, but not the salt, cannot make the quizzes. watch:
    sees each template done. Raises UserError if a template has too few variants.
    """
    secret = secret_of(seed, salt)
    asked = [slots(quiz, secret, owner) for owner in owners]
    jobs = [
        Job(
            name,
            [[slot for template, slot in questions if template == name] for questions in asked],
            owners[0].numbered,
            quiz.language,
            quiz.bank,
        )
        for name in dict.fromkeys(template for questions in asked for template, _ in questions)
    ]
    if len(owners) * len(quiz.questions) >= MANY and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(initializer=start_worker, initargs=(os.getpid(),)) as processes:
            drawn = list(watch(processes.map(_drawn, jobs), len(jobs)))
    else:
        drawn = list(watch(map(_drawn, jobs), len(jobs)))
    left = {job.template: iter(variants) for job, variants in zip(jobs, drawn)}
    versions = []
    for owner, questions in zip(owners, asked):
        # Each template's variants come owner by owner, and for an owner question by question.
        variants = tuple(_with_practice(next(left[template]), quiz.practice) for template, _ in questions)
        versions.append(Version(owner, _code(secret, owner, variants), variants))
    return made(quiz, versions, seed, salt)


def made(quiz: Quiz, versions: Sequence[Version], seed: str, salt: str) -> GeneratedQuiz:
    """Return a quiz with its versions; raises UserError in the rare case that two have the same code."""
    code, times = Counter(version.code for version in versions).most_common(1)[0]
    if times > 1:
        raise UserError(f"two versions would have the code {code}: choose another seed")
    return GeneratedQuiz(quiz, tuple(versions), Origin(seed, proof(seed, salt)))


def proof(seed: str, salt: str) -> str:
    """Return a text that only the same seed and salt give, and that reveals neither."""
    return sha256(f"proof {secret_of(seed, salt)}".encode()).hexdigest()


def remarks(made: GeneratedQuiz) -> list[str]:
    """Return, in sentences, what a quiz's own numbers and stems change, and where ask = "choice" has no effect."""
    bank = Bank(made.quiz.bank)
    said = [one for entry in made.quiz.entries if entry.template for one in bank.asked(entry.template, entry).remarks]
    asked = [variant for group in made.groups() if group.entry.ask == "choice" for variant in group.variants]
    grids = dict.fromkeys(one.template for one in asked if isinstance(one.answer, Grid))
    ticked = dict.fromkeys(one.template for one in asked if isinstance(one.answer, Choice) and not one.wrong)
    said += [f'{name} asks for a table, whose cells are typed: ask = "choice" changes nothing' for name in grids]
    return said + [f'{name} has options anyway: ask = "choice" changes nothing' for name in ticked]


@dataclass(frozen=True)
class Job:
    """What is drawn from one template."""

    template: str
    versions: list[list[Slot]]
    numbered: bool
    language: Language
    bank: tuple[Path, ...]


def _drawn(job: Job) -> list[Variant]:
    """Return the variants of a template, version by version: all differ within one version, and among numbered ones."""
    template, language = partial(Bank(job.bank).asked, job.template), job.language
    pinned = fill(template, [slot for slot in job.versions[0] if slot.entry.seed], (), language)  # the same in all versions
    own = [[slot for slot in version if not slot.entry.seed] for version in job.versions]
    if job.numbered:
        rest = iter(fill(template, [slot for version in own for slot in version], pinned, language))
    else:
        rest = chain.from_iterable(fill(template, version, pinned, language) for version in own)
    found = []
    for version in job.versions:
        shared = iter(pinned)
        found += [next(shared if slot.entry.seed else rest) for slot in version]
    return found


def _with_practice(variant: Variant, practice: Mapping[str, str]) -> Variant:
    """Return a variant whose solution ends with where to practise its topic, if the course's homework does."""
    told = practice.get(variant.topic)
    return replace(variant, steps=(*variant.steps, told)) if told else variant


def _check(entry: Entry, bank: Bank) -> None:
    """Raise UserError for an entry that cannot be asked."""
    if bool(entry.template) == bool(entry.templates):
        raise UserError("it needs a template, or templates of which each version gets some")
    if entry.templates and (entry.numbers or entry.stem):
        raise UserError("numbers and stem go with one template, not with several")
    for name in entry.templates or (entry.template,):
        bank.find(name)
    if repeated := [name for name, times in Counter(entry.templates).items() if times > 1]:
        raise UserError(f"templates has {repeated[0]} twice")
    if entry.templates and entry.count != 1:
        raise UserError("count goes with one template; of several, pick says how many a version gets")
    if not entry.templates and entry.pick != 1:
        raise UserError("pick needs templates, the list to pick from")
    if entry.templates and not 1 <= entry.pick <= len(entry.templates):
        raise UserError(f"pick must be from 1 to {len(entry.templates)}, the number of templates, not {entry.pick}")
    if not 0 <= entry.points <= 1000:
        raise UserError(f"points must be from 0, for practice, to 1000, not {entry.points:g}")
    if not 1 <= entry.count <= 100:
        raise UserError(f"count must be from 1 to 100, not {entry.count}")
    for name in ("think", "group"):
        if (seconds := getattr(entry, name)) and not _lasts(seconds):
            raise UserError(f"{name} must be from {ROUND[0]} to {ROUND[1]} seconds, not {seconds}")
    if entry.ask not in ASKS:
        raise UserError(f"ask must be {' or '.join(map(repr, ASKS))}, not {entry.ask!r}")
    for name in entry.templates or (entry.template,):
        bank.asked(name, entry)


def _code(secret: str, owner: Owner, variants: Sequence[Variant]) -> str:
    # The ids depend on the keys: without the secret, the code of a short quiz would tell whether a guessed key is right.
    named = "\0".join([secret, identity(owner.id), *(one.id for one in variants)])
    number = int.from_bytes(sha256(named.encode()).digest(), "big")
    letters = []
    for _ in range(8):
        number, letter = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return f"{''.join(letters[:4])}-{''.join(letters[4:])}"
