"""Functions for a homework's notebooks, which import them from check.pyz: check, fetch images, submit."""

import itertools
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from command_line.exit_codes import CHECK_FAILED
from common import window
from common.errors import UserError

ARCHIVE = Path(__file__).parent.parent  # check.pyz itself
PAGE = "check.html"


def check(*asked: str) -> window.Widget | None:
    """Run the public checks, or only those asked for, such as "1.2", showing their output as it is printed.

    Returns a page about the failures for the notebook to show, or None if there are none.
    """
    return window.failed(PAGE) if _run(*asked, "--page", PAGE) == CHECK_FAILED else None


def _run(*arguments: str) -> int:
    """Run check.pyz, print its output line by line, and return its exit code."""
    as_it_comes = {"PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1", "PYTHONIOENCODING": "utf-8"}  # UTF-8 on any system
    with subprocess.Popen(
        [sys.executable, ARCHIVE, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=os.environ | as_it_comes,
    ) as process:
        assert process.stdout
        for line in process.stdout:
            print(line, end="", flush=True)
    return process.returncode


def fetch(name: str) -> None:
    """Download a data set, such as "mnist", if it is not here. Raises UserError, which says what else to do."""
    from autograder.datasets import fetch as fetching

    folder = Path(os.environ.get("CONVGRADE_DATA", "."))
    try:
        fetching.fetch(name, folder, None, say=print, progress=_Bar)
    except UserError as error:
        raise UserError(f"{error}\nOr run this cell again later: the download continues where it stopped.") from None


class _Bar:
    """One line that shows the progress of a download."""

    def __init__(self, label: str, size: int) -> None:
        self.label, self.size, self.came = label, size, 0

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        print()

    def update(self, count: int) -> None:
        before, self.came = self.came, self.came + count
        if 100 * before // self.size < 100 * self.came // self.size:
            print(f"\r{self.label}: {self.came / self.size:.0%}", end="", flush=True)


def hand_in(archive: str, *names: str) -> None:
    """Put files into a zip for Gradescope; on Colab, download it. Raises UserError if a file is missing."""
    if missing := [name for name in names if not Path(name).is_file()]:
        raise UserError(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} not here yet.")
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as written:
        for name in names:
            written.write(name)
    print(f"{archive} holds {', '.join(names)}: submit it on Gradescope.")
    try:
        from google.colab import files
    except ImportError:  # at home
        return
    files.download(archive)


def keep_earlier() -> None:
    """Make %%writefile back up files that a cell did not write, so that work done in an editor is not lost."""
    from IPython import get_ipython

    shell = get_ipython()
    overwrite = shell.find_cell_magic("writefile")

    def writefile(line: str, cell: str) -> None:
        path = Path(line.rpartition(" ")[2])
        if path.is_file() and path.read_text("utf-8", "replace") not in (cell, _written.get(path)):
            names = (path.with_stem(f"{path.stem}-before-{number}") for number in itertools.count(1))
            kept = next(name for name in names if not name.exists())
            shutil.copy2(path, kept)
            print(f"The previous content of {path} is in {kept}.")
        overwrite(line, cell)
        _written[path] = path.read_text("utf-8")

    shell.register_magic_function(writefile, "cell")


_written: dict[Path, str] = {}  # by cells so far
