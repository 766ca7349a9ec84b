"""Phones and a teacher, as a poll's server sees them: connections of HTTP/1.1, kept open, and one stream of events each.

A phone remembers which changes of its answer were acknowledged, and how long that took.
"""

import asyncio
import json
import random
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

AGAIN, LONGEST = 0.2, 5.0  # seconds until a phone that has lost the server tries again: twice as long each time
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
        self, method: str, path: str, content: object = None, headers: Mapping[str, str] = {}
    ) -> asyncio.StreamReader:
        """Send a request and return the stream of its response. Raises OSError if there is no server."""
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
        self, method: str, path: str, content: object = None, headers: Mapping[str, str] = {}
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a request; returns status, headers and body. Raises one of BROKEN where the server has gone."""
        try:
            reader = await self.send(method, path, content, headers)
            status, received = await head(reader)
            return status, received, await reader.readexactly(int(received["content-length"]))
        except BaseException:  # a timeout, for example: the rest of this response must not be read as the next one
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


def pause(failures: int) -> float:
    """Return the seconds until a phone tries again."""
    return random.uniform(0.5, 1.0) * min(LONGEST, AGAIN * 2**failures)


class Listener:
    """A page that holds a stream of events."""

    def __init__(self, server: Address, path: str, source: str = "", headers: Mapping[str, str] = {}) -> None:
        self._server, self._path, self._source, self._headers = server, path, source, headers
        self._heard = asyncio.Event()
        self.news: dict[str, Any] = {}  # the last
        self.opened = 0  # streams
        self.refused: list[int] = []  # statuses but 200

    async def listen(self) -> None:
        """Hold a stream, and open another one when it breaks, until cancelled."""
        while True:
            connection = Connection(self._server, self._source)
            try:
                with suppress(*BROKEN):
                    await self._read(await connection.send("GET", self._path, headers=self._headers))
            finally:
                connection.close()
            await asyncio.sleep(pause(0))

    async def _read(self, stream: asyncio.StreamReader) -> None:
        status, _ = await head(stream)
        if status != 200:
            self.refused.append(status)
            return
        self.opened += 1
        while line := await stream.readline():
            if line.startswith(b"data: {"):
                self.news = json.loads(line[6:])
                self._heard.set()
                self._heard = asyncio.Event()

    async def heard(self, steps: int) -> float:
        """Wait until the page knows that so much was done; returns when that was."""
        while self.news.get("steps", -1) < steps:
            await self._heard.wait()
        return time.perf_counter()

    async def counted(self, answers: int) -> None:
        """Wait until the page of a teacher or of the hall has counted this many answers."""
        while self.news["answered"] < answers:
            await self._heard.wait()


@dataclass
class Sent:
    """A change of an answer, from its first sending until it was acknowledged."""

    round: int
    change: int
    given: dict[str, str]
    seconds: float = 0.0
    times: int = 0  # that it was sent
    kept: int = 0  # the change that counts, as the server says; 0 until it has acknowledged


class Phone:
    """A phone: it holds a stream, and sends an answer until it is acknowledged."""

    def __init__(self, server: Address, key: str, source: str = "") -> None:
        """source: the address it comes from."""
        self.key = key
        self.listener = Listener(server, "/stream", source)
        self.sent: list[Sent] = []
        self.refused: list[int] = []  # statuses but 200
        self._asking = Connection(server, source)

    async def ask(self, path: str) -> dict[str, Any]:
        """Return what the server says at a path; asks again until it does."""
        for failures in count():
            with suppress(*BROKEN):
                key = {"Convgrade-Key": self.key}
                status, _, body = await asyncio.wait_for(self._asking.request("GET", path, headers=key), PATIENCE)
                if status == 200:
                    return json.loads(body)
                self.refused.append(status)
            await asyncio.sleep(pause(failures))
        raise AssertionError("a phone never gives up")

    async def answer(self, round: int, given: dict[str, str]) -> Sent:
        """Send an answer, and send it again until the server has acknowledged or refused it."""
        change = max([int(1000 * time.time()), *(one.change + 1 for one in self.sent)])
        sent = Sent(round, change, given)
        self.sent.append(sent)
        content = {"key": self.key, "round": round, "change": change, "given": given}
        began = time.perf_counter()
        for failures in count():
            sent.times += 1
            wait = pause(failures)
            with suppress(*BROKEN):
                status, headers, body = await asyncio.wait_for(self._asking.request("POST", "/answers", content), PATIENCE)
                sent.seconds = time.perf_counter() - began
                if status == 200:
                    sent.kept = json.loads(body)["kept"]
                    return sent
                self.refused.append(status)
                if 400 <= status < 500 and status != 429:
                    return sent
                wait += float(headers.get("retry-after", 0))
            await asyncio.sleep(wait)
        raise AssertionError("a phone never gives up")

    def hang_up(self) -> None:
        """Close the connection that asks."""
        self._asking.close()


class Teacher:
    """A teacher, whose page and whose projector's page hold a stream each."""

    def __init__(self, server: Address) -> None:
        self._server, self._connection = server, Connection(server)
        self._cookie = ""
        self.pages: dict[str, Listener] = {}

    async def enter(self, secrets: Mapping[str, str]) -> None:
        """Exchange the secrets of links for cookies."""
        for room, secret in secrets.items():
            status, headers, body = await self._connection.request("POST", f"/{room}/enter", {"secret": secret})
            if status != 200:
                raise RuntimeError(f"the page of the {room} is refused: {status} {body.decode()}")
            cookie = headers["set-cookie"].partition(";")[0]
            self.pages[room] = Listener(self._server, f"/{room}/stream", headers={"Cookie": cookie})
            self._cookie = cookie if room == "teacher" else self._cookie

    async def act(self, act: str, value: int = 0, seconds: float = 0.0) -> int:
        """Do something; returns how much was done then."""
        seen = self.pages["teacher"].news["steps"]
        content = {"act": act, "value": value, "seconds": seconds, "seen": seen}
        status, _, body = await self._connection.request("POST", "/teacher/act", content, {"Cookie": self._cookie})
        if status != 200:
            raise RuntimeError(f"{act} was refused: {status} {body.decode()}")
        steps = int(json.loads(body)["steps"])
        await self.pages["teacher"].heard(steps)
        return steps

    def hang_up(self) -> None:
        """Close the connection that acts."""
        self._connection.close()
