"""Do on this machine what Gradescope does with autograder.zip and a submission.

Written from its documentation and a public copy of its harness, version 0.15.0: new folders, plain files only, a deadline
that kills only run_autograder and overwrites its results, and the treatment of invalid results. setup.sh does not run: the
Python that runs convgrade replaces what it would install.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder import results
from common.errors import UserError
from gradescope.paths import Places

LONGEST = 100_000  # characters of a text
CUT = "[...(truncated)...]"
LOOK_AGAIN = 0.2  # seconds
FAILED = "The autograder failed to execute correctly. Please ensure that your submission is valid."


@dataclass(frozen=True)
class Shown:
    """What Gradescope keeps of a run."""

    results: dict[str, Any]
    stdout: str  # for instructors
    raw: bytes  # results.json as it was left


OnProgress = Callable[[str, int, int], None]
"""Called with a stage's name, how much of it is done (at first 0), and how much there is."""


def quiet(stage: str, done: int, of: int) -> None:
    """Show no progress."""


def lay_out(archive: bytes, root: Path, on_progress: OnProgress = quiet) -> Places:
    """Unpack the archive into an empty folder, as Gradescope does when it builds an image."""
    where = Places(root)
    with zipfile.ZipFile(io.BytesIO(archive)) as zipped:
        for place, member in enumerate(zipped.infolist()):
            on_progress("Unpacking", place, len(zipped.infolist()))
            path = Path(zipped.extract(member, where.source))
            path.chmod(member.external_attr >> 16 & 0o777)
    shutil.copy(where.source / "run_autograder", root / "run_autograder")
    return where


def run(
    where: Places,
    submission: Path,
    metadata: dict[str, Any] | bytes | None = None,
    seconds: float = 600.0,
    on_progress: OnProgress = quiet,
) -> Shown:
    """Run the autograder on a submission, a folder or a zip, and return what Gradescope would keep.

    metadata: what Gradescope says about the submission, or the raw bytes of that file, valid or not.
    """
    on_progress("Setting up", 0, 1)
    _put(submission, where.submission)
    shutil.rmtree(where.results.parent, ignore_errors=True)
    where.results.parent.mkdir()
    where.metadata.unlink(missing_ok=True)
    if metadata is not None:
        where.metadata.write_bytes(metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode())
    environment = {
        "PATH": os.environ["PATH"],
        "AUTOGRADER": str(where.root),
        "CONVGRADE_PYTHON": sys.executable,
        "TIMEOUT_SECONDS": f"{seconds:g}",
        "SUBMIT_RESULTS_URL": "https://www.gradescope.com/secret",
    }
    stdout = where.results.parent / "stdout"
    with stdout.open("wb") as stream:
        process = subprocess.Popen(
            [where.root / "run_autograder"], cwd=where.root, env=environment, stdin=subprocess.DEVNULL, stdout=stream,
            stderr=stream,
        )  # fmt: skip
        deadline = time.monotonic() + seconds
        while _is_running(process, min(LOOK_AGAIN, deadline - time.monotonic())):
            on_progress("Running", *_checks(where.results))
            if time.monotonic() > deadline:
                process.kill()  # but not its children
                process.wait()
                sentence = f"Your submission timed out. It took longer than {seconds:g} seconds to run."
                where.results.write_text(json.dumps({"score": 0, "output": sentence}))
    raw = where.results.read_bytes() if where.results.exists() else b""
    return Shown(_accepted(raw), _cut(stdout.read_text(errors="replace")), raw)


def _is_running(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait for a process to end, up to this many seconds; return whether it is still running."""
    try:
        process.wait(max(seconds, 0.0))
    except subprocess.TimeoutExpired:
        return True
    return False


def _checks(path: Path) -> tuple[int, int]:
    """Return how many checks have finished, and how many there are, according to the results so far."""
    try:
        return results.ended(results.read(path))
    except ValueError:  # none yet
        return 0, 1


def _put(submission: Path, folder: Path) -> None:
    """Copy the files of a submission into a new folder, without links and modes."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if submission.is_dir():
        for path in submission.rglob("*"):
            if path.is_file() and not path.is_symlink():
                target = folder / path.relative_to(submission)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(path.read_bytes())
        return
    try:
        with zipfile.ZipFile(submission) as zipped:
            zipped.extractall(folder)
    except (OSError, zipfile.BadZipFile) as error:
        raise UserError(f"{submission} is neither a folder nor a zip file that can be read: {error}") from None


def _accepted(raw: bytes) -> dict[str, Any]:
    """Return results as Gradescope keeps them; a score of 0 if it does not accept them."""
    try:
        document: dict[str, Any] = json.loads(raw.decode("utf-8", "replace").replace("\x00", "\N{REPLACEMENT CHARACTER}"))
        json.dumps(document, allow_nan=False)  # it parses NaN, but cannot send it
        for entry in (document, *document.get("tests", [])):
            if "output" in entry:
                entry["output"] = _cut(entry["output"])
        if "score" not in document and not any("score" in test for test in document["tests"]):
            raise ValueError("no score")
    except (ValueError, TypeError, AttributeError, KeyError):
        return {"score": 0, "output": FAILED}
    return document


def _cut(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    half = (LONGEST - len(CUT)) // 2
    return text[:half] + CUT + text[-half:]
