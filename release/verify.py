"""Prove that an assignment grades as it should, and say how to fix it if it does not."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from autograder.assignment import Assignment
from autograder.wrong_programs import WRONG, Program
from common.errors import UserError
from release import handout
from release.proof import judgement, leaks, outline, processes, slips, trials
from release.proof.catches import Caught
from release.proof.processes import Task
from release.proof.slips import Slip
from release.proof.trials import HALVED, SOLUTION, STUBS, AtHome, Trial
from release.proof.watching import Watching

Progress = Callable[[int, int], None]  # given how many trials are finished, and how many there are


@dataclass
class Proof:
    """The result: problems that must be solved, remarks, and what each check detects."""

    assigned: Assignment
    problems: list[str]
    remarks: list[str] = field(default_factory=list)
    caught: list[Caught] = field(default_factory=list)
    programs: list[Program] = field(default_factory=list)
    slips: list[Slip] = field(default_factory=list)
    fails: dict[str, list[str]] = field(default_factory=dict)  # programs that fail each check under some seed


def verify(
    assigned: Assignment, seeds: int, jobs: int, progress: Progress = lambda done, all_of_them: None, mutants: int = 0
) -> Proof:
    """Prove an assignment under this many seeds, in this many processes. mutants: how many of each master to try, at most.

    Problems that show without grading are reported alone, because the others would only repeat them.
    """
    names = [f"verify-{number}" for number in range(1, seeds + 1)]
    watching = Watching(assigned)
    proof = Proof(assigned, outline.problems(assigned, watching, names[0]))
    if proof.problems:
        return proof
    proof.programs = watching.programs
    try:
        released = handout.contents(assigned)
    except UserError as error:
        proof.problems.append(str(error))
        return proof
    proof.problems += leaks.problems(assigned, released)
    tasks = [*_tasks(assigned, released, watching, names), *_mutants(assigned, mutants, names[0])]
    found: list[Trial | Caught | AtHome | Slip] = []
    for done, results in enumerate(processes.each(tasks, jobs), start=1):
        found += results
        progress(done, len(tasks))
    _judge(proof, found, watching)
    return proof


def _tasks(assigned: Assignment, released: dict[str, bytes], watching: Watching, seeds: list[str]) -> list[Task]:
    """Return the tasks, long ones first.

    Slow ones, such as a network to train or a program that never ends, run under one seed only.
    """
    half, first = trials.halved(assigned), seeds[0]
    parts = {part.file: name for name, part in assigned.config.parts.items()}
    alone = [one for one in watching.programs if assigned.cases[parts[one.file]].needs or not trials.only_wrong(one)]
    return [
        (trials.of_halved, (assigned, first)),
        (trials.at_home, (assigned, released, SOLUTION)),
        *((trials.of_program, (half, parts[one.file], one.name, first)) for one in alone),
        *(
            (trials.of_part, (assigned, name, seed))
            for seed in seeds
            for name, case in assigned.cases.items()
            if not case.needs
        ),
        (trials.of_stubs, (assigned, released, first)),
        (trials.at_home, (assigned, released, STUBS)),
    ]


def _mutants(assigned: Assignment, most: int, seed: str) -> list[Task]:
    """Return the tasks that try mutants of the masters."""
    quick = [name for name, case in assigned.cases.items() if not case.needs]
    return [
        (slips.of_mutants, (assigned, name, some, seed))
        for name in quick
        for some in slips.chosen(assigned, name, most, seed)
    ]


def _judge(proof: Proof, found: list[Trial | Caught | AtHome | Slip], watching: Watching) -> None:
    """Turn the findings into problems and remarks."""
    assigned, problems = proof.assigned, proof.problems
    by_program: dict[str, list[Trial]] = defaultdict(list)
    for each in found:
        if isinstance(each, Trial):
            by_program[each.who].append(each)
    proof.caught = [each for each in found if isinstance(each, Caught)]
    proof.slips = [each for each in found if isinstance(each, Slip)]
    grave = judgement.of_faults([trial for of_one in by_program.values() for trial in of_one], proof.caught)
    wrong = judgement.of_solution(assigned, by_program[SOLUTION])
    grave += wrong
    if not grave:  # otherwise its limits are not the problem
        grave += [problem for trial in by_program[HALVED] for problem in judgement.of_limits(assigned, trial)]
    grave += [problem for trial in by_program[STUBS] for problem in judgement.of_stubs(assigned, trial)]
    if not grave:  # otherwise check.pyz would only repeat them
        grave += [problem for each in found if isinstance(each, AtHome) for problem in judgement.of_home(assigned, each)]
    problems += grave
    for program in watching.programs:
        of_program = by_program[f"{WRONG}/{program.path.name}"]
        if not wrong:  # otherwise they are wrong because the solution is
            problems += judgement.of_program(assigned, program, of_program)
        for number in judgement.failed(of_program):
            proof.fails.setdefault(number, []).append(program.name)
    problems += judgement.of_misconceptions(proof.caught)
    proof.remarks += [remark for trial in by_program[HALVED] for remark in trial.remarks]
    proof.remarks += judgement.of_bare_functions(proof.caught, watching.programs)
