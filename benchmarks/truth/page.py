"""The page docs/truth.md, from the numbers in docs/truth.json."""

from typing import Any

KINDS = {"mutant": "mutants", "misconception": "misconceptions", "file": "files of solutions/cnn/wrong"}


def render(found: dict[str, Any]) -> str:
    """Return the page."""
    return "\n".join(
        [*_summary(found), *_checks(found), *_public(found), *_hints(found), *_mistakes(found), *_right(found)]
    )


def _summary(found: dict[str, Any]) -> list[str]:
    wrong, harmless = sum(found["wrong"].values()), sum(found["harmless"].values())
    kinds = ", ".join(f"{count:,} {KINDS[kind]}" for kind, count in found["wrong"].items())
    measured = found["measured"]
    return [
        "# Is the grade right?",
        "",
        f"{wrong:,} wrong programs ({kinds}) were each graded under {_numbered(len(found['seeds']), 'secret seed')}. "
        f"**{len(found['escaped']):,}** of them kept every point of their part under at least one seed.",
        "",
        f"{len(found['right']):,} right programs and {harmless:,} changed ones that still do what the handout says were "
        f"graded the same way. **{len(found['convicted']):,}** of them lost a point.",
        "",
        f"Of all {wrong + len(found['right']) + harmless:,} programs, **{len(found['unsteady']):,}** got a check's points "
        "under one seed, but not under another.",
        "",
        "An oracle decides which programs are wrong. It knows only the sentences of the handout, computes by brute force, "
        f"and makes {measured['calls']:,} calls of each function, drawn from everything that the handout allows. A mutant "
        "is a right program with one small slip: another operator, index, bound, name or axis, a missing line or argument. "
        f"These were chosen at random from {measured['mutants']:,}.",
        "",
        f"`python -m benchmarks.truth` writes this page. It took {measured['minutes']:g} minutes ({measured['machine']}, "
        f"{measured['date']}).",
        "",
    ]


def _checks(found: dict[str, Any]) -> list[str]:
    lines = [
        "## What each check catches",
        "",
        "Of the wrong programs about the functions that a check calls: those that fail it under every seed. The last "
        "column counts programs that fail it under some seeds only.",
        "",
        "| check | | public | misconceptions | mutants | some seeds |",
        "|---|---|---|---:|---:|---:|",
    ]
    for row in found["checks"]:
        beliefs, slips = row["misconception"], row["mutant"]
        lines.append(
            f"| {row['check']} | {row['title']} | {'yes' if row['public'] else ''} "
            f"| {beliefs['always']} of {beliefs['about']} | {slips['always']:,} of {slips['about']:,} "
            f"| {beliefs['sometimes'] + slips['sometimes']} |"
        )
    return [*lines, ""]


def _public(found: dict[str, Any]) -> list[str]:
    rows = [
        f"| {row['file']} | {row['wrong']:,} | {row['kept']:,} | {_share(row['kept'], row['wrong'])} |"
        for row in found["public"]
    ]
    return [
        "## What the hidden checks add",
        "",
        "The same wrong programs against the public checks alone:",
        "",
        "| file | wrong programs | keep all public points | share |",
        "|---|---:|---:|---:|",
        *rows,
        "",
    ]


def _hints(found: dict[str, Any]) -> list[str]:
    hints = found["hints"]
    return [
        "## Hints",
        "",
        f"A failed check named a misconception in {hints['named']:,} of {hints['reports']:,} reports on wrong programs "
        f"({_share(hints['named'], hints['reports'])}). If the program was a misconception, the report named that one "
        f"in {hints['itself']:,} of {hints['beliefs']:,} cases, and only another one in {hints['another']:,}.",
        "",
    ]


def _mistakes(found: dict[str, Any]) -> list[str]:
    """Return the lists that should be empty, without those that are."""
    lines = []
    if found["escaped"]:
        lines += ["## Wrong, but with all points", ""]
        lines += [
            f"- {each['program']} (under {', '.join(each['seeds'])}): `{each['call']}` {each['complaint']}"
            for each in found["escaped"]
        ]
        lines.append("")
    if found["convicted"]:
        lines += ["## Right, but without all points", ""]
        lines += [
            f"- {each['program']}: check {each['check']} under {each['seed']}: {each['sentence']}"
            for each in found["convicted"]
        ]
        lines.append("")
    if found["disputed"]:
        lines += ["## Meant to be right, but wrong according to the oracle", ""]
        lines += [f"- {each['program']}: `{each['call']}` {each['complaint']}" for each in found["disputed"]]
        lines.append("")
    return lines


def _right(found: dict[str, Any]) -> list[str]:
    return [
        "## The right programs",
        "",
        "| file | style |",
        "|---|---|",
        *(f"| {file} | {style} |" for file, style, _ in found["right"]),
        "",
    ]


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else "-"


def _numbered(count: int, thing: str) -> str:
    return f"{count} {thing}{'' if count == 1 else 's'}"
