"""What being late costs, by the assignment's [late]: the same on Gradescope and for a whole class."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.config import Late

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Loss:
    """What being late costs: a share of the score, and the sentence that says so."""

    share: float
    sentence: str

    def points(self, score: float) -> float:
        """Return the points that are taken off a score."""
        return round(score * self.share, 2)


def loss(handed_in: datetime, due: datetime | None, late: Late) -> Loss | None:
    """Return what being late costs; None if it was in time, has no due date or costs nothing."""
    if due is None or not late.loss_per_day:
        return None
    after = handed_in - due
    if after <= timedelta(minutes=late.grace_minutes):
        return None
    days = math.ceil(after / DAY)
    share = min(days * late.loss_per_day, late.largest_loss)
    sentence = f"Handed in {_in_words(after)} after the due date: {share:.0%} of the points are taken off"
    return Loss(share, f"{sentence} ({late.loss_per_day:.0%} for each day begun, {late.largest_loss:.0%} at most).")


def _in_words(time: timedelta) -> str:
    days, rest = divmod(time, DAY)
    hours, minutes = rest.seconds // 3600, rest.seconds // 60 % 60
    parts = [f"{days} d"] * (days > 0) + [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (days == 0)
    return " ".join(parts)
