"""Which versions of a quiz a command is about: those that were made into a folder, or those of a seed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from command_line.options import Text
from common.errors import UserError
from common.files import write_whole

if TYPE_CHECKING:
    from quizzes.quiz import Made
    from quizzes.roster import Owner

RECORD = Path("teacher", "quiz.json")  # in the folder of a made quiz: all versions, keys and certificates
MOST_VARIANTS = 10_000


def drawn_for_whom(command: Any) -> Any:
    """Give a command the options that say, beside the seed, which versions of a quiz there are."""
    path = click.Path(path_type=Path)
    for option in (
        click.option("--variants", type=click.IntRange(1, MOST_VARIANTS), help="How many numbered versions. [default: 1]"),
        click.option("--id", "id_heading", default="", metavar="HEADING", help="The roster's column of ids, if not found."),
        click.option("--students", type=path, metavar="ROSTER.csv", help="A version for each student of a roster."),
        click.option("--salt", envvar="CONVGRADE_SALT", default="", help="A secret besides the seed of a quiz."),
    ):
        command = option(command)
    return command


def drawn_from(command: Any) -> Any:
    """Give a command the options that say which versions of a quiz there are."""
    seed = click.option(
        "--seed", type=Text(), envvar="CONVGRADE_SEED", help="Draws the numbers: the same ones for the same seed."
    )
    return seed(drawn_for_whom(command))


def versions(
    path: Path, seed: str | None, salt: str, students: Path | None, id_heading: str, variants: int | None
) -> "Made":
    """Return the versions of a quiz: of a folder that `make` wrote, or of QUIZ.toml and what it was made with."""
    if path.suffix != ".toml":
        return recorded(path)
    if seed is None:
        raise UserError(f"which numbers were drawn? Give the --seed of {path}, or the folder that it was made into")
    return drawn(path, seed, salt, students, id_heading, variants)


def drawn(path: Path, seed: str, salt: str, students: Path | None, id_heading: str, variants: int | None) -> "Made":
    """Draw the versions of QUIZ.toml."""
    from quizzes import making, roster

    return making.make(making.read(path), seed, owners_of(students, id_heading, variants) or roster.numbered(1), salt)


def owners_of(students: Path | None, id_heading: str, variants: int | None) -> "list[Owner]":
    """Return who gets a version, as far as the options say."""
    from quizzes import roster

    if students and variants:
        raise UserError("--students makes a version for each student, --variants numbered ones: give one of them")
    owners, remarks = roster.read(students, id_heading) if students else (roster.numbered(variants or 0), [])
    for remark in remarks:
        click.echo(remark, err=True)
    return owners


def recorded(folder: Path) -> "Made":
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


def write(folder: Path, files: dict[str, bytes], option: str) -> None:
    """Write files into a folder. option: what chooses another one."""
    for name, content in files.items():
        write_whole(folder / name, [content], option)
