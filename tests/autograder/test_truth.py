"""No right program loses a point, and no wrong one keeps them all: a sample of docs/truth.md, another one in each run."""

import random
import sys

import numpy as np
import pytest

from benchmarks.truth import exams, figures, programs
from benchmarks.truth.interface import FILES, Call
from benchmarks.truth.judge import Bench, question, questions

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="judges in processes that are confined as Linux does it")
RIGHT = [program for file in FILES for program in programs.right(file)]
CALLS, MUTATED, MUTANTS = 300, 2, 30  # of each function; of each file: programs that are changed, and changes of them
JUDGED = 0.06  # of all changes: docs/truth.md judges more, so that here only the seed of the checks is new


@pytest.fixture(scope="module")
def seed(pytestconfig):
    return pytestconfig.option.sample


@pytest.fixture(scope="module")
def bench(seed):
    return Bench(questions(FILES, CALLS, seed), exams.draw([seed]))


@pytest.mark.costly
@pytest.mark.parametrize("program", RIGHT, ids=lambda program: program.name)
def test_a_right_program_agrees_with_the_oracle_and_keeps_all_points(program, bench):
    judgement = bench.judge(program)
    assert [(str(bench.questions[name][at].call), why) for name, (at, why) in judgement.wrong.items()] == []
    assert judgement.caught == {}


def test_the_reference_agrees_with_the_oracle_on_every_case_of_the_checks(bench):
    for case in (case for exam in bench.exams for group in exam.groups for case in group):
        asked = question(Call(case.function, case.arguments, case.options))
        assert np.shape(asked.expected) == np.shape(case.expected), case
        assert np.all(abs(asked.expected - case.expected) <= asked.tolerance), case


@pytest.mark.costly
@pytest.mark.parametrize("file", FILES)
def test_a_small_slip_costs_points_if_it_matters_at_all(file, bench, seed):
    chosen = random.Random(seed).sample([program for program in RIGHT if program.file == file], MUTATED)
    mutants = [mutant for program in chosen for mutant in programs.mutated(program)]
    known = programs.sampled(mutants, int(JUDGED * len(mutants)), programs.SECRET)
    judgements = list(map(bench.judge, random.Random(seed).sample(known, min(MUTANTS, len(known)))))
    found = figures.summary(judgements, bench, [seed])
    assert found["escaped"] == []
    assert found["convicted"] == []
    assert found["wrong"]["mutant"] > len(judgements) / 2
