"""convgrade quiz make: make all versions of a quiz."""

import gc
import json
import re
import secrets
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command_line.quiz import folder
from command_line.quiz.versions import RECORD, drawn_from, owners_of, recorded
from common.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from quizzes.extending import Extended
    from quizzes.quiz import GeneratedQuiz, Quiz
    from quizzes.roster import Owner
    from quizzes.variant import Variant

WAYS_OUT = "Choose another folder with --out, or replace what is there with --force."
CODE = re.compile("[0-9A-Z]{4}-[0-9A-Z]{4}")  # in the name of a file that is about one version


@click.command()
@click.argument("path", metavar="QUIZ.toml", type=click.Path(path_type=Path))
@drawn_from
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for all files.")
@click.option(
    "--format",
    "formats",
    multiple=True,
    metavar="NAME",
    help="paper, answer-sheets, canvas, moodle, markdown, json, answers or self-check. Can be given more than once. "
    "[default: all]",
)
@click.option("--force", is_flag=True, help="Replace what is in the folder, even if it is another quiz.")
@click.option("--paper", "sheet", type=click.Choice(["a4", "letter"]), help="Paper size. [default: as in QUIZ.toml, or a4]")
def make(
    path: Path,
    seed: str | None,
    salt: str,
    students: Path | None,
    id_heading: str,
    variants: int | None,
    out: Path,
    formats: tuple[str, ...],
    force: bool,
    sheet: str | None,
) -> None:
    """Make a quiz: exams, keys, and files for Canvas and Moodle.

    Also makes answer sheets to scan, and pages to practise with. If the folder holds the same quiz already, versions for
    new students or with higher numbers are added; existing versions never change.
    """
    from quizzes import exports, making
    from quizzes.extending import Extended
    from quizzes.roster import numbered

    # Everything stays in use until the end, so looking for garbage would only take time: a quarter of it.
    gc.disable()
    chosen = exports.chosen(formats)
    quiz = making.read(path)
    quiz = replace(quiz, paper=sheet or quiz.paper)
    owners = owners_of(students, id_heading, variants)
    with folder.held(out):
        before = _before(out, force)
        if seed is None:
            seed = before.origin.seed if before and before.origin else secrets.token_hex(8)
        if before and not force:
            extended = _extended(before, quiz, seed, salt, owners, out)
        else:
            extended = Extended(making.make(quiz, seed, owners or numbered(1), salt, _shown))
        made = extended.made
        if extended.outdated:
            chosen = exports.chosen([*chosen, *exports.present(folder.listed(out))])
        files = _teachers(made)
        with click.progressbar(chosen, label="Writing", file=sys.stderr, show_eta=False) as bar:
            for form in bar:
                files |= exports.files(form, made)
        if force:
            folder.clear(out)
        written = {name: content for name, content in files.items() if not _stays(out, name, extended.untouched)}
        others = [name for name in folder.update(out, written) if name not in files]
    click.echo(f"{made.quiz.title}: {_size(made.quiz)}, {_count(made)}")
    for remark in extended.remarks:
        click.echo(f"  {remark}")
    for remark in [*making.remarks(made), *_untranslated(made)]:
        click.echo(remark, err=True)
    for line in exports.summary(files):
        click.echo(line)
    if others:
        click.echo("Unchanged, because this --format does not include them:")
        for line in exports.summary(others):
            click.echo(line)
    if "paper" in chosen:
        _name_the_unprintable(made)
    click.echo(f"To make the same quiz again: --seed {seed}{' with the same salt' if salt else ''}")


def _shown(drawn: "Iterable[list[Variant]]", count: int) -> "Iterator[list[Variant]]":
    with click.progressbar(drawn, count, "Drawing", file=sys.stderr, show_eta=False) as bar:
        yield from bar


def _untranslated(made: "GeneratedQuiz") -> list[str]:
    from quizzes.languages.skeleton import lacking

    count = len(lacking(made))
    said = "1 text is still in English" if count == 1 else f"{count} texts are still in English"
    return [f"{said}: `convgrade quiz texts` lists what is missing"] if count else []


def _before(out: Path, force: bool) -> "GeneratedQuiz | None":
    """Return the quiz that a folder holds already; raises UserError if it cannot be read, unless it is to be replaced."""
    if not (out / RECORD).exists():
        return None
    try:
        return recorded(out)
    except UserError as problem:
        if force:
            return None
        raise UserError(f"{problem}. {WAYS_OUT}") from None


def _extended(before: "GeneratedQuiz", quiz: "Quiz", seed: str, salt: str, owners: "list[Owner]", out: Path) -> "Extended":
    from quizzes.extending import Source, extend

    try:
        return extend(before, quiz, Source(seed, salt), owners, _shown)
    except UserError as problem:
        raise UserError(f"{out} holds {problem}. {WAYS_OUT}") from None


def _teachers(made: "GeneratedQuiz") -> dict[str, bytes]:
    """Return the files for the teacher only: quiz.json, which version is whose, and the certificates."""
    from quizzes import quiz_json, tables
    from quizzes.search import certificates

    owners = [[each.code, each.owner.id, each.owner.name] for each in made.versions]
    return {
        RECORD.as_posix(): quiz_json.written(made),
        "teacher/versions.csv": tables.MARK + tables.table([["version", "id", "name"], *owners]),
        "teacher/certificates.json": json.dumps(certificates(made), indent=1).encode(),
    }


def _stays(out: Path, name: str, untouched: frozenset[str]) -> bool:
    """Return whether a file exists already and is about a version that has not changed."""
    code = CODE.search(name)
    return code is not None and code[0] in untouched and (out / name).is_file()


def _name_the_unprintable(made: "GeneratedQuiz") -> None:
    from quizzes.exports import paper

    if owners := paper.unprintable(made):
        named = ", ".join(owner.name or owner.id for owner in owners[:5]) + (", ..." if len(owners) > 5 else "")
        click.echo(f"These names are left blank on paper, because no font here has all of their letters: {named}", err=True)


def _size(quiz: "Quiz") -> str:
    count = len(quiz.questions)
    return f"{count} question{'s' * (count != 1)}, {quiz.points:g} point{'s' * (quiz.points != 1)}"


def _count(made: "GeneratedQuiz") -> str:
    versions = len(made.versions)
    if versions == 1:
        return "1 version"
    return f"{versions} versions" if made.versions[0].owner.numbered else f"a version for each of {versions} students"
