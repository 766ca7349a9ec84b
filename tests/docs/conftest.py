"""Readers of the pages, and a copy of the repository to change."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.docs.reading import Reader

NOT_COPIED = shutil.ignore_patterns(".git", ".venv", "node_modules", "site", "results", ".*_cache")


@pytest.fixture
def read(tmp_path):
    """Return what gives a page to a reader, who must have done all that it says when the test ends."""
    readers = []

    def begin(page, folder=tmp_path, words=None, **environment):
        readers.append(Reader(page, folder, words or {}, environment))
        return readers[-1]

    yield begin
    for reader in readers:
        assert reader.left == []


@pytest.fixture
def checkout():
    """A copy of the repository that everyone may read, as submissions run as another user; its setup.sh does nothing."""
    with tempfile.TemporaryDirectory(prefix="convgrade-pages-") as name:
        os.chmod(name, 0o755)
        copy = Path(name) / "convgrade"
        shutil.copytree(ROOT, copy, ignore=NOT_COPIED, symlinks=True)
        (copy / "setup.sh").write_text("#!/bin/sh\n")
        (copy / ".venv").symlink_to(Path(sys.executable).parent.parent)
        yield copy
