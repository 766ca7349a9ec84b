"""convgrade build --try: run an autograder.zip on a submission, as Gradescope would."""

import json
import sys
from pathlib import Path

import click

from command_line.exit_codes import DONE
from common.errors import UserError
from common.files import write_whole
from common.scratch import Scratch

BAR = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt} of {total_fmt} [{elapsed}, {remaining} left]"


def metadata(path: Path) -> bytes:
    """Return the content of a submission_metadata.json; raises UserError if Gradescope would not write it."""
    from gradescope import metadata as files

    try:
        files.read(path)
    except ValueError as error:
        raise UserError(f"{path} is not a file that Gradescope would write: {error}") from None
    return path.read_bytes()


def run(archive: bytes, submission: Path, said: bytes | None, out: Path) -> int:
    """Run a built archive, and show what students and instructors would see.

    said: the submission_metadata.json that Gradescope would put beside the submission. out: the folder for results.json.
    """
    from tqdm import tqdm

    from gradescope import harness

    with (
        Scratch() as folder,
        tqdm(
            bar_format=BAR, file=sys.stderr, dynamic_ncols=True, disable=None, leave=False, miniters=0, smoothing=0
        ) as bar,
    ):
        bar.set_description_str("Unpacking")

        def on_progress(stage: str, done: int, of: int) -> None:
            if stage != bar.desc:
                bar.set_description_str(stage, refresh=False)
                bar.reset(of)
            bar.total = of
            bar.update(done - bar.n)

        where = harness.lay_out(archive, folder / "autograder", on_progress)
        shown = harness.run(where, submission, said, on_progress=on_progress)
    write_whole(out / "results.json", [json.dumps(shown.results, indent=1).encode()])
    click.echo(shown.stdout)
    click.echo(f"Score {shown.results['score']:g}\n{shown.results.get('output', '')}")
    click.echo(f"Results for Gradescope: {out / 'results.json'}")
    return DONE
