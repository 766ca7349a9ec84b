"""convgrade quiz: list, preview, make, key, grade."""

import gc
import secrets
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from common.errors import UserError
from common.files import write_whole

if TYPE_CHECKING:
    from quizzes.quiz import Made
    from quizzes.variant import Variant

RECORD = Path("teacher", "quiz.json")  # in the folder of a made quiz: all versions, keys and certificates
MOST_VARIANTS = 10_000


def drawn_for_whom(command: Any) -> Any:
    """Give a command the options that say, beside the seed, which versions of a quiz there are."""
    path = click.Path(path_type=Path)
    for option in (
        click.option("--variants", type=click.IntRange(1, MOST_VARIANTS), help="So many numbered versions. [default: 1]"),
        click.option("--students", type=path, metavar="ROSTER.csv", help="A version for each student of a roster."),
        click.option("--salt", envvar="CONVGRADE_SALT", default="", help="A secret besides the seed of a quiz."),
    ):
        command = option(command)
    return command


def drawn_from(command: Any) -> Any:
    """Give a command the options that say which versions of a quiz there are."""
    seed = click.option("--seed", envvar="CONVGRADE_SEED", help="Draws the numbers: the same ones for the same seed.")
    return seed(drawn_for_whom(command))


@click.group()
def quiz() -> None:
    """Make quizzes with new numbers, and grade them."""


@quiz.command("list")
@click.option("--topic", help="Only templates of topics with this word.")
def list_templates(topic: str | None) -> None:
    """List all templates: topic, name, difficulty from 1 to 5, minutes."""
    from quizzes.template import templates

    chosen = [each for each in templates().values() if not topic or topic.casefold() in each.topic.casefold()]
    if not chosen:
        raise UserError(f"no topic has the word {topic!r}; `convgrade quiz list` shows all")
    width = max(len(each.name) for each in chosen)
    for place, each in enumerate(chosen):
        if place == 0 or chosen[place - 1].topic != each.topic:
            click.secho(f"\n{each.topic}" if place else each.topic, bold=True)
        click.echo(f"  {each.name.ljust(width)}  {'*' * each.difficulty:5}  {each.minutes:3g} min  {each.title}")
    click.echo(f"\n{len(chosen)} templates")


@quiz.command()
@click.argument("template")
@click.option("--seed", help="Draws the numbers. [default: a new one]")
@click.option("--choice", is_flag=True, help="As options to tick, if the answer is a number.")
@click.option("--open", "opened", is_flag=True, help="Show it as a page in the browser.")
def preview(template: str, seed: str | None, choice: bool, opened: bool) -> None:
    """Show a variant of TEMPLATE with its key, its solution, and what wrong answers mean."""
    from quizzes import making, roster
    from quizzes.quiz import Entry, Quiz
    from quizzes.template import find

    found = find(template)
    seed = seed or secrets.token_hex(4)
    asked = Quiz(found.name, found.title, "", (Entry(found.name, 1.0, 1, "choice" if choice else "typed"),))
    made = making.make(asked, seed, roster.numbered(1))
    if opened:
        from quizzes.exports import page

        path = Path(click.get_app_dir("convgrade"), "preview.html")
        _write(path.parent, {path.name: next(iter(page.files(made).values()))}, "--open")
        click.echo(f"wrote {path}")
        click.launch(str(path))
    else:
        click.echo(_shown(made.versions[0].variants[0]))
    click.echo(f"\nThe same numbers again: --seed {seed}")


@quiz.command()
@click.argument("path", metavar="QUIZ.toml", type=click.Path(path_type=Path))
@drawn_from
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The folder for all files.")
@click.option("--format", "formats", multiple=True, help="Only these; may be given several times. [default: all]")
def make(path: Path, seed: str | None, salt: str, students: Path | None, variants: int | None, out: Path, formats) -> None:
    """Make the quiz of QUIZ.toml: exams, keys, files for Canvas and Moodle, pages for practice."""
    import json

    from quizzes import exports, tables
    from quizzes import record as recording
    from quizzes.pool import certificates

    # All that is made stays until the end: to look for what could be thrown away would take a quarter of the time.
    gc.disable()
    chosen = exports.chosen(formats)
    seed = seed or secrets.token_hex(8)
    made = _made(path, seed, salt, students, variants)
    record = {str(RECORD): recording.written(made)}
    owners = [[each.code, each.owner.id, each.owner.name] for each in made.versions]
    record["teacher/versions.csv"] = tables.MARK + tables.table([["version", "id", "name"], *owners])
    record["teacher/certificates.json"] = json.dumps(certificates(made), indent=1).encode()
    with click.progressbar(chosen, label="Writing", file=sys.stderr, show_eta=False) as bar:
        for form in bar:
            record |= exports.files(form, made)
    _write(out, record, "--out")
    click.echo(f"{made.quiz.title}: {len(made.quiz.questions)} questions, {made.quiz.points:g} points, {_count(made)}")
    for line in exports.summary(record):
        click.echo(line)
    if "paper" in chosen:
        _name_the_unprintable(made)
    click.echo(f"The same quiz again: --seed {seed}{' with the same salt' if salt else ''}")


