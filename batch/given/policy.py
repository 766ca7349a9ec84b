"""The rules of a class: when work is due, who has more time, which attempt counts. What was given last holds."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from autograder.config import Late
from batch import people
from batch.display_names import counted
from batch.given import extensions
from batch.given.extensions import NONE, Extension
from batch.given.moments import moment, shown
from batch.grades import Grades
from batch.ledger import Ledger
from batch.people import Directory
from batch.records import Graded, HandedIn
from common.errors import UserError

LATEST, BEST = "latest", "best"
GIVEN = "policy"  # in the ledger
MOST_SAID = 5


@dataclass(frozen=True)
class Rules:
    """What the caller rules now, None where nothing is. due: in ISO 8601, or NONE. extensions: a table, or NONE."""

    due: str | None = None
    extensions: Path | None = None
    attempt: str | None = None


@dataclass(frozen=True)
class Policy:
    """The rules as they were given last. due: in ISO 8601, NONE if nothing is ever late, or "" where nobody has said."""

    late: Late = field(default_factory=Late)
    due: str = ""
    extensions: tuple[Extension, ...] = ()
    attempt: str = LATEST

    @classmethod
    def of(cls, ledger: Ledger) -> "Policy":
        """Return what a ledger holds."""
        return ledger.given_as(cls, GIVEN) or cls()

    @cached_property
    def due_date(self) -> datetime | None:
        """When work is due; None if nobody has said, and if it never is."""
        return None if self.due in ("", NONE) else moment(self.due)

    @property
    def cost(self) -> str:
        """What [late] says, in words."""
        each, most = (f"{100 * share:g}%" for share in (self.late.loss_per_day, self.late.largest_loss))
        return f"{each} for each day, {most} at most, after {self.late.grace_minutes:g} min"

    def with_rules(self, now: Rules, late: Late) -> "Policy":
        """Return the policy with the rules that the caller gives now. Raises UserError for a table that cannot be used."""
        table = self.extensions
        if now.extensions:
            table = () if str(now.extensions) == NONE else extensions.read(now.extensions)
        policy = Policy(late, self.due if now.due is None else now.due, table, now.attempt or self.attempt)
        relative = next((each for each in table if each.is_relative), None)
        if relative and not policy.due_date:
            raise UserError(f"{relative.place} gives more time, but there is no due date: add --due TIME")
        return policy

    def about(self, graded: Graded) -> "Policy":
        """Return the rules with each time of handing in tied to the content that the student has handed in by now.

        Else it would be taken for the time of a later attempt, too.
        """
        terms = self.terms([handed_in for handed_in, _ in graded])
        contents = {who: record.content for handed_in, record in graded for who in people.each_of(handed_in)}
        owners = {each: who for who, of_student in terms.items() for each in of_student}
        tied = [
            each if each.content or each not in owners else replace(each, content=contents[owners[each]])
            for each in self.extensions
        ]
        return replace(self, extensions=tuple(tied))

    def terms(self, handed_in: Sequence[HandedIn]) -> dict[str, list[Extension]]:
        """Return the extensions of each student here. Raises UserError for a line that may mean several of them."""
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
        """Say which rules hold, what they came to, and what had no effect. handed_in: all of the class."""
        rules = []
        if self.due:
            due = f"due {shown(self.due_date)}" if self.due_date else "no due date"
            rules.append(due + " (as given before)" * (now.due is None))
        if self.extensions:
            rules.append(counted(len(self.extensions), "extension") + " (as given before)" * (now.extensions is None))
        if self.attempt != LATEST:
            rules.append(f"the {self.attempt} attempt counts" + " (as given before)" * (now.attempt is None))
        if rules:
            yield f"Rules: {', '.join(rules)}."
        yield from self._about_lateness(grades)
        known = {each for own in self.terms(handed_in).values() for each in own}
        unknown = [each for each in self.extensions if each not in known]
        yield from (f"{each.place}: no submission is by {each.who[0]!r}." for each in unknown[:MOST_SAID])
        if len(unknown) > MOST_SAID:
            yield f"The same goes for {counted(len(unknown) - MOST_SAID, 'more line')}."
        for each in self.extensions:
            if self.due_date and each.due not in ("", NONE) and moment(each.due) < self.due_date:
                yield f"{each.place}: {shown(moment(each.due))} is before the due date, so the due date counts."

    def _about_lateness(self, grades: Grades) -> Iterator[str]:
        counting = [each for each in grades if each.counts]
        late = [each for each in counting if each.late]
        if late:
            cost = f"{sum(bool(each.lost) for each in late)} of them lost points"
            free = "nobody lost points, because [late] in assignment.toml has loss_per_day = 0"
            yield f"Late: {counted(len(late), 'submission')}; {cost if self.late.loss_per_day else free}."
        timeless = [each for each in counting if not each.handed_in.moment and not each.late]
        if timeless and self.due_date and self.late.loss_per_day:
            yield (
                f"The export gives no time for {counted(len(timeless), 'submission')}, so nothing is taken off; "
                "--extensions CSV can give times, in a column `handed in`."
            )
        if stale := sum(each.stale for each in grades):
            yield f"Graded with other points or options, so not counted: {counted(stale, 'earlier attempt')}."
