"""What was made stays: a making is extended by versions for new students or higher numbers, and no version is rewritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from common.errors import UserError
from quizzes.making import Watch, made, make, proof, unwatched
from quizzes.quiz import Made, Quiz, Version
from quizzes.roster import Owner, identity


@dataclass(frozen=True)
class Extended:
    """A making with its new versions."""

    made: Made
    untouched: frozenset[str] = frozenset()  # the codes of the versions whose files stay as they are
    outdated: bool = False  # some files that were made before say what is true no longer
    remarks: Sequence[str] = ()  # what a teacher should know


def extend(before: Made, quiz: Quiz, seed: str, salt: str, owners: Sequence[Owner], watch: Watch = unwatched) -> Extended:
    """Return a making with a version for each owner, the versions before as they are. owners: none if nobody is new.

    What changes no number, no order of options and no code may change: points, title, description, feedback, and names
    and accommodations of students.
    Raises UserError, saying what differs, where the making before is of other questions, another seed or another salt.
    """
    if differs := _differs(before, quiz, seed, salt, owners):
        raise UserError(differs)
    asked = {identity(owner.id): owner for owner in owners}
    kept = [replace(version, owner=_updated(version.owner, asked)) for version in before.versions]
    new = _new(kept, quiz, seed, salt, owners, watch)
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
    return Extended(made(quiz, [*kept, *new], seed, salt), untouched, len(untouched) < len(kept), remarks)


def _new(kept: Sequence[Version], quiz: Quiz, seed: str, salt: str, owners: Sequence[Owner], watch: Watch) -> list[Version]:
    """Return the versions of owners who have none.

    Raises UserError if a version that is there would not be drawn as it was: then new ones would be of another quiz.
    """
    have = {identity(version.owner.id): version for version in kept}
    new = [owner for owner in owners if identity(owner.id) not in have]
    if not new:
        return []
    # A numbered version depends on the numbers before it; of students' versions one shows whether all is as it was.
    drawn = make(quiz, seed, owners if new[0].numbered else [kept[0].owner, *new], salt, watch).versions
    for version in drawn:
        before = have.get(identity(version.owner.id), version)
        pairs = enumerate(zip(version.variants, before.variants), start=1)
        if changed := [str(number) for number, (now, was) in pairs if now.id != was.id]:
            raise UserError(
                f"versions whose question {' and '.join(changed)} would be another today: they are of another release of "
                "convgrade, or a question of your own has changed"
            )
    return [version for version in drawn if identity(version.owner.id) not in have]


def _count(number: int, what: str) -> str:
    return f"{number} {what}" + "s" * (number != 1)


def _differs(before: Made, quiz: Quiz, seed: str, salt: str, owners: Sequence[Owner]) -> str:
    """Return what the making before is, where that is not what is asked for."""
    old, new = ([replace(entry, points=0) for entry in each.entries] for each in (before.quiz, quiz))
    changed = [str(number) for number, pair in enumerate(zip(old, new), start=1) if pair[0] != pair[1]]
    if changed:
        return f"other questions: [[questions]] number {' and '.join(changed)}"
    if len(old) != len(new):
        return f"{len(old)} [[questions]], while the quiz has {len(new)} now"
    if before.quiz.language != quiz.language:
        return "the quiz in another language, or from another catalogue"
    if before.origin is None or before.origin.seed != seed:
        return f"a making from the seed {before.origin.seed!r}" if before.origin else "a making that does not say its seed"
    if before.origin.proof != proof(seed, salt):
        return "a making with another salt: --salt or CONVGRADE_SALT gives it"
    if owners and owners[0].numbered != before.versions[0].owner.numbered:
        return "versions for students" if owners[0].numbered else "numbered versions"
    return ""


def _updated(owner: Owner, asked: Mapping[str, Owner]) -> Owner:
    """Return an owner with the name and the accommodations that a new roster has; the id as it was."""
    now = asked.get(identity(owner.id), owner)
    return replace(owner, name=now.name or owner.name, type_size=now.type_size, more_time=now.more_time)


def _said_again(before: Quiz, now: Quiz) -> list[str]:
    """Return, in words, what has changed of what all versions say, or what they count."""
    changed = [
        f"[[questions]] number {number} is for {new.points:g} points, not {old.points:g}"
        for number, (old, new) in enumerate(zip(before.entries, now.entries), start=1)
        if old.points != new.points
    ]
    for part in ("title", "description", "feedback", "practice", "paper", "working", "minutes"):
        if getattr(before, part) != getattr(now, part):
            changed.append(f"the {part} has changed")
    return changed
