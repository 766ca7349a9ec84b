"""The rules of a class: due dates, extensions, and which attempt counts. The latest ones are in force."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from autograder.config import Late
from batch import people
from batch.display_names import counted
from batch.grades import Grades
from batch.instructor import REMOVE, extensions
from batch.instructor.extensions import NO_DATE, Extension
from batch.instructor.times import parse_time, shown
from batch.ledger import Ledger
from batch.models import Graded, HandedIn
from batch.people import Directory
from common.errors import UserError

LATEST, BEST = "latest", "best"
SAVED_AS = "policy"  # in the ledger
MOST_SAID = 5


@dataclass(frozen=True)
class Rules:
    """Rules given in this run, else None. due: in ISO 8601, or NO_DATE. extensions: a table, or "none"."""

    due: str | None = None
    extensions: Path | None = None
    attempt: str | None = None


@dataclass(frozen=True)
class Policy:
    """The rules in force. due: in ISO 8601; NO_DATE if nothing is ever late; "" if it was never given."""

    late: Late = field(default_factory=Late)
    due: str = ""
    extensions: tuple[Extension, ...] = ()
    attempt: str = LATEST

    @classmethod
    def of(cls, ledger: Ledger) -> "Policy":
        """Return the policy saved in a ledger."""
        return ledger.saved_as(cls, SAVED_AS) or cls()

    @cached_property
    def due_date(self) -> datetime | None:
        """When work is due; None if there is no due date."""
        return None if self.due in ("", NO_DATE) else parse_time(self.due)

    @property
    def cost(self) -> str:
        """The late policy in words."""
        each, most = (f"{100 * share:g}%" for share in (self.late.loss_per_day, self.late.largest_loss))
        return f"{each} for each day, {most} at most, after {self.late.grace_minutes:g} min"

    def with_rules(self, now: Rules, late: Late) -> "Policy":
        """Return the policy updated with new rules. Raises UserError for an invalid table."""
        table = self.extensions
        if now.extensions:
            table = () if str(now.extensions) == REMOVE else extensions.read(now.extensions)
        policy = Policy(late, self.due if now.due is None else now.due, table, now.attempt or self.attempt)
        relative = next((each for each in table if each.is_relative), None)
        if relative and not policy.due_date:
            raise UserError(f"{relative.place} gives extra time, but there is no due date: add --due TIME")
        return policy

    def about(self, graded: Graded) -> "Policy":
        """Return the policy with each arrival time tied to the content that the student has submitted so far.

        Otherwise it would also apply to a later attempt.
        """
        terms = self.terms([handed_in for handed_in, _ in graded])
        contents = {who: result.content for handed_in, result in graded for who in people.each_of(handed_in)}
        owners = {each: who for who, of_student in terms.items() for each in of_student}
        tied = [
            each if each.content or each not in owners else replace(each, content=contents[owners[each]])
            for each in self.extensions
        ]
        return replace(self, extensions=tuple(tied))

    def terms(self, handed_in: Sequence[HandedIn]) -> dict[str, list[Extension]]:
        """Return the extensions of each student. Raises UserError for a line that could be about several students."""
        directory = Directory(handed_in if self.extensions else ())
        found: dict[str, list[Extension]] = {}
        for each in self.extensions:
            try:
                who = directory.find(each.who)
            except UserError as problem:
                raise UserError(f"{each.place}: {problem}") from None
            if who:
                found.setdefault(who, []).append(each)
        return found

    def remarks(self, handed_in: Sequence[HandedIn], grades: Grades, now: Rules) -> Iterator[str]:
        """Yield sentences about the rules in force and their effects. handed_in: the whole class."""
        rules = []
        if self.due:
            due = f"due {shown(self.due_date)}" if self.due_date else "no due date"
            rules.append(due + " (from an earlier run)" * (now.due is None))
        if self.extensions:
            rules.append(counted(len(self.extensions), "extension") + " (from an earlier run)" * (now.extensions is None))
        if self.attempt != LATEST:
            rules.append(f"the {self.attempt} attempt counts" + " (from an earlier run)" * (now.attempt is None))
        if rules:
            yield f"Rules: {', '.join(rules)}."
        yield from self._about_lateness(grades)
        known = {each for own in self.terms(handed_in).values() for each in own}
        unknown = [each for each in self.extensions if each not in known]
        yield from (f"{each.place}: found no submission by {each.who[0]!r}." for each in unknown[:MOST_SAID])
        if len(unknown) > MOST_SAID:
            yield f"The same applies to {counted(len(unknown) - MOST_SAID, 'more line')}."
        for each in self.extensions:
            if self.due_date and each.due not in ("", NO_DATE) and parse_time(each.due) < self.due_date:
                yield f"{each.place}: {shown(parse_time(each.due))} is before the due date, so the due date counts."

    def _about_lateness(self, grades: Grades) -> Iterator[str]:
        counting = [each for each in grades if each.counts]
        late = [each for each in counting if each.late]
        if late:
            cost = f"{sum(bool(each.lost) for each in late)} of them lost points"
            free = "nobody lost points, because [late] in assignment.toml has loss_per_day = 0"
            yield f"Late: {counted(len(late), 'submission')}; {cost if self.late.loss_per_day else free}."
        timeless = [each for each in counting if not each.handed_in.submitted_at and not each.late]
        if timeless and self.due_date and self.late.loss_per_day:
            yield (
                f"The export gives no time for {counted(len(timeless), 'submission')}, so nothing is deducted; "
                "--extensions CSV can add times, in a column `handed in`."
            )
        if stale := sum(each.stale for each in grades):
            yield f"Not counted, because of other points or options: {counted(stale, 'earlier attempt')}."
