"""convgrade poll: run a live poll."""

import contextlib
import os
import secrets
import shlex
import sys
import threading
import webbrowser
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command_line.options import Text
from common.errors import UserError

if TYPE_CHECKING:
    from polls.address import Address
    from polls.journal import Journal
    from polls.live import Live
    from polls.roster import Roster
    from quizzes.quiz import Quiz

PORT = 8000
SPEEDS = 0.25, 64.0  # seconds of a poll for each second of its replay
EVERYWHERE = ("0.0.0.0", "::")
PATH = click.Path(path_type=Path)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
NO_NETWORK = "Only this machine can open {url}: join the phones' network, or give an address that leads here with --url."


@click.command()
@click.argument("path", metavar="QUIZ.toml|FOLDER", type=PATH)
@click.option("--out", type=PATH, help="Folder for the poll. [default: QUIZ-DATE]")
@click.option("--seed", type=Text(), help="Seed of the numbers in the questions. [default: random]")
@click.option(
    "--roster",
    type=PATH,
    metavar="ROSTER.csv",
    help="Let students identify themselves with their ID, e-mail address or code.",
)
@click.option("--id", "id_heading", default="", metavar="HEADING", help="The roster's column of IDs, if it is not found.")
@click.option("--host", default="", help="Address to listen on. [default: all addresses of this machine]")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option(
    "--url",
    default="",
    metavar="URL",
    help="Address for phones to open, if they reach this machine through a proxy or by another name.",
)
@click.option("--certificate", type=FILE, metavar="CHAIN.pem", help="Use HTTPS with this certificate.")
@click.option("--key", type=FILE, metavar="KEY.pem", help="Private key of the certificate. [default: in the same file]")
@click.option("--behind-proxy", is_flag=True, help="Trust a reverse proxy on this machine to name the clients' addresses.")
@click.option("--open", "opens", is_flag=True, help="Open the projector's page and the teacher's page in the browser.")
@click.option("--report", is_flag=True, help="Only write the results of the poll in FOLDER again.")
@click.option("--replay", is_flag=True, help="Replay the poll in FOLDER.")
@click.option("--speed", type=click.FloatRange(*SPEEDS), help="Speed of --replay; 2 is twice as fast. [default: 1]")
def poll(
    path: Path,
    out: Path | None,
    seed: str | None,
    roster: Path | None,
    id_heading: str,
    host: str,
    port: int,
    url: str,
    certificate: Path | None,
    key: Path | None,
    behind_proxy: bool,
    opens: bool,
    report: bool,
    replay: bool,
    speed: float | None,
) -> None:
    """Run a live poll in a lecture hall, from this machine.

    QUIZ.toml starts a poll with the questions of a quiz. The same command on the same day continues it, and so does
    `convgrade poll FOLDER` at any time. When the teacher ends the poll, or Ctrl-C stops it, its results are written to its
    folder.
    """
    if report and replay:
        raise UserError("give either --report or --replay")
    if speed and not replay:
        raise UserError("--speed needs --replay")
    if (report or replay) and not path.is_dir():
        raise UserError(f"--report and --replay need the folder of a poll, but {path} is not a folder")
    try:
        from polls.address import Address
        from polls.afterwards.replay import Replay
        from polls.live import Live
        from polls.serving import Way, serve
    except ModuleNotFoundError as error:
        raise UserError(f"{error.name} is not installed: pip install 'convgrade[poll]'") from None

    if key and not certificate:
        raise UserError("--key needs --certificate")
    host = "" if host in EVERYWHERE else host
    address = Address(port, url, "https" if certificate else "http", host, changed=_say_address)
    journal = _journal(path, out, seed, _roster(roster, id_heading))
    folder = journal.path.parent
    try:
        if report:
            return _report(journal)
        live = Replay(journal, speed or 1.0) if replay else Live(journal)
        if live.state.ended:
            raise UserError(f"the poll in {folder} has ended: start a new one with --out FOLDER, or see it with --replay")
        live.at_the_end = partial(_report, journal)
        serve(live, address, Way(certificate, key, behind_proxy), lambda: _say_where(live, address, opens))
        if not replay:
            goes_on = "" if live.state.ended else f" To continue: `convgrade poll {_quoted(folder)}`."
            answers, people = sum(map(len, live.latest.values())), len(live.persons)
            _say(f"\nReplies saved in {folder}: {answers}, by {people} {'person' if people == 1 else 'people'}.{goes_on}")
            _report(journal)
    finally:
        journal.close()


