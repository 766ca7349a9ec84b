"""A poll while it runs: what it acknowledges is on the disk, and it goes on whatever happens to disk, clock and server."""

import asyncio
import threading
import time
from contextlib import asynccontextmanager, closing, suppress

import pytest

from polls import live as living
from polls.journal import FILE, About, Answer, Journal, Unwritten
from polls.live import BACK, GRACE, Late, Live
from polls.state import Done, Refused
from tests.polls.conftest import PATIENCE, drawn
from tests.polls.disk import full
from tests.quizzes.made import grid, number


class Clock:
    """A clock that a test sets."""

    def __init__(self):
        self.time = 1000.0

    def __call__(self):
        return self.time


@pytest.fixture
def path(tmp_path):
    Journal.create(tmp_path / FILE, About(drawn(number, grid), "teacher's", "projector's"))
    return tmp_path / FILE


@asynccontextmanager
async def running(path, clock=None):
    """Run a poll from its file, as long as the block takes."""
    with closing(Journal(path)) as journal:
        live = Live(journal, clock)
        task = asyncio.create_task(live.run())
        yield live
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(bell, condition):
    """Wait until something is so."""

    async def wait():
        while not condition():
            await bell.after(bell.times)

    await asyncio.wait_for(wait(), PATIENCE)


def on_disk(path):
    with closing(Journal(path)) as journal:
        return {(one.round, one.person, one.change): one.given[""] for one in journal.answers()}


def test_what_is_acknowledged_is_on_the_disk(path):
    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 60.0)
            for person in ("ada", "bob"):
                assert await live.answer(person, 1, 1, {"": person}) == 1
                assert person in [one.person for one in live.journal.answers()]
            assert live.answered(live.state.round) == 2

    asyncio.run(lecture())
    assert on_disk(path) == {(1, "ada", 1): "ada", (1, "bob", 1): "bob"}


def test_the_greatest_change_counts_in_whatever_order_they_come(path):
    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 60.0)
            assert await live.answer("ada", 1, 5, {"": "five"}) == 5
            assert await live.answer("ada", 1, 3, {"": "three"}) == 5
            assert await live.answer("ada", 1, 5, {"": "five again"}) == 5
            assert live.latest[1]["ada"].given == {"": "five"}
            return live.latest

    before = asyncio.run(lecture())
    with closing(Journal(path)) as journal:
        assert Live(journal).latest == before


def test_answers_that_come_while_the_disk_is_busy_are_written_together(path, monkeypatch):
    groups, busy = [], threading.Event()
    keep = Journal.keep

    def slowly(journal, answers):
        groups.append(len(answers))
        busy.wait(PATIENCE)
        keep(journal, answers)

    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 60.0)
            monkeypatch.setattr(Journal, "keep", slowly)
            sent = [asyncio.create_task(live.answer(f"p{place}", 1, 1, {"": "3"})) for place in range(100)]
            while not groups:
                await asyncio.sleep(0.01)
            more = [asyncio.create_task(live.answer(f"q{place}", 1, 1, {"": "3"})) for place in range(100)]
            await asyncio.sleep(0.05)
            assert not any(each.done() for each in sent)
            assert live.answered(live.state.round) == 0
            busy.set()
            assert set(await asyncio.gather(*sent, *more)) == {1}

    asyncio.run(lecture())
    assert len(groups) < 5
    assert len(on_disk(path)) == 200


def test_a_round_closes_when_its_time_is_up_and_takes_what_was_sent_at_the_last_moment(path):
    clock = Clock()

    async def lecture():
        async with running(path, clock) as live:
            await live.act("open", 0, 60.0)
            clock.time += 60.0 + GRACE / 2
            assert live.left() == 0.0
            assert await live.answer("ada", 1, 1, {"": "3"}) == 1

    asyncio.run(lecture())


def test_nobody_has_to_close_a_round(path, monkeypatch):
    monkeypatch.setattr(living, "GRACE", 0.05)

    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 0.05)
            await until(live.stepped, lambda: not live.state.is_open)
            with pytest.raises(Late):
                await live.answer("ada", 1, 1, {"": "3"})

    asyncio.run(lecture())
    assert not on_disk(path)


def test_an_answer_to_another_round_is_late(path):
    async def lecture():
        async with running(path) as live:
            with pytest.raises(Late):
                await live.answer("ada", 1, 1, {"": "3"})
            await live.act("open", 0, 60.0)
            await live.act("close")
            await live.act("open", 1, 60.0)
            for round in (1, 3):
                with pytest.raises(Late):
                    await live.answer("ada", round, 1, {"": "3"})

    asyncio.run(lecture())


def test_a_double_click_acts_once(path):
    async def lecture():
        async with running(path) as live:
            twice = [live.act("open", 0, 60.0, seen=0) for _ in range(2)]
            found = await asyncio.gather(*twice, return_exceptions=True)
            assert [type(each) for each in found] == [type(None), Refused]
            await live.act("close", seen=1)
            with pytest.raises(Refused, match="moved on"):
                await live.act("open", 1, 60.0, seen=1)
            assert len(live.state.rounds) == 1

    asyncio.run(lecture())


