"""Settings and helpers that all tests share."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import settings

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions" / "cnn"

# Numba decides once, when it is first imported, whether CUDA is simulated. CONVGRADE_GPU=1 runs the tests on a GPU instead.
if os.environ.get("CONVGRADE_GPU") != "1":
    os.environ["NUMBA_ENABLE_CUDASIM"] = "1"

# The processes among which the tests are shared out ignore Ctrl-C, and so would the programs that tests start and stop.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("convgrade", deadline=None, derandomize=True, max_examples=40, print_blob=True)
settings.load_profile("convgrade")


@pytest.fixture
def solution(tmp_path):
    """A copy of the solutions of parts 1 to 3."""
    folder = tmp_path / "submission"
    folder.mkdir()
    for name in ("convolution.py", "pooling.py", "parameters.py"):
        shutil.copy(SOLUTIONS / name, folder)
    return folder


@pytest.fixture(scope="module")
def browser():
    """A real browser, in which pages are read; tests are skipped where there is none."""
    sync = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.skip(f"no browser to drive: none of {', '.join(BROWSERS)} is installed")
    with sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, args=list(QUIET))
        yield browser
        browser.close()
