"""convgrade quiz list, preview and key: look at questions and at keys."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command_line.options import Text
from command_line.quiz.versions import recorded, write
from common.errors import UserError
from common.records import read_toml

if TYPE_CHECKING:
    from quizzes.bank.bank import Bank
    from quizzes.template import Template
    from quizzes.variant import Variant


BANK = click.option(
    "--bank",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Folder with your own questions. Can be given more than once.",
)


@click.command("list")
@click.option("--topic", help="Only topics that contain this text.")
@BANK
def list_templates(topic: str | None, paths: tuple[Path, ...]) -> None:
    """List the question templates by topic.

    Shows the name of each, its difficulty from * to *****, and the minutes that it takes.
    """
    from quizzes.bank.bank import Bank

    templates = Bank(paths).templates.values()
    chosen = [each for each in templates if not topic or topic.casefold() in each.topic.casefold()]
    if not chosen:
        raise UserError(f"no topic contains {topic!r}; `convgrade quiz list` shows all")
    width = max(len(each.name) for each in chosen)
    for place, each in enumerate(chosen):
        if place == 0 or chosen[place - 1].topic != each.topic:
            click.secho(f"\n{each.topic}" if place else each.topic, bold=True)
        click.echo(f"  {each.name.ljust(width)}  {'*' * each.difficulty:5}  {each.minutes:3g} min  {each.title}")
    click.echo(f"\n{len(chosen)} templates")


@click.command()
@click.argument("template", metavar="TEMPLATE|FILE")
@BANK
@click.option("--seed", type=Text(), help="Seed of the numbers. [default: random]")
@click.option(
    "--number",
    "numbers",
    multiple=True,
    metavar="NAME=VALUE",
    help="Fix a number, such as image=224. Can be given more than once.",
)
@click.option("--lecture", is_flag=True, help="Use the numbers of the lecture.")
@click.option("--choice", is_flag=True, help="Ask it as multiple choice, if the answer is a number.")
@click.option("--open", "opened", is_flag=True, help="Show it in the browser.")
def preview(
    template: str,
    paths: tuple[Path, ...],
    seed: str | None,
    numbers: tuple[str, ...],
    lecture: bool,
    choice: bool,
    opened: bool,
) -> None:
    """Show one variant of a question.

    TEMPLATE is a name from `quiz list`; FILE holds a question of your own. Shows the key, the solution, and what wrong
    answers mean.
    """
    from quizzes import making
    from quizzes.bank.adapt import LECTURE
    from quizzes.quiz import Entry, Quiz
    from quizzes.slots import PREVIEWED

    if numbers and lecture:
        raise UserError("--lecture fixes all numbers of the lecture: give either --lecture or --number")
    bank, found = _found(template, paths)
    seed = seed or secrets.token_hex(4)
    entry = Entry(found.name, ask="choice" if choice else "typed", numbers=LECTURE if lecture else _fixed(numbers))
    adapted = bank.asked(found.name, entry)
    made = making.make(Quiz(found.name, found.title, "", (entry,), bank=bank.paths), seed, [PREVIEWED])
    variant = made.versions[0].variants[0]
    if opened:
        from quizzes.exports import page

        path = Path(click.get_app_dir("convgrade"), "preview.html")
        write(path.parent, {path.name: next(iter(page.files(made).values()))}, "--open")
        click.echo(f"wrote {path}")
        click.launch(str(path))
    else:
        click.echo(_shown(variant))
    for line in [*making.remarks(made), *_numbers(adapted, variant)]:
        click.echo(f"\n{line}")
    click.echo(f"\nTo get the same numbers again: --seed {seed}")


def _found(name: str, paths: tuple[Path, ...]) -> "tuple[Bank, Template]":
    """Return the template of a name, or of a question's file, and the bank that it is in."""
    from quizzes.bank.bank import Bank

    file = Path(name)
    if file.suffix not in (".toml", ".py"):
        bank = Bank(paths)
        return bank, bank.find(name)
    bank = Bank((file,))
    if len(bank.own) > 1:
        raise UserError(f"{file} holds several templates: name one of {', '.join(bank.own)}, with --bank {file}")
    return bank, next(iter(bank.own.values()))


def _fixed(numbers: tuple[str, ...]) -> dict[str, Any]:
    """Return the numbers of NAME=VALUE, with values as in a quiz's file, except that words need no quotes."""
    fixed = {}
    for each in numbers:
        name, equals, value = each.partition("=")
        if not equals:
            raise UserError(f"--number takes NAME=VALUE, such as image=224, not {each!r}")
        try:
            fixed[name.strip()] = read_toml(f"value = {value}".encode(), "")["value"]
        except UserError:
            fixed[name.strip()] = value.strip()
    return fixed


def _numbers(template: "Template", variant: "Variant") -> list[str]:
    """Return sentences about the numbers that an instructor can fix."""
    from quizzes.bank.adapt import numbers_of
    from quizzes.certify import shown

    named = numbers_of(template, variant.certificate.drawn)
    said = [f"Numbers that you can fix: {shown(named)}"] if named else []
    return said + ([f'numbers = "lecture" fixes {shown(template.lecture)}'] if template.lecture else [])


@click.command()
@click.argument("made", metavar="FOLDER", type=click.Path(path_type=Path))
@click.argument("code", required=False)
def key(made: Path, code: str | None) -> None:
    """Print the key of a quiz.

    FOLDER is what `quiz make` wrote. CODE is the code of a version; without it, the keys of all versions are printed.
    """
    from quizzes.grading.marking import brief_key

    quiz = recorded(made)
    for version in [quiz.version(code)] if code else quiz.versions:
        click.secho(f"{version.code}  {version.owner.name or version.owner.id}", bold=True)
        for number, variant in enumerate(version.variants, start=1):
            click.echo(f"  {number:2}  {variant.title}: {brief_key(variant)}")


def _shown(variant: "Variant") -> str:
    """Return a variant as text for a terminal."""
    from quizzes.grading.letters import letter
    from quizzes.grading.marking import brief_key
    from quizzes.question import Choice, brief
    from quizzes.text import markdown

    parts = [click.style(variant.title, bold=True), markdown.terminal(variant.stem)]
    if variant.picture:
        parts.append(f"Picture: {variant.picture.alt}")
    if isinstance(variant.answer, Choice):
        options = [(letter(place), option) for place, option in enumerate(variant.answer.options)]
        parts += ["\n".join(f"{name}  {markdown.terminal(option.text)}" for name, option in options)]
        wrong = [f"{name}: {markdown.terminal(option.sentence)}" for name, option in options if not option.right]
    else:
        wrong = [f"{brief(one.answer)}: {markdown.terminal(one.sentence)}" for one in variant.wrong]
    parts.append(click.style(f"Key: {brief_key(variant)}", fg="green"))
    parts.append("\n".join(f"{step}. {markdown.terminal(text)}" for step, text in enumerate(variant.steps, start=1)))
    parts.append("\n".join(wrong))
    return "\n\n".join(part for part in parts if part)
