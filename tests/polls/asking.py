"""Requests to a poll's application, without a network: every byte of a response is seen, also of a stream that goes on."""

import asyncio
import json
import re
from contextlib import asynccontextmanager
from dataclasses import dataclass

from polls.address import Address
from polls.app import Server
from polls.journal import FILE, About, Journal
from polls.live import Live

PATIENCE = 20  # seconds
TEACHER, PROJECTOR = "secret-of-the-teacher-0123456789", "secret-of-the-projector-0123456789"


@dataclass(frozen=True)
class Response:
    """What came back. body: of a stream, up to its first news."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def news(self):
        """Return the JSON that it holds, or the first news of a stream."""
        found = re.search(r"^data: (\{.*)$", self.body, re.MULTILINE)
        return json.loads(found[1] if found else self.body)

    def header(self, name):
        return dict(self.headers).get(name)


async def ask(app, method, path, content=None, headers=(), client="192.0.2.7"):
    """Return the response to a request. content: bytes as they are, or anything else as JSON."""
    body = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    sent = {"host": "poll", "content-type": "application/json", "content-length": str(len(body)), **dict(headers)}
    path, _, query = path.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode("latin-1")) for name, value in sent.items()],
        "client": (client, 50_000),
        "server": ("poll", 80),
        "state": {},
    }
    requests = [{"type": "http.request", "body": body, "more_body": False}]
    messages, enough = [], asyncio.Event()

    async def receive():
        if requests:
            return requests.pop()
        await enough.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        messages.append(message)
        if b"event: news" in message.get("body", b""):
            enough.set()

    await asyncio.wait_for(app(scope, receive, send), PATIENCE)
    start = messages[0]
    received = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"])
    return Response(start["status"], received, b"".join(one.get("body", b"") for one in messages[1:]).decode())


class World:
    """A poll, and what is asked of it. Its clock stands still."""

    def __init__(self, folder, made, **roster):
        """roster: as `About` has it."""
        folder.mkdir(exist_ok=True)
        Journal.create(folder / FILE, About(made, TEACHER, PROJECTOR, **roster))
        self.made, self.journal = made, Journal(folder / FILE)
        self.live = Live(self.journal, lambda: 1_000.0)
        self.server = Server(self.live, Address(8000, "http://poll"))
        self.app = self.server.app()
        self.cookies = {}  # as a header, by room

    @asynccontextmanager
    async def running(self):
        """Run the poll; the teacher's and the projector's pages are let in."""
        async with self.server.lifespan(None):
            for room, secret in (("teacher", TEACHER), ("projector", PROJECTOR)):
                entered = await self.ask("POST", f"/{room}/enter", {"secret": secret})
                self.cookies[room] = {"cookie": entered.header("set-cookie").partition(";")[0]}
            yield self
        self.journal.close()

    async def ask(self, method, path, content=None, headers=()):
        """Return the response to a request."""
        return await ask(self.app, method, path, content, headers)

    async def act(self, act, value=0, seconds=600):
        """Do what a teacher clicks."""
        content = {"act": act, "value": value, "seconds": seconds, "seen": self.live.steps}
        return await self.ask("POST", "/teacher/act", content, self.cookies["teacher"])
