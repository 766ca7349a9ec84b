"""Right answers: an assignment's reference functions, their tolerance, and the wrong answers beside them."""

import copy
import inspect
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

import kernels
from autograder import loading
from autograder.cases import Answer, Case, Drawn, Explain, Lookalike
from autograder.compare import MOST_NUMBERS, changed_on_the_way, exact, failure, is_right, plain
from autograder.sandbox.child.wire import DEEPEST, MOST_ENTRIES, MOST_VALUES, Value
from autograder.verdicts import Verdict
from autograder.working import Working
from autograder.wrong_programs import WRONG, Program, programs
from common.errors import UserError
from misconceptions import Misconception

EPS32 = float(np.finfo(np.float32).eps)
FILE = "reference.py"
KINDS = (
    f"These can be handed over: arrays of real numbers ({MOST_NUMBERS:,} in an answer), numbers, truth values, texts, "
    "None, and lists, tuples and dicts of these "
    f"(with less than {MOST_VALUES // 2:,} values, {MOST_ENTRIES:,} keys, and {DEEPEST} deep)"
)
SPREAD = 4  # how far errors spread in methods such as FFT and Winograd, in units of EPS32 times the largest possible output

Tolerance = Callable[..., NDArray[Any] | float] | float | None


@dataclass(frozen=True)
class Function:
    """A function of the homework: what computes the right answer, how close is close enough, and what can go wrong.

    in_float64: all of these get arrays in float64, whatever type the student gets.
    """

    answer: Callable[..., Any]
    tolerance: Tolerance = None
    in_float64: bool = False
    misconceptions: tuple[Misconception, ...] = ()
    working: Callable[..., Working] | None = None

    @cached_property
    def signature(self) -> inspect.Signature:
        """The parameters that students see."""
        return inspect.signature(self.answer)

    def __call__(self, *arguments: Value, **options: Value) -> Answer:
        """Answer as the marked function does, so that misconceptions can call it."""
        return self.answer(*arguments, **options)

    def by_name(
        self, arguments: tuple[Value, ...], options: dict[str, Value]
    ) -> tuple[tuple[Value, ...], dict[str, Value]]:
        """Return the required arguments in their order, and all others by name; raises TypeError if they do not fit."""
        bound = dict(zip(self.signature.parameters, arguments)) | options
        if len(bound) < len(arguments) + len(options) or not self._required <= bound.keys() <= self._plain:
            bound = self.signature.bind(*arguments, **options).arguments  # raises the TypeError that says what does not fit
        required = [name for name in bound if name in self._required]
        return tuple(bound[name] for name in required), {name: bound[name] for name in bound if name not in required}

    @cached_property
    def _required(self) -> set[str]:
        parameters = self.signature.parameters.values()
        return {parameter.name for parameter in parameters if parameter.default is parameter.empty}

    @cached_property
    def _plain(self) -> set[str]:
        """The parameters that can be given by name as well as by position."""
        parameters = self.signature.parameters.values()
        return {parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD}


@overload
def reference(answer: Callable[..., Answer], /) -> Function: ...


@overload
def reference(
    *,
    tolerance: Tolerance = None,
    in_float64: bool = False,
    misconceptions: Collection[Misconception] = (),
    working: Callable[..., Working] | None = None,
) -> Callable[[Callable[..., Answer]], Function]: ...


def reference(
    answer: Callable[..., Answer] | None = None,
    *,
    tolerance: Tolerance = None,
    in_float64: bool = False,
    misconceptions: Collection[Misconception] = (),
    working: Callable[..., Working] | None = None,
) -> Function | Callable[[Callable[..., Answer]], Function]:
    """Mark the function that computes the right answer for the student's function of the same name.

    tolerance: how far from it each number of an honest answer may be, a number or a function of the call's arguments;
    compare.near by default. in_float64: arrays come in float64, whatever type the student gets. misconceptions: of the
    bank. working: returns how to get the right number, for the call's arguments. A parameter called `backend` receives
    the backend of the kernels that was asked for.
    """

    def mark(function: Callable[..., Answer]) -> Function:
        return Function(function, tolerance, in_float64, tuple(misconceptions), working)

    if answer is None:
        return mark
    if not callable(answer):
        raise UserError(f"reference takes its arguments by name, as in @reference(tolerance={answer!r:.40})")
    return mark(answer)


def misconception(*functions: str, says: str) -> Callable[[Callable[..., Answer]], list[Misconception]]:
    """Register the decorated function as a wrong way to do functions of the homework.

    says: what a student with this misconception reads after "This is what you get when".
    """

    def enter(answer: Callable[..., Answer]) -> list[Misconception]:
        return [Misconception(answer.__name__.replace("_", " "), function, says, answer) for function in functions]

    return enter


