"""A lecture shown again: all of it in its order, at the pace of whoever watches, and nothing changes its record."""

import asyncio
import sqlite3

import httpx
import pytest

from polls.address import Address
from polls.afterwards.replay import FASTEST, Replay
from polls.app import Server
from polls.journal import FILE, Journal
from polls.live import Late, Live
from polls.state import Done
from tests.polls.conftest import KEY, PATIENCE, TEACHER, drawn
from tests.polls.recorded import BEGAN, LASTS, PAUSE, record
from tests.quizzes import made

DAY = 86_400.0  # seconds between two rounds
ROUNDS = [
    (0, 0, {"ada": [{"": "1"}, {"": "2660"}], "bob": {"": "1330"}}),
    (0, 1, {"ada": {"": "2480"}, "bob": {"": "2480"}}),
    (1, 0, {"cy": {"": "C"}}),
]


@pytest.fixture
def shown(tmp_path):
    """Return what shows the lecture above again, and how it stood in the end. Its roster has Ada alone."""

    def show(speed=1.0, pause=PAUSE):
        journal = record(tmp_path, drawn(made.number, made.choice), ROUNDS, [("ada", "Ada")], pause=pause)
        journal.write(Done(BEGAN + 10 * pause, "end"))
        journal.close()
        journal = Journal(tmp_path / FILE)
        end, replay = Live(journal), Replay(journal, speed)
        journal.close()  # nothing is written into it any more
        return replay, end

    return show


def content(folder):
    """Return what a journal holds."""
    file = sqlite3.connect(folder / FILE)
    dump = list(file.iterdump())
    file.close()
    return dump


async def until(holds):
    """Wait until something holds."""

    async def look():
        while not holds():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(look(), PATIENCE)


async def to_the_next_step(replay):
    """Hurry to the next thing that was done."""
    steps = replay.steps
    await replay.act("next", seen=steps)
    await until(lambda: replay.steps > steps)
    assert replay.steps == steps + 1


def watched(replay, watch):
    """Run a replay while it is watched."""

    async def both():
        running = asyncio.create_task(replay.run())
        await watch()
        running.cancel()

    asyncio.run(both())


@pytest.mark.costly
def test_everything_happens_again_and_a_day_of_waiting_is_cut(shown, tmp_path):
    replay, end = shown(FASTEST, pause=DAY)
    before = content(tmp_path)
    asyncio.run(asyncio.wait_for(replay.run(), PATIENCE))
    assert replay.state.rounds == end.state.rounds and replay.latest == end.latest
    assert [replay.tally(each) for each in replay.state.rounds] == [end.tally(each) for each in end.state.rounds]
    assert replay.state.shown == end.state.shown and end.state.ended and not replay.state.ended  # its pages stay
    assert content(tmp_path) == before


def test_step_by_step_in_a_pause(shown):
    replay, end = shown()

    async def watch():
        await replay.act("pause")
        seen = []
        for _ in range(end.steps - 1):
            await to_the_next_step(replay)
            seen.append((replay.state.question, replay.state.is_open, replay.answered(replay.state.round)))
        assert seen == [
            *[(0, False, 0), (0, True, 0), (0, False, 2)],
            *[(0, False, 2), (0, True, 0), (0, False, 2)],
            *[(1, False, 0), (1, True, 0), (1, False, 1)],
            (1, False, 1),
        ]
        assert replay.state.showing == "solution"

    watched(replay, watch)


def test_a_double_click_is_one_step(shown):
    replay, _ = shown()

    async def watch():
        await replay.act("pause")
        await to_the_next_step(replay)
        await replay.act("next", seen=0)  # the page has not yet heard of the first one
        await asyncio.sleep(0.1)  # in which nothing happens
        assert replay.steps == 1

    watched(replay, watch)


