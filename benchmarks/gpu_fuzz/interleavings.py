"""What a launch may do: every order in which its threads can take their steps.

A race is two threads that can both go next, at one element, at least one of them writing, not both atomically; two that
would write the same value there harm nobody. A barrier lets a block's threads go on when all of them wait at it, in the
same place and round; where nobody can go next and somebody waits, they wait forever. At a syncwarp nobody has to wait for
threads that have ended, says NVIDIA; whether one may rely on that is left open here: such a launch may be called divergent,
or not.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from benchmarks.gpu_fuzz.threads import NAN, WARP, Fault, Request, Stepper, Undecided

ACCESSES = ("read", "write", "atomic")


class TooMany(Exception):
    """There are more orders than anyone wants to try."""


@dataclass
class Outcome:
    """What every order does, what some order does, and what global memory may hold in the end, None where nothing."""

    always: frozenset[Fault]
    sometimes: set[Fault] = field(default_factory=set)
    endings: set[tuple] = field(default_factory=set)
    states: int = 0


def explore(launch: Stepper, most: int = 20_000) -> Outcome:
    """Try all orders of a launch. Raises TooMany beyond so many states, Undecided where the language leaves it open."""
    sys.setrecursionlimit(20_000)
    walk = _Walk(launch, most)
    outcome = Outcome(walk.always(walk.released(((),) * launch.count), launch.contents()))
    outcome.sometimes, outcome.endings, outcome.states = walk.sometimes, walk.endings, len(walk.known)
    return outcome


@dataclass
class _Walk:
    launch: Stepper
    most: int
    known: dict = field(default_factory=dict)
    sometimes: set[Fault] = field(default_factory=set)
    endings: set[tuple] = field(default_factory=set)

    def always(self, replies: tuple, memory: dict) -> frozenset[Fault]:
        """Return the faults that every order commits from a state on, and note those of any order."""
        state = replies, frozenset(memory.items())
        if state not in self.known:
            if len(self.known) >= self.most:
                raise TooMany
            self.known[state] = frozenset(self._always(replies, memory))
            self.sometimes |= self.known[state]
        return self.known[state]

    def _always(self, replies: tuple, memory: dict) -> set[Fault]:
        asked = [self.launch.next(thread, each) for thread, each in enumerate(replies)]
        faults = {fault for _, found in asked for fault in found}
        ready = [(thread, request) for thread, (request, _) in enumerate(asked) if request and request.kind in ACCESSES]
        races = {Fault("race", line) for one, other in combinations(ready, 2) for line in race(one[1], other[1])}
        self.sometimes |= faults | races
        if not ready:
            waiting = {Fault("divergent barrier", request.place.lines[0]) for request, _ in asked if request}
            self.sometimes |= waiting
            if not waiting:
                self.endings.add(tuple(memory.get(key) for key in self.launch.elements()))
            return faults | waiting
        after = []
        for thread, request in ready:
            reply, then, found = carried_out(request, memory)
            onwards = (*replies[:thread], (*replies[thread], reply), *replies[thread + 1 :])
            after.append(self.always(self.released(onwards), then) | found)
            self.sometimes |= found
        return faults | frozenset.intersection(*after)

    def released(self, replies: tuple) -> tuple:
        """Let go on all who need not wait any more."""
        launch, replies = self.launch, list(replies)
        released = True
        while released:
            released = False
            for first in range(0, launch.count, launch.of_block):
                block = range(first, first + launch.of_block)
                for start in range(0, launch.of_block, WARP):
                    warp = block[start : start + WARP]
                    there = [thread for thread in warp if launch.next(thread, replies[thread])[0]]
                    if waits := self._release(replies, "syncwarp", there):
                        released = True
                        if len(there) < len(warp):
                            self.sometimes.add(Fault("divergent barrier", waits.place.lines[0]))
                released |= bool(self._release(replies, "barrier", block))
        return tuple(replies)

    def _release(self, replies: list, kind: str, members: Iterable[int]) -> Request | None:
        """Reply to these threads, if they all wait at one place, and return for what."""
        asked = [self.launch.next(thread, replies[thread])[0] for thread in members]
        if not asked or any(
            request is None or request.kind != kind or request.place != asked[0].place for request in asked
        ):
            return None
        for thread in members:
            replies[thread] += (None,)
        return asked[0]


def race(one: Request, other: Request) -> tuple[int, ...]:
    """Return the lines of two requests that race; none if they do not."""
    harmless = (
        (one.array, one.element) != (other.array, other.element)
        or one.kind == other.kind == "read"
        or one.kind == other.kind == "atomic"
        or (one.kind == other.kind == "write" and (one.value == other.value or one.value is other.value is NAN))
    )
    return () if harmless else (one.place.lines[0], other.place.lines[0])


def carried_out(request: Request, memory: dict) -> tuple[Any, dict, set[Fault]]:
    """Return a request's reply, memory after it, and what is wrong with it."""
    key, faults = (request.array, request.element), set()
    if request.kind == "write":
        return None, memory | {key: request.value}, faults
    if key not in memory:
        faults.add(Fault("read before it is written", request.place.lines[0]))
    old = memory.get(key, request.missing)
    if old is None:
        raise Undecided
    if request.kind == "read":
        return old, memory, faults
    return old, memory | {key: request.combine(old, request.value)}, faults
