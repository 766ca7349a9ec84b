"""Settings and helpers that all tests share."""

import os
import secrets
import shutil
import signal
import tempfile
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
COSTS = {"slow": 0, "long": 1, "costly": 15}  # of all tests that have such a mark, a plain run takes so many

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
    group.addoption(
        "--share", type=int, default=1, metavar="N", help="of those that --rest runs, draw one in N, but all attacks"
    )
    group.addoption("--all", action="store_true", help="run all tests")


def pytest_configure(config):
    """Choose once, for all of xdist's processes. Tests that are named, or selected in another way, all run."""
    options, selected = config.option, ("keyword", "markexpr", "lf")
    if chosen := getattr(config, "workerinput", {}).get("chosen"):
        options.sample, options.rest, options.share, options.all = chosen
        _separate_temporary_files(config)
    elif options.sample is None:
        if options.rest:
            raise pytest.UsageError("--rest needs --sample SEED: of which run?")
        options.all |= any(config.getoption(name, None) for name in selected) or any(".py" in one for one in config.args)
        options.sample = secrets.token_hex(4)


def _separate_temporary_files(config):
    """Give one of xdist's processes its own place for them: what an attack leaves there is not another test's."""
    folder = tempfile.TemporaryDirectory(prefix="convgrade-tests-", ignore_cleanup_errors=True)
    os.chmod(folder.name, 0o1777)  # as /tmp itself
    os.environ["TMPDIR"] = tempfile.tempdir = folder.name
    config.add_cleanup(folder.cleanup)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Hand to one of xdist's processes what was chosen."""
    options = node.config.option
    node.workerinput["chosen"] = options.sample, options.rest, options.share, options.all


def pytest_report_header(config):
    if config.option.all:
        return "sample: all tests"
    options, part = config.option, "the tests of"
    if options.rest:
        part = "all tests but those of" if options.share == 1 else f"one in {options.share} of all tests but those of"
    return f"sample: {part} --sample {options.sample}"


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(collector):
    """Skip modules that import PyTorch where setup.sh could not get it."""
    report = yield
    if report.failed and "No module named 'torch'" in str(report.longrepr):
        report.outcome, report.longrepr = "skipped", (str(collector.path), 1, "Skipped: PyTorch is not installed")
    return report


def pytest_collection_modifyitems(config, items):
    """Keep the tests of a plain run, or the others. Long ones come first: no process is left with one at the end."""
    if not config.option.all:
        drawn = sample(items, config.option.sample, config.option.rest, config.option.share)
        config.hook.pytest_deselected(items=[item for item in items if item not in drawn])
        items[:] = [item for item in items if item in drawn]
    items.sort(key=lambda item: not (item.get_closest_marker("long") or item.get_closest_marker("slow")))


def sample(items, seed, rest=False, share=1):
    """Return the tests of a plain run: of each family so many, and all that have no family. Or of the rest, one in `share`.

    The draw depends on seed and parameters alone: functions that share parameters, and what is made for each, draw alike.
    """
    families = defaultdict(list)
    for item in items:
        node, mark = next(item.iter_markers_with_node("sampled"), (item, None))
        cost = next(filter(item.get_closest_marker, COSTS), None)
        if cost:
            family = cost, COSTS[cost], share
        elif mark:
            least = min(share, mark.kwargs.get("share", share))
            family = mark.kwargs.get("family", node.nodeid.partition("[")[0]), *mark.args, least
        else:
            family = item.nodeid, 1, share
        families[family].append(item)
    for family in families.values():
        family.sort(key=lambda item: sha256(f"{seed} {item.nodeid.partition('[')[2] or item.nodeid}".encode()).digest())
    parts = (slice(number, None, step) if rest else slice(number) for _, number, step in families)
    return {item for family, part in zip(families.values(), parts) for item in family[part]}


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
