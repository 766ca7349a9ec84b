"""Workers of a pool end with the process that started them, though it is killed."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
KILLED = """
import os, signal, time
from concurrent.futures import ProcessPoolExecutor
from common.processes import start_worker

def work(name):
    if name == "kill":
        time.sleep(0.2)
        os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(600)

if __name__ == "__main__":
    with ProcessPoolExecutor(3, initializer=start_worker, initargs=(os.getpid(),)) as processes:
        list(processes.map(work, ["kill", "wait", "wait"]))
"""


def test_workers_end_with_a_killed_parent(tmp_path):
    (tmp_path / "killed.py").write_text(KILLED)
    environment = {"PYTHONPATH": str(ROOT)}
    # The pipe of standard output is closed once the last process that has it is gone.
    done = subprocess.run([sys.executable, tmp_path / "killed.py"], stdout=subprocess.PIPE, env=environment, timeout=60)
    assert done.returncode == -9
