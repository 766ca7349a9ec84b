"""A lecture for tests: a poll of made-up questions, served on a free port of this machine, and its teacher."""

import asyncio
import contextlib
import os
import socket
import tempfile
import threading
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import uvicorn

from polls.address import Address
from polls.app import Server
from polls.journal import FILE, About, Journal
from polls.live import Live
from polls.serving import listening_sockets
from quizzes.language import ENGLISH
from quizzes.quiz import Entry, GeneratedQuiz, Quiz, Version
from quizzes.roster import Owner, identity
from tests.quizzes import made

TEACHER, PROJECTOR = "the-secret-of-the-teacher", "the-secret-of-the-projector"
KEY = "0123456789abcdef"  # of a phone; tests add a letter for another
MEMORY = "/dev/shm"  # of Linux: a file system that is no disk
PATIENCE = 60  # seconds that anything may take, on the slowest machine

with contextlib.suppress(ImportError):
    from playwright.sync_api import expect

    expect.set_options(timeout=1000 * PATIENCE)


def drawn(*makes, language=ENGLISH):
    """Return questions of tests/quizzes/made.py in their two forms."""
    names = [make.__name__ for make in makes]
    variants = [[made.variant(make, index=form) for make in makes] for form in (0, 1)]
    return of_variants(*variants, names=names, language=language)


def of_variants(first, other, names=(), language=ENGLISH):
    """Return a poll of these variants: of each question the first form, and the other one."""
    entries = tuple(Entry(name, 1.0, 1, "typed") for name in names or [each.template for each in first])
    versions = (
        Version(Owner("1", "", True), "AAAA-AAAA", tuple(first)),
        Version(Owner("2", "", True), "BBBB-BBBB", tuple(other)),
    )
    return GeneratedQuiz(Quiz("lecture", "A lecture", "", entries, language=language), versions)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class Lecture:
    """A poll that is served. Stop and start it as often as you like: its address stays."""

    def __init__(self, folder, made, roster=()):
        self.path = folder / FILE
        logins = {identity(id): id for id, _ in roster}
        Journal.create(self.path, About(made, TEACHER, PROJECTOR, tuple(roster), logins))
        self.made = made
        self.port = free_port()
        self.http = httpx.Client(base_url=self.url, timeout=PATIENCE)
        self.teacher = httpx.Client(base_url=self.url, timeout=PATIENCE)
        self.start()
        self.teacher.post("/teacher/enter", json={"secret": TEACHER}).raise_for_status()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def teacher_link(self):
        return f"{self.url}/teacher#{TEACHER}"

    @property
    def projector_link(self):
        return f"{self.url}/projector#{PROJECTOR}"

    def start(self, live=Live):
        """Serve what the journal holds; live: as what."""
        self.journal = Journal(self.path)
        self.live = live(self.journal)
        app = Server(self.live, Address(self.port, self.url)).app()
        config = uvicorn.Config(app, log_level="critical", access_log=False)
        self.server = uvicorn.Server(config)
        sockets = list(listening_sockets("127.0.0.1", self.port))
        self.thread = threading.Thread(target=lambda: asyncio.run(self.server.serve(sockets)), daemon=True)
        self.thread.start()

    def stop(self):
        """Stop the server, in the middle of whatever it does."""
        self.server.should_exit = self.server.force_exit = True
        self.thread.join(PATIENCE)
        assert not self.thread.is_alive()
        self.journal.close()

    def close(self):
        self.http.close()
        self.teacher.close()
        if self.thread.is_alive():
            self.stop()

    def news(self, key=""):
        """Return what a phone may know, with its own answers if it has a key."""
        return self.http.get("/state", headers={"Convgrade-Key": key}).raise_for_status().json()

    def act(self, act, value=0, seconds=600):
        """Do what a teacher clicks; returns the response."""
        return self.teacher.post(
            "/teacher/act", json={"act": act, "value": value, "seconds": seconds, "seen": self.news()["steps"]}
        )

    def ask(self, question, form=0, seconds=600):
        """Go to a question, from 0, and open a round of it; returns the round's number."""
        self.act("go", question).raise_for_status()
        self.act("open", form, seconds).raise_for_status()
        return self.news()["round"]["number"]

    def answer(self, text, key=KEY, round=None, change=1):
        """Answer as a phone does; text: of the only blank, or a dict of all. Returns the response."""
        given = text if isinstance(text, dict) else {"": text}
        round = self.news()["round"]["number"] if round is None else round
        return self.http.post("/answers", json={"key": key, "round": round, "change": change, "given": given})

    def kept(self):
        """Return the answer that counts, by round and person."""
        return {
            (number, person): dict(one.given)
            for number, latest in self.live.latest.items()
            for person, one in latest.items()
        }


@pytest.fixture(scope="session")
def tmp_path_factory():
    """Makes folders in memory, where there can be: a poll waits for the disk after each answer, as no test can notice."""
    with tempfile.TemporaryDirectory(prefix="convgrade-polls-", dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as root:
        yield SimpleNamespace(mktemp=lambda name: Path(tempfile.mkdtemp(prefix=f"{name}-", dir=root)))


@pytest.fixture
def tmp_path(tmp_path_factory):
    return tmp_path_factory.mktemp("test")


@pytest.fixture
def open_page(browser):
    """Return what opens a page, each time in a browser of its own or in the given context; no script may fail."""
    contexts, errors = [], []

    def begin(address, size=(1280, 740), context=None, init="", **options):
        width, height = size
        if context is None:
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce", **options)
            contexts.append(context)
        context.set_default_timeout(1000 * PATIENCE)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(init)
        page.goto(address)
        return page

    yield begin
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def lecture(tmp_path):
    """Return what serves a poll: of a number, a grid, a choice and several to tick, or of what a test asks for."""
    lectures = []

    def begin(*makes, made_of=None, **options):
        folder = tmp_path / f"poll-{len(lectures)}"
        folder.mkdir()
        questions = made_of or drawn(*(makes or (made.number, made.grid, made.choice, made.several)))
        lectures.append(Lecture(folder, questions, **options))
        return lectures[-1]

    yield begin
    for each in lectures:
        each.close()
