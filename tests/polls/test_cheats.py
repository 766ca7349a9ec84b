"""What clever students and strangers try: all places, other people's answers, the teacher's way in, the disk's time."""

import asyncio
import json
from urllib.parse import quote

import pytest
import uvicorn
from uvicorn.server import ServerState

from polls import limiting
from polls.app import PEOPLE
from polls.connection import Connection
from polls.journal import FILE
from tests.polls.asking import World
from tests.polls.conftest import drawn
from tests.quizzes import made

KEY = "0123456789abcdef"


class Transport(asyncio.Transport):
    """A connection from an address, as far as the server looks at it."""

    def __init__(self, address):
        super().__init__({"peername": (address, 50_000), "sockname": ("192.0.2.1", 80)})
        self.is_open = True

    def abort(self):
        self.is_open = False

    close = abort


def let_in(*addresses, most):
    """Connect from these addresses, one after the other; returns which of them are let in."""

    async def connect():
        config = uvicorn.Config(lambda scope, receive, send: None)
        config.load()
        state = ServerState()
        connections = [(Connection(config, state, {}), Transport(address)) for address in addresses]
        for connection, transport in connections:
            connection.most = most
            connection.connection_made(transport)
        opened = [transport.is_open for _, transport in connections]
        for connection, _ in connections:
            connection.connection_lost(None)
        return opened

    return asyncio.run(connect())


def test_one_laptop_cannot_take_all_places():
    assert let_in(*["192.0.2.66"] * 7, *["192.0.2.7"] * 3, "192.0.2.8", most=10) == [True] * 5 + [False] * 2 + [
        True
    ] * 3 + [False]
    assert let_in(*(f"2001:db8::{last}" for last in range(6)), "2001:db8:1::1", most=10) == [True] * 5 + [False, True]
    assert all(let_in(*["127.0.0.1"] * 20, most=10))


def test_places_are_given_back():
    assert let_in(*["192.0.2.66"] * 5, most=10) == let_in(*["192.0.2.66"] * 5, most=10) == [True] * 5
    assert not Connection.from_address


def test_one_laptop_cannot_fill_a_poll():
    lecture = 3 * 3600  # seconds
    assert limiting.NEWCOMERS.get_expiry() >= lecture
    assert limiting.NEWCOMERS.amount < PEOPLE


def asked(folder, *makes, **roster):
    """Return a decorator that runs a function of the world of a poll whose first question is open."""

    def run(scenario):
        async def lecture():
            async with World(folder, drawn(*makes), **roster).running() as world:
                assert (await world.act("open")).status == 200
                await scenario(world)

        asyncio.run(lecture())

    return run


def answer(text, change=1, key=KEY):
    return {"key": key, "round": 1, "change": change, "given": {"": text}}


def test_joining_again_and_again_does_not_keep_the_disk_busy(tmp_path):
    @asked(tmp_path, made.number, roster=(("s1", "Ada"),), logins={"s1": "s1"})
    async def scenario(world):
        joined = [await world.ask("POST", "/join", {"key": KEY, "code": "s1"}) for _ in range(limiting.ANSWERS.amount + 5)]
        assert (joined[0].status, joined[-1].status) == (200, 429)


@pytest.mark.parametrize("make", [made.choice, made.several])
def test_nobody_writes_on_the_screen_where_options_are_ticked(tmp_path, make):
    @asked(tmp_path, make)
    async def scenario(world):
        for text in ("The lecturer is late", "A hello", "Z", "<b>A</b>"):
            assert (await world.ask("POST", "/answers", answer(text))).status == 400, text
        for change, text in enumerate(("A", "", "A B"), 1):
            assert (await world.ask("POST", "/answers", answer(text, change))).status == 200, text


@pytest.mark.parametrize("happens", ["deleted", "moved", "replaced"])
def test_nothing_is_received_that_nobody_will_find(tmp_path, happens):
    @asked(tmp_path, made.number)
    async def scenario(world):
        path, aside = tmp_path / FILE, tmp_path / "aside"
        if happens == "replaced":
            path.rename(aside)
            path.write_bytes(aside.read_bytes())
        else:
            path.rename(aside)
        assert (await world.ask("POST", "/answers", answer("1"))).status == 503
        assert FILE in (await world.ask("GET", "/teacher/state", None, world.cookies["teacher"])).news()["warning"]
        if happens == "moved":
            aside.rename(path)
            assert (await world.ask("POST", "/answers", answer("1"))).status == 200


@pytest.mark.slow
def test_a_link_with_a_key_does_not_make_somebody_of_its_author(lecture, open_page):
    poll = lecture(made.number, roster=[("s1", "Ada")])
    poll.ask(0)
    known = "0" * 32  # to the author of the link
    link = quote(json.dumps({"poll": poll.news()["poll"], "key": known, "unsent": []}))
    page = open_page(f"{poll.url}/#{link}")
    page.locator("#code").fill("s1")
    page.get_by_role("button", name="Take part").click()
    page.get_by_label("Your answer").fill("3")
    page.locator("#status", has_text="Received").wait_for()
    assert poll.answer("4", key=known).status_code == 403
    assert poll.kept() == {(1, "s1"): {"": "3"}}
