"""The server of a poll: three pages, a stream of news for each, and answers as POST requests that may be sent again.

    /            the phone's page       /stream  /state  /answers  /join  /questions/...  /solutions/...  /code.svg
    /projector   the hall's page        /projector/enter  /projector/stream
    /teacher     the teacher's page     /teacher/enter  /teacher/stream  /teacher/act

The secrets of the teacher's and the projector's links stand behind a #, which no browser sends: so no log has them. Their
pages hand them in once, for a cookie.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from hmac import compare_digest
from typing import Any

from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from polls import pages, views
from polls.address import Address
from polls.live import Bell, Late, Live
from polls.state import ACTS, Refused
from quizzes.grading.marking import blanks
from quizzes.roster import identity

LARGEST = 4096  # bytes of a request
LONGEST = 200  # characters of an answer
KEYS = range(16, 65)  # characters of a browser's key
PING = 15  # seconds between two signs of life of a stream
PAUSE = 0.25  # seconds at least between two counts
FRESH = 0.5  # seconds for which a view that was written once is good for others
SECRET_ROOMS = ("teacher", "projector")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Rejected(Exception):
    """A request that is answered with a status and a sentence."""

    def __init__(self, status: int, sentence: str, **more: Any) -> None:
        self.status, self.content = status, {"error": sentence, **more}


class News:
    """What one kind of page is told: written once for all who look at it."""

    def __init__(self, bell: Bell, view: Callable[[], Mapping[str, Any]], pause: float = 0.0) -> None:
        self._bell, self._view, self._pause = bell, view, pause
        self._written: tuple[int, float, str] = (-1, 0.0, "")

    def text(self) -> str:
        """Return the view as JSON."""
        times, at, text = self._written
        now = asyncio.get_running_loop().time()
        if times != self._bell.times or now > at + FRESH:
            text = json.dumps(self._view(), separators=(",", ":"))
            self._written = self._bell.times, now, text
        return text

    async def stream(self) -> AsyncIterator[ServerSentEvent]:
        """Return the view, and again whenever it has changed."""
        while True:
            times = self._bell.times
            yield ServerSentEvent(self.text(), event="news")
            await self._bell.after(times)
            await asyncio.sleep(self._pause)


class Server:
    """Everything that is asked of a poll over the network."""

    def __init__(self, live: Live, address: Address) -> None:
        self.live, self.address = live, address
        self.news = {
            "phone": News(live.stepped, lambda: views.phone(live)),
            "projector": News(live.counted, lambda: views.projector(live) | address.shown(), PAUSE),
            "teacher": News(live.counted, lambda: views.teacher(live) | address.shown(), PAUSE),
        }
        self._roster = {identity(id): id for id, _ in live.journal.about.roster}

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [
            Route("/", self.page("phone")),
            Route("/stream", self.stream_of_phone),
            Route("/state", self.state),
            Route("/answers", self.answers, methods=["POST"]),
            Route("/join", self.join, methods=["POST"]),
            Route("/questions/{question:int}.{form:int}", self.question),
            Route("/solutions/{question:int}.{form:int}", self.solution),
            Route("/code.svg", self.code),
            Route("/teacher/act", self.act, methods=["POST"]),
            Route("/pages/{name}", self.file),
        ]
        for room in SECRET_ROOMS:
            routes.append(Route(f"/{room}", self.page(room)))
            routes.append(Route(f"/{room}/enter", self.enter(room), methods=["POST"]))
            routes.append(Route(f"/{room}/stream", self.stream_of(room)))
        rejecting: Any = {Rejected: lambda request, error: JSONResponse(error.content, error.status)}
        return with_headers(Starlette(routes=routes, exception_handlers=rejecting, lifespan=self.lifespan))

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Run the poll as long as the server."""
        running = asyncio.create_task(self.live.run())
        yield
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running

    def page(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """Return what sends one of the three pages; none of them holds anything that is secret."""

        async def send(request: Request) -> Response:
            return HTMLResponse(
                pages.page(name, self.live.made.quiz, bool(self._roster)), headers={"Cache-Control": "no-cache"}
            )

        return send

    async def file(self, request: Request) -> Response:
        """Send a script or a style; its name changes with its content."""
        found = pages.file(request.path_params["name"])
        if found is None:
            raise Rejected(404, "There is no such file.")
        content, kind = found
        return Response(content, media_type=kind, headers={"Cache-Control": "max-age=86400, immutable"})

    async def stream_of_phone(self, request: Request) -> Response:
        """Tell a phone what is new, and count it as present."""

        async def news() -> AsyncIterator[ServerSentEvent]:
            self.live.present += 1
            self.live.counted.ring()
            try:
                async for event in self.news["phone"].stream():
                    yield event
            finally:
                self.live.present -= 1
                self.live.counted.ring()

        return _stream(news())

    async def state(self, request: Request) -> Response:
        """Return the present state, and what a phone has answered: after a reload, and while its stream is broken."""
        person = self._person(request.headers.get("Convgrade-Key", ""), must=False)
        own = views.own(self.live, person) if person else {"answers": []}
        return JSONResponse(views.phone(self.live) | own | {"joined": bool(person)})

    async def answers(self, request: Request) -> Response:
        """Take an answer; "kept" means that it is on the disk."""
        sent = await _json(request)
        number, change, given = _number(sent, "round"), _number(sent, "change"), sent.get("given")
        if not isinstance(given, dict):
            raise Rejected(400, "An answer says what was given.")
        person = self._person(sent.get("key", ""))
        kept = self.live.kept(person, number)
        try:
            if kept < change:
                kept = await self.live.answer(person, number, change, self._checked(number, given))
        except Late:
            raise Rejected(409, "This round is closed.", closed=True) from None
        return JSONResponse({"kept": kept})

    async def join(self, request: Request) -> Response:
        """Let a phone answer as somebody of the roster."""
        sent = await _json(request)
        key, code = sent.get("key", ""), sent.get("code", "")
        if not _is_key(key) or not isinstance(code, str):
            raise Rejected(400, "It takes a key and a code.")
        id = self._roster.get(identity(" ".join(code.split())))
        if id is None:
            raise Rejected(403, "This is not on the list of this course.")
        await self.live.admit(key, id)
        return JSONResponse({"joined": True})

    async def question(self, request: Request) -> Response:
        """Send what is asked, once it was opened."""
        question, form = request.path_params["question"] - 1, request.path_params["form"]
        if not any(round.form == form for round in self.live.state.of(question)):
            raise Rejected(404, "This question was not asked yet.")
        return JSONResponse(views.question(self.live.variant(question, form), self.live.language))

    async def solution(self, request: Request) -> Response:
        """Send the key and the worked solution while the hall may see it; the teacher may at any time."""
        question, form = request.path_params["question"] - 1, request.path_params["form"]
        known = question in range(self.live.state.questions) and form in (0, 1)
        if not known or not (self._is_let_into("teacher", request) or self.live.state.has_shown(question, form)):
            raise Rejected(404, "This solution is not shown yet.")
        return JSONResponse(views.solution(self.live.variant(question, form), self.live.language))

    async def code(self, request: Request) -> Response:
        """Send the address as a QR code."""
        return Response(self.address.code(), media_type="image/svg+xml")

    def enter(self, room: str) -> Callable[[Request], Awaitable[Response]]:
        """Return what exchanges the secret of a link for a cookie."""

        async def send(request: Request) -> Response:
            secret = (await _json(request)).get("secret", "")
            if not isinstance(secret, str) or not compare_digest(secret.encode(), self._secret(room).encode()):
                raise Rejected(403, "This link is not right: take the one that convgrade has printed.")
            response = JSONResponse({"entered": True})
            safe = request.url.scheme == "https"
            response.set_cookie(room, self._pass(room), path="/", httponly=True, samesite="strict", secure=safe)
            return response

        return send

    def stream_of(self, room: str) -> Callable[[Request], Awaitable[Response]]:
        """Return what tells a page behind a secret what is new."""

        async def send(request: Request) -> Response:
            if not self._is_let_into(room, request):
                raise Rejected(403, "Open the link that convgrade has printed.")
            return _stream(self.news[room].stream())

        return send

    async def act(self, request: Request) -> Response:
        """Do what the teacher wants, if it can be done now."""
        if not self._is_let_into("teacher", request):
            raise Rejected(403, "Open the link that convgrade has printed.")
        sent = await _json(request)
        act, value, seconds, seen = sent.get("act"), sent.get("value", 0), sent.get("seconds", 0), sent.get("seen")
        if act not in ACTS or not (type(value) is int and type(seconds) in (int, float) and type(seen) is int):
            raise Rejected(400, f"An act is one of {', '.join(ACTS)}, with what the page has seen.")
        try:
            await self.live.act(act, value, float(seconds), seen)
        except Refused as refused:
            raise Rejected(409, self.live.language.say(str(refused))) from None
        return JSONResponse({"steps": self.live.steps})

    def _person(self, key: Any, must: bool = True) -> str:
        """Return who uses a browser's key; raises Rejected for what is not a key, and for strangers to the roster."""
        if not _is_key(key):
            if must:
                raise Rejected(400, "A key has from 16 to 64 letters and digits.")
            return ""
        if not self._roster:
            return key
        if key not in self.live.people and must:
            raise Rejected(403, "Say first who you are.", join=True)
        return self.live.people.get(key, "")

    def _checked(self, number: int, given: Mapping[Any, Any]) -> dict[str, str]:
        """Return an answer as far as it can be one; raises Rejected for any other."""
        round = self.live.state.round
        if round is None or round.number != number:
            raise Rejected(409, "This round is closed.", closed=True)
        names = blanks(self.live.variant(round.question, round.form))
        if not all(name in names and isinstance(text, str) for name, text in given.items()):
            raise Rejected(400, "This question has no such blank.")
        if sum(map(len, given.values())) > LONGEST:
            raise Rejected(400, f"An answer has at most {LONGEST} characters.")
        return {name: "".join(each if each.isprintable() else " " for each in text) for name, text in given.items()}

    def _secret(self, room: str) -> str:
        return {"teacher": self.live.journal.about.teacher, "projector": self.live.journal.about.projector}[room]

    def _pass(self, room: str) -> str:
        """Return the cookie that opens a page: the same after a restart, and it does not tell the secret of the link."""
        return sha256(f"{room} {self._secret(room)}".encode()).hexdigest()

    def _is_let_into(self, room: str, request: Request) -> bool:
        return compare_digest(request.cookies.get(room, "").encode(), self._pass(room).encode())


def with_headers(app: ASGIApp) -> ASGIApp:
    """Return an application whose every response has the headers above, and is kept nowhere unless it says so."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await app(scope, receive, sending)

    return wrapped


def _stream(news: AsyncIterator[ServerSentEvent]) -> Response:
    # A sign of life that the page's script sees; comments are seen by proxies alone.
    return EventSourceResponse(news, ping=PING, ping_message_factory=lambda: ServerSentEvent("", event="alive"))


async def _json(request: Request) -> dict[str, Any]:
    """Return the object that a request brings. That it must say so keeps the forms of other sites out."""
    if request.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
        raise Rejected(415, "A request brings JSON.")
    body = bytearray()
    with suppress(ClientDisconnect):
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                raise Rejected(413, f"A request has at most {LARGEST} bytes.")
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        raise Rejected(400, "This is not JSON.") from None
    if not isinstance(sent, dict):
        raise Rejected(400, "A request brings an object.")
    return sent


def _is_key(key: Any) -> bool:
    return isinstance(key, str) and len(key) in KEYS and key.isascii() and key.isalnum()


def _number(sent: Mapping[str, Any], name: str) -> int:
    number = sent.get(name)
    if type(number) is not int or not 0 < number < 2**53:
        raise Rejected(400, f"An answer has a {name}, a whole number.")
    return number
