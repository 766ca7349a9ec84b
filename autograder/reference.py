"""What is right: the reference kernels' answers, their tolerance, and the misconceptions' answers beside them."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property
from math import prod
from numbers import Real
from typing import Any

import numpy as np

import kernels
import misconceptions
from autograder.cases import Answer, Case, Lookalike, by_name, is_right, plain
from common.errors import UserError

EPS32 = float(np.finfo(np.float32).eps)
SPREAD = 4  # how far errors spread in methods such as FFT and Winograd, times EPS32 and the largest possible output
# What decides about each function of the homework.
ON_ARRAYS: dict[str, Callable] = {
    "conv2d": kernels.conv2d,
    "conv2d_channels": kernels.conv2d,
    "pool2d": kernels.pool2d,
}
ON_NUMBERS: dict[str, Callable] = {
    "output_size": kernels.output_size,
    "count_dense": kernels.count_dense,
    "count_conv": kernels.count_conv,
    "count_network": kernels.count_network,
}
FUNCTIONS = (*ON_ARRAYS, *ON_NUMBERS)


class Reference:
    """Makes cases whose answers one backend of the reference kernels computes."""

    def __init__(self, backend: str = "numpy"):
        """Raises UserError where the backend cannot run."""
        try:
            kernels.backends.backend(backend)
        except kernels.BackendUnavailable as error:
            raise UserError(str(error)) from None
        self.backend = backend
        self.drawn: dict[tuple, tuple[list[Case], Any]] = {}  # cases that were drawn once, by what they were drawn from

    def case(self, check: str, function: str, arguments: tuple, options: dict[str, Any]) -> Case:
        """Return a case of a check."""
        return Case(function, arguments, options, Computed(function, *by_name(function, arguments, options), self.backend))

    def undetected(self, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return the misconceptions that none of the cases, all of one function, can tell from the truth.

        catches: the names of those that matter; all by default.
        """
        remaining = [one for one in misconceptions.about(cases[0].function) if not catches or one.name in catches]
        for case in cases:
            assert isinstance(case.answers, Computed)
            remaining = [one for one in remaining if case.answers.lookalike(one) is None]
            if not remaining:
                break
        return {one.name for one in remaining}


@dataclass(frozen=True)
class Computed:
    """Answers that are computed when they are asked for. Arrays are taken in float64, whatever type the student gets."""

    function: str
    arguments: tuple
    options: dict[str, Any]
    backend: str

    @cached_property
    def expected(self) -> Answer:
        """The right answer."""
        return self._compute(_exact)

    @cached_property
    def tolerance(self) -> np.ndarray | float:
        """How far from the right answer each element of an honest one may lie.

        A sum of n products in float32 errs by less than (8 + 2 sqrt(n)) eps32 times the sum of their absolute values, in
        whatever order it is taken; an average likewise. Where a method computes all outputs together, errors spread, and
        the image's largest number and the kernel's whole weight bound them. Everything else is exact.
        """
        if self.function in ("conv2d", "conv2d_channels"):
            image, kernel = map(_magnitude, self.arguments)
            largest = max(image.max(), _magnitude(self.options.get("padding_value", 0.0)))
            terms, weight = prod(kernel.shape[-3:]), kernel.sum(axis=tuple(range(kernel.ndim)[-3:])).max()
        elif self.options.get("mode") == "average":
            largest, weight = _magnitude(self.arguments[0]).max(), 1.0
            terms = prod(kernels.pair(self.options.get("size", 2), "size", 1))
        else:
            return 0.0
        return EPS32 * ((8 + 2 * terms**0.5) * self._compute(_magnitude) + SPREAD * largest * weight)

    @cached_property
    def lookalikes(self) -> list[Lookalike]:
        """The wrong answers that misconceptions give here."""
        return [found for one in misconceptions.about(self.function) if (found := self.lookalike(one))]

    def lookalike(self, one: misconceptions.Misconception) -> Lookalike | None:
        """Return a misconception's answer; None if it gives the right one here, or none at all."""
        try:
            answer = plain(one.answer(*map(_exact, self.arguments), **self.options))
        except ValueError:
            return None
        return None if is_right(answer, self) else Lookalike(one.name, one.sentence, answer)

    def _compute(self, prepare: Callable[[Any], Any]) -> Answer:
        arguments = [prepare(argument) for argument in self.arguments]
        options = {name: prepare(value) for name, value in self.options.items()}
        if self.function in ON_ARRAYS:
            return ON_ARRAYS[self.function](*arguments, **options, backend=self.backend)
        return plain(ON_NUMBERS[self.function](*arguments, **options))


def _exact(value: Any) -> Any:
    return value.astype(np.float64) if isinstance(value, np.ndarray) else value


def _magnitude(value: Any) -> Any:
    """Return absolute values of arrays and of padding values; strides and the like are positive anyway."""
    return abs(_exact(value)) if isinstance(value, (np.ndarray, Real)) else value
