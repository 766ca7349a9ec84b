"""Extend a generated quiz: new students or higher numbers get versions, and the existing versions stay as they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from common.errors import UserError
from quizzes.making import Watch, made, make, proof, unwatched
from quizzes.quiz import GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner, identity
from quizzes.text.writing import listed


@dataclass(frozen=True)
class Extended:
    """A generated quiz with its new versions."""

    made: GeneratedQuiz
    untouched: frozenset[str] = frozenset()  # the codes of the versions whose files stay as they are
    outdated: bool = False  # some earlier files are out of date
    remarks: Sequence[str] = ()  # what the teacher should know


class Source(NamedTuple):
    """What versions are drawn from."""

    seed: str
    salt: str = ""


def extend(
    before: GeneratedQuiz, quiz: Quiz, source: Source, owners: Sequence[Owner], watch: Watch = unwatched
) -> Extended:
    """Return the quiz with a version for each owner; earlier versions stay the same. owners: empty if nobody is new.

    Only what affects no number, no order of options and no code may change: points, title, description, feedback, names
    and accommodations of students.
    Raises UserError, which says what differs, if the earlier quiz has other questions, another seed or another salt.
    """
    if differs := _differs(before, quiz, source, owners):
        raise UserError(differs)
    asked = {identity(owner.id): owner for owner in owners}
    kept = [replace(version, owner=_updated(version.owner, asked)) for version in before.versions]
    new = _new(kept, quiz, source, owners, watch)
    same = [version.code for version, was in zip(kept, before.versions) if version == was]
    remarks = [f"{_count(len(new), 'new version')}, {len(kept)} as before"]
    if said := _said_again(before.quiz, quiz):
        remarks.append(f"the files of all versions are written again, with the same numbers and codes: {', '.join(said)}")
    if changed := len(kept) - len(same):
        remarks.append(
            f"the files of {_count(changed, 'version')} are written again: a name or an accommodation has changed"
        )
    left = [version.owner for version in kept if asked and identity(version.owner.id) not in asked]
    if left and left[0].numbered:
        remarks.append(f"kept, though not asked for: {_count(len(left), 'version')}")
    elif left:
        remarks.append(f"kept, though not on this roster: the versions of {_count(len(left), 'student')}")
    untouched = frozenset() if said else frozenset(same)
    return Extended(made(quiz, [*kept, *new], *source), untouched, len(untouched) < len(kept), remarks)


def _new(kept: Sequence[Version], quiz: Quiz, source: Source, owners: Sequence[Owner], watch: Watch) -> list[Version]:
    """Return versions for the owners who have none.

    Raises UserError if an existing version would be drawn differently now: the new ones would belong to another quiz.
    """
    have = {identity(version.owner.id): version for version in kept}
    new = [owner for owner in owners if identity(owner.id) not in have]
    if not new:
        return []
    # A numbered version depends on the numbers before it; one student's version shows whether everything is still the same.
    drawn = make(quiz, source.seed, owners if new[0].numbered else [kept[0].owner, *new], source.salt, watch).versions
    for version in drawn:
        before = have.get(identity(version.owner.id), version)
        pairs = enumerate(zip(version.variants, before.variants), start=1)
        if changed := [str(number) for number, (now, was) in pairs if now.id != was.id]:
            noun = "question" if len(changed) == 1 else "questions"
            raise UserError(
                f"versions whose {noun} {listed(changed)} would be different today: they come from another "
                f"release of convgrade, or one of your own questions has changed"
            )
    return [version for version in drawn if identity(version.owner.id) not in have]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def _differs(before: GeneratedQuiz, quiz: Quiz, source: Source, owners: Sequence[Owner]) -> str:
    """Return how the earlier quiz differs from the one asked for; "" if it does not."""
    old, new = ([replace(entry, points=0) for entry in each.entries] for each in (before.quiz, quiz))
    changed = [str(number) for number, pair in enumerate(zip(old, new), start=1) if pair[0] != pair[1]]
    if changed:
        return f"other questions: [[questions]] number {listed(changed)}"
    if len(old) != len(new):
        return f"{len(old)} [[questions]], while the quiz has {len(new)} now"
    if before.quiz.language != quiz.language:
        return "the quiz in another language, or from another catalogue"
    if before.origin is None or before.origin.seed != source.seed:
        return f"a quiz from the seed {before.origin.seed!r}" if before.origin else "a quiz that does not say its seed"
    if before.origin.proof != proof(*source):
        return "a quiz with another salt: set it with --salt or CONVGRADE_SALT"
    if owners and owners[0].numbered != before.versions[0].owner.numbered:
        return "versions for students" if owners[0].numbered else "numbered versions"
    return ""


def _updated(owner: Owner, asked: Mapping[str, Owner]) -> Owner:
    """Return an owner with the name and accommodations of a new roster, but the old id."""
    now = asked.get(identity(owner.id), owner)
    return replace(owner, name=now.name or owner.name, type_size=now.type_size, more_time=now.more_time)


def _said_again(before: Quiz, now: Quiz) -> list[str]:
    """Return, in words, what has changed in the text of all versions or in their points."""
    changed = [
        f"[[questions]] number {number} is for {new.points:g} points, not {old.points:g}"
        for number, (old, new) in enumerate(zip(before.entries, now.entries), start=1)
        if old.points != new.points
    ]
    for part in ("title", "description", "feedback", "practice", "paper", "working", "minutes"):
        if getattr(before, part) != getattr(now, part):
            changed.append(f"the {part} has changed")
    return changed
