"""Turn trials into problems, each a sentence that says what to do."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from autograder.assignment import Assignment
from autograder.part import Check
from autograder.verdicts import Verdict
from autograder.wrong_programs import WRONG, Program
from release.proof.catches import Caught, Pairs
from release.proof.trials import SOLUTION, AtHome, Ending, Trial

OF_STUBS = (Verdict.NOT_IMPLEMENTED, Verdict.WRONG)  # a stub may return something but must not crash
SPENT = (Verdict.TIMED_OUT, Verdict.OUT_OF_MEMORY, Verdict.CRASHED)  # how too little time or memory shows
LONGEST = 200  # characters to quote from a failure


def of_faults(trials: Sequence[Trial], caught: Sequence[Caught]) -> list[str]:
    """Say what could not be graded, once for each reason."""
    seeds: dict[str, list[str]] = defaultdict(list)
    for each in caught:
        if each.fault:
            seeds[each.fault].append(each.seed)
    if not seeds:  # otherwise trials fail for the same reasons
        for trial in trials:
            if trial.fault:
                broken = [number for number, ending in trial.endings.items() if ending.verdict is Verdict.GRADER_ERROR]
                where = f"check {broken[0]} breaks" if broken else "it cannot be graded"
                seeds[f"{trial.who}: {where}: {trial.fault}"].append(trial.seed)
    return [f"{reason} ({_listed(sorted(set(under)))})" for reason, under in seeds.items()]


def of_solution(assigned: Assignment, trials: Sequence[Trial]) -> list[str]:
    """Say where the solution does not get full marks, or not always."""
    found = []
    for check in _numbered(assigned):
        endings = _endings(trials, check)
        if any(ending.verdict is Verdict.GRADER_ERROR for ending in endings.values()):
            continue
        failed = {seed: ending for seed, ending in endings.items() if ending.verdict is not Verdict.PASSED}
        less = [seed for seed, ending in endings.items() if ending.score < check.points]
        if failed:
            seed, ending = next(iter(failed.items()))
            under = "" if len(failed) == len(endings) else f" under {len(failed)} of {len(endings)} seeds ({seed} is one)"
            found.append(
                f"the solution fails check {check.number}{under}: {ending.verdict}. {_brief(ending)} "
                f"Correct {check.part.file}, the check, or what reference.py expects"
            )
        elif less:
            found.append(
                f"the solution passes check {check.number} but gets {endings[less[0]].score:g} of {check.points:g} points"
            )
    return found


def of_limits(assigned: Assignment, trial: Trial) -> list[str]:
    """Say which parts' limits are less than twice what the solution needs. trial: with half of the limits."""
    found = []
    for name, part in assigned.config.parts.items():
        failed = [check for check in _numbered(assigned) if check.part is part and _fails(trial, check)]
        for check in failed[:1]:  # later checks lack what earlier ones have used up
            ending = trial.endings[check.number or ""]
            advice = (
                f"Raise call_seconds, part_seconds or memory_mb of parts.{name}: students' programs need more than yours"
                if ending.verdict in SPENT
                else f"Correct {part.file}, or the check"
            )
            found.append(f"{trial.who} fails check {check.number}: {ending.verdict}. {_brief(ending)} {advice}")
    return found


def _fails(trial: Trial, check: Check) -> bool:
    ending = trial.endings.get(check.number or "")
    return ending is not None and ending.verdict not in (Verdict.PASSED, Verdict.GRADER_ERROR)


def of_stubs(assigned: Assignment, trial: Trial) -> list[str]:
    """Say where stubs get points, or end in a way that students should not see."""
    found = []
    for check in _numbered(assigned):
        ending = trial.endings.get(check.number or "")
        if ending is None:
            continue
        if ending.verdict is Verdict.PASSED or ending.score > 0:
            found.append(
                f"the stub of {check.part.file} gets {ending.score:g} points in check {check.number}: put what students "
                "must write between # BEGIN SOLUTION and # END SOLUTION"
            )
        elif ending.verdict not in OF_STUBS and ending.verdict is not Verdict.GRADER_ERROR:
            found.append(
                f"the stub of {check.part.file} should be not implemented in check {check.number}, but is "
                f"{ending.verdict}. {_brief(ending)}"
            )
    return found


def of_home(assigned: Assignment, run: AtHome) -> list[str]:
    """Say where `python check.pyz` does not behave in the handout as it should."""
    points = assigned.points(public_only=True)
    has, code = (f"{points:g}", 0) if run.who == SOLUTION else ("0", 1)
    if not assigned.checks(public_only=True):
        code = 0
    score = f"{has} of {points:g} points"
    found = re.search(rf"^(\S+) of {points:g} points$", run.output, re.MULTILINE)
    reached = found and (
        float(found[1]) >= points if run.who == SOLUTION else float(found[1]) == 0
    )  # there may be extra points
    if run.code == code and reached:
        return []
    last = (run.output.strip().splitlines() or ["nothing"])[-1]
    return [f"check.pyz with {run.who} should end with {score} and exit code {code}, but ends with {run.code}: {last}"]


