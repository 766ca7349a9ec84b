"""Decide which of a student's attempts counts: the newest, or none if that or the author is unknown."""

from collections.abc import Sequence

from quizzes.grading.responses import Responses


def newest(attempts: Sequence[Responses], student: str) -> tuple[Responses | None, list[str]]:
    """Return the attempt that counts, if one does, and sentences about those that do not."""
    latest = max(attempts, key=lambda given: given.when)
    others = [given for given in attempts if given is not latest]
    if all(given.replies == latest.replies for given in others):
        return latest, [f"{given.source}: the same answers as {latest.source}, which counts" for given in others]
    sources = ", ".join(given.source for given in attempts)
    if len({given.sender for given in attempts}) > 1:
        return None, [f"{sources}: these claim to be {student}'s but come from different students, so none counts"]
    if any(given.when == latest.when for given in others):
        return None, [f"{sources}: these are {student}'s, and which is the newest is unknown, so none counts"]
    return latest, [f"{given.source}: does not count, {student} has a newer attempt: {latest.source}" for given in others]
