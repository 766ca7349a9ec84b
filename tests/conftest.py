"""Settings and helpers that all tests share."""

import os
import secrets
import shutil
import signal
from collections import defaultdict
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import settings

from autograder.sandbox import machine

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
ROOT = Path(__file__).parent.parent
SOLUTIONS = ROOT / "solutions" / "cnn"

# Numba decides once, when it is first imported, whether CUDA is simulated. CONVGRADE_GPU=1 runs the tests on a GPU instead.
if os.environ.get("CONVGRADE_GPU") != "1":
    os.environ["NUMBA_ENABLE_CUDASIM"] = "1"

# The processes among which the tests are shared out share the processors, as those do that grade a class.
os.environ |= machine.share(int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))
os.environ["OMP_NUM_THREADS"] = os.environ[machine.SHARE]  # for PyTorch in these processes, and in those that they start

# The processes among which the tests are shared out ignore Ctrl-C, and so would the programs that tests start and stop.
signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("convgrade", deadline=None, derandomize=True, max_examples=40, print_blob=True)
settings.load_profile("convgrade")


def pytest_addoption(parser):
    group = parser.getgroup("sample", "a plain run omits slow tests, and of tests that are alike it takes a sample")
    group.addoption("--sample", metavar="SEED", help="repeat a sample: each run shows the seed of its own")
    group.addoption("--rest", action="store_true", help="run only the tests that a plain run with this --sample leaves out")
    group.addoption("--all", action="store_true", help="run all tests")


def pytest_configure(config):
    """Choose once, for all of xdist's processes. Tests that are named, or selected in another way, all run."""
    options, selected = config.option, ("keyword", "markexpr", "lf")
    if chosen := getattr(config, "workerinput", {}).get("chosen"):
        options.sample, options.rest, options.all = chosen
    elif options.sample is None:
        if options.rest:
            raise pytest.UsageError("--rest needs --sample SEED: of which run?")
        options.all |= any(config.getoption(name, None) for name in selected) or any(".py" in one for one in config.args)
        options.sample = secrets.token_hex(4)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Hand to one of xdist's processes what was chosen."""
    options = node.config.option
    node.workerinput["chosen"] = options.sample, options.rest, options.all


def pytest_report_header(config):
    if config.option.all:
        return "sample: all tests"
    part = "all tests but those of" if config.option.rest else "the tests of"
    return f"sample: {part} --sample {config.option.sample}"


def pytest_collection_modifyitems(config, items):
    """Keep the tests of a plain run, or the others."""
    if not config.option.all:
        drawn = sample(items, config.option.sample)
        config.hook.pytest_deselected(items=[item for item in items if (item in drawn) == config.option.rest])
        items[:] = [item for item in items if (item in drawn) != config.option.rest]


def sample(items, seed):
    """Return the tests of a plain run: of each family so many, and all that have no family.

    The draw depends on seed and parameters alone: functions that share parameters, and what is made for each, draw alike.
    """
    families = defaultdict(list)
    for item in (item for item in items if not item.get_closest_marker("slow")):
        node, mark = next(item.iter_markers_with_node("sampled"), (item, None))
        family = mark.kwargs.get("family", node.nodeid.partition("[")[0]) if mark else item.nodeid
        families[family, mark.args[0] if mark else 1].append(item)
    for family in families.values():
        family.sort(key=lambda item: sha256(f"{seed} {item.nodeid.partition('[')[2] or item.nodeid}".encode()).digest())
    return {item for (_, number), family in families.items() for item in family[:number]}


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