def sums_in_float32(terms: int, magnitude: NDArray[np.float64], largest: float) -> NDArray[np.float64]:
    """Return how far sums of products may be from the right ones when they are computed in float32.

    A sum of n products errs by less than (8 + 2 sqrt(n)) eps32 times the sum of their absolute values, in whatever order
    it is taken; an average likewise. Where a method computes all outputs together, errors spread, and the largest possible
    output bounds them. magnitude: the sums of the absolute values; largest: the largest possible output.
    """
    apart: NDArray[np.float64] = EPS32 * ((8 + 2 * terms**0.5) * magnitude + SPREAD * largest)
    return apart


class Reference:
    """Makes cases of an assignment; its reference functions compute the answers."""

    def __init__(self, folder: Path, masters: Collection[str], backend: str = "numpy") -> None:
        """folder: the assignment's. masters: their files in it, which answer where reference.py does not.

        Raises UserError if the backend cannot run.
        """
        try:
            kernels.backends.backend(backend)
        except kernels.BackendUnavailable as error:
            raise UserError(str(error)) from None
        self.backend, self._folder, self._masters = backend, folder, masters
        self._functions: dict[str, Function] = {}
        self.drawn: dict[Drawn, tuple[list[Case], Any]] = {}
        self.ahead: set[tuple[str, str]] = set()
        self.asked: dict[tuple[type, bytes], Case] = {}

    def function(self, name: str) -> Function:
        """Return the function of this name, from reference.py or else from a master; raises UserError if neither has it."""
        if name not in self._functions:
            found = self._said.get(name)
            known = found if isinstance(found, Function) else Function(self._of_a_master(name))
            own = [one for one in self._misconceptions if one.operation == name]
            self._functions[name] = replace(known, misconceptions=(*known.misconceptions, *own))
        return self._functions[name]

    def case(self, function: str, arguments: tuple[Value, ...], options: dict[str, Value], explain: Explain) -> Case:
        """Return a case."""
        known = self.function(function)
        try:
            given = known.by_name(arguments, options)
        except TypeError as error:
            raise UserError(f"{self._folder}: a check calls {function} with arguments that do not fit: {error}") from None
        for argument in (*arguments, *options.values()):
            if found := changed_on_the_way(argument):
                raise UserError(
                    f"a check calls {function} with what cannot be handed over to students' code: {found}. {KINDS}"
                )
        return Case(function, arguments, options, Computed(known, *given, self.backend), explain)

    @cached_property
    def _said(self) -> dict[str, Any]:
        """The contents of reference.py, if there is one."""
        return dict(vars(loading.module(self._folder, "reference"))) if (self._folder / FILE).is_file() else {}

    @property
    def _misconceptions(self) -> list[Misconception]:
        """The misconceptions that reference.py itself registers."""
        lists = [value for value in self._said.values() if isinstance(value, list)]
        return [one for entered in lists for one in entered if isinstance(one, Misconception)]

    def _of_a_master(self, name: str) -> Callable[..., Any]:
        masters = [getattr(loading.master(self._folder, file), name, None) for file in self._masters]
        found = {id(each): each for each in masters if inspect.isfunction(each)}
        if len(found) == 1:
            return found.popitem()[1]
        if found:
            raise UserError(
                f"{self._folder}: a check calls {name}, which several masters have: give each function a name of its own"
            )
        raise UserError(
            f"{self._folder}: a check calls {name}, but neither {FILE} nor a master has a function of this name"
        )

    def undetected(self, check: str, cases: list[Case], catches: Collection[str] = ()) -> set[str]:
        """Return the misconceptions and the wrong programs that none of a check's cases, all of one function, detects.

        catches: the names of the misconceptions that matter; all by default.
        """
        function = cases[0].function
        held = {one.name: one for one in self.function(function).misconceptions}
        if unknown := sorted(set(catches) - set(held)):
            there = f"it has {', '.join(held)}" if held else "it has none"
            raise UserError(f'it draws to catch "{unknown[0]}", a misconception that {function} lacks: {there}')
        left = [one for name, one in held.items() if not catches or name in catches]
        wrong = [one for one in self.programs if one.verdicts.get(check) is Verdict.WRONG and one.does_wrong(function)]
        for case in cases:
            assert isinstance(case.answers, Computed)
            left = [one for one in left if case.answers.lookalike(one) is None]
            if not left:
                break
        small_first = sorted(cases, key=_size)  # most mistakes show in small ones, which take less time
        undetected = {f"{WRONG}/{one.path.name}" for one in wrong if not _shows(one, small_first)}
        return undetected | {one.name for one in left}

    @cached_property
    def programs(self) -> list[Program]:
        """The assignment's wrong programs."""
        return programs(self._folder)


