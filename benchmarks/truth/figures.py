"""What was found, as numbers for truth.json and as the page truth.md."""

from collections import Counter
from typing import Any

from benchmarks.truth import exams
from benchmarks.truth.exams import PUBLIC
from benchmarks.truth.judge import Bench, Judgement


def summary(judgements: list[Judgement], bench: Bench, seeds: list[str], mutants: int) -> dict[str, Any]:
    """Return what was found, in types of JSON."""
    wrong = [each for each in judgements if each.wrong]
    right = [each for each in judgements if not each.wrong]
    public = {exam.check for exam in bench.exams if exam.seed == PUBLIC}
    files = {exam.file for exam in bench.exams if exam.functions & bench.questions.keys()}
    return {
        "seeds": seeds,
        "wrong": dict(Counter(each.program.kind for each in wrong)),
        "mutants": mutants,
        "equivalent": sum(each.program.kind == "mutant" for each in right),
        "right": sorted([each.program.file, each.program.style] for each in right if each.program.kind == "right"),
        "escaped": [_escape(each, bench, keeping) for each in wrong if (keeping := _keeps_all(each, seeds))],
        "convicted": [_conviction(each) for each in right if each.caught],
        "public": [_kept_public(file, wrong, public) for file in sorted(files)],
        "hints": _hints(wrong, seeds),
        "checks": [_check(check, wrong, bench, seeds) for check in exams.checks() if check.file in files],
    }


def _keeps_all(judgement: Judgement, seeds: list[str]) -> list[str]:
    """Return the seeds under which a program keeps every point of its part."""
    if any(seed == PUBLIC for _, seed in judgement.caught):
        return []
    return [seed for seed in seeds if all(seed != caught for _, caught in judgement.caught)]


def _escape(judgement: Judgement, bench: Bench, seeds: list[str]) -> dict[str, Any]:
    function, (index, complaint) = next(iter(judgement.wrong.items()))
    call = str(bench.questions[function][index].call) if index >= 0 else function
    return {"program": judgement.program.name, "seeds": seeds, "call": call, "complaint": complaint}


def _conviction(judgement: Judgement) -> dict[str, Any]:
    reasons = [f"{check} under {seed}: {sentence}" for (check, seed), (sentence, _) in judgement.caught.items()]
    return {"program": judgement.program.name, "reason": reasons[0], "times": len(reasons)}


def _kept_public(file: str, wrong: list[Judgement], public: set[str]) -> dict[str, Any]:
    here = [each for each in wrong if each.program.file == file]
    kept = sum(not any(check in public for check, _ in each.caught) for each in here)
    return {"file": file, "wrong": len(here), "kept": kept}


def _hints(wrong: list[Judgement], seeds: list[str]) -> dict[str, int]:
    """Count reports, one for each wrong program and seed, and those in which a failed check names a misconception."""
    reports = named = 0
    for judgement in wrong:
        for seed in seeds:
            failures = [failure for (_, drawn), failure in judgement.caught.items() if drawn in (PUBLIC, seed)]
            reports += bool(failures)
            named += any(misconception for _, misconception in failures)
    return {"reports": reports, "named": named}


def _check(check: Any, wrong: list[Judgement], bench: Bench, seeds: list[str]) -> dict[str, Any]:
    """Count what a check catches, under every seed, of the wrong programs about its functions."""
    mine = [exam for exam in bench.exams if exam.check == exams.number(check)]
    functions = set().union(*(exam.functions for exam in mine))
    found: dict[str, Any] = {"check": mine[0].check, "title": exams.title(check), "public": mine[0].seed == PUBLIC}
    for kind in ("misconception", "mutant"):
        about = [each for each in wrong if each.program.kind == kind and functions & each.wrong.keys()]
        always = sum(all((exam.check, exam.seed) in each.caught for exam in mine) for each in about)
        ever = sum(any((exam.check, exam.seed) in each.caught for exam in mine) for each in about)
        found[kind] = {"about": len(about), "always": always, "ever": ever}
    return found


def page(found: dict[str, Any]) -> str:
    """Return the page on what was found."""
    wrong, made = sum(found["wrong"].values()), found["made"]
    kinds = ", ".join(f"{count:,} {_PLURALS[kind]}" for kind, count in found["wrong"].items())
    styles = {style for _, style in found["right"]}
    hints = found["hints"]
    lines = [
        "# Is the grade true?",
        "",
        f"Of {wrong:,} wrong programs ({kinds}), each graded under {len(found['seeds'])} secret seeds, "
        f"{len(found['escaped']):,} kept every point of their part under at least one of them. "
        f"Of {len(found['right'])} right programs in {len(styles)} styles, "
        f"and of {found['equivalent']:,} mutants that make no difference, {len(found['convicted']):,} lost a point.",
        "",
        "Made by `python -m benchmarks.truth`: an oracle that knows only the handout's sentences decides which program is wrong, "
        f"on {made['calls']} calls of each function; the mutants are chosen among {found['mutants']:,}. "
        f"{made['machine']}; {made['minutes']} minutes; {made['date']}.",
        "",
        "## What each check catches",
        "",
        "Of the wrong programs about the functions that a check calls: how many it catches under every seed, of how many.",
        "",
        "| check | | public | misconceptions | mutants | under some seeds only |",
        "|---|---|---|---:|---:|---:|",
    ]
    for row in found["checks"]:
        beliefs, slips = row["misconception"], row["mutant"]
        lines.append(
            f"| {row['check']} | {row['title']} | {'yes' if row['public'] else ''} "
            f"| {beliefs['always']} of {beliefs['about']} | {slips['always']:,} of {slips['about']:,} "
            f"| {slips['ever'] - slips['always'] + beliefs['ever'] - beliefs['always']} |"
        )
    lines += [
        "",
        "## The public checks alone",
        "",
        "| file | wrong programs | that keep all public points |",
        "|---|---:|---:|",
        *(f"| {row['file']} | {row['wrong']:,} | {row['kept']:,} |" for row in found["public"]),
        "",
        "## Hints",
        "",
        f"In {hints['named']:,} of {hints['reports']:,} reports on wrong programs a failed check names the misconception that "
        "gives exactly the student's answer.",
    ]
    if found["escaped"]:
        lines += ["", "## Wrong, and yet with all points", ""]
        lines += [
            f"- {each['program']} (under {', '.join(each['seeds'])}): `{each['call']}` {each['complaint']}"
            for each in found["escaped"]
        ]
    if found["convicted"]:
        lines += ["", "## Right, and yet without all points", ""]
        lines += [f"- {each['program']} ({each['times']} times): {each['reason']}" for each in found["convicted"]]
    return "\n".join(lines) + "\n"


_PLURALS = {"mutant": "mutants", "misconception": "misconceptions", "file": "files of tests/wrong", "right": "supposedly right"}
