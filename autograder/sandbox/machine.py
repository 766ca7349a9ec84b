"""What the machine offers, or the container in which the grader runs."""

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path

DEEPEST = 100  # levels of folders, which os.walk follows recursively
# A control group's limit on memory, in version 2 and version 1.
CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
# Its limit on processors, as microseconds in a period: in one file, or in two.
QUOTAS = (
    ("/sys/fs/cgroup/cpu.max",),
    ("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpu/cpu.cfs_period_us"),
)
SHARE = "CONVGRADE_PROCESSORS"  # an environment variable: how many processors each of several graders may use


def processors() -> int:
    """Return how many processors this grader may use: the machine's or the container's, or its share of them."""
    here = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    share = os.environ.get(SHARE, "")
    return max(min([here, *_quotas(), *([int(share)] if share.isdecimal() else [])]), 1)


def share(graders: int) -> dict[str, str]:
    """Return the environment in which this many graders, side by side, use no more processors than there are."""
    return {SHARE: str(max(processors() // graders, 1))}


def _quotas() -> Iterator[int]:
    for paths in QUOTAS:
        with contextlib.suppress(OSError, ValueError):  # "max" and -1 are no limit
            quota, period = map(int, " ".join(Path(path).read_text() for path in paths).split())
            if quota > 0:
                yield quota // period


@functools.cache
def memory() -> int | None:
    """Return how many bytes of memory all processes have together; None if the system does not say."""
    bounds = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        bounds.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in map(Path, CONTAINER):
        text = path.read_text().strip() if path.exists() else "max"
        if text.isdecimal():
            bounds.append(int(text))
    return min(bounds, default=None)


def holds_more_than(folder: Path, size: int, files: int) -> bool:
    """Return whether a folder holds more bytes or more files than that."""
    for parent, folders, names in os.walk(folder):
        files -= len(folders) + len(names)
        if parent.count(os.sep) - str(folder).count(os.sep) > DEEPEST:
            return True
        for name in names:
            try:
                status = os.lstat(os.path.join(parent, name))
                blocks = getattr(status, "st_blocks", None)  # Windows counts none
                size -= status.st_size if blocks is None else blocks * 512
            except OSError:  # it was removed in the meantime
                continue
        if size < 0 or files < 0:
            return True
    return False
