"""Requests to a poll's application, without a network: every byte of a response is seen, also of a stream that goes on."""

import asyncio
import json
from dataclasses import dataclass

PATIENCE = 20  # seconds


@dataclass(frozen=True)
class Response:
    """What came back. body: of a stream, up to its first news."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def json(self):
        return json.loads(self.body)

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
