"""What a kernel did when the machine launched it, and what is wrong with its numbers."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograder import compare, feedback
from autograder.cases import Case
from autograder.feedback import Drawing, Failure
from autograder.part import Judged
from autograder.sandbox.replies import Returned
from autograder.verdicts import Verdict

COUNTS = ("reads", "writes", "requests", "sectors", "fewest", "conflicts")
BY_LUCK = "Threads run in no fixed order: only barriers order them, and only those of one block."
NOT_WRITTEN = (
    "The kernel writes {} of {} outputs. The others keep what was in memory before. Does the grid have a thread for each "
    "output, and does each thread write?"
)


@dataclass(frozen=True)
class Misdeed:
    """Something that a kernel must never do, in a sentence, with the lines of the submission to look at."""

    kind: str
    sentence: str
    lines: list[str]


@dataclass(frozen=True)
class Waste:
    """A warp's request with needless sectors or bank conflicts: how to avoid them, and a picture."""

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
    """How the threads of a launch accessed an array: numbers, per thread; and requests, each by one warp.

    sectors: of 32 bytes, that the requests touched; fewest: how many would have been enough. conflicts: extra answers of
    shared memory because of its banks. worst: the request that wastes most, if any does.
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
        """Return how many sectors and extra answers were unnecessary."""
        return self.sectors - self.fewest + self.conflicts


@dataclass(frozen=True)
class Profile:
    """What a launch did, as the worker reports it."""

    parameters: list[str]  # the names of the kernel's parameters
    outputs: dict[str, NDArray[np.float32]]  # the final content of its last argument, by the order in which threads ran
    written: int  # elements of the last argument
    changed: list[str]  # other parameters whose arrays it changed
    misdeeds: list[Misdeed]
    accesses: list[Access]
    busiest: int  # how many numbers the busiest thread reads
    threads: int  # in a block
    barriers: int  # that a block passes
    atomics: bool

    @classmethod
    def of(cls, reply: dict[str, Any]) -> "Profile":
        """Return the profile in a worker's reply."""
        misdeeds = [Misdeed(**each) for each in reply["misdeeds"]]
        accesses = [Access(**each | {"worst": each["worst"] and Waste(**each["worst"])}) for each in reply["accesses"]]
        return cls(**reply | {"misdeeds": misdeeds, "accesses": accesses})

    def total(self, space: str, *arrays: str) -> Access:
        """Return the accesses to a memory space: to all its arrays, or to those named.

        Raises ValueError for an array of global memory that is not a parameter of the kernel.
        """
        if space == "global" and (unknown := sorted(set(arrays) - set(self.parameters))):
            raise ValueError(f"figures counts {unknown[0]}, but the kernel has {', '.join(self.parameters)}")
        found = [each for each in self.accesses if each.space == space and (not arrays or each.array in arrays)]
        return sum(found, Access(space, ", ".join(arrays)))


@dataclass(frozen=True)
class Launched(Judged):
    """A case, and what a launch of the kernel did. Its answer is the first wrong output, or the first if all are right."""

    profile: Profile
    order: str  # of the threads, that gave the answer

    @classmethod
    def of(cls, case: Case, profile: Profile) -> "Launched":
        """Return a launch with the answer to show."""
        outputs = profile.outputs
        wrong = (order for order, each in outputs.items() if not compare.is_right(compare.plain(each), case.answers))
        order = next(wrong, next(iter(outputs)))
        return cls(case, Returned(outputs[order], list(case.arguments), case.options, ""), profile, order)

    @cached_property
    def right(self) -> int:
        """How many outputs are right when all threads run together: traffic is counted per right output."""
        first = next(iter(self.profile.outputs.values()))
        return int(np.sum(~compare.wrong_places(compare.plain(first), self.case.expected, self.case.answers)))

    @cached_property
    def failure(self) -> Failure | None:
        """What is wrong with the numbers, and a possible cause."""
        found = super().failure
        if found:
            kind, lines = next(((each.kind, each.lines) for each in self.profile.misdeeds), ("", []))
            return replace(found, hint=self._cause(), frames=lines, fault=kind)
        if self.profile.changed:
            sentence = f"The kernel writes to {self.profile.changed[0]}, which it may only read."
            return Failure(Verdict.WRONG, sentence, str(self.case))
        return self._of_orders()

    def _cause(self) -> str | None:
        """Return a possible cause of a wrong output."""
        if self.profile.misdeeds:
            return self.profile.misdeeds[0].sentence
        if self.order != next(iter(self.profile.outputs)):
            return f"This comes out when threads run {self.order}; when they run together, all is right. {BY_LUCK}"
        if self.profile.written < self.case.expected.size:
            return NOT_WRITTEN.format(self.profile.written, self.case.expected.size)
        return None

    def _of_orders(self) -> Failure | None:
        """Return a failure if right outputs depend on the order of threads without atomic additions to explain it."""
        (first, output), *others = self.profile.outputs.items()
        for order, other in others:
            differ = (output != other) & ~(np.isnan(output) & np.isnan(other))
            if differ.any() and not self.profile.atomics:
                place = tuple(int(axis[0]) for axis in np.nonzero(differ))
                sentence = (
                    f"The result depends on the order of threads. At {feedback.place_in_words(place)}, it is "
                    f"{output[place]:.9g} when they run {first}, and {other[place]:.9g} when they run {order}."
                )
                return Failure(Verdict.WRONG, sentence, str(self.case), BY_LUCK)
        return None
