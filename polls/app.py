"""The server of a poll: three pages, a stream of news for each, and answers as POST requests that may be sent again.

    /            the phone's page       /stream  /state  /answers  /join  /questions/...  /solutions/...  /code.svg
    /projector   the hall's page        /projector/enter  /projector/stream  /projector/state
    /teacher     the teacher's page     /teacher/enter  /teacher/stream  /teacher/state  /teacher/act

The secrets of the teacher's and the projector's links come after a #, which browsers do not send, so no log has them. Their
pages hand them in once, for a cookie.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager
from functools import cache
from itertools import product
from typing import Any

from sse_starlette import ServerSentEvent
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from polls import guard, limiting, pages, views
from polls.address import Address
from polls.door import Door
from polls.drawing import FIRST, OTHER
from polls.guard import Rejected, guarded, is_key, number
from polls.journal import Unwritten
from polls.limiting import Limits, TooMany, client
from polls.live import Late, Live
from polls.news import PING, News, as_json, stream
from polls.packed import Packed
from polls.state import MOST_SECONDS, Refused
from quizzes.grading.letters import letter
from quizzes.grading.marking import blanks
from quizzes.question import Choice
from quizzes.roster import identity

LONGEST = 200  # characters of an answer
PEOPLE = 5000  # the most people without a roster
DEVICES = 10  # of one student
MOST_VALUE = 10_000  # the largest value of an act: a question, a form, or what is shown
PAUSE = 0.25  # seconds at least between two counts
RETRY = 3  # seconds until the next attempt after the disk failed
LOOK = 3  # seconds between two checks of this machine's address


class Server:
    """All requests to a poll over the network."""

    def __init__(self, live: Live, address: Address, stop: Callable[[], None] = lambda: None) -> None:
        """stop: called when the poll itself cannot continue; `failure` says why."""
        self.live, self.address, self.language = live, address, live.language
        self._stop = stop
        self.failure: BaseException | None = None
        self.news = {
            "phone": News(live.stepped, lambda: views.phone(live)),
            "projector": News(live.counted, lambda: views.projector(live) | address.shown(), PAUSE),
            "teacher": News(live.counted, lambda: views.teacher(live) | address.shown(), PAUSE),
        }
        about = live.journal.about
        self._doors = {
            "teacher": Door("teacher", about.teacher, about.id),
            "projector": Door("projector", about.projector, about.id),
        }
        self._limits = Limits()
        self._logins = about.logins
        forms = product(range(live.state.questions), (FIRST, OTHER))
        self._forms = {f"{question + 1}.{form}": (question, form) for question, form in forms}
        lasting = {"Cache-Control": "max-age=86400, immutable"}
        self._files = {name: Packed(*file, lasting) for name, file in pages.files().items()}
        # A thousand phones ask for the same in one second.
        self._question = cache(lambda *form: _written(views.question(live.variant(*form), live.language)))
        self._solution = cache(lambda *form: _written(views.solution(live.variant(*form), live.language)))

    def app(self) -> ASGIApp:
        """Return the application."""
        routes = [
            Route("/", self.page("phone")),
            Route("/stream", self.stream_of_phone),
            Route("/state", self.state),
            Route("/answers", self.answers, methods=["POST"]),
            Route("/join", self.join, methods=["POST"]),
            Route("/questions/{name}", self.question),
            Route("/solutions/{name}", self.solution),
            Route("/code.svg", self.code),
            Route("/teacher/act", self.act, methods=["POST"]),
            Route("/pages/{name}", self.file),
        ]
        for room in self._doors:
            routes.append(Route(f"/{room}", self.page(room)))
            routes.append(Route(f"/{room}/enter", self.enter(room), methods=["POST"]))
            routes.append(Route(f"/{room}/stream", self.stream_of(room)))
            routes.append(Route(f"/{room}/state", self.state_of(room)))
        handlers: Any = {
            Rejected: _rejected,
            HTTPException: _unknown,
            TooMany: self._too_many,
            Unwritten: self._unwritten,
            Exception: self._failed,
        }
        return guarded(Starlette(routes=routes, exception_handlers=handlers, lifespan=self.lifespan), self.address.has_tls)

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Run the poll as long as the server."""
        running = [asyncio.create_task(self._run(self.live.run())), asyncio.create_task(self._run(self._watch_address()))]
        yield
        for each in running:
            each.cancel()
        await asyncio.wait(running)

    async def _run(self, part: Coroutine[Any, Any, None]) -> None:
        """Run a part of the poll, and stop the server if it fails: otherwise it would accept answers and store none."""
        try:
            await part
        except Exception as error:
            self.failure = error
            self._stop()

    async def _watch_address(self) -> None:
        """Keep checking where phones find this machine."""
        while True:
            await asyncio.sleep(LOOK)
            if await asyncio.to_thread(self.address.look):  # looking up names may take time
                self.live.counted.ring()

    def page(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler for one of the three pages; none of them holds anything secret."""
        written = cache(lambda: pages.page(name, self.live.made.quiz, self.live.journal.about.login))

        async def send(request: Request) -> Response:
            return HTMLResponse(written(), headers={"Cache-Control": "no-cache"})

        return send

    async def file(self, request: Request) -> Response:
        """Send a script or a style; its name changes with its content."""
        found = self._files.get(request.path_params["name"])
        if found is None:
            raise Rejected(404, "This file does not exist.")
        return found

    async def stream_of_phone(self, request: Request) -> Response:
        """Send a phone the news, and count it as present."""
        address = client(request)
        if not self._limits.may_stream(address):
            raise TooMany(PING)

        async def events() -> AsyncIterator[ServerSentEvent]:
            with self._limits.stream(address), self.live.phone_present():
                async for event in self.news["phone"].events():
                    yield event

        return stream(events())

    async def state(self, request: Request) -> Response:
        """Return the current state and a phone's own answers: after a reload, and while its stream is broken."""
        person = self._known_person(request.headers.get("Convgrade-Key", ""))
        own = views.own(self.live, person) if person else {"answers": []}
        return JSONResponse({**self.news["phone"].view(), **own, "joined": bool(person)})

    async def answers(self, request: Request) -> Response:
        """Take an answer; "kept" means that it is on the disk."""
        sent = await self._content(request)
        round, change, given = number(sent, "round"), number(sent, "change"), sent.get("given")
        if not isinstance(given, dict):
            raise Rejected(400, "An answer says what was given.")
        person = self._person(sent.get("key", ""))
        kept = self.live.kept(person, round)
        if kept >= change:
            return JSONResponse({"kept": kept})
        try:
            answer = self._checked(round, given)
            self._let_through(person, client(request))
            return JSONResponse({"kept": await self.live.answer(person, round, change, answer)})
        except Late:
            raise Rejected(409, self.language.say("This round is closed."), closed=True) from None

    async def join(self, request: Request) -> Response:
        """Let a phone answer as somebody on the roster."""
        sent = await self._content(request)
        key, code, address = sent.get("key", ""), sent.get("code", ""), client(request)
        if not is_key(key) or not isinstance(code, str):
            raise Rejected(400, "It takes a key and a code.")
        guesses = (limiting.GUESSES, key), (limiting.ALL_GUESSES, address)
        for limit, whose in guesses:
            self._limits.check(limit, whose)
        id = self._logins.get(identity(" ".join(code.split())))
        if id is None:
            for limit, whose in guesses:
                self._limits.count(limit, whose)
            raise Rejected(403, self.language.say("This is not on the course list."))
        devices = {each for each, whose in self.live.people.items() if whose == id} - {key}
        if len(devices) >= DEVICES:
            raise Rejected(403, self.language.say("You have joined with too many devices."))
        self._limits.count(limiting.ANSWERS, id)  # this is stored, too
        await self.live.admit(key, id)
        return JSONResponse({"joined": True})

    async def question(self, request: Request) -> Response:
        """Send what is asked, once it was opened; the teacher reads it at any time."""
        question, form = self._asked_for(request)
        was_opened = any(round.form == form for round in self.live.state.of(question))
        if not was_opened and not self._doors["teacher"].is_open_to(request):
            raise Rejected(404, "This question hasn't been asked yet.")
        return self._question(question, form)

    async def solution(self, request: Request) -> Response:
        """Send the key and the worked solution while the hall may see it; the teacher reads it at any time."""
        question, form = self._asked_for(request)
        if not self.live.state.has_shown(question, form) and not self._doors["teacher"].is_open_to(request):
            raise Rejected(404, "This solution is not shown yet.")
        return self._solution(question, form)

    async def code(self, request: Request) -> Response:
        """Send the address as a QR code."""
        return Response(self.address.code(), media_type="image/svg+xml")

    def enter(self, room: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler that exchanges the secret of a link for a cookie. The cookie alone is enough, too."""
        door = self._doors[room]

        async def send(request: Request) -> Response:
            secret = (await self._content(request)).get("secret")
            response = JSONResponse({"entered": True})
            if door.is_open_to(request):
                return response
            # A right one always works: a neighbour's guesses keep nobody out, and no number of guesses finds 192 bits.
            if not door.fits(secret):
                self._limits.count(limiting.ENTRIES, client(request))
                raise Rejected(403, self.language.say("This link is wrong: open the one that convgrade printed."))
            door.open_to(request, response)
            return response

        return send

    def stream_of(self, room: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler that sends the news to a page behind a secret."""

        async def send(request: Request) -> Response:
            self._must_enter(room, request)
            return stream(self.news[room].events())

        return send

    def state_of(self, room: str) -> Callable[[Request], Awaitable[Response]]:
        """Return the handler that sends the same once, for proxies that hold a stream back."""

        async def send(request: Request) -> Response:
            self._must_enter(room, request)
            return Response(self.news[room].text(), media_type="application/json")

        return send

    async def act(self, request: Request) -> Response:
        """Do what the teacher wants, if that is possible now."""
        self._must_enter("teacher", request)
        sent = await self._content(request)
        act, value, seconds, seen = sent.get("act"), sent.get("value", 0), sent.get("seconds", 0), sent.get("seen")
        numbers = type(value) is int and type(seconds) in (int, float) and type(seen) is int
        if act not in self.live.acts or not numbers or not (0 <= value <= MOST_VALUE and 0 <= seconds <= MOST_SECONDS):
            raise Rejected(400, f"An act is one of {', '.join(self.live.acts)}, with what the page has seen.")
        try:
            await self.live.act(act, value, float(seconds), seen)
        except Refused as refused:
            raise Rejected(409, self.language.say(str(refused))) from None
        return JSONResponse({"steps": self.live.steps})

    async def _content(self, request: Request) -> dict[str, Any]:
        return await guard.content(request, self.address.given_host)

    def _person(self, key: object) -> str:
        """Return who uses a browser's key; raises Rejected for what is not a key, and for strangers to the roster."""
        if not is_key(key):
            raise Rejected(400, "A key has from 16 to 64 letters and digits.")
        person = self._known_person(key)
        if not person:
            raise Rejected(403, self.language.say("Please say who you are first."), join=True)
        return person

    def _known_person(self, key: str) -> str:
        """Return who uses a browser's key, "" if nobody may."""
        if self._logins:
            return self.live.people.get(key, "")
        return key if is_key(key) else ""

    def _let_through(self, person: str, address: str) -> None:
        """Raise TooMany for somebody who answers too often, and for too many new people."""
        if not self._logins and person not in self.live.persons:
            if len(self.live.persons) >= PEOPLE:
                raise Rejected(403, self.language.say("This poll is full."))
            self._limits.count(limiting.NEWCOMERS, address)
        self._limits.count(limiting.ANSWERS, person)

    def _checked(self, number: int, given: Mapping[Any, Any]) -> dict[str, str]:
        """Return an answer as far as it can be one; raises Late for another round's, and Rejected for what cannot be."""
        round = self.live.state.round
        if round is None or round.number != number:
            raise Late
        variant = self.live.variant(round.question, round.form)
        names = blanks(variant)
        if not all(name in names and isinstance(text, str) for name, text in given.items()):
            raise Rejected(400, "This question has no such blank.")
        if sum(map(len, given.values())) > LONGEST:
            raise Rejected(400, self.language.say("An answer has at most {count} characters.", count=LONGEST))
        if isinstance(variant.answer, Choice):  # the hall must not read other texts
            letters = {letter(place) for place, _ in enumerate(variant.answer.options)}
            if not set(given.get("", "").split()) <= letters:
                raise Rejected(400, "This question has no such option.")
        return {name: "".join(each if each.isprintable() else " " for each in text) for name, text in given.items()}

    def _asked_for(self, request: Request) -> tuple[int, int]:
        """Return the question, from 0, and its form that an address names; raises Rejected where there is none."""
        asked = self._forms.get(request.path_params["name"])
        if asked is None:
            raise Rejected(404, "There is no such question.")
        return asked

    def _must_enter(self, room: str, request: Request) -> None:
        if not self._doors[room].is_open_to(request):
            raise Rejected(403, self.language.say("Open the link that convgrade printed."))

    async def _too_many(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, TooMany)
        sentence = self.language.say("Too many requests: wait a moment.")
        return Rejected(429, sentence, again=error.seconds).response()

    async def _unwritten(self, request: Request, error: Exception) -> Response:
        """Say that nothing was stored: the phone sends it again."""
        sentence = self.language.say("Your answer could not be saved yet.")
        return Rejected(503, sentence, again=RETRY).response()

    async def _failed(self, request: Request, error: Exception) -> Response:
        return Rejected(500, self.language.say("Something went wrong. Try again.")).response()


async def _rejected(request: Request, error: Exception) -> Response:
    assert isinstance(error, Rejected)
    return error.response()


async def _unknown(request: Request, error: Exception) -> Response:
    """Answer requests for unknown routes."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"error": error.detail}, error.status_code, error.headers)


def _written(view: Mapping[str, Any]) -> Response:
    return Packed(as_json(view).encode(), "application/json", {})
