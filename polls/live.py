"""A running poll: it accepts answers and the teacher's acts, stores them, and rings when something changes."""

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import reduce

from common.errors import UserError
from polls.journal import Answer, Journal, Unwritten
from polls.state import ACTS, Act, Done, Refused, Round, State, after
from polls.tally import Reader, Tally
from quizzes.variant import Variant

GRACE = 2.0  # seconds that last-moment answers have to arrive
BACK = 20.0  # the least time in seconds that an open round still has after the server was away
ASLEEP = 5.0  # seconds of delay that mean this machine was asleep or its disk full, and phones have unsent answers


class Late(Exception):
    """An answer to a round that is closed."""


class Bell:
    """A bell that wakes everybody who waits."""

    def __init__(self) -> None:
        self.times = 0
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self.times += 1
        self._rung.set()
        self._rung = asyncio.Event()

    async def after(self, times: int) -> None:
        """Wait until it has rung more often than so many times."""
        while self.times <= times:
            await self._rung.wait()


def steady() -> Callable[[], float]:
    """Return a clock that tells the seconds since 1970, and never jumps: a laptop that finds a network sets its own."""
    began, then = time.time(), time.monotonic()
    return lambda: began + time.monotonic() - then


class Live:
    """A running poll. Everything except writing to the disk happens in one event loop."""

    acts: tuple[str, ...] = ACTS  # that the teacher may ask for
    pace: Mapping[str, float] | None = None  # of a lecture that is shown again

    def __init__(self, journal: Journal, clock: Callable[[], float] | None = None) -> None:
        """Continue where a journal ends; raises UserError if that is impossible."""
        self.journal, self.made, self.language = journal, journal.about.made, journal.about.made.quiz.language
        self.now = clock or steady()
        done = journal.done()
        try:
            self.state = reduce(after, done, State(len(self.made.quiz.questions)))
        except Refused as refused:
            raise UserError(f"{journal.path} is damaged: {refused}") from None
        self.steps = len(done)  # the number of acts: a teacher's page says how many it has seen
        self.people = journal.people()
        self.persons: set[str] = set()  # who have answered
        self.latest: dict[int, dict[str, Answer]] = {}  # of each round and person
        for answer in journal.answers():
            self._take(answer)
        self.stepped, self.counted = Bell(), Bell()  # something was done; or anything else: somebody answered, came or went
        self.present = 0  # phones that listen
        self.warning = ""  # what the teacher should know of the server, in the language of the quiz
        self.at_the_end: Callable[[], object] = lambda: None  # called on the journal's thread once the poll has ended
        self._waiting: list[tuple[Answer, asyncio.Future[None]]] = []
        self._readers: dict[tuple[int, int], Reader] = {}
        self._arrived = asyncio.Event()
        self._acting = asyncio.Lock()
        self._disk = ThreadPoolExecutor(1, "journal")

    async def run(self) -> None:
        """Store answers as they come, and close rounds whose time is up, until cancelled."""
        try:
            await self._come_back()
            await asyncio.gather(self._keep_answers(), self._watch_the_time())
        finally:
            self._disk.shutdown()  # what is being written is finished

    async def act(self, act: Act, value: int = 0, seconds: float = 0.0, seen: int | None = None) -> None:
        """Do what a teacher asks for; raises Refused if it cannot be done now, Unwritten if the disk fails.

        seen: how many acts the teacher's page has seen, so that a double click counts once.
        """
        async with self._acting:
            if seen is not None and seen != self.steps:
                raise Refused("The poll has moved on in the meantime.")
            done = Done(self.now(), act, value, seconds)
            state = after(self.state, done)
            await self._on_disk(self.journal.write, done)
            self.state, self.steps = state, self.steps + 1
        if state.ended:
            self._disk.submit(self.at_the_end)
        self.stepped.ring()
        self.counted.ring()

    async def answer(self, person: str, number: int, change: int, given: Mapping[str, str]) -> int:
        """Take an answer to a round; returns the change that counts, once it is on the disk.

        The same change again is the same answer, and one that arrives behind a later one does not count. Raises Late if the
        round is closed, and Unwritten if the disk fails.
        """
        round = self.state.open_round
        if round is None or round.number != number:
            raise Late
        kept: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((Answer(number, person, change, self.now(), dict(given)), kept))
        self._arrived.set()
        await kept
        return self.kept(person, number)

    def kept(self, person: str, number: int) -> int:
        """Return which change of somebody's answer to a round counts; 0 if there is no answer."""
        answer = self.latest.get(number, {}).get(person)
        return answer.change if answer else 0

    async def admit(self, key: str, id: str) -> None:
        """Assign a browser's key to somebody on the roster."""
        await self._on_disk(self.journal.admit, key, id, self.now())
        self.people[key] = id

    @contextmanager
    def phone_present(self) -> Iterator[None]:
        """Count a phone that listens."""
        self.present += 1
        self.counted.ring()
        try:
            yield
        finally:
            self.present -= 1
            self.counted.ring()

    def variant(self, question: int, form: int) -> Variant:
        """Return a question in one of its forms."""
        return self.made.versions[form].variants[question]

    def reader(self, question: int, form: int) -> Reader:
        """Return the reader of the replies to a question in one of its forms."""
        if (question, form) not in self._readers:
            self._readers[question, form] = Reader(self.variant(question, form), self.language)
        return self._readers[question, form]

    def tally(self, round: Round) -> Tally:
        """Count the answers of a round."""
        return self.reader(round.question, round.form).tally(self.given(round).values())

    def given(self, round: Round) -> dict[str, Mapping[str, str]]:
        """Return what each person has answered in a round."""
        return {person: answer.given for person, answer in self.latest.get(round.number, {}).items()}

    def answered(self, round: Round | None) -> int:
        """Return how many have answered in a round."""
        return len(self.latest.get(round.number, ())) if round else 0

    def left(self) -> float | None:
        """Return the seconds that an open round still has; None if none is open."""
        round = self.state.open_round
        return max(0.0, round.closes - self.now()) if round else None

    def _take(self, answer: Answer) -> None:
        self.persons.add(answer.person)
        answers = self.latest.setdefault(answer.round, {})
        if answer.person not in answers or answers[answer.person].change < answer.change:
            answers[answer.person] = answer

    async def _keep_answers(self) -> None:
        """Store all new answers at once, so that the disk, not their number, sets the pace."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            waiting, self._waiting = self._waiting, []
            try:
                await self._on_disk(self.journal.keep, [answer for answer, _ in waiting])
            except Unwritten as error:  # each phone keeps its answer and sends it again
                for _, kept in waiting:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for answer, kept in waiting:
                self._take(answer)
                if not kept.done():  # its phone has hung up
                    kept.set_result(None)
            self.counted.ring()

    async def _watch_the_time(self) -> None:
        """Close a round whose time is up; one that this machine has slept through gets some more."""
        while True:
            left, times = self.left(), self.stepped.times
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self.stepped.after(times), None if left is None else left + GRACE)
            round = self.state.open_round
            if round is None or self.now() < round.closes + GRACE:
                continue
            if self.now() > round.closes + GRACE + ASLEEP:
                await self._come_back()
                continue
            with suppress(Refused, Unwritten):  # the teacher was faster; or it is tried again
                await self.act("close", seen=self.steps)

    async def _come_back(self) -> None:
        """Give a round that was open when the server stopped or slept enough time for all phones to be back."""
        left = self.left()
        if left is not None and left < BACK:
            with suppress(Refused, Unwritten):
                await self.act("more", seconds=BACK - left, seen=self.steps)

    async def _on_disk(self, write: Callable[..., None], *arguments: object) -> None:
        """Store something; while that fails, the teacher is warned."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._disk, write, *arguments)
        except Unwritten as error:
            self._warn(
                self.language.say(
                    "This computer can't save anything ({problem}): phones keep sending their answers until it can. Free "
                    "some disk space.",
                    problem=error,
                )
            )
            raise
        self._warn("")

    def _warn(self, warning: str) -> None:
        if warning != self.warning:
            self.warning = warning
            self.counted.ring()
