"""The versions of a quiz that a command is about: those in a folder, or those of a seed."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from command_line.options import Text
from common.errors import UserError
from common.files import write_whole

if TYPE_CHECKING:
    from quizzes.quiz import GeneratedQuiz
    from quizzes.roster import Owner

Function = TypeVar("Function", bound=Callable[..., object])

RECORD = Path("teacher", "quiz.json")  # in the folder of a made quiz: all versions, keys and certificates
MOST_VARIANTS = 10_000


def drawn_for_whom(command: Function) -> Function:
    """Add the options that, besides the seed, say which versions of a quiz there are."""
    path = click.Path(path_type=Path)
    for option in (
        click.option("--variants", type=click.IntRange(1, MOST_VARIANTS), help="Number of numbered versions. [default: 1]"),
        click.option(
            "--id", "id_heading", default="", metavar="HEADING", help="The roster's column of IDs, if it is not found."
        ),
        click.option("--students", type=path, metavar="ROSTER.csv", help="Make a version for each student on a roster."),
        click.option(
            "--salt",
            envvar="CONVGRADE_SALT",
            show_envvar=True,
            default="",
            help="A secret of the quiz, in addition to its seed.",
        ),
    ):
        command = option(command)
    return command


def drawn_from(command: Function) -> Function:
    """Add the options that say which versions of a quiz there are."""
    seed = click.option(
        "--seed",
        type=Text(),
        envvar="CONVGRADE_SEED",
        show_envvar=True,
        help="Seed of the numbers: the same seed gives the same quiz.",
    )
    return seed(drawn_for_whom(command))


def versions(
    path: Path, seed: str | None, salt: str, students: Path | None, id_heading: str, variants: int | None
) -> "GeneratedQuiz":
    """Return the versions of a quiz: of a folder that `make` wrote, or of QUIZ.toml and what it was made with."""
    if path.suffix != ".toml":
        return recorded(path)
    if seed is None:
        raise UserError(f"give the --seed that {path} was made with, or the folder that holds the made quiz")
    return drawn(path, seed, salt, students, id_heading, variants)


def drawn(
    path: Path, seed: str, salt: str, students: Path | None, id_heading: str, variants: int | None
) -> "GeneratedQuiz":
    """Draw the versions of QUIZ.toml."""
    from quizzes import making, roster

    return making.make(making.read(path), seed, owners_of(students, id_heading, variants) or roster.numbered(1), salt)


def owners_of(students: Path | None, id_heading: str, variants: int | None) -> "list[Owner]":
    """Return who gets a version, according to the options."""
    from quizzes import roster

    if students and variants:
        raise UserError("--students makes a version for each student, --variants makes numbered ones: give one of them")
    owners, remarks = roster.read(students, id_heading) if students else (roster.numbered(variants or 0), [])
    for remark in remarks:
        click.echo(remark, err=True)
    return owners


def recorded(folder: Path) -> "GeneratedQuiz":
    """Return the quiz that `make` wrote into a folder."""
    from quizzes import quiz_json

    path = folder / RECORD if folder.is_dir() else folder
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"{folder} does not hold a made quiz: `convgrade quiz make` would have written {path}") from None
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    return quiz_json.read(content, f"{path} is not what `convgrade quiz make` wrote")


def write(folder: Path, files: dict[str, bytes], option: str) -> None:
    """Write files to a folder. option: the one that chooses another folder."""
    for name, content in files.items():
        write_whole(folder / name, [content], option)
