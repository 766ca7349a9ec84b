"""Find the smallest of Gradescope's containers that works: memory and processors bounded, an old kernel, no namespaces.

Needs root, control groups, and a root file system with autograder.zip installed in it, as tests/gradescope makes it.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT)]

from gradescope import build, harness  # noqa: E402
from tests.gradescope.metadata import metadata  # noqa: E402

SOLUTION = ROOT / "solutions" / "cnn"
SUBMISSIONS = {
    "parts 1 to 3": ("convolution.py", "pooling.py", "parameters.py"),
    "all parts": ("convolution.py", "pooling.py", "parameters.py", "cifar10.py", "cifar10.pt"),
}
SIZES = ((0.5, 0.75), (1, 1.5), (2, 3), (4, 6))  # processors and gigabytes, as Gradescope offers them
GROUP, GROUPS = "convgrade-container", Path("/sys/fs/cgroup")
SECONDS = 600


def bound(processors: float, memory: float) -> Path:
    """Make the control group, and return the file that shows its peak memory."""
    bytes_, period = str(int(memory * 1e9)), 100_000
    if (GROUPS / "cgroup.controllers").exists():
        group = GROUPS / GROUP
        group.mkdir(exist_ok=True)
        (group / "memory.max").write_text(bytes_)
        (group / "cpu.max").write_text(f"{int(processors * period)} {period}")
        return group / "memory.peak"
    for kind in ("memory", "cpu"):
        (GROUPS / kind / GROUP).mkdir(exist_ok=True)
    group = GROUPS / "memory" / GROUP
    (group / "memory.limit_in_bytes").write_text(bytes_)
    (GROUPS / "cpu" / GROUP / "cpu.cfs_quota_us").write_text(str(int(processors * period)))
    (group / "memory.max_usage_in_bytes").write_text("0")
    return group / "memory.max_usage_in_bytes"


def unbound() -> None:
    """Remove the control groups."""
    time.sleep(0.5)
    for group in (*GROUPS.glob(f"*/{GROUP}"), GROUPS / GROUP):
        if group.is_dir():
            group.rmdir()


def grade(root: Path, files: tuple[str, ...], processors: float, memory: float) -> str:
    """Grade some files of the solution in a container, and report the result."""
    place = root / "autograder"
    for folder in ("submission", "results"):
        shutil.rmtree(place / folder, ignore_errors=True)
        (place / folder).mkdir()
    for file in files:
        shutil.copy(SOLUTION / file, place / "submission")
    (place / "submission_metadata.json").write_text(json.dumps(metadata()))
    peak = bound(processors, memory)
    container = [sys.executable, ROOT / "tests" / "gradescope" / "container.py", "--group", GROUP, root]
    started = time.perf_counter()
    environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "TIMEOUT_SECONDS": str(SECONDS)}
    done = subprocess.run([*container, "/autograder/run_autograder"], env=environment, capture_output=True, timeout=SECONDS)
    seconds = time.perf_counter() - started
    most = int(peak.read_text()) / 1e6
    unbound()
    try:
        document = json.loads((place / "results" / "results.json").read_text())
    except (OSError, ValueError):
        return f"no results, exit status {done.returncode}"
    verdicts = {test["extra_data"]["verdict"] for test in document["tests"]} - {"passed", "missing"}
    return f"{document['score']:g} points in {seconds:.1f} s, at most {most:.0f} MB" + (
        f" ({', '.join(verdicts)})" if verdicts else ""
    )


def main() -> None:
    """Print a table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=Path, help="the root file system")
    root = parser.parse_args().root
    with tempfile.TemporaryDirectory() as fresh:  # the archive as it is now, in the environment that is installed there
        shutil.rmtree(root / "autograder" / "source")
        where = harness.lay_out(build.build("cnn", secret="a secret").content, Path(fresh))
        shutil.copytree(where.source, root / "autograder" / "source")
        shutil.copy(where.root / "run_autograder", root / "autograder")
    print(f"{os.cpu_count()} cores, {platform.machine()}, {date.today()}\n")
    print(f"| processors | memory | {' | '.join(SUBMISSIONS)} |\n|---:|---:|{'---|' * len(SUBMISSIONS)}")
    for processors, memory in SIZES:
        cells = [grade(root, files, processors, memory) for files in SUBMISSIONS.values()]
        print(f"| {processors} | {memory} GB | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
