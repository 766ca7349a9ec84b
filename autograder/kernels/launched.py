"""What became of a kernel that the machine launched, and what is wrong with its numbers."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from autograder import compare, feedback
from autograder.cases import Case
from autograder.feedback import Drawing, Failure
from autograder.part import Judged
from autograder.sandbox.replies import Returned
from autograder.verdicts import Verdict

COUNTS = ("reads", "writes", "requests", "sectors", "fewest", "conflicts")
BY_LUCK = "Threads run in no fixed order: only barriers order them, and only those of one block."
NOT_WRITTEN = (
    "The kernel writes {} of {} outputs. The others keep what was in memory before. Does the grid have a thread for each, "
    "and does each of these write?"
)


@dataclass(frozen=True)
class Misdeed:
    """What a kernel must never do, in a sentence, and the lines of the submission to look at."""

    kind: str
    sentence: str
    lines: list[str]


@dataclass(frozen=True)
class Waste:
    """A warp's request that touches more sectors or waits longer for banks than it must: what to do, and a picture."""

    title: str
    advice: str
    svg: str
    text: str
    lines: list[str]  # of the submission

    @property
    def drawing(self) -> Drawing:
        """The picture, for the report."""
        return Drawing(self.title, self.svg, self.text)


@dataclass(frozen=True)
class Access:
    """What the threads of a launch asked of memory: numbers, by thread; and requests, each of one warp.

    sectors: of 32 bytes, that the requests touched; fewest: that would have done. conflicts: how often the banks of shared
    memory had to answer once more. worst: the request that wastes most, if one does.
    """

    space: str
    array: str
    reads: int = 0
    writes: int = 0
    requests: int = 0
    sectors: int = 0
    fewest: int = 0
    conflicts: int = 0
    worst: Waste | None = None

    def __add__(self, other: "Access") -> "Access":
        counts = {name: getattr(self, name) + getattr(other, name) for name in COUNTS}
        return replace(self, **counts, worst=max(self, other, key=Access._waste).worst)

    def _waste(self) -> int:
        """Return how many sectors and answers of banks would not have been needed."""
        return self.sectors - self.fewest + self.conflicts


@dataclass(frozen=True)
class Ran:
    """What a launch did, as the worker says."""

    parameters: list[str]  # of the kernel, as it calls them
    outputs: dict[str, np.ndarray]  # what its last argument held in the end, by the order in which threads ran
    written: int  # elements of that
    changed: list[str]  # other parameters whose arrays it wrote to
    misdeeds: list[Misdeed]
    accesses: list[Access]
    busiest: int  # how many numbers the thread reads that reads most
    threads: int  # of a block
    barriers: int  # that a block passes
    atomics: bool

    @classmethod
    def of(cls, reply: dict[str, Any]) -> "Ran":
        """Return what a reply of the worker says."""
        misdeeds = [Misdeed(**each) for each in reply["misdeeds"]]
        accesses = [Access(**each | {"worst": each["worst"] and Waste(**each["worst"])}) for each in reply["accesses"]]
        return cls(**reply | {"misdeeds": misdeeds, "accesses": accesses})

    def total(self, space: str, *arrays: str) -> Access:
        """Return what was asked of a space of memory: of all its arrays, or of those named.

        Raises ValueError for an array of global memory that is not a parameter of the kernel.
        """
        if space == "global" and (unknown := sorted(set(arrays) - set(self.parameters))):
            raise ValueError(f"figures counts {unknown[0]}, but the kernel has {', '.join(self.parameters)}")
        found = [each for each in self.accesses if each.space == space and (not arrays or each.array in arrays)]
        return sum(found, Access(space, ", ".join(arrays)))


@dataclass(frozen=True)
class Launched(Judged):
    """A case, and what a launch of the kernel made of it. As its answer stands the first wrong output, if one is wrong."""

    ran: Ran
    order: str  # in which that came about

    @classmethod
    def of(cls, case: Case, ran: Ran) -> "Launched":
        """Return a launch with the answer that is to be shown."""
        wrong = (order for order, each in ran.outputs.items() if not compare.is_right(compare.plain(each), case.answers))
        order = next(wrong, next(iter(ran.outputs)))
        return cls(case, Returned(ran.outputs[order], list(case.arguments), case.options, ""), ran, order)

    @cached_property
    def right(self) -> int:
        """How many outputs are right, when all threads go on together: traffic is counted for each of these."""
        first = next(iter(self.ran.outputs.values()))
        return int(np.sum(~compare.wrong_places(compare.plain(first), self.case.expected, self.case.answers)))

    @cached_property
    def failure(self) -> Failure | None:
        """What is wrong with the numbers, and what may have made them wrong."""
        found = super().failure
        if found:
            kind, lines = next(((each.kind, each.lines) for each in self.ran.misdeeds), ("", []))
            return replace(found, hint=self._cause(), frames=lines, fault=kind)
        if self.ran.changed:
            sentence = f"The kernel writes to {self.ran.changed[0]}, which it must only read."
            return Failure(Verdict.WRONG, sentence, str(self.case))
        return self._of_orders()

    def _cause(self) -> str | None:
        """Return what may have made an output wrong."""
        if self.ran.misdeeds:
            return self.ran.misdeeds[0].sentence
        if self.order != next(iter(self.ran.outputs)):
            return f"This comes out when threads run {self.order}, and all is right when they run together. {BY_LUCK}"
        if self.ran.written < self.case.expected.size:
            return NOT_WRITTEN.format(self.ran.written, self.case.expected.size)
        return None

    def _of_orders(self) -> Failure | None:
        """Return a failure if right outputs differ by the order of threads, which atomic additions alone explain."""
        (first, output), *others = self.ran.outputs.items()
        for order, other in others:
            differ = (output != other) & ~(np.isnan(output) & np.isnan(other))
            if differ.any() and not self.ran.atomics:
                place = tuple(int(axis[0]) for axis in np.nonzero(differ))
                sentence = (
                    f"The result depends on the order of threads. At {feedback.place_in_words(place)}: {output[place]:.9g} "
                    f"when they run {first}, {other[place]:.9g} when they run {order}."
                )
                return Failure(Verdict.WRONG, sentence, str(self.case), BY_LUCK)
        return None