@quiz.command()
@click.argument("made", metavar="FOLDER", type=click.Path(path_type=Path))
@click.argument("code", required=False)
def key(made: Path, code: str | None) -> None:
    """Print the key of version CODE (of all versions, if left out) of the quiz in FOLDER."""
    from quizzes.grading.marking import brief_key

    quiz = _recorded(made)
    for version in [quiz.version(code)] if code else quiz.versions:
        click.secho(f"{version.code}  {version.owner.name or version.owner.id}", bold=True)
        for number, variant in enumerate(version.variants, start=1):
            click.echo(f"  {number:2}  {variant.title}: {brief_key(variant)}")


@quiz.command()
@click.argument("path", metavar="QUIZ", type=click.Path(path_type=Path))
@click.argument("answers", type=click.Path(path_type=Path))
@drawn_from
@click.option(
    "--out", default="graded", show_default=True, type=click.Path(path_type=Path), help="The folder for the grades."
)
def grade(path: Path, answers: Path, seed: str | None, salt: str, students: Path | None, variants: int | None, out: Path):
    """Grade ANSWERS: a table (.csv), a student's file (.txt), or a folder of such files.

    QUIZ is the folder that `quiz make` wrote; or QUIZ.toml, with the seed and the roster that it was made with.
    """
    from quizzes.grading import grade as grading
    from quizzes.grading import reading, report

    made = versions(path, seed, salt, students, variants)
    graded, problems = grading.grade_all(made, reading.read(answers, made))
    for problem in problems:
        click.echo(problem, err=True)
    if not graded:
        raise UserError(f"nothing in {answers} could be graded")
    _write(out, report.files(made, graded, problems), "--out")
    mean = sum(one.score for one in graded) / len(graded)
    click.echo(f"{len(graded)} graded, {mean:.1f} of {made.quiz.points:g} points on average")
    for item in grading.items(made, graded):
        often = ", ".join(f"{name} ({times})" for name, times in item.misconceptions.most_common(2))
        click.echo(f"  {item.number:2}  {item.difficulty:4.0%}  {item.template}{f': {often}' if often else ''}")
    click.echo(f"Grades, feedback and charts: {out / 'report.html'}")


def versions(path: Path, seed: str | None, salt: str, students: Path | None, variants: int | None) -> "Made":
    """Return the versions of a quiz: of a folder that `make` wrote, or of QUIZ.toml and what it was made with."""
    if path.suffix != ".toml":
        return _recorded(path)
    if seed is None:
        raise UserError(f"which numbers were drawn? Give the --seed of {path}, or the folder that it was made into")
    return _made(path, seed, salt, students, variants)


def _name_the_unprintable(made: "Made") -> None:
    from quizzes.exports import paper

    if owners := paper.unprintable(made):
        named = ", ".join(owner.name or owner.id for owner in owners[:5]) + (", ..." if len(owners) > 5 else "")
        click.echo(f"No font here has all letters of these names, which are left blank on paper: {named}", err=True)


def _made(path: Path, seed: str, salt: str, students: Path | None, variants: int | None) -> "Made":
    from quizzes import making, roster

    if students and variants:
        raise UserError("--students makes a version for each student, --variants numbered ones: give one of them")
    owners = roster.read(students) if students else roster.numbered(variants or 1)
    return making.make(making.read(path), seed, owners, salt)


def _recorded(folder: Path) -> "Made":
    """Return the quiz that `make` wrote into a folder."""
    from quizzes import record

    path = folder / RECORD if folder.is_dir() else folder
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(
            f"there is no made quiz in {folder}: it would be {path}, which `convgrade quiz make` writes"
        ) from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    return record.read(content, f"{path} is not what `convgrade quiz make` wrote")


def _write(folder: Path, files: dict[str, bytes], option: str) -> None:
    for name, content in files.items():
        write_whole(folder / name, [content], option)


def _count(made: "Made") -> str:
    versions = len(made.versions)
    if not made.versions[0].owner.numbered:
        return f"a version for each of {versions} students"
    return "1 version" if versions == 1 else f"{versions} versions"


def _on_one_line(answer: Any) -> str:
    from quizzes.question import written

    return " / ".join(" ".join(map(written, row)) for row in answer) if isinstance(answer, tuple) else written(answer)


def _shown(variant: "Variant") -> str:
    """Return a variant as a person reads it in a terminal."""
    from quizzes.grading.marking import brief_key, letter
    from quizzes.question import Choice
    from quizzes.text import markdown

    parts = [click.style(variant.title, bold=True), markdown.terminal(variant.stem)]
    if variant.picture:
        parts.append(f"Picture: {variant.picture.alt}")
    if isinstance(variant.answer, Choice):
        options = [(letter(place), option) for place, option in enumerate(variant.answer.options)]
        parts += ["\n".join(f"{name}  {markdown.terminal(option.text)}" for name, option in options)]
        wrong = [f"{name}: {markdown.terminal(option.sentence)}" for name, option in options if not option.right]
    else:
        wrong = [f"{_on_one_line(one.answer)}: {markdown.terminal(one.sentence)}" for one in variant.wrong]
    parts.append(click.style(f"Key: {brief_key(variant)}", fg="green"))
    parts.append("\n".join(f"{step}. {markdown.terminal(text)}" for step, text in enumerate(variant.steps, start=1)))
    parts.append("\n".join(wrong))
    return "\n\n".join(part for part in parts if part)
