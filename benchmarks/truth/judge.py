"""Judge programs: whether the oracle finds a call that one answers wrongly, and which checks take points from it."""

import gc
import os
import sys
import types
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from math import prod
from multiprocessing import get_context
from typing import Any

import numpy as np

from benchmarks.truth import oracle
from benchmarks.truth.exams import Exam
from benchmarks.truth.interface import FILES, Call, calls
from benchmarks.truth.isolation import Isolated, Lost, Patience, TooSlow
from benchmarks.truth.programs import MASTERS, Program

EPS32 = 2.0**-23
SPREAD = 4  # times EPS32, the image's largest number and the kernel's whole weight: so far do errors spread in an FFT


@dataclass(frozen=True)
class Question:
    """A call with its right answer, and how far from it an answer may be."""

    call: Call
    expected: Any
    tolerance: Any

    def complaint(self, functions: dict[str, Any], patience: Patience) -> str | None:
        """Call a program's function and return what is wrong with its answer; None if nothing is."""
        arguments, options = deepcopy((self.call.arguments, self.call.options))
        try:
            answer = patience.call(lambda: functions[self.call.function](*arguments, **options))
        except TooSlow as error:
            return str(error)
        except (Exception, SystemExit, KeyboardInterrupt) as error:
            return f"raises {error!r}"[:200]
        if not _same((arguments, options), (self.call.arguments, self.call.options)):
            return "changes its input"
        return self._difference(answer)

    def _difference(self, answer: object) -> str | None:
        if not isinstance(self.expected, np.ndarray):
            if isinstance(answer, bool) or not isinstance(answer, (int, np.integer)):
                return f"returns a {type(answer).__name__}"
            return None if answer == self.expected else f"returns {str(answer)[:40]}, not {self.expected}"
        if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "biuf":
            return f"returns a {type(answer).__name__}"
        if answer.shape != self.expected.shape:
            return f"returns the shape {answer.shape}, not {self.expected.shape}"
        wrong = ~(abs(answer.astype(np.float64) - self.expected) <= self.tolerance)  # a NaN is within no tolerance
        if not wrong.any():
            return None
        place = tuple(map(int, np.argwhere(wrong)[0]))
        return f"returns {answer[place]} at {place}, not {self.expected[place]}"


def questions(files: Iterable[str], count: int, seed: str) -> dict[str, list[Question]]:
    """Draw calls of each function of these files, and ask the oracle about them."""
    return {
        function: [question(call) for call in calls(function, count, seed)] for file in files for function in FILES[file]
    }


def question(call: Call) -> Question:
    """Ask the oracle about a call."""
    function, given = getattr(oracle, call.function), call.named()
    expected = function(**{name: _as_lists(value) for name, value in given.items()})
    if isinstance(expected, int):
        return Question(call, expected, 0)
    expected = np.array(expected, np.float64)
    if call.function == "pool2d" and given.get("mode", "max") != "average":
        return Question(call, expected, 0.0)
    magnitudes = {name: _as_lists(_magnitude(value)) for name, value in given.items()}
    own = np.array(function(**magnitudes), np.float64)
    if call.function == "pool2d":
        terms, largest = prod(oracle.pair(given.get("size", 2))), np.max(magnitudes["images"])
    else:
        image, kernel = ("image", "kernel") if call.function == "conv2d" else ("images", "kernels")
        shape = given[kernel].shape[-3:]
        terms, weights = prod(shape), np.reshape(magnitudes[kernel], (-1, prod(shape))).sum(axis=1)
        largest = max(np.max(magnitudes[image]), magnitudes.get("padding_value", 0)) * weights.max()
    return Question(call, expected, EPS32 * ((8 + 2 * terms**0.5) * own + SPREAD * largest))


@dataclass
class Judgement:
    """The results of a program."""

    program: Program
    wrong: dict[str, tuple[int, str]]  # for each wrong function the first call of the oracle's that shows it, and how
    caught: dict[tuple[str, str], tuple[str, str]]  # by (check, seed): why points are lost, and the misconception named


class Bench:
    """The oracle's questions and the exams of the checks, against which programs are measured."""

    def __init__(self, questions: dict[str, list[Question]], exams: list[Exam]) -> None:
        self.questions = questions
        self.exams = exams

    def judge(self, program: Program) -> Judgement:
        """Measure a program, in child processes of its own: one for the oracle, one for each seed."""
        isolated = Isolated(partial(functions_of, program))
        asked = [function for function in FILES[program.file] if function in program.functions]
        answers = isolated.run([partial(_first_complaint, self.questions[function]) for function in asked])
        wrong = {
            function: (-1, str(answer)) if isinstance(answer, Lost) else answer
            for function, answer in zip(asked, answers)
            if answer is not None
        }
        caught = {}
        concerned = [exam for exam in self.exams if exam.functions & program.functions and exam.file == program.file]
        for _, group in groupby(sorted(concerned, key=lambda exam: exam.seed), key=lambda exam: exam.seed):
            exams = list(group)
            failures = isolated.run([exam.failure for exam in exams])
            for exam, failure in zip(exams, failures):
                if failure is not None:
                    caught[exam.check, exam.seed] = (str(failure), "") if isinstance(failure, Lost) else failure
        return Judgement(program, wrong, caught)

    def judge_all(self, programs: Iterable[Program], jobs: int | None = None) -> Iterator[Judgement]:
        """Measure programs, several at a time, and yield the results in their order."""
        gc.freeze()  # collecting garbage would copy what the processes share
        with ProcessPoolExecutor(jobs or os.cpu_count(), get_context("fork"), _hold, (self,)) as pool:
            yield from pool.map(_judge, programs, chunksize=4)


def functions_of(program: Program) -> dict[str, Any]:
    """Return the functions of a program, without those that are missing."""
    name = program.file.removesuffix(".py")
    sys.modules[f"right_{name}"] = right = types.ModuleType(f"right_{name}")
    exec(compile((MASTERS / program.file).read_text(), program.file, "exec"), vars(right))
    module = types.ModuleType(name)
    sys.modules[name] = module
    try:
        exec(compile(program.source, program.name, "exec"), vars(module))
    except (Exception, SystemExit):
        return {}
    return vars(module)


_bench: Bench


def _hold(bench: Bench) -> None:
    """Keep the bench in this process, which has inherited it."""
    global _bench
    _bench = bench


def _judge(program: Program) -> Judgement:
    return _bench.judge(program)


def _first_complaint(questions: list[Question], functions: dict[str, Any], patience: Patience) -> tuple[int, str] | None:
    for index, one in enumerate(questions):
        complaint = one.complaint(functions, patience)
        if complaint:
            return index, complaint
    return None


def _as_lists(value: object) -> object:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _magnitude(value: object) -> object:
    """Return absolute values of arrays and of padding values; strides and the like are positive anyway."""
    if isinstance(value, np.ndarray):
        return abs(value.astype(np.float64))
    return abs(value) if isinstance(value, (int, float, np.number)) else value


def _same(after: object, before: object) -> bool:
    """Return whether nothing was changed, types and the order of lists included."""
    if isinstance(before, np.ndarray):
        return isinstance(after, np.ndarray) and after.dtype == before.dtype and np.array_equal(after, before)
    if isinstance(before, dict):
        return after.keys() == before.keys() and all(_same(after[name], before[name]) for name in before)
    if isinstance(before, (list, tuple)):
        return type(after) is type(before) and len(after) == len(before) and all(map(_same, after, before))
    return type(after) is type(before) and after == before