def of_program(assigned: Assignment, program: Program, trials: Sequence[Trial]) -> list[str]:
    """Say where a wrong program does not get its verdicts under every seed."""
    name = f"{WRONG}/{program.path.name}"
    checks = [check for check in _numbered(assigned) if check.part.file == program.file]
    found = [sentence for check in checks for sentence in _of_check(name, program, check, _endings(trials, check))]
    if found or not trials:
        return found
    most = sum(check.points for check in checks)
    full = [each.seed for each in trials if sum(ending.score for ending in each.endings.values()) >= most]
    if program.verdicts and full:
        found.append(f"{name} loses no points: give its checks points, or write all: passed into its docstring")
    silent = [each.seed for each in trials if not any(program.says in ending.text for ending in each.endings.values())]
    if program.says and silent:
        found.append(f'{name}: no failure says "{program.says}" (seed {silent[0]}): correct the last line of its docstring')
    return found


def failed(trials: Sequence[Trial]) -> list[str]:
    """Return the numbers of the checks that a program fails under some seed."""
    ended = ((number, ending.verdict) for trial in trials for number, ending in trial.endings.items())
    return list(dict.fromkeys(number for number, verdict in ended if verdict is not Verdict.PASSED))


def _of_check(name: str, program: Program, check: Check, endings: dict[str, Ending]) -> Iterator[str]:
    """Yield where a check does not judge a wrong program as expected, or not always in the same way."""
    expected = program.verdicts.get(check.number or "", Verdict.PASSED)
    verdicts = [ending.verdict for ending in endings.values()]
    if Verdict.GRADER_ERROR in verdicts:
        return
    if len(set(verdicts)) > 1:
        counts = ", ".join(f"{verdict} under {verdicts.count(verdict)}" for verdict in sorted(set(verdicts)))
        yield (
            f"whether {name} passes check {check.number} depends on luck: of {len(verdicts)} seeds it is {counts}. "
            "Draw its cases with self.draw, and list the check in the program's docstring"
        )
    elif verdicts and verdicts[0] is not expected:
        ending = next(iter(endings.values()))
        says = f" {_brief(ending)}" if ending.sentence else ""
        yield (
            f"{name} should be {expected} in check {check.number}, but is {verdicts[0]}.{says} "
            "Change its docstring, or the cases of the check"
        )
    elif len(scores := sorted({ending.score for ending in endings.values()})) > 1:
        yield (
            f"how many points {name} gets in check {check.number} depends on luck: from {scores[0]:g} to {scores[-1]:g}. "
            "Draw its cases with self.draw"
        )


def of_misconceptions(caught: Sequence[Caught]) -> list[str]:
    """Say which misconceptions no check detects."""
    seeds = sorted({each.seed for each in caught})
    lucky: dict[tuple[str, str], list[str]] = defaultdict(list)
    for seed in seeds:
        under = [each for each in caught if each.seed == seed]
        if not any(each.fault for each in under):
            every, detected = _all(each.every for each in under), _all(each.detected for each in under)
            for pair in sorted(every - detected):
                lucky[pair].append(seed)
    return [
        f'no check detects the misconception "{name}" of {function}'
        + (f" under {len(under)} of {len(seeds)} seeds" if len(under) < len(seeds) else "")
        + ": draw cases with self.draw, or take it out of reference.py"
        for (function, name), under in lucky.items()
    ]


def of_bare_functions(caught: Sequence[Caught], programs: Sequence[Program]) -> list[str]:
    """Return remarks about functions without any wrong behaviour to detect: nothing proves that their checks work."""
    functions = frozenset[str]().union(*(each.functions for each in caught))
    held = {function for each in caught for function, _ in each.every}
    return [
        f"{function} has neither a misconception in reference.py nor a wrong program in {WRONG}/: "
        "nothing shows that its checks detect mistakes"
        for function in sorted(functions - held)
        if not any(program.does_wrong(function) for program in programs)
    ]


def _all(sets: Iterable[Pairs]) -> Pairs:
    return frozenset[tuple[str, str]]().union(*sets)


def _numbered(assigned: Assignment) -> list[Check]:
    return [check for check in assigned.checks() if check.number]


def _endings(trials: Sequence[Trial], check: Check) -> dict[str, Ending]:
    """Return how a check ended, by seed."""
    return {each.seed: each.endings[check.number] for each in trials if check.number in each.endings}


def _brief(ending: Ending) -> str:
    text = " ".join(ending.sentence.split())
    text = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _listed(seeds: list[str]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds, {seeds[0]} is one"
