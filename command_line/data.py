"""convgrade data: get image data sets, verify them, and show where they are."""

import sys
from pathlib import Path

import click

from common.errors import UserError

FETCHED = ("cifar10", "mnist", "drawn")
WIDTH = len("damaged ")


@click.group()
def data() -> None:
    """Get image data sets, verify them, and show where they are."""


@data.command()
@click.argument("name", default="cifar10", type=click.Choice(FETCHED))
@click.option(
    "--from",
    "source",
    metavar="PATH_OR_URL",
    help="Take it from here: a folder, the official archive, or the URL of a copy.",
)
@click.option(
    "--to",
    "out",
    default=".",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder in which to write the folder NAME.",
)
def fetch(name: str, source: str | None, out: Path) -> None:
    """Save an image data set as .npy files.

    NAME is cifar10 (the default), mnist, or drawn: a few images that convgrade draws itself. They are saved in a folder of
    that name. Official files on this machine are used; otherwise they are downloaded, and an interrupted download
    continues where it stopped.
    """
    from autograder.datasets import fetch as fetching

    fetching.fetch(
        name,
        out,
        source,
        say=click.echo,
        progress=lambda file, size: click.progressbar(length=size, label=f"{file}, {size / 1e6:.1f} MB", file=sys.stderr),
    )


@data.command()
@click.argument("name", required=False, type=click.Choice(FETCHED[:2]))
def verify(name: str | None) -> None:
    """Compare the files of a data set with the official ones.

    Without NAME, verifies all data sets.
    """
    from autograder.datasets import DATASETS, paths
    from autograder.datasets.layouts import OFFICIAL

    states = []
    for each in [name] if name else DATASETS:
        for path, state in paths.files(DATASETS[each]):
            click.echo(f"{state:{WIDTH}} {path}")
            states.append(state)
    if not states:
        raise UserError(f"no {name or 'data set'} was found; `{_program()} data where` shows where it is looked for")
    if wrong := len([state for state in states if state != OFFICIAL]):
        raise UserError(
            f"{wrong} of {len(states)} files are damaged or missing: delete the damaged ones, and get them again with "
            f"`{_program()} data fetch`"
        )


@data.command()
def where() -> None:
    """Show where each data set is, or where to put it.

    CONVGRADE_DATA names a folder to look in.
    """
    from autograder.datasets import DATASETS, find, paths

    for each in DATASETS.values():
        stored = find(each.name)
        if stored:
            splits = "training and test images" if stored.has("train") else "test images only"
            click.echo(f"{each.title}: {stored.folder} ({stored.layout.title}, {splits})")
            continue
        click.echo(
            f"{each.title}: not here. Run `{_program()} data fetch {each.name}`, or put it into one of these folders"
        )
        for place in paths.candidates(each):
            packed = ", gzipped or not" if place.layout.gzipped else ""
            click.echo(f"  {place.folder}: {', '.join(place.layout.sums)}{packed}")


def _program() -> str:
    return click.get_current_context().find_root().info_name or "convgrade"
