"""Checks for every request, and headers for every response."""

import asyncio
import json
import logging
from collections.abc import Mapping
from typing import Any, TypeGuard
from urllib.parse import urlsplit

from sse_starlette.sse import SendTimeoutError
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 4096  # bytes of a request
PATIENCE = 10  # seconds that a request may take to arrive
KEYS = range(16, 65)  # characters of a browser's key
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TLS_ONLY = {"Strict-Transport-Security": "max-age=86400"}  # a day: another server may have the name tomorrow

log = logging.getLogger(__name__)


class Rejected(Exception):
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, sentence: str, again: float = 0.0, **more: object) -> None:
        """again: seconds after which the same request may be sent again."""
        self.status, self.content = status, {"error": sentence, **more}
        self.headers = {"Retry-After": str(max(1, round(again)))} if again else {}

    def response(self) -> JSONResponse:
        """Return what is sent."""
        return JSONResponse(self.content, self.status, self.headers)


def guarded(app: ASGIApp, has_tls: bool = False) -> ASGIApp:
    """Return an application whose responses have the headers above and are not stored unless they say so.

    An internal error is one line in the terminal, and clients see nothing of it.
    """
    own = HEADERS | TLS_ONLY if has_tls else HEADERS

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(own)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        try:
            await app(scope, receive, sending)
        except SendTimeoutError:  # a client that does not read its stream
            return
        except Exception as error:  # the client has its answer already
            log.error("internal error; please report it (%s: %s)", type(error).__name__, error)

    return wrapped


async def content(request: Request, host: str = "") -> dict[str, Any]:
    """Return the object that a request brings; raises Rejected for anything else, and for what other sites send.

    host: of the address that instructors gave, where a proxy may show another one. That a request must say that it is
    JSON keeps other sites' forms out, and browsers ask first whether their scripts may send it: they may not. A name that
    somebody points here (DNS rebinding) is another site: it has neither the cookies nor the keys of this one.
    """
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc not in (request.headers.get("Host"), host or None):
        raise Rejected(403, "This request comes from another site.")
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
        raise Rejected(415, "A request brings JSON.")
    try:
        sent = json.loads(await asyncio.wait_for(_body(request), PATIENCE))
    except asyncio.TimeoutError:
        raise Rejected(408, f"A request arrives within {PATIENCE} seconds.") from None
    except (ValueError, RecursionError, ClientDisconnect):
        raise Rejected(400, "This is not JSON.") from None
    if not isinstance(sent, dict):
        raise Rejected(400, "A request brings an object.")
    return sent


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise Rejected(413, f"A request has at most {LARGEST} bytes.")
    return bytes(body)


def is_key(key: object) -> TypeGuard[str]:
    """Return whether this can be the key of a browser."""
    return isinstance(key, str) and len(key) in KEYS and key.isascii() and key.isalnum()


def number(sent: Mapping[str, Any], name: str) -> int:
    """Return a whole number from a request; raises Rejected if it is missing."""
    found = sent.get(name)
    if type(found) is not int or not 0 < found < 2**53:
        raise Rejected(400, f"An answer has a {name}, a whole number.")
    return found
