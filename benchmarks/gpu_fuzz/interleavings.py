"""What a launch may do: every order in which its threads can take their steps.

A race is two threads that can both go next, at one element, at least one of them writing, not both atomically; it is
harmless if both would write the same value. A barrier lets a block's threads go on when all of them wait at it, in the
same place and round; if no thread can go next and one waits, it waits forever. At a syncwarp, threads need not wait for
those that have ended, says NVIDIA; whether one may rely on that is left open here: such a launch may be called divergent,
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
    """There are too many orders to try."""


@dataclass
class Outcome:
    """What every order does, what some order does, and what global memory may hold at the end, None for nothing."""

    always: frozenset[Fault]
    sometimes: set[Fault] = field(default_factory=set)
    endings: set[tuple] = field(default_factory=set)
    states: int = 0


def explore(launch: Stepper, most: int = 20_000) -> Outcome:
    """Try all orders of a launch. Raises TooMany beyond a number of states, Undecided where the language leaves it open."""
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
        """Return the faults that every order commits from a state on, and record those of any order."""
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
        """Let all threads go on that need not wait any longer."""
        launch, waiting = self.launch, list(replies)
        blocks = [range(first, first + launch.of_block) for first in range(0, launch.count, launch.of_block)]
        warps = [block[start : start + WARP] for block in blocks for start in range(0, launch.of_block, WARP)]
        going = True
        while going:  # a thread that goes on may reach the next one at once
            going = any(self._pass_barrier(waiting, block) for block in blocks)
            going = going or any(self._pass_syncwarp(waiting, warp) for warp in warps)
        return tuple(waiting)

    def _pass_barrier(self, replies: list, block: range) -> bool:
        """Let a block go on, if all of it waits at one place; return whether it does."""
        asked = [self.launch.next(thread, replies[thread])[0] for thread in block]
        there = {(request.kind, request.place) if request else None for request in asked}
        return len(there) == 1 and asked[0] is not None and asked[0].kind == "barrier" and _go_on(replies, block)

    def _pass_syncwarp(self, replies: list, warp: range) -> bool:
        """Let a warp go on, if all of it waits at one place that has not ended; return whether it does."""
        asked = {thread: request for thread in warp if (request := self.launch.next(thread, replies[thread])[0])}
        there = {(request.kind, request.place) for request in asked.values()}
        if len(there) != 1 or next(iter(there))[0] != "syncwarp":
            return False
        if len(asked) < len(warp):
            self.sometimes.update(Fault("divergent barrier", place.lines[0]) for _, place in there)
        return _go_on(replies, asked)


def _go_on(replies: list, threads: Iterable[int]) -> bool:
    """Reply to threads that have waited."""
    for thread in threads:
        replies[thread] += (None,)
    return True


def race(one: Request, other: Request) -> tuple[int, ...]:
    """Return the lines of two requests that race; empty if they do not."""
    harmless = (
        (one.array, one.element) != (other.array, other.element)
        or one.kind == other.kind == "read"
        or one.kind == other.kind == "atomic"
        or (one.kind == other.kind == "write" and (one.value == other.value or one.value is other.value is NAN))
    )
    return () if harmless else (one.place.lines[0], other.place.lines[0])


def carried_out(request: Request, memory: dict) -> tuple[Any, dict, set[Fault]]:
    """Return a request's reply, memory afterwards, and what is wrong with it."""
    key, line = (request.array, request.element), request.place.lines[0]
    if request.kind == "write":
        return None, memory | {key: request.value}, set()
    if key not in memory:  # what an atomic makes of nothing is still nothing
        if request.missing is None:
            raise Undecided
        return request.missing, memory, {Fault("read before it is written", line)}
    if request.kind == "read":
        return memory[key], memory, set()
    return memory[key], memory | {key: request.combine(memory[key], request.value)}, set()
