"""The wrong kernels of the homework cuda: each gets its verdicts, for the reason that it says."""

import pytest

from autograder.assignment import find
from autograder.wrong_programs import programs
from release.proof import judgement, trials

CUDA = find("cuda")
PROGRAMS = programs(CUDA.folder)
PARTS = {part.file: name for name, part in CUDA.config.parts.items()}


@pytest.mark.costly
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_a_wrong_kernel(program):
    (trial,) = trials.of_program(CUDA, PARTS[program.file], program.name, "a secret that shows each of these mistakes")
    assert not trial.fault
    assert judgement.of_program(CUDA, program, [trial]) == []


def test_there_are_right_and_wrong_ones_of_each_part():
    for file in PARTS:
        of_part = [bool(program.verdicts) for program in PROGRAMS if program.file == file]
        assert of_part.count(True) >= 5 and of_part.count(False) >= 1
    assert sum(bool(program.says) for program in PROGRAMS) >= 60
