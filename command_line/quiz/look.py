"""convgrade quiz list, preview and key: what there is to ask, and what was made."""

import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command_line.quiz.versions import recorded, write
from common.errors import UserError

if TYPE_CHECKING:
    from quizzes.variant import Variant


@click.command("list")
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


@click.command()
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
        write(path.parent, {path.name: next(iter(page.files(made).values()))}, "--open")
        click.echo(f"wrote {path}")
        click.launch(str(path))
    else:
        click.echo(_shown(made.versions[0].variants[0]))
    click.echo(f"\nThe same numbers again: --seed {seed}")


@click.command()
@click.argument("made", metavar="FOLDER", type=click.Path(path_type=Path))
@click.argument("code", required=False)
def key(made: Path, code: str | None) -> None:
    """Print the key of version CODE (of all versions, if left out) of the quiz in FOLDER."""
    from quizzes.grading.marking import brief_key

    quiz = recorded(made)
    for version in [quiz.version(code)] if code else quiz.versions:
        click.secho(f"{version.code}  {version.owner.name or version.owner.id}", bold=True)
        for number, variant in enumerate(version.variants, start=1):
            click.echo(f"  {number:2}  {variant.title}: {brief_key(variant)}")


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
