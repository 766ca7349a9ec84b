"""The late penalty, as the assignment's [late] sets it: the same on Gradescope and for a whole class."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.config import Late

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Loss:
    """A late penalty: a share of the score, and the sentence that says so."""

    share: float
    sentence: str

    def points(self, score: float) -> float:
        """Return the points to take off a score, at most all of them."""
        return round(max(score, 0.0) * self.share, 2)


def loss(handed_in: datetime, due: datetime | None, late: Late) -> Loss | None:
    """Return the penalty; None if the submission was on time, has no due date, or being late costs nothing."""
    if due is None or handed_in - due <= timedelta(minutes=late.grace_minutes):
        return None
    after = handed_in - due
    return _loss(-(-after // DAY), f"Handed in {in_words(after)} after the due date", late)


def least_loss(late: Late) -> Loss | None:
    """Return the penalty for a submission that is marked as late, by an unknown time; None if being late costs nothing."""
    return _loss(1, "Marked as late; the export does not say by how much, so it counts as one day", late)


def in_words(time: timedelta) -> str:
    """Return a length of time in words: "1 d 3 h", "25 min"."""
    days, rest = divmod(time, DAY)
    hours, minutes = rest.seconds // 3600, rest.seconds // 60 % 60
    parts = [f"{days} d"] * (days > 0) + [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (days == 0 and minutes > 0)
    return " ".join(parts) or "less than 1 min"


def _loss(days: int, why: str, late: Late) -> Loss | None:
    share = min(days * late.loss_per_day, late.largest_loss)
    shown, each, most = (f"{100 * part:g}%" for part in (share, late.loss_per_day, late.largest_loss))
    sentence = f"{why}: {shown} of the points are taken off ({each} for each day or part of a day, {most} at most)."
    return Loss(share, sentence) if share else None
