"""Phones and a teacher, as a poll's server sees them: connections of HTTP/1.1, kept open, and one stream of events each.

A phone keeps what it was told: which changes of its answer were acknowledged, and how long that took.
"""

import asyncio
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

AGAIN = 0.2  # seconds until a phone that has lost the server tries again
PATIENCE = 8.0  # seconds until a phone gives a request up, and sends it again
LINE = 2**20  # bytes of a line of a stream, at most

BROKEN = (OSError, EOFError, asyncio.TimeoutError)  # what a phone meets while the server is away

Address = tuple[str, int]


class Connection:
    """A connection that is opened when it is needed, and again when it has broken. source: the address it comes from."""

    def __init__(self, server: Address, source: str = "") -> None:
        self._server, self._source = server, (source, 0) if source else None
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(
        self, method: str, path: str, content: Any = None, headers: Mapping[str, str] = {}
    ) -> asyncio.StreamReader:
        """Send a request; returns from where to read the response. Raises OSError where there is no server."""
        if self._streams and self._streams[0].at_eof():
            self.close()
        if not self._streams:
            self._streams = await asyncio.open_connection(*self._server, local_addr=self._source, limit=LINE)
        body = b"" if content is None else json.dumps(content).encode()
        lines = [f"{method} {path} HTTP/1.1", "Host: poll", *(f"{name}: {value}" for name, value in headers.items())]
        lines += [f"Content-Length: {len(body)}", "Content-Type: application/json"] if body else []
        reader, writer = self._streams
        writer.write("\r\n".join([*lines, "\r\n"]).encode() + body)
        return reader

    async def request(
        self, method: str, path: str, content: Any = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; returns status, headers and body. Raises one of BROKEN where the server has gone."""
        try:
            reader = await self.send(method, path, content, headers)
            status, received = await head(reader)
            return status, received, await reader.readexactly(int(received["content-length"]))
        except BaseException:  # too late, among others: nobody must take the rest of this response for the next one
            self.close()
            raise

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].transport.abort()
        self._streams = None


async def head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Return status and headers of a response."""
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    return int(first.split()[1]), {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}


@dataclass
class Sent:
    """A change of an answer, from its first sending until it was acknowledged."""

    round: int
    change: int
    given: dict[str, str]
    seconds: float = 0.0
    times: int = 0  # that it was sent
    kept: int = 0  # the change that counts, as the server says; 0 until it has acknowledged


@dataclass
class Phone:
    """A phone. source: the address it comes from."""

    server: Address
    key: str
    source: str = ""
    news: dict[str, Any] = field(default_factory=dict)  # the last
    sent: list[Sent] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)  # statuses but 200
    streams: int = 0  # that it has opened

    def __post_init__(self) -> None:
        self._asking = Connection(self.server, self.source)
        self._heard = asyncio.Event()

    async def listen(self) -> None:
        """Hold a stream, and open another one when it breaks, until cancelled."""
        while True:
            listening = Connection(self.server, self.source)
            try:
                with suppress(*BROKEN):
                    await self._read(await listening.send("GET", "/stream"))
            finally:
                listening.close()
            await asyncio.sleep(AGAIN)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        status, _ = await head(stream)
        if status != 200:
            self.refused.append(status)
            return
        self.streams += 1
        while line := await stream.readline():
            if line.startswith(b"data: {"):
                self.news = json.loads(line[6:])
                self._heard.set()
                self._heard = asyncio.Event()

    async def heard(self, steps: int) -> float:
        """Wait until the phone knows that so much was done; returns when that was."""
        while self.news.get("steps", -1) < steps:
            await self._heard.wait()
        return time.perf_counter()

    async def ask(self, path: str) -> dict[str, Any]:
        """Return what the server says at a path; asks again until it does."""
        while True:
            with suppress(*BROKEN):
                key = {"Convgrade-Key": self.key}
                status, _, body = await asyncio.wait_for(self._asking.request("GET", path, headers=key), PATIENCE)
                if status == 200:
                    return json.loads(body)
                self.refused.append(status)
            await asyncio.sleep(AGAIN)

    async def answer(self, round: int, given: dict[str, str]) -> Sent:
        """Send an answer, and send it again until the server has acknowledged or refused it."""
        change = max([int(1000 * time.time()), *(one.change + 1 for one in self.sent)])
        sent = Sent(round, change, given)
        self.sent.append(sent)
        content = {"key": self.key, "round": round, "change": change, "given": given}
        began = time.perf_counter()
        while True:
            sent.times += 1
            wait = AGAIN
            with suppress(*BROKEN):
                status, headers, body = await asyncio.wait_for(self._asking.request("POST", "/answers", content), PATIENCE)
                sent.seconds = time.perf_counter() - began
                if status == 200:
                    sent.kept = json.loads(body)["kept"]
                    return sent
                self.refused.append(status)
                if 400 <= status < 500 and status != 429:
                    return sent
                wait = float(headers.get("retry-after", AGAIN))
            await asyncio.sleep(wait)

    def hang_up(self) -> None:
        """Close the connection that asks."""
        self._asking.close()


class Teacher:
    """The teacher's page."""

    def __init__(self, server: Address, secret: str) -> None:
        self._server, self._secret, self._cookie = server, secret, ""
        self._connection = Connection(server)
        self.steps = 0

    async def enter(self) -> None:
        """Exchange the secret for a cookie."""
        status, headers, body = await self._connection.request("POST", "/teacher/enter", {"secret": self._secret})
        if status != 200:
            raise RuntimeError(f"the teacher is not let in: {status} {body.decode()}")
        self._cookie = headers["set-cookie"].partition(";")[0]
        _, _, body = await self._connection.request("GET", "/state")
        self.steps = json.loads(body)["steps"]

    async def act(self, act: str, value: int = 0, seconds: float = 0.0) -> int:
        """Do something; returns how much was done then."""
        content = {"act": act, "value": value, "seconds": seconds, "seen": self.steps}
        status, _, body = await self._connection.request("POST", "/teacher/act", content, {"Cookie": self._cookie})
        if status != 200:
            raise RuntimeError(f"{act} was refused: {status} {body.decode()}")
        self.steps = int(json.loads(body)["steps"])
        return self.steps

    async def news(self) -> dict[str, Any]:
        """Return the first news of the teacher's stream."""
        listening = Connection(self._server)
        try:
            stream = await listening.send("GET", "/teacher/stream", headers={"Cookie": self._cookie})
            await head(stream)
            while not (line := await stream.readline()).startswith(b"data: {"):
                continue
            return json.loads(line[6:])
        finally:
            listening.close()

    def hang_up(self) -> None:
        """Close the connection that acts."""
        self._connection.close()
