"""convgrade quiz make."""

import gc
import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command_line.quiz.versions import RECORD, drawn, drawn_from, write

if TYPE_CHECKING:
    from quizzes.quiz import Made


@click.command()
@click.argument("path", metavar="QUIZ.toml", type=click.Path(path_type=Path))
@drawn_from
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder for all files.")
@click.option("--format", "formats", multiple=True, help="Only these; may be given several times. [default: all]")
@click.option("--paper", "sheet", type=click.Choice(["a4", "letter"]), help="[default: as QUIZ.toml says, or a4]")
def make(
    path: Path,
    seed: str | None,
    salt: str,
    students: Path | None,
    id_heading: str,
    variants: int | None,
    out: Path,
    formats: tuple[str, ...],
    sheet: str | None,
) -> None:
    """Make the quiz of QUIZ.toml: exams, keys, files for Canvas and Moodle, pages for practice."""
    import json

    from quizzes import exports, tables
    from quizzes import record as recording
    from quizzes.pool import certificates

    # All that is made stays until the end: to look for what could be thrown away would take a quarter of the time.
    gc.disable()
    chosen = exports.chosen(formats)
    seed = seed or secrets.token_hex(8)
    made = drawn(path, seed, salt, students, id_heading, variants)
    made = replace(made, quiz=replace(made.quiz, paper=sheet or made.quiz.paper))
    record = {str(RECORD): recording.written(made)}
    owners = [[each.code, each.owner.id, each.owner.name] for each in made.versions]
    record["teacher/versions.csv"] = tables.MARK + tables.table([["version", "id", "name"], *owners])
    record["teacher/certificates.json"] = json.dumps(certificates(made), indent=1).encode()
    with click.progressbar(chosen, label="Writing", file=sys.stderr, show_eta=False) as bar:
        for form in bar:
            record |= exports.files(form, made)
    write(out, record, "--out")
    click.echo(f"{made.quiz.title}: {len(made.quiz.questions)} questions, {made.quiz.points:g} points, {_count(made)}")
    for line in exports.summary(record):
        click.echo(line)
    if "paper" in chosen:
        _name_the_unprintable(made)
    click.echo(f"The same quiz again: --seed {seed}{' with the same salt' if salt else ''}")


def _name_the_unprintable(made: "Made") -> None:
    from quizzes.exports import paper

    if owners := paper.unprintable(made):
        named = ", ".join(owner.name or owner.id for owner in owners[:5]) + (", ..." if len(owners) > 5 else "")
        click.echo(f"No font here has all letters of these names, which are left blank on paper: {named}", err=True)


def _count(made: "Made") -> str:
    versions = len(made.versions)
    if not made.versions[0].owner.numbered:
        return f"a version for each of {versions} students"
    return "1 version" if versions == 1 else f"{versions} versions"
