"""A case: one call of a student's function, what it must return, and how near is right."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import Any

import numpy as np

import kernels
import misconceptions

EPS32 = float(np.finfo(np.float32).eps)
Answer = Any  # an array, or a number
# What decides about each function of the homework.
ON_ARRAYS: dict[str, Callable] = {
    "conv2d": kernels.conv2d,
    "conv2d_channels": kernels.conv2d,
    "pool2d": kernels.pool2d,
}
REFERENCES: dict[str, Callable] = {
    **ON_ARRAYS,
    "output_size": kernels.output_size,
    "count_dense": kernels.count_dense,
    "count_conv": kernels.count_conv,
    "count_network": kernels.count_network,
}


@dataclass(frozen=True)
class Case:
    """A call, and the reference kernels' answer to it.

    Arrays are computed in float64, whatever type the student gets.
    """

    function: str
    arguments: tuple
    options: dict[str, Any] = field(default_factory=dict)
    backend: str = "numpy"

    @cached_property
    def expected(self) -> Answer:
        """The right answer."""
        return self._reference(*(_exact(argument) for argument in self.arguments))

    @cached_property
    def tolerance(self) -> np.ndarray | float:
        """How far from the right answer each element of an honest one may lie.

        A sum of n products in float32 errs by less than (8 + 2 sqrt(n)) eps32 times the sum of their absolute values, in
        whatever order it is taken; an average likewise. Everything else is exact.
        """
        magnitudes = [_magnitude(argument) for argument in self.arguments]
        if self.function in ("conv2d", "conv2d_channels"):
            options = {name: _magnitude(value) for name, value in self.options.items()}
            return _allowed(prod(self.arguments[1].shape[-3:])) * self._reference(*magnitudes, **options)
        if self.options.get("mode") == "average":
            size = kernels.pair(self.options.get("size", 2), "size", 1)
            return _allowed(prod(size)) * self._reference(*magnitudes)
        return 0.0

    @cached_property
    def lookalikes(self) -> list[tuple[misconceptions.Misconception, Answer]]:
        """Wrong answers with the misconceptions that give them; those that give the right one here are left out."""
        found = []
        for one in misconceptions.about(self.function):
            try:
                answer = one.answer(*(_exact(argument) for argument in self.arguments), **self.options)
            except ValueError:  # the misconception cannot even compute this case
                continue
            if not self.accepts(answer):
                found.append((one, answer))
        return found

    def accepts(self, answer: Answer) -> bool:
        """Tell whether an answer of the right type is right."""
        if not isinstance(self.expected, np.ndarray):
            return type(answer) is type(self.expected) and answer == self.expected
        if np.shape(answer) != self.expected.shape:
            return False
        return bool((abs(answer - self.expected) <= self.tolerance).all())  # a NaN is within no tolerance

    def hint(self, answer: Answer) -> str | None:
        """Say which misconception gives exactly this answer, if one does."""
        for one, wrong in self.lookalikes:
            if _alike(answer, wrong):
                return f"This is what comes out when {one.sentence}"
        return None

    def __str__(self) -> str:
        parts = [_shown(argument) for argument in self.arguments]
        parts += [f"{name}={_shown(value)}" for name, value in self.options.items()]
        return f"{self.function}({', '.join(parts)})"

    def _reference(self, *arguments: Any, **options: Any) -> Answer:
        options = options or {name: _exact(value) for name, value in self.options.items()}
        if self.function in ON_ARRAYS:
            options["backend"] = self.backend
        return REFERENCES[self.function](*arguments, **options)


def untold(cases: list[Case]) -> set[str]:
    """Return the names of the misconceptions that none of the cases, all of one function, can tell from the truth."""
    told = {one.name for case in cases for one, _ in case.lookalikes}
    return {one.name for one in misconceptions.about(cases[0].function)} - told


def _alike(answer: Answer, wrong: Answer) -> bool:
    """Tell whether an answer is a wrong one, up to rounding."""
    if not isinstance(answer, np.ndarray):
        return type(answer) is type(wrong) and answer == wrong
    return answer.shape == np.shape(wrong) and np.allclose(answer, wrong, rtol=1e-5, atol=1e-5)


def _allowed(terms: int) -> float:
    return (8 + 2 * terms**0.5) * EPS32


def _exact(value: Any) -> Any:
    return value.astype(np.float64) if isinstance(value, np.ndarray) else value


def _magnitude(value: Any) -> Any:
    """Return absolute values of arrays and of padding values; strides and the like are positive anyway."""
    return abs(_exact(value)) if isinstance(value, (np.ndarray, float)) else value


def _shown(value: Any) -> str:
    if isinstance(value, np.ndarray):
        shape = "x".join(map(str, value.shape))
        return f"{shape} {value.dtype}"
    return repr(value)
