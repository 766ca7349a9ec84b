"""Which layer of the sandbox stops which attack: run tests/attacks/ with all layers, then with each switched off in turn.

Run it as root and as an ordinary user; the tables differ. Each attack runs against a grader of its own, which it may kill.
"""

import argparse
import multiprocessing
import os
import platform
import sys
import tempfile
from datetime import date
from multiprocessing.connection import Connection
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "autograder" / "sandbox" / "child")]

import click  # noqa: E402
from layers import LAYERS  # noqa: E402

from tests.autograder.attacks import Attack, achievements, attacks  # noqa: E402

MOST_SECONDS = 300


class Grader:
    """A process that runs attacks against itself, one after another, and is replaced when one of them kills it."""

    def __init__(self, without: tuple[str, ...]) -> None:
        self.without, self.process = without, None

    def outcome(self, attack: Attack) -> list[str]:
        """Return what an attack achieves."""
        if self.process is None:
            context = multiprocessing.get_context("fork")
            self.channel, theirs = context.Pipe()
            self.process = context.Process(target=_run, args=(theirs, self.without))
            self.process.start()
            theirs.close()
        try:
            self.channel.send(str(attack.path))
            if self.channel.poll(MOST_SECONDS):
                return self.channel.recv()
            self.close()
            return ["the grader hangs"]
        except (EOFError, OSError):
            self.close()
            return ["the grader dies"]

    def close(self) -> None:
        """End the process."""
        if self.process:
            self.process.kill()
            self.process.join()
            self.process = None


def _run(channel: Connection, without: tuple[str, ...]) -> None:
    os.environ.pop("CONVGRADE_DATA", None)
    by_path = {str(attack.path): attack for attack in attacks()}
    while True:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            attack = by_path[channel.recv()]
            os.chdir(folder)
            channel.send(achievements(attack, Path(folder), without))
            os.chdir(ROOT)


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="only attacks whose name contains this text")
    parser.add_argument("--details", action="store_true", help="say what each attack achieves")
    options = parser.parse_args()
    chosen = [attack for attack in attacks() if options.only in attack.name]
    hostile = [attack for attack in chosen if attack.path.parent.name != "controls"]
    held = survivors(chosen, (), options.details)
    user = "root" if os.geteuid() == 0 else "an ordinary user"
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}, Python {platform.python_version()}, ",
        end="",
    )
    print(f"{date.today()}, as {user}\n")
    print(f"Attacks survived with all layers: {len(set(hostile) - set(held))} of {len(hostile)}.\n")
    print("| layer switched off | attacks that it alone stops | |\n|---|---:|---|")
    for layer in LAYERS:
        if layer == "another user" and os.geteuid() != 0:
            continue
        through = [attack for attack in survivors(chosen, (layer,), options.details) if attack not in held]
        print(f"| {layer} | {len(through)} | {', '.join(attack.name for attack in through)} |", flush=True)
    if os.geteuid() != 0:  # as root, without any layer, they would harm the machine
        through = survivors(chosen, tuple(LAYERS), options.details)
        print(f"| all of them | {len(through)} | {', '.join(attack.name for attack in through)} |")


def survivors(chosen: list[Attack], without: tuple[str, ...], details: bool) -> list[Attack]:
    """Return the attacks that achieve something."""
    grader, found = Grader(without), []
    with click.progressbar(chosen, label=", ".join(without) or "all layers", file=sys.stderr) as bar:
        for attack in bar:
            if achieved := grader.outcome(attack):
                found.append(attack)
                if details:
                    click.echo(f"\nwithout {without}: {attack.name}: {achieved}", err=True)
    grader.close()
    return found


if __name__ == "__main__":
    main()
