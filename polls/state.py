"""The state of a poll, which follows from what was done: a question has one or two rounds and is shown afterwards.

    go to a question -> open (think) -> close -> open (group) -> close -> show the answers, then the solution -> go on

A poll is the list of what was done; `after` is the only way from one state to the next: live, after a crash, and when a
lecture is shown again.
"""

from dataclasses import dataclass, replace
from typing import Literal, get_args

Act = Literal["go", "open", "more", "close", "show", "end"]
Shown = Literal["nothing", "answers", "solution"]
ACTS: tuple[Act, ...] = get_args(Act)
SHOWN: tuple[Shown, ...] = get_args(Shown)
THINK, GROUP = "think", "group"
ROUNDS = (THINK, GROUP)  # of a question
MOST_SECONDS = 3600


class Refused(Exception):
    """Something cannot be done now; the message, for `Language.say`, says why."""


@dataclass(frozen=True)
class Done:
    """Something that was done."""

    at: float  # seconds since 1970
    act: Act
    value: int = 0  # go: the question, from 0; open: the form; show: the place in SHOWN
    seconds: float = 0.0  # open, more: for how long


@dataclass(frozen=True)
class Round:
    """A question while it may be answered. Answers name the round by its number."""

    number: int  # from 1, through the whole poll
    question: int  # from 0
    name: str  # one of ROUNDS
    form: int  # of the question
    opened: float  # seconds since 1970, as all times
    closes: float  # when its time is up
    closed: float | None = None
    seen: bool = False  # the hall has seen its answers


@dataclass(frozen=True)
class State:
    """The state of a poll."""

    questions: int  # how many there are
    question: int = 0
    rounds: tuple[Round, ...] = ()  # of all questions, in the order of time
    shown: tuple[tuple[int, Shown], ...] = ()  # what the hall sees of questions that were answered
    solved: frozenset[int] = frozenset()  # questions whose solution the hall has seen
    ended: bool = False

    @property
    def of_question(self) -> tuple[Round, ...]:
        """Return the rounds of the present question."""
        return self.of(self.question)

    def of(self, question: int) -> tuple[Round, ...]:
        """Return the rounds of a question."""
        return tuple(each for each in self.rounds if each.question == question)

    @property
    def round(self) -> Round | None:
        """Return the last round of the present question, open or closed."""
        return self.of_question[-1] if self.of_question else None

    @property
    def open_round(self) -> Round | None:
        """Return the round that takes answers."""
        return self.round if self.round and self.round.closed is None else None

    @property
    def is_open(self) -> bool:
        """Return whether answers are taken."""
        return self.open_round is not None

    @property
    def showing(self) -> Shown:
        """Return what the hall sees of the present question's answers."""
        return self.shows(self.question)

    def shows(self, question: int) -> Shown:
        """Return what the hall sees of a question's answers."""
        return dict(self.shown).get(question, "nothing")

    def has_shown(self, question: int, form: int) -> bool:
        """Return whether the solution of a question in a form may be read."""
        return self.shows(question) == "solution" and any(each.form == form for each in self.of(question))


def after(state: State, done: Done) -> State:
    """Return the state after an act; raises Refused if it cannot be done now."""
    if state.ended:
        raise Refused("The poll has ended.")
    match done.act:
        case "go":
            return _go(state, done)
        case "open":
            return _open(state, done)
        case "more":
            return _more(state, done)
        case "close":
            return _close(state, done)
        case "show":
            return _show(state, done)
        case "end":
            return _end(state)


def _go(state: State, done: Done) -> State:
    _require_closed(state)
    if not 0 <= done.value < state.questions:
        raise Refused("There is no such question.")
    return replace(state, question=done.value)


def _open(state: State, done: Done) -> State:
    before = state.of_question
    if state.is_open:
        raise Refused("This round is already open.")
    if len(before) == len(ROUNDS):
        raise Refused("Both rounds of this question are over.")
    if done.value not in (0, 1):
        raise Refused("A question has two forms.")
    if state.question in state.solved and any(each.form == done.value for each in before):
        raise Refused("The hall has seen the solution: choose other numbers.")
    _require_length(done)
    opened = Round(
        number=len(state.rounds) + 1,
        question=state.question,
        name=ROUNDS[len(before)],
        form=done.value,
        opened=done.at,
        closes=done.at + done.seconds,
    )
    return replace(_with_shown(state, "nothing"), rounds=(*state.rounds, opened))


def _close(state: State, done: Done) -> State:
    if state.open_round is None:
        raise Refused("No round is open.")
    return _with_round(state, replace(state.open_round, closed=done.at))


def _more(state: State, done: Done) -> State:
    """Extend a round; a closed one opens again, unless the hall has seen answers."""
    last = state.round
    if last is None:
        raise Refused("No round is open.")
    if last.seen:
        raise Refused("The hall has seen the answers: this round stays closed.")
    _require_length(done)
    return _with_round(state, replace(last, closes=max(last.closes, done.at) + done.seconds, closed=None))


def _show(state: State, done: Done) -> State:
    _require_closed(state)
    if not state.of_question:
        raise Refused("This question hasn't been asked yet.")
    if not 0 <= done.value < len(SHOWN):
        raise Refused("There is nothing else to show.")
    shown = SHOWN[done.value]
    if shown != "nothing":
        for each in state.of_question:
            state = _with_round(state, replace(each, seen=True))
    if shown == "solution":
        state = replace(state, solved=state.solved | {state.question})
    return _with_shown(state, shown)


def _end(state: State) -> State:
    _require_closed(state)
    return replace(state, ended=True)


def _require_closed(state: State) -> None:
    if state.is_open:
        raise Refused("Close the round first.")


def _require_length(done: Done) -> None:
    if not 0 < done.seconds <= MOST_SECONDS:
        raise Refused("A round takes from 1 to 3,600 seconds.")


def _with_round(state: State, round: Round) -> State:
    return replace(state, rounds=tuple(round if each.number == round.number else each for each in state.rounds))


def _with_shown(state: State, shown: Shown) -> State:
    return replace(state, shown=tuple({**dict(state.shown), state.question: shown}.items()))