def _roster(path: Path | None, id_heading: str) -> "Roster | None":
    """Return who may take part, if there is a roster."""
    from polls import roster

    if path is None:
        if id_heading:
            raise UserError("--id needs --roster")
        return None
    found, remarks = roster.read(path, id_heading)
    for remark in remarks:
        click.echo(remark, err=True)
    return found


def _journal(path: Path, out: Path | None, seed: str | None, roster: "Roster | None") -> "Journal":
    """Return the journal of a poll that continues, or of a new one."""
    from command_line.quiz.versions import RECORD
    from polls.drawing import draw
    from polls.journal import FILE, About, Journal
    from quizzes import making

    if path.is_dir():
        if out or seed or roster:
            raise UserError(
                "--out, --seed and --roster are for new polls: give QUIZ.toml, or omit them to continue this one"
            )
        return Journal(path / FILE)
    quiz = making.read(path)
    folder = out or Path(f"{path.stem}-{date.today().isoformat()}")
    if os.path.exists(folder / FILE):  # False for a name that is too long, which fails below
        return _that_goes_on(Journal(folder / FILE), path, quiz, seed, roster)
    if os.path.exists(folder / RECORD):  # the poll would overwrite it
        raise UserError(f"{folder} holds a made quiz: choose another folder with --out")
    made = draw(quiz, seed or secrets.token_hex(4))
    who = (roster.students, roster.logins) if roster else ()
    Journal.create(folder / FILE, About(made, secrets.token_urlsafe(24), secrets.token_urlsafe(24), *who))
    return Journal(folder / FILE)


def _that_goes_on(journal: "Journal", path: Path, quiz: "Quiz", seed: str | None, roster: "Roster | None") -> "Journal":
    """Return the journal of a poll that was started with the same options; raises UserError if it was not."""
    folder, about = journal.path.parent, journal.about
    began_with = about.made.origin.seed if about.made.origin else ""
    for differs, what in (
        (about.made.quiz != quiz, f"other questions than {path} has now"),
        (seed is not None and seed != began_with, "another --seed"),
        (roster is not None and (roster.students, roster.logins) != (about.roster, about.logins), "another --roster"),
    ):
        if differs:
            journal.close()
            raise UserError(
                f"{folder} holds a poll with {what}: continue it with `convgrade poll {_quoted(folder)}`, "
                f"or start a new one with --out FOLDER"
            )
    return journal


def _report(journal: "Journal") -> None:
    """Write the results of a poll, and say where."""
    from polls.afterwards import files

    _say(f"Results: {files.write(journal.path.parent, journal)}")


def _say_where(live: "Live", address: "Address", opens: bool) -> None:
    """Print the addresses of the pages, with a QR code if on a terminal."""
    about = live.journal.about
    projector, teacher = f"/projector#{about.projector}", f"/teacher#{about.teacher}"
    if live.steps:
        _say(f"Continues with question {live.state.question + 1} of {live.state.questions}.")
    if sys.stdout.isatty():
        _show_code(address.url)
    _say(f"Phones     {address.url}")
    _say(f"Projector  {address.local}{projector}")
    _say(f"Teacher    {address.local}{teacher}")
    if address.is_of_a_network and address.local != address.url:
        _say(f"           {address.url}{teacher}   on another device")
    _say("Keep the teacher's link to yourself. Ctrl-C stops the poll.")
    if not address.is_of_a_network:
        click.echo(NO_NETWORK.format(url=address.url), err=True)
    if opens:
        # Some browsers block the program that opens them.
        threading.Thread(target=lambda: [webbrowser.open(address.local + each) for each in (projector, teacher)]).start()


def _say_address(url: str) -> None:
    _say(f"This machine's address has changed. Phones: {url}")


def _say(line: str) -> None:
    """Print a line. If the reader is gone, as after `| head`, the poll continues as usual."""
    with contextlib.suppress(BrokenPipeError):
        click.echo(line)


def _show_code(url: str) -> None:
    import segno

    segno.make(url, micro=False).terminal(compact=True, border=2)


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder))
