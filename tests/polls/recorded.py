"""Lectures that nobody gave: journals with answers that are known."""

from polls.journal import FILE, About, Answer, Journal
from polls.state import Done
from tests.polls.conftest import PROJECTOR, TEACHER

BEGAN = 1_800_000_000.0  # seconds since 1970
LASTS, PAUSE = 60.0, 300.0  # seconds of a round, and from one to the next


def record(folder, made, rounds, roster=(), shown=True, pause=PAUSE):
    """Write the journal of a lecture. rounds: for each the question from 0, the form, and what each person answered.

    Somebody who changed their mind has a list of answers. All answer 1, 2, 3, ... seconds after the round has opened.
    pause: seconds from one opening to the next.
    """
    logins = {id: id for id, _ in roster}
    Journal.create(folder / FILE, About(made, TEACHER, PROJECTOR, tuple(roster), logins))
    journal = Journal(folder / FILE)
    for number, (question, form, given) in enumerate(rounds, start=1):
        opened = BEGAN + pause * number
        journal.write(Done(opened - 5, "go", question))
        journal.write(Done(opened, "open", form, LASTS))
        journal.keep(
            Answer(number, person, change, opened + second, answer)
            for second, (person, answers) in enumerate(given.items(), start=1)
            for change, answer in enumerate(answers if isinstance(answers, list) else [answers], start=1)
        )
        journal.write(Done(opened + LASTS, "close"))
    if shown and rounds:
        journal.write(Done(BEGAN + pause * (len(rounds) + 1), "show", 2))
    return journal
