"""What the instructor's rules make of a submission's times: lateness and the rate limit.

Everything is counted from when a submission was handed in, never from the clock: a regrade comes to the same result.
"""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from autograder.options import Late, RateLimit
from gradescope.metadata import Metadata

DAY = timedelta(days=1)
GRADED = "graded_at"  # in extra_data: when the submissions were handed in that were graded, handed on from result to result


@dataclass(frozen=True)
class Loss:
    """What being late costs: a share of the score, and the sentence that says so."""

    share: float
    sentence: str


def loss(metadata: Metadata, late: Late) -> Loss | None:
    """Return what being late costs; None if it was in time or costs nothing."""
    if metadata.due_date is None or not late.loss_per_day:
        return None
    after = metadata.created_at - metadata.due_date
    if after <= timedelta(minutes=late.grace_minutes):
        return None
    days = math.ceil(after / DAY)
    share = min(days * late.loss_per_day, late.largest_loss)
    sentence = f"Handed in {_in_words(after)} after the due date: {share:.0%} of the points are taken off"
    return Loss(share, f"{sentence} ({late.loss_per_day:.0%} for each day begun, {late.largest_loss:.0%} at most).")


def graded_before(metadata: Metadata) -> list[datetime]:
    """Return when the earlier submissions were handed in that were graded."""
    latest = metadata.latest
    chain = (latest.results or {}).get("extra_data", {}).get(GRADED) if latest else None
    if isinstance(chain, list):
        return [datetime.fromisoformat(time) for time in chain]
    # The latest one failed, still runs, or was graded by something else: count what Gradescope lists.
    return [entry.time for entry in metadata.previous if not entry.failed]


def refusal(metadata: Metadata, limit: RateLimit) -> str | None:
    """Say why this submission is not graded, if too many were in the time before it."""
    if not limit.submissions:
        return None
    window = timedelta(hours=limit.hours)
    times = sorted(time for time in graded_before(metadata) if metadata.created_at - time < window)
    if len(times) < limit.submissions:
        return None
    free_at = times[-limit.submissions] + window
    return (
        f"This submission was not graded: {limit.submissions} were in the {limit.hours:g} hours before it, which is the "
        f"limit. Your last grade stands. Hand in again after {free_at:%Y-%m-%d %H:%M} ({free_at:%Z})."
    )


def _in_words(time: timedelta) -> str:
    days, rest = divmod(time, DAY)
    hours, minutes = rest.seconds // 3600, rest.seconds // 60 % 60
    parts = [f"{days} d"] * (days > 0) + [f"{hours} h"] * (hours > 0) + [f"{minutes} min"] * (days == 0)
    return " ".join(parts)
