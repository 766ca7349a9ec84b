"""Worker processes that end when the one that started them does, however that ends."""

import os
import signal
import threading
import time


def start_worker(parent: int) -> None:
    """Let this process end with another one, and leave Ctrl-C to that one: what each worker of a pool begins with."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(0.5)
        os._exit(1)

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=watch, daemon=True).start()
