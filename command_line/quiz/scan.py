"""convgrade quiz scan: read and grade answer sheets."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command_line.quiz.grade import graded_into
from command_line.quiz.versions import recorded, write
from common.errors import UserError

if TYPE_CHECKING:
    from quizzes.scanning.report import Corrections


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("scans", nargs=-1, required=True, metavar="SCAN...", type=click.Path(path_type=Path))
@click.option("--out", default="scanned", show_default=True, type=click.Path(path_type=Path), help="Folder for all files.")
@click.option("--corrections", type=click.Path(path_type=Path), help="The corrections.csv that you filled in.")
def scan(folder: Path, scans: tuple[Path, ...], out: Path, corrections: Path | None) -> None:
    """Read filled-in answer sheets from scans, and grade them.

    FOLDER is what `quiz make` wrote. A SCAN is a PDF, TIFF, PNG or JPEG file. unsure.html shows what could not be read with
    certainty: write what you see into corrections.csv, and scan again with --corrections.
    """
    try:
        from quizzes.scanning import report
        from quizzes.scanning import scan as scanning
        from quizzes.scanning.sheets import sheets
    except ImportError as error:
        raise UserError(f"{error.name} is not installed: pip install 'convgrade[scan]'") from None

    made = recorded(folder)
    typed = report.read_corrections(corrections) if corrections else {}
    pages, unread = scanning.pages_of(scans)
    with click.progressbar(
        scanning.scan(pages, scanning.asked(made)), len(pages), "Reading", file=sys.stderr, show_eta=len(pages) > 20
    ) as bar:
        scanned, strange = report.corrected(list(bar), typed)
    found, problems = sheets(made, scanned)
    problems = [*unread, *strange, *problems]
    if not found:
        for problem in problems:
            click.echo(problem, err=True)
        raise UserError("no answer sheet of this quiz could be read")
    files = report.files(made, found, typed, problems)
    _keep(out / "corrections.csv", typed)
    write(out, files, "--out")
    unsure = sum(bool(reading.why) for sheet in found for page in sheet.pages for reading in page.readings.values())
    total = sum(len(page.readings) for sheet in found for page in sheet.pages)
    click.echo(
        f"{len(found)} answer sheet{'s' * (len(found) != 1)} on {len(pages)} page{'s' * (len(pages) != 1)}; "
        f"{total - unsure:,} of {total:,} readings are certain"
    )
    graded_into(out, made, [sheet.given() for sheet in found], "these scans", problems)
    if unsure:
        click.echo(f"Look at {out / 'unsure.html'}, fill in {out / 'corrections.csv'}, and scan again with --corrections")


def _keep(path: Path, typed: "Corrections") -> None:
    """Raise UserError if corrections that somebody has filled in would be overwritten."""
    from quizzes.scanning import report

    if path.exists() and not report.read_corrections(path).keys() <= typed.keys():
        raise UserError(f"{path} has corrections that would be lost: add --corrections {path}, or choose another --out")
