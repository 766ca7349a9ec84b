"""What is right: an assignment's reference functions, their tolerance, and the wrong answers beside them."""

import copy
import inspect
import warnings
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

import kernels
from autograder import loading
from autograder.cases import Answer, Case, Lookalike
from autograder.compare import MOST_NUMBERS, changed_on_the_way, exact, failure, is_right, plain
from autograder.sandbox.child.wire import DEEPEST, MOST_ENTRIES, MOST_VALUES
from autograder.verdicts import Verdict
from autograder.working import Working
from autograder.wrong import WRONG, Program, programs
from common.errors import UserError
from misconceptions import Misconception

EPS32 = float(np.finfo(np.float32).eps)
FILE = "reference.py"
KINDS = (
    f"What can be are arrays of real numbers ({MOST_NUMBERS:,} in an answer), numbers, truth values, texts, None, "
    "and lists, tuples and dicts of these "
    f"(with less than {MOST_VALUES // 2:,} values, {MOST_ENTRIES:,} keys, and {DEEPEST} deep)"
)
SPREAD = 4  # how far errors spread in methods such as FFT and Winograd, times EPS32 and the largest possible output

Tolerance = Callable[..., np.ndarray | float] | float | None


@dataclass(frozen=True)
class Function:
    """A function of the homework: who knows the right answer, how near is right, and how it is got wrong.

    in_float64: arrays go to all of these in float64, whatever type the student gets.
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

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Answer, as the marked function does: misconceptions may ask it."""
        return self.answer(*arguments, **options)

    def by_name(self, arguments: tuple, options: dict[str, Any]) -> tuple[tuple, dict[str, Any]]:
        """Return the arguments that must be given, and all others by their names; raises TypeError if they do not fit."""
        bound = dict(zip(self.signature.parameters, arguments)) | options
        if len(bound) < len(arguments) + len(options) or not self._required <= bound.keys() <= self._plain:
            bound = self.signature.bind(*arguments, **options).arguments  # which says what does not fit
        required = [name for name in bound if name in self._required]
        return tuple(bound[name] for name in required), {name: bound[name] for name in bound if name not in required}

    @cached_property
    def _required(self) -> set[str]:
        parameters = self.signature.parameters.values()
        return {parameter.name for parameter in parameters if parameter.default is parameter.empty}

    @cached_property
    def _plain(self) -> set[str]:
        """The parameters that can be given by their names, and in their order."""
        parameters = self.signature.parameters.values()
        return {parameter.name for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD}


def reference(
    answer: Callable | None = None,
    *,
    tolerance: Tolerance = None,
    in_float64: bool = False,
    misconceptions: Collection[Misconception] = (),
    working: Callable[..., Working] | None = None,
) -> Any:
    """Mark the function that knows the right answer to the student's function of the same name.

    tolerance: how far from it each number of an honest answer may lie, a number or a function of the call's arguments;
    compare.near by default. in_float64: arrays come in float64, whatever type the student gets. misconceptions: of the
    bank. working: returns how the right number comes about, for the call's arguments. A parameter called `backend` receives
    the backend of the kernels that was asked for.
    """
    if answer is None:
        return lambda function: reference(
            function, tolerance=tolerance, in_float64=in_float64, misconceptions=misconceptions, working=working
        )
    if not callable(answer):
        raise UserError(f"reference takes its arguments by name, as in @reference(tolerance={answer!r:.40})")
    return Function(answer, tolerance, in_float64, tuple(misconceptions), working)


def misconception(*functions: str, says: str) -> Callable[[Callable], list[Misconception]]:
    """Enter the decorated function as a wrong way to do functions of the homework.

    says: what a student who holds it should read, after "This is what comes out when".
    """

    def enter(answer: Callable) -> list[Misconception]:
        return [Misconception(answer.__name__.replace("_", " "), function, says, answer) for function in functions]

    return enter


def sums_in_float32(terms: int, magnitude: np.ndarray, largest: float) -> np.ndarray:
    """Return how far sums of products may lie from the right ones when they are computed in float32.

    A sum of n products errs by less than (8 + 2 sqrt(n)) eps32 times the sum of their absolute values, in whatever order
    it is taken; an average likewise. Where a method computes all outputs together, errors spread, and the largest possible
    output bounds them. magnitude: the sums of the absolute values; largest: the largest possible output.
    """
    return EPS32 * ((8 + 2 * terms**0.5) * magnitude + SPREAD * largest)


