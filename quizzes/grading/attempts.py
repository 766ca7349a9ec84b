"""Which of several attempts of one student counts: the newest; none where that is unknown, or who made them."""

from collections.abc import Sequence

from quizzes.grading.answers import Given


def newest(attempts: Sequence[Given], student: str) -> tuple[Given | None, list[str]]:
    """Return the attempt that counts, if one does, and sentences about those that do not."""
    latest = max(attempts, key=lambda given: given.when)
    others = [given for given in attempts if given is not latest]
    if all(given.answers == latest.answers for given in others):
        return latest, [f"{given.source}: the same answers as {latest.source}, which counts" for given in others]
    sources = ", ".join(given.source for given in attempts)
    if len({given.sender for given in attempts}) > 1:
        return None, [f"{sources}: these claim to be {student}'s but come from different students, so none counts"]
    if any(given.when == latest.when for given in others):
        return None, [f"{sources}: these are {student}'s, and which is the newest is unknown, so none counts"]
    return latest, [f"{given.source}: does not count, {student} has a newer attempt: {latest.source}" for given in others]