def test_the_pace(shown):
    replay, _ = shown()

    async def watch():
        await replay.act("pause")
        for _ in range(2):
            await to_the_next_step(replay)
        assert replay.state.is_open and replay.left() is None  # a countdown would run on
        await replay.act("go on")
        assert 0 < replay.left() <= LASTS
        for _ in range(3):
            await replay.act("faster")
        assert replay.pace == {"paused": False, "over": False, "speed": 8} and 0 < replay.left() <= LASTS / 8
        for _ in range(20):
            await replay.act("faster")
        assert replay.pace["speed"] == FASTEST
        await until(lambda: not replay.state.is_open)
        for _ in range(20):
            await replay.act("slower")
        assert replay.pace["speed"] == 0.25

    watched(replay, watch)


def test_phones_watch_and_change_nothing(shown, tmp_path):
    replay, _ = shown()
    before = content(tmp_path)

    async def watch():
        await replay.act("pause")
        for _ in range(2):
            await to_the_next_step(replay)
        transport = httpx.ASGITransport(Server(replay, Address(80, "http://poll")).app())
        async with httpx.AsyncClient(transport=transport, base_url="http://poll") as http:
            answer = {"key": KEY, "round": 1, "change": 1, "given": {"": "5"}}
            assert (await http.post("/answers", json=answer)).status_code == 409
            assert (await http.post("/join", json={"key": KEY, "code": "ada"})).status_code == 403
            assert (await http.get("/state", headers={"Convgrade-Key": KEY})).json()["phase"] == "open"
            await http.post("/teacher/enter", json={"secret": TEACHER})
            asked = {"act": "close", "value": 0, "seconds": 0, "seen": replay.steps}
            assert (await http.post("/teacher/act", json=asked)).status_code == 400
            assert (await http.post("/teacher/act", json={**asked, "act": "faster"})).json() == {"steps": 2}
        with pytest.raises(Late):
            await replay.answer("ada", 1, 9, {"": "2660"})

    watched(replay, watch)
    assert content(tmp_path) == before


@pytest.mark.costly
def test_a_clock_that_was_set_back_does_not_change_the_order(tmp_path):
    journal = record(tmp_path, drawn(made.number), ROUNDS[:1], shown=False)
    journal.write(Done(BEGAN, "open", 1, LASTS))  # the server was started again, an hour earlier
    replay, end = Replay(journal, FASTEST), Live(journal)
    journal.close()
    asyncio.run(asyncio.wait_for(replay.run(), PATIENCE))
    assert [each.name for each in replay.state.rounds] == [each.name for each in end.state.rounds] == ["think", "group"]


def test_an_empty_record(tmp_path):
    journal = record(tmp_path, drawn(made.number), [])
    replay = Replay(journal)
    journal.close()
    asyncio.run(asyncio.wait_for(replay.run(), PATIENCE))
    assert replay.steps == 0


@pytest.mark.costly
def test_the_hall_and_phones_see_it_again(lecture, browser):
    poll = lecture(made.number)
    poll.ask(0)
    poll.answer("2660"), poll.answer("1330", key=f"{KEY}a")
    for act, value in (("close", 0), ("show", 1)):
        poll.act(act, value).raise_for_status()
    poll.stop()
    poll.start(Replay)
    faults = []
    projector, phone = (browser.new_context().new_page() for _ in range(2))
    for page, link in ((projector, poll.projector_link), (phone, poll.url)):
        page.set_default_timeout(1000 * PATIENCE)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(link)
    poll.act("pause")
    while poll.news()["phase"] != "open":
        poll.act("next")
    phone.get_by_text("This is a replay: it takes no answers.", exact=True).wait_for()
    projector.get_by_text("What is two times 1330?").wait_for()
    assert phone.locator("#answer input").count() == 1 and phone.locator("#answer input:enabled").count() == 0
    while poll.news()["shown"] != "answers":
        poll.act("next")
    for page in (projector, phone):
        page.locator("#results").get_by_text("1330").first.wait_for()
    assert not faults
    for page in (projector, phone):
        page.context.close()
