"""What the machine, or the container that the grader runs in, has to give."""

import functools
import os
from pathlib import Path

# A control group's limit on memory, in version 2 and version 1.
DEEPEST = 100  # folders in folders, which os.walk follows in calls of itself
CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@functools.cache
def memory() -> int | None:
    """Return how many bytes of memory there are for all processes together; None where nobody says."""
    bounds = []
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        bounds.append(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    for path in map(Path, CONTAINER):
        text = path.read_text().strip() if path.exists() else "max"
        if text.isdecimal():
            bounds.append(int(text))
    return min(bounds, default=None)


def holds_more_than(folder: Path, size: int, files: int) -> bool:
    """Tell whether a folder holds more bytes or more files than that."""
    for parent, folders, names in os.walk(folder):
        files -= len(folders) + len(names)
        if parent.count(os.sep) - str(folder).count(os.sep) > DEEPEST:
            return True
        for name in names:
            try:
                size -= os.lstat(os.path.join(parent, name)).st_blocks * 512
            except OSError:  # it has gone in the meantime
                continue
        if size < 0 or files < 0:
            return True
    return False
