"""Files are written whole, and what a killed process left of one is removed."""

import os
import signal
import subprocess
import sys

from common.files import remove_unfinished

KILLED = """
import os, signal, sys
from pathlib import Path
from common.files import write_whole
os.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
write_whole(Path(sys.argv[1]), [b"new"])
"""


def test_what_a_kill_leaves_is_removed(tmp_path):
    (tmp_path / "ours" / "deep").mkdir(parents=True)
    for place in (tmp_path / "table.csv", tmp_path / "ours" / "deep" / "report.html"):
        place.write_text("old")
        ended = subprocess.run([sys.executable, "-c", KILLED, str(place)], env={**os.environ, "PYTHONPATH": os.getcwd()})
        assert ended.returncode == -signal.SIGKILL and place.read_text() == "old"
        assert len(list(place.parent.glob(".*"))) == 1
    (tmp_path / ".another").touch()
    remove_unfinished(tmp_path, ["ours", "not there"])
    assert {path.name for path in tmp_path.rglob("*")} == {"table.csv", "report.html", "ours", "deep", ".another"}