@dataclass(frozen=True)
class Computed:
    """Answers that are computed when they are asked for."""

    function: Function
    arguments: tuple[Value, ...]
    options: dict[str, Value]
    backend: str

    @cached_property
    def expected(self) -> Answer:
        """The right answer; raises UserError if no student could return it."""
        backend = {"backend": self.backend} if "backend" in self.function.signature.parameters else {}
        answer = exact(self._asked(self.function.answer, **backend))
        is_large = isinstance(answer, np.ndarray) and answer.size > MOST_NUMBERS
        if found := f"{answer.size:,} numbers" if is_large else changed_on_the_way(answer):
            raise UserError(f"{self._name} returns what cannot be handed over as an answer: {found}. {KINDS}")
        return answer

    @cached_property
    def tolerance(self) -> NDArray[Any] | float | None:
        """How far from the right answer each number of an honest one may be; raises UserError for an invalid tolerance."""
        tolerance = self.function.tolerance
        if callable(tolerance):
            tolerance = self._asked(tolerance)
        if tolerance is not None and not _is_distance(tolerance, self.expected):
            raise UserError(
                f"the tolerance of {self._name} must be a number that is not negative, or an array of them of the answer's "
                f"shape, but is {tolerance!r:.80}"
            )
        return tolerance

    @cached_property
    def lookalikes(self) -> list[Lookalike]:
        """The wrong answers that misconceptions give here."""
        return [found for one in self.function.misconceptions if (found := self._wrong_by(one))]

    @cached_property
    def working(self) -> Working | None:
        """How to get the right answer; raises UserError if the working leads to another one."""
        if self.function.working is None:
            return None
        working = self._asked(self.function.working)
        if not isinstance(working, Working):
            raise UserError(f"the working of {self._name} must return a Working, but returns {working!r:.80}")
        if working.steps and working.total != self.expected:
            raise UserError(
                f"the steps of {self._name} add up to {working.total}, but the right answer is {self.expected!r:.80}"
            )
        return working

    def lookalike(self, one: Misconception) -> Lookalike | None:
        """Return a misconception's answer; None if it gives the right one here, or none at all."""
        found = self._wrong_by(one)
        return None if found and found.breaks else found

    def _wrong_by(self, one: Misconception) -> Lookalike | None:
        """Return what a misconception makes wrong here, if anything."""
        try:
            answer = plain(self._asked(one.answer))
        except ValueError:
            return Lookalike(one.name, one.sentence, None, breaks=True)
        except Exception as error:
            raise UserError(
                f'the misconception "{one.name}" of {self._name} breaks: {type(error).__name__}: {error}'
            ) from error
        return None if is_right(answer, self) else Lookalike(one.name, one.sentence, answer)

    def _asked(self, function: Callable[..., Answer], **besides: str) -> Answer:
        """Call a function as the student's is called. It gets copies, because it may change its arguments."""
        named = {name: self._prepared(value) for name, value in self.options.items()}
        return function(*map(self._prepared, self.arguments), **named, **besides)

    @property
    def _name(self) -> str:
        return self.function.answer.__name__

    def _prepared(self, value: Value) -> Value:
        if isinstance(value, np.ndarray):
            return value.astype(np.float64 if self.function.in_float64 else value.dtype)
        return copy.deepcopy(value)


def _is_distance(tolerance: object, expected: Answer) -> bool:
    """Return whether a tolerance gives a distance for each number of an answer."""
    if isinstance(tolerance, np.ndarray):
        shape = expected.shape if isinstance(expected, np.ndarray) else ()
        return tolerance.dtype.kind in "iuf" and tolerance.shape in ((), shape) and bool((tolerance >= 0).all())
    return isinstance(tolerance, (int, float, np.integer, np.floating)) and bool(tolerance >= 0)


def _size(case: Case) -> int:
    return sum(value.size for value in case.arguments if isinstance(value, np.ndarray))


def _shows(program: Program, cases: list[Case]) -> bool:
    """Return whether one of the cases detects a wrong program, whatever warnings it gives."""
    loaded = program.module
    with program.beside_its_master(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return any(_fails(loaded, case) for case in cases)


def _fails(program: ModuleType, case: Case) -> bool:
    """Return whether a wrong program is wrong in a case. One that raises is not wrong: it would be crashed."""
    arguments, options = copy.deepcopy((list(case.arguments), case.options))
    try:
        answer = getattr(program, case.function)(*arguments, **options)
    except Exception:
        return False
    return not is_right(plain(answer), case.answers) or failure(case, answer, arguments, options) is not None