def test_a_server_that_comes_back_goes_on_where_it_was(path):
    clock = Clock()

    async def before():
        async with running(path, clock) as live:
            await live.act("go", 1)
            await live.act("open", 0, 60.0)
            await live.answer("ada", 1, 1, {"": "3"})
            return live.state, live.latest

    async def afterwards(times):
        async with running(path, clock) as live:
            await until(live.stepped, lambda: live.left() >= BACK)
            assert live.steps == 2 + times
            assert live.left() == pytest.approx(BACK)
            assert live.latest == latest
            assert (live.state.question, live.state.round.number) == (state.question, 1)
            assert await live.answer("bob", 1, times, {"": "4"}) == times

    state, latest = asyncio.run(before())
    clock.time += 55.0
    asyncio.run(afterwards(1))
    latest = {1: {**latest[1], "bob": Answer(1, "bob", 1, clock.time, {"": "4"})}}
    clock.time += 3600.0
    asyncio.run(afterwards(2))


def test_a_round_with_enough_time_left_gets_no_more(path):
    clock = Clock()

    async def lecture(acts):
        async with running(path, clock) as live:
            for act in acts:
                await live.act(*act)
            await asyncio.sleep(0.02)
            return live.left(), live.steps

    asyncio.run(lecture([("open", 0, 60.0)]))
    assert asyncio.run(lecture([])) == (60.0, 1)


def test_a_full_disk_acknowledges_nothing_and_warns_the_teacher_until_there_is_space(path):
    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 60.0)
            await live.answer("ada", 1, 1, {"": "3"})
            with full(path):
                sent = [live.answer(f"p{place}", 1, 1, {"": "x" * 200}) for place in range(50)]
                found = await asyncio.gather(*sent, return_exceptions=True)
                assert {type(each) for each in found} == {Unwritten}
                with pytest.raises(Unwritten):
                    await live.act("close")
                assert "Free some disk space" in live.warning
                assert live.state.is_open
                assert live.answered(live.state.round) == 1
            assert await live.answer("p1", 1, 1, {"": "4"}) == 1
            assert not live.warning
            await live.act("close")

    asyncio.run(lecture())
    assert on_disk(path) == {(1, "ada", 1): "3", (1, "p1", 1): "4"}


def test_a_round_whose_end_could_not_be_written_closes_when_there_is_space_again(path, monkeypatch):
    monkeypatch.setattr(living, "GRACE", 0.05)
    clock = Clock()

    async def lecture():
        async with running(path, clock) as live:
            await live.act("open", 0, 60.0)
            with full(path):
                clock.time += 61.0
                live.stepped.ring()  # the time is looked at again
                await until(live.counted, lambda: live.warning)
            await until(live.stepped, lambda: not live.state.is_open)

    asyncio.run(lecture())


def test_a_machine_that_wakes_up_after_the_end_of_a_round_waits_for_the_phones(path, monkeypatch):
    monkeypatch.setattr(living, "GRACE", 0.05)
    clock = Clock()

    async def lecture():
        async with running(path, clock) as live:
            await live.act("open", 0, 60.0)
            clock.time += 3600.0
            live.stepped.ring()  # the time is looked at again
            await until(live.stepped, lambda: live.left() != 0.0)
            assert live.left() == pytest.approx(BACK)
            assert await live.answer("ada", 1, 1, {"": "3"}) == 1
            clock.time += BACK + 1.0
            live.stepped.ring()
            await until(live.stepped, lambda: not live.state.is_open)

    asyncio.run(lecture())


def test_a_phone_that_hangs_up_holds_nobody_up(path):
    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 60.0)
            gone = asyncio.create_task(live.answer("ada", 1, 1, {"": "3"}))
            stays = asyncio.create_task(live.answer("bob", 1, 1, {"": "4"}))
            await asyncio.sleep(0)
            gone.cancel()
            assert await stays == 1

    asyncio.run(lecture())
    assert (1, "bob", 1) in on_disk(path)


def test_what_is_being_written_at_the_end_is_finished(path, monkeypatch):
    begun, keep = threading.Event(), Journal.keep

    def slowly(journal, answers):
        begun.set()
        time.sleep(0.2)
        keep(journal, answers)

    monkeypatch.setattr(Journal, "keep", slowly)

    async def lecture():
        async with running(path) as live:
            await live.act("open", 0, 60.0)
            sent = asyncio.create_task(live.answer("ada", 1, 1, {"": "3"}))
            await asyncio.to_thread(begun.wait)
        sent.cancel()

    asyncio.run(lecture())
    assert on_disk(path) == {(1, "ada", 1): "3"}


def test_the_time_of_what_was_done_is_that_of_a_steady_clock(path, monkeypatch):
    """A laptop that finds a network sets its clock."""
    times = iter([1000.0, 5.0, 9_999_999.0])
    monkeypatch.setattr(living.time, "time", lambda: next(times))
    now = living.steady()
    assert 1000.0 <= now() <= now() < 1000.0 + PATIENCE


def test_the_last_rounds_stay_known(path):
    with closing(Journal(path)) as journal:
        for done in (Done(1.0, "open", 0, 60.0), Done(2.0, "close"), Done(3.0, "go", 1)):
            journal.write(done)
        journal.keep([Answer(1, "ada", 1, 1.5, {"": "3"})])
    with closing(Journal(path)) as journal:
        live = Live(journal)
        assert live.answered(live.state.of(0)[0]) == 1
        assert live.answered(live.state.round) == 0
        assert live.persons == {"ada"}
        assert live.left() is None
