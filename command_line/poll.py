"""convgrade poll."""

import secrets
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from polls.journal import Journal

EVERYWHERE = "0.0.0.0"
PORT = 8000


@click.command()
@click.argument("path", metavar="QUIZ.toml|FOLDER", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The folder for the poll. [default: QUIZ-DATE]")
@click.option("--seed", help="Draws the numbers. [default: a new one]")
@click.option("--host", default=EVERYWHERE, show_default=True, help="The address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="The port to listen on.")
@click.option("--url", default="", help="The address that phones open, if a proxy or a name leads here.")
def poll(path: Path, out: Path | None, seed: str | None, host: str, port: int, url: str) -> None:
    """Put the questions of QUIZ.toml to a lecture hall, from this machine. FOLDER goes on with a poll that was begun."""
    from polls.address import Address
    from polls.live import Live
    from polls.serving import serve

    journal = _journal(path, out, seed)
    address = Address(port, url)

    def started() -> None:
        click.echo(f"Phones     {address.url}")
        click.echo(f"Projector  {address.url}/projector#{journal.about.projector}")
        click.echo(f"Teacher    {address.url}/teacher#{journal.about.teacher}")
        click.echo("Keep the teacher's link to yourself. Ctrl-C ends the poll.")

    serve(Live(journal), address, host, started)
    journal.close()


def _journal(path: Path, out: Path | None, seed: str | None) -> "Journal":
    """Return the journal of a poll that goes on, or of a new one."""
    from polls.drawing import draw
    from polls.journal import FILE, About, Journal
    from quizzes import making

    folder = path if path.is_dir() else out or Path(f"{path.stem}-{date.today().isoformat()}")
    if not path.is_dir() and not (folder / FILE).exists():
        made = draw(making.read(path), seed or secrets.token_hex(4))
        Journal.create(folder / FILE, About(made, secrets.token_urlsafe(24), secrets.token_urlsafe(24)))
    return Journal(folder / FILE)
