"""The real command `convgrade poll`, as a process that can be started, killed and started again."""

import asyncio
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from polls.journal import FILE, Journal

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
PATIENCE = 30  # seconds until a process has started or ended
LOOK = 0.1  # seconds between two looks at a process's memory


class Command:
    """One poll, served by one process after another on the same port."""

    def __init__(self, quiz: Path, folder: Path, *options: str) -> None:
        self.folder, self.port = folder, free_port()
        self.printed = folder.with_suffix(".txt")
        self._arguments = ["poll", str(quiz), "--out", str(folder), "--host", HOST, "--port", str(self.port), *options]

    def start(self) -> float:
        """Start the process; returns the seconds until it has answered a request."""
        began = time.perf_counter()
        with self.printed.open("ab") as printed:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "command_line", *self._arguments], cwd=ROOT, stdout=printed, stderr=printed
            )
        while not self._answers():
            if self.process.poll() is not None or time.perf_counter() > began + PATIENCE:
                raise RuntimeError(f"convgrade poll has not started: {self.printed.read_text()}")
            time.sleep(0.005)
        return time.perf_counter() - began

    def kill(self) -> None:
        """Kill the process as a power cut would: nothing is closed, nothing more is written."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """Press Ctrl-C; returns the seconds until the process has ended."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        return time.perf_counter() - began

    def secret(self, room: str) -> str:
        """Return the text after the # of a printed link."""
        found = re.findall(rf"/{room}#(\S+)", self.printed.read_text())
        return found[-1]

    def journal(self) -> Journal:
        """Open the file of the poll, once the process has ended."""
        return Journal(self.folder / FILE)

    def _answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as connection:
                connection.sendall(b"GET /state HTTP/1.1\r\nHost: poll\r\nConnection: close\r\n\r\n")
                return connection.recv(12) == b"HTTP/1.1 200"
        except OSError:
            return False


class Watch:
    """What a process uses: its memory at most, in bytes, and its processor time, in seconds."""

    def __init__(self, process: int) -> None:
        self._process = psutil.Process(process)
        self.memory = 0

    @property
    def processor(self) -> float:
        """Return the time until now."""
        times = self._process.cpu_times()
        return float(times.user + times.system)

    async def look(self) -> None:
        """Look at the memory again and again, until cancelled or the process ends."""
        with suppress(psutil.NoSuchProcess):
            while True:
                self.memory = max(self.memory, self._process.memory_info().rss)
                await asyncio.sleep(LOOK)


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
