"""convgrade data: fetch, verify, where."""

import sys
from pathlib import Path

import click

from common.errors import UserError

FETCHED = ("cifar10", "mnist", "drawn")
WIDTH = len("damaged ")


@click.group()
def data() -> None:
    """Get the images, check them, tell where they are."""


@data.command()
@click.argument("name", default="cifar10", type=click.Choice(FETCHED))
@click.option(
    "--from", "source", metavar="PATH_OR_URL", help="Take it from here: a folder, the official archive, a copy's URL."
)
@click.option(
    "--to", "out", default=".", show_default=True, type=click.Path(path_type=Path), help="The folder for the folder NAME."
)
def fetch(name: str, source: str | None, out: Path) -> None:
    """Write NAME (cifar10, if left out) as NumPy's arrays into a folder of that name.

    What is already on this machine is taken from there. What is not is downloaded; an interrupted download is continued.
    `drawn`: few images that convgrade draws, there at once.
    """
    from autograder.datasets import fetch as fetching

    fetching.fetch(name, out, source, say=click.echo, progress=_bar)


@data.command()
@click.argument("name", required=False, type=click.Choice(FETCHED[:2]))
def verify(name: str | None) -> None:
    """Check every file of NAME (of all data sets, if left out) against the official one."""
    from autograder.datasets import DATASETS, places
    from autograder.datasets.forms import OFFICIAL

    states = []
    for each in [name] if name else DATASETS:
        for path, state in places.files(DATASETS[each]):
            click.echo(f"{state:{WIDTH}} {path}")
            states.append(state)
    if not states:
        raise UserError(f"there is no {name or 'data set'} here; `{_program()} data where` tells where it is looked for")
    if wrong := len([state for state in states if state != OFFICIAL]):
        raise UserError(
            f"{wrong} of {len(states)} files are damaged or missing: delete what is damaged, and get it again with "
            f"`{_program()} data fetch`"
        )


@data.command()
def where() -> None:
    """Tell where each data set is, or where it was looked for and what to put there."""
    from autograder.datasets import DATASETS, find, places

    for each in DATASETS.values():
        stored = find(each.name)
        if stored:
            splits = "training and test images" if stored.has("train") else "test images only"
            click.echo(f"{each.title}: {stored.folder} ({stored.form.title}, {splits})")
            continue
        click.echo(
            f"{each.title}: not here. `{_program()} data fetch {each.name}` gets it; or put into one of these folders"
        )
        for place in places.candidates(each):
            packed = ", gzipped or not" if place.form.gzipped else ""
            click.echo(f"  {place.folder}: {', '.join(place.form.sums)}{packed}")


def _program() -> str:
    return click.get_current_context().find_root().info_name or "convgrade"


def _bar(file: str, size: int):
    return click.progressbar(length=size, label=f"{file}, {size / 1e6:.1f} MB", file=sys.stderr)
