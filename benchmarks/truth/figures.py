"""The results of all programs as JSON."""

from collections import Counter
from typing import Any

from autograder.part import Check
from benchmarks.truth import exams
from benchmarks.truth.exams import PUBLIC
from benchmarks.truth.judge import Bench, Judgement


def summary(judgements: list[Judgement], bench: Bench, seeds: list[str]) -> dict[str, Any]:
    """Return the results."""
    right = [each for each in judgements if each.program.kind == "right"]
    wrong = [each for each in judgements if each.wrong and each.program.kind != "right"]
    harmless = [each for each in judgements if not each.wrong and each.program.kind != "right"]
    files = {each.program.file for each in judgements}
    return {
        "seeds": seeds,
        "wrong": dict(Counter(each.program.kind for each in wrong)),
        "harmless": dict(Counter(each.program.kind for each in harmless)),
        "right": sorted([each.program.file, each.program.style, each.program.name] for each in right),
        "disputed": [{"program": each.program.name, **_shown_wrong(each, bench)} for each in right if each.wrong],
        "escaped": [
            {"program": each.program.name, "seeds": kept, **_shown_wrong(each, bench)}
            for each in wrong
            if (kept := keeps_all(each, seeds))
        ],
        "unsteady": [each.program.name for each in judgements if depends_on_the_seed(each, seeds)],
        "convicted": [_conviction(each) for each in [*right, *harmless] if each.caught],
        "public": [_public(file, wrong) for file in sorted(files)],
        "hints": _hints(wrong, seeds),
        "checks": [_check(check, wrong, bench) for check in exams.checks() if check.part.file in files],
    }


def keeps_all(judgement: Judgement, seeds: list[str]) -> list[str]:
    """Return the seeds under which a program keeps every point of its part."""
    caught = {seed for _, seed in judgement.caught}
    return [] if PUBLIC in caught else [seed for seed in seeds if seed not in caught]


def depends_on_the_seed(judgement: Judgement, seeds: list[str]) -> bool:
    """Return whether a hidden check takes points from a program under some seeds only."""
    times = Counter(check for check, seed in judgement.caught if seed != PUBLIC)
    return any(count < len(seeds) for count in times.values())


def _shown_wrong(judgement: Judgement, bench: Bench) -> dict[str, str]:
    function, (index, complaint) = next(iter(judgement.wrong.items()))
    return {"call": str(bench.questions[function][index].call) if index >= 0 else function, "complaint": complaint}


def _conviction(judgement: Judgement) -> dict[str, Any]:
    (check, seed), (sentence, _) = next(iter(judgement.caught.items()))
    return {"program": judgement.program.name, "check": check, "seed": seed, "sentence": sentence}


def _public(file: str, wrong: list[Judgement]) -> dict[str, Any]:
    about = [each for each in wrong if each.program.file == file]
    return {
        "file": file,
        "wrong": len(about),
        "kept": sum(all(seed != PUBLIC for _, seed in each.caught) for each in about),
    }


def _hints(wrong: list[Judgement], seeds: list[str]) -> dict[str, int]:
    """Count reports, one for each wrong program and seed; for misconceptions, also whether the report names them."""
    count: Counter[str] = Counter(reports=0, named=0, beliefs=0, itself=0, another=0)
    for judgement in wrong:
        for seed in seeds:
            failures = [failure for (_, drawn), failure in judgement.caught.items() if drawn in (PUBLIC, seed)]
            names = {misconception for _, misconception in failures if misconception}
            count["reports"] += bool(failures)
            count["named"] += bool(names)
            if judgement.program.kind == "misconception":
                itself = judgement.program.style in names
                count["beliefs"] += 1
                count["itself"] += itself
                count["another"] += bool(names) and not itself
    return dict(count)


def _check(check: Check, wrong: list[Judgement], bench: Bench) -> dict[str, Any]:
    """Count what a check catches of the wrong programs about its functions: under every seed, and under some only."""
    mine = [exam for exam in bench.exams if exam.check == check.number]
    functions = set().union(*(exam.functions for exam in mine))
    found: dict[str, Any] = {"check": mine[0].check, "title": check.title, "public": mine[0].seed == PUBLIC}
    for kind in ("misconception", "mutant"):
        about = [each for each in wrong if each.program.kind == kind and functions & each.wrong.keys()]
        times = [sum((exam.check, exam.seed) in each.caught for exam in mine) for each in about]
        always, never = times.count(len(mine)), times.count(0)
        found[kind] = {"about": len(about), "always": always, "sometimes": len(about) - always - never}
    return found