class Reference:
    """Makes cases of an assignment, whose answers its reference functions compute."""

    def __init__(self, folder: Path, masters: Collection[str], backend: str = "numpy"):
        """folder: the assignment's. masters: their files in it, which answer where reference.py does not.

        Raises UserError where the backend cannot run.
        """
        try:
            kernels.backends.backend(backend)
        except kernels.BackendUnavailable as error:
            raise UserError(str(error)) from None
        self.backend, self._folder, self._masters = backend, folder, masters
        self._functions: dict[str, Function] = {}
        self.drawn: dict[tuple, tuple[list[Case], Any]] = {}  # cases that were drawn once, by what they were drawn from
        self.ahead: set[tuple[str, str]] = set()  # seeds and checks whose cases were drawn before any was asked
        self.asked: dict[tuple[type, bytes], Case] = {}  # by the part and the request: answered once for a whole class

    def function(self, name: str) -> Function:
        """Return the function of this name, of reference.py or else of a master; raises UserError if neither has it."""
        if name not in self._functions:
            found = self._said.get(name)
            known = found if isinstance(found, Function) else Function(self._of_a_master(name))
            own = [one for one in self._misconceptions if one.operation == name]
            self._functions[name] = replace(known, misconceptions=(*known.misconceptions, *own))
        return self._functions[name]

    def case(self, function: str, arguments: tuple, options: dict[str, Any], explain: Callable) -> Case:
        """Return a case."""
        known = self.function(function)
        try:
            given = known.by_name(arguments, options)
        except TypeError as error:
            raise UserError(f"{self._folder}: a check calls {function} as nobody can: {error}") from None
        for argument in (*arguments, *options.values()):
            if found := changed_on_the_way(argument):
                raise UserError(
                    f"a check calls {function} with what cannot be handed over to students' code: {found}. {KINDS}"
                )
        return Case(function, arguments, options, Computed(known, *given, self.backend), explain)

    @cached_property
    def _said(self) -> dict[str, Any]:
        """What reference.py holds, if there is one."""
        return dict(vars(loading.module(self._folder, "reference"))) if (self._folder / FILE).is_file() else {}

    @property
    def _misconceptions(self) -> list[Misconception]:
        """Those that reference.py itself enters."""
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
    arguments: tuple
    options: dict[str, Any]
    backend: str

    @cached_property
    def expected(self) -> Answer:
        """The right answer; raises UserError if no student could give it."""
        backend = {"backend": self.backend} if "backend" in self.function.signature.parameters else {}
        answer = exact(self._asked(self.function.answer, **backend))
        is_large = isinstance(answer, np.ndarray) and answer.size > MOST_NUMBERS
        if found := f"{answer.size:,} numbers" if is_large else changed_on_the_way(answer):
            raise UserError(f"{self._name} returns what cannot be handed over as an answer: {found}. {KINDS}")
        return answer

    @cached_property
    def tolerance(self) -> np.ndarray | float | None:
        """How far from the right answer each number of an honest one may lie; raises UserError if it says no distance."""
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
        """How the right answer comes about; raises UserError if it says what is not right."""
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

    def _asked(self, function: Callable[..., Any], **besides: Any) -> Any:
        """Call a function as the student's is called. It gets copies: who answers may change what it gets."""
        named = {name: self._prepared(value) for name, value in self.options.items()}
        return function(*map(self._prepared, self.arguments), **named, **besides)

    @property
    def _name(self) -> str:
        return self.function.answer.__name__

    def _prepared(self, value: Any) -> Any:
        if isinstance(value, np.ndarray):
            return value.astype(np.float64 if self.function.in_float64 else value.dtype)
        return copy.deepcopy(value)


def _is_distance(tolerance: Any, expected: Answer) -> bool:
    """Return whether a tolerance says for each number of an answer how far from it is right."""
    if isinstance(tolerance, np.ndarray):
        shape = expected.shape if isinstance(expected, np.ndarray) else ()
        return tolerance.dtype.kind in "iuf" and tolerance.shape in ((), shape) and bool((tolerance >= 0).all())
    return isinstance(tolerance, (int, float, np.integer, np.floating)) and bool(tolerance >= 0)


def _size(case: Case) -> int:
    return sum(value.size for value in case.arguments if isinstance(value, np.ndarray))


def _shows(program: Program, cases: list[Case]) -> bool:
    """Return whether a wrong program shows in one of the cases, with whatever warnings."""
    loaded = program.module
    with program.beside_its_master(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return any(_fails(loaded, case) for case in cases)


def _fails(program: ModuleType, case: Case) -> bool:
    """Return whether a wrong program is wrong in a case. One that raises is not: it would crash."""
    arguments, options = copy.deepcopy((list(case.arguments), case.options))
    try:
        answer = getattr(program, case.function)(*arguments, **options)
    except Exception:
        return False
    return not is_right(plain(answer), case.answers) or failure(case, answer, arguments, options) is not None
