"""The instructor's rules about times: lateness and the rate limit.

All times are those of submissions, never that of the clock, so a regrade comes to the same result.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from autograder import lateness
from autograder.config import Config, RateLimit
from gradescope import metadata as metadata_file
from gradescope.metadata import GRADED, Metadata

AUTOGRADER = "autograder"  # in extra_data: the fingerprint of the archive that graded
MOST_TIMES = 1_000  # that are passed on
UNREADABLE = (
    "Gradescope's data about this submission could not be read: lateness and the limit on submissions were not applied."
)


@dataclass(frozen=True)
class Policy:
    """The rules as they apply to one submission."""

    config: Config
    autograder: str
    metadata: Metadata | None  # None outside of Gradescope, and if it cannot be read
    problem: str = ""  # why it cannot be read, for instructors

    def refused(self) -> dict[str, Any] | None:
        """Return the results to keep instead of grading, if there were too many submissions before this one."""
        if not self.metadata:
            return None
        sentence = refusal(self.metadata, self.config.rate_limit)
        last = standing(self.metadata, self.autograder) if sentence else None
        if not last:
            return None
        extra = {**last["extra_data"], GRADED: _handed_on(graded_before(self.metadata))}
        return {**last, "output": sentence, "output_format": "text", "extra_data": extra}

    def applied(self, document: dict[str, Any]) -> dict[str, Any]:
        """Return the results with the late penalty, and with what the next submission needs to know."""
        score, said = document["score"], [document["output"]]
        extra = {**document["extra_data"], AUTOGRADER: self.autograder}
        if self.problem:
            said.append(UNREADABLE)
        if self.metadata:
            extra[GRADED] = _handed_on([*graded_before(self.metadata), self.metadata.created_at])
            if loss := lateness.loss(self.metadata.created_at, self.metadata.due_date, self.config.late):
                score = round(score - loss.points(score), 2)
                said.append(loss.sentence)
            if self.metadata.members > 1:
                said.append(f"This grade is for all {self.metadata.members} members of your group.")
        return {**document, "extra_data": extra, "score": score, "output": "\n\n".join(said)}


def read(path: Path, config: Config, autograder: str) -> Policy:
    """Return the rules for the submission that a metadata file describes, valid or not.

    autograder: a fingerprint of the archive that grades.
    """
    try:
        return Policy(config, autograder, metadata_file.read(path))
    except ValueError as problem:
        return Policy(config, autograder, None, str(problem))


def graded_before(metadata: Metadata) -> list[datetime]:
    """Return the times of the earlier submissions that count: those that were graded, are running, or failed."""
    knowing = [entry for entry in metadata.entries if entry.graded is not None]
    if not knowing:
        return [entry.time for entry in metadata.earlier]
    last = knowing[-1]
    graded = [time for time in last.graded or [] if time < metadata.created_at and not metadata.is_own(time)]
    # Those without results may still be running; otherwise two at the same time would be free.
    return sorted({*graded, *(entry.time for entry in metadata.earlier if entry.time > last.time)})


def refusal(metadata: Metadata, limit: RateLimit) -> str | None:
    """Say why this submission is not graded, if there were too many before it; never on a regrade of a graded one."""
    if not limit.submissions or any(metadata.is_own(time) for entry in metadata.entries for time in entry.graded or []):
        return None
    window = timedelta(hours=limit.hours)
    times = sorted(time for time in graded_before(metadata) if metadata.created_at - time < window)
    if len(times) < limit.submissions:
        return None
    free_at = times[-limit.submissions] + window
    return (
        f"This submission was not graded: the limit is {limit.submissions} in {limit.hours:g} hours. "
        f"Your last grade stands, if you have one. Submit again after {free_at:%Y-%m-%d %H:%M} ({free_at:%Z})."
    )


def standing(metadata: Metadata, autograder: str) -> dict[str, Any] | None:
    """Return the results that count when this submission is refused; None if it must be graded nevertheless.

    It must if they would be outdated: on a regrade, or if another autograder made them.
    """
    own = [entry for entry in metadata.entries if metadata.is_own(entry.time)]
    earlier = metadata.earlier
    if known := [entry.results for entry in [*earlier, *own] if entry.results]:
        extra = known[-1].get("extra_data")
        return known[-1] if isinstance(extra, dict) and extra.get(AUTOGRADER) == autograder else None
    if any(entry.score is not None for entry in own):
        return None
    scores = [entry.score for entry in earlier if entry.score is not None]
    return {"score": max([0.0, *scores[-1:]]), "tests": [], "extra_data": {AUTOGRADER: autograder}}


def _handed_on(times: list[datetime]) -> list[str]:
    return [time.isoformat() for time in times[-MOST_TIMES:]]
