"""A disk that takes nothing more."""

from contextlib import contextmanager

import pytest


@contextmanager
def full(path):
    """Let the journal of a poll grow no more, as on a full disk."""
    resource = pytest.importorskip("resource")  # not on Windows
    size = path.with_name(f"{path.name}-wal").stat().st_size
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))
