"""Where student code runs: another process that gets arguments and returns arrays.

`inside/` runs in that process, `worker.py` starts and bounds it from outside.
"""

from autograder.sandbox.worker import Limits, Returned, Sandbox, Stopped, Worker

__all__ = ["Limits", "Returned", "Sandbox", "Stopped", "Worker"]
