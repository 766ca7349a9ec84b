"""Replay a lecture: the same server and pages follow its journal, and nothing is written."""

import asyncio
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate

from polls.journal import About, Answer, Journal
from polls.live import Bell, Late, Live
from polls.state import Done, after

LONGEST_WAIT = 5.0  # the longest wait between two rounds, in seconds of the journal; the rest is cut
SLOWEST, FASTEST = 0.25, 64.0  # seconds of the journal that pass in one second

Event = Done | Answer


class Clock:
    """A clock for a replay, which runs at its own speed."""

    def __init__(self, at: float, speed: float) -> None:
        self.set(at, speed)

    def set(self, at: float, speed: float) -> None:
        """Go on from a time, in seconds since 1970, at a speed."""
        self._at, self._speed, self._since = at, speed, time.monotonic()

    def __call__(self) -> float:
        """Return the time."""
        return self._at + self._speed * (time.monotonic() - self._since)


class Blank(Journal):
    """An empty journal that stores nothing. Anyone may watch."""

    def __init__(self, about: About) -> None:
        self.about = replace(about, roster=(), logins={})

    def write(self, done: Done) -> None:
        """Keep nothing."""

    def keep(self, answers: Iterable[Answer]) -> None:
        """Keep nothing."""

    def done(self) -> list[Done]:
        """Return nothing."""
        return []

    def people(self) -> dict[str, str]:
        """Return nobody."""
        return {}

    def answers(self) -> Iterator[Answer]:
        """Return nothing."""
        return iter(())


class Replay(Live):
    """A poll that repeats what its journal says. The teacher's page sets the pace; phones only watch."""

    acts = ("pause", "go on", "slower", "faster", "next")

    def __init__(self, journal: Journal, speed: float = 1.0) -> None:
        """Read the journal, which is not needed afterwards. speed: seconds of the lecture that pass in one second."""
        self._events = events(journal)
        self._clock = Clock(self._events[0].at - LONGEST_WAIT if self._events else 0.0, speed)
        super().__init__(Blank(journal.about), self._clock)
        self.pace: dict[str, float] = {"paused": False, "over": False, "speed": speed}
        self._hurries = False  # to the next step
        self._turned = Bell()  # the pace has changed

    async def run(self) -> None:
        """Repeat everything at its time, until the journal ends."""
        for event in self._events:
            if not self.state.is_open and event.at - self.now() > LONGEST_WAIT:
                self._clock.set(event.at - LONGEST_WAIT, self._speed)
            await self._reach(event.at)
            self._happens(event)
        self.pace = self.pace | {"over": True}
        self.stepped.ring()
        self.counted.ring()

    async def act(self, act: str, value: int = 0, seconds: float = 0.0, seen: int | None = None) -> None:
        """Change the pace."""
        match act:
            case "pause" | "go on":
                self.pace = self.pace | {"paused": act == "pause"}
            case "slower":
                self.pace = self.pace | {"speed": max(self.pace["speed"] / 2, SLOWEST)}
            case "faster":
                self.pace = self.pace | {"speed": min(self.pace["speed"] * 2, FASTEST)}
            case "next":
                self._hurries = seen in (None, self.steps)  # a double click counts once
        self._clock.set(self.now(), self._speed)
        for bell in (self._turned, self.stepped, self.counted):
            bell.ring()

    async def answer(self, person: str, number: int, change: int, given: Mapping[str, str]) -> int:
        """Refuse an answer: it would be too late for this lecture."""
        raise Late

    def left(self) -> float | None:
        """Return the seconds of the audience that an open round still has; None while the replay is paused."""
        left = super().left()
        return left / self._speed if left is not None and self._speed else None

    @property
    def _speed(self) -> float:
        """Return how many seconds of the journal pass in one second; 0 while paused."""
        return 0.0 if self.pace["paused"] else self.pace["speed"]

    async def _reach(self, at: float) -> None:
        """Wait for a time of the journal."""
        while not self._hurries and (ahead := at - self.now()) > 0:
            times = self._turned.times
            with suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._turned.after(times), ahead / self._speed if self._speed else None)
        if at > self.now():
            self._clock.set(at, self._speed)

    def _happens(self, event: Event) -> None:
        match event:
            case Done():
                self.state, self.steps, self._hurries = after(self.state, event), self.steps + 1, False
                self.stepped.ring()
            case Answer():
                self._take(event)
        self.counted.ring()


def events(journal: Journal) -> list[Event]:
    """Return what happened, in order; that the poll was ended is left out: its pages stay.

    What was done keeps its order, even where the clock of a server that was started again was behind.
    """
    done = [each for each in journal.done() if each.act != "end"]
    times = accumulate((each.at for each in done), max)
    happened: list[Event] = [replace(each, at=at) for each, at in zip(done, times)]
    return sorted([*happened, *journal.answers()], key=lambda event: event.at)
