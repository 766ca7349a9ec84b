"""docs/cluster.md, followed with two workers on this machine: by hand, with TLS, and as a job of SLURM."""

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.batch import exported
from tests.polls.conftest import free_port

# What stands in for SLURM's programs: a job is a session, which ends with its script, and it has two tasks for workers.
SBATCH = (
    'SLURM_SUBMIT_DIR=$PWD exec setsid --wait bash -c \'bash "$1"; ended=$?; trap "" TERM; kill 0; exit $ended\' - "$1"'
)
SRUN = 'shift; "$@" & "$@" & wait'


@contextmanager
def machines(reader):
    """Start a scheduler and workers, as the page says."""
    with (
        reader.running("dask scheduler", until="Scheduler at"),
        reader.running("CONVGRADE_PROCESSORS=1 dask worker", until="Starting established connection"),
    ):
        yield


@pytest.mark.long
def test_a_class_is_graded_by_hand_with_tls_and_by_slurm(read, tmp_path):
    pytest.importorskip("distributed")
    exported.gradescope(tmp_path / "export.zip", exported.made_up(3, mix={"correct": 50, "wrong": 50}))
    for name, text in (("sbatch", SBATCH), ("srun", SRUN)):
        (tmp_path / name).write_text(f"#!/bin/bash\n{text}\n")
        (tmp_path / name).chmod(0o755)
    words = {
        "dask scheduler --port": "dask scheduler --host 127.0.0.1 --port",
        "0.0.0.0": "127.0.0.1",
        "machine-a": "127.0.0.1",
        "8786": free_port(),
        "--nworkers 8": "--nworkers 2",
        "/shared": tmp_path / "shared",
    }
    path = f"{tmp_path}:{Path(sys.executable).parent}:{os.environ['PATH']}"
    reader = read("docs/cluster.md", words=words, PATH=path)
    reader.do("pip install")
    with machines(reader):
        reader.do("convgrade batch")
    books = [tmp_path / "shared" / "homework-3" / "gradebook.csv", tmp_path / "homework-3" / "gradebook.csv"]
    by_hand = books[0].read_text()
    shutil.rmtree(tmp_path / "shared")
    reader.do("openssl")
    reader.do("TLS=")
    with machines(reader):
        reader.do("export DASK_DISTRIBUTED__COMM__TLS__CA_FILE")
        reader.do("export DASK_DISTRIBUTED__COMM__TLS__CLIENT__CERT")
        reader.do("export DASK_DISTRIBUTED__COMM__TLS__CLIENT__KEY")
        reader.do("convgrade batch")
    reader.assigned.clear()
    for _ in reader.read():
        pass
    assert by_hand.count("@example.com") == 3
    assert [book.read_text() for book in books] == [by_hand, by_hand]
