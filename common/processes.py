"""Worker processes that end when the process that started them ends, however it ends."""

import os
import signal
import threading
import time


def start_worker(parent: int) -> None:
    """End this process when another one ends, and leave Ctrl-C to that one. Each worker of a pool calls it first."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()
