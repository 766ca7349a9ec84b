"""A poll that is killed in the middle of a round goes on: no answer is lost, none counts twice. Ctrl-C ends it cleanly."""

import asyncio
import re
from contextlib import asynccontextmanager

import pytest

from benchmarks.poll.__main__ import given, hall
from benchmarks.poll.audit import audit
from benchmarks.poll.command import HOST, Command

QUIZ = """
title = "Kills"
[[questions]]
template = "output-size"
[[questions]]
template = "max-and-min-pooling"
"""
PHONES = 8
PATIENCE = 180  # seconds, on a slow machine


@pytest.fixture
def command(tmp_path):
    """A poll that is served by the real command."""
    (tmp_path / "quiz.toml").write_text(QUIZ)
    command = Command(tmp_path / "quiz.toml", tmp_path / "poll")
    command.start()
    yield command
    command.process.kill()
    command.process.wait()


async def answer_until(over, phone):
    asked = await phone.ask("/questions/1.0")
    while not over.is_set():
        await phone.answer(1, given(asked))
        await asyncio.sleep(0.2)


@asynccontextmanager
async def answering(teacher, phones):
    """Open a round in which all phones change their answers all the time."""
    steps = await teacher.act("open", 0, 600)
    await asyncio.gather(*(phone.listener.heard(steps) for phone in phones))
    over = asyncio.Event()
    tasks = [asyncio.create_task(answer_until(over, phone)) for phone in phones]
    yield
    over.set()
    await asyncio.gather(*tasks)


@pytest.mark.costly
def test_killed_in_a_round_it_loses_no_answer_and_counts_none_twice(command):
    async def lecture():
        async with hall(command, PHONES, 1) as (teacher, phones):
            async with answering(teacher, phones):
                for _ in range(2):
                    before = [len(phone.sent) for phone in phones]
                    while any(len(phone.sent) < some + 3 for phone, some in zip(phones, before)):
                        await asyncio.sleep(0.01)
                    command.kill()
                    await asyncio.to_thread(command.start)
            page = teacher.pages["teacher"]
            await page.counted(PHONES)
            assert page.news["phase"] == "open"
            steps = await teacher.act("close")
            await asyncio.gather(*(phone.listener.heard(steps) for phone in phones))
            assert page.news["answered"] == PHONES
            command.stop()
        return phones

    links = command.printed.read_text()
    phones = asyncio.run(asyncio.wait_for(lecture(), PATIENCE))
    for room in ("teacher", "projector"):
        assert f"/{room}#{command.secret(room)}" in links  # the last that was printed is the first
    assert all(phone.listener.opened >= 3 for phone in phones)
    assert any(sent.times > 1 for phone in phones for sent in phone.sent)
    found = audit(command.journal(), phones, [PHONES])
    assert (found.lost, found.doubled) == (0, 0)
    assert found.acknowledged == sum(len(phone.sent) for phone in phones)


@pytest.mark.costly
def test_ctrl_c_ends_it_cleanly_while_phones_listen_and_answer(command):
    async def lecture():
        async with hall(command, PHONES, 1) as (teacher, phones):
            await teacher.act("open", 0, 600)
            await asyncio.gather(*(phone.answer(1, {"": "3"}) for phone in phones))
            await be_a_nuisance(command)
            await asyncio.to_thread(command.stop)
        return phones

    phones = asyncio.run(asyncio.wait_for(lecture(), PATIENCE))
    printed = command.printed.read_text()
    assert command.process.returncode == 0, printed
    assert not re.search("error|traceback|exception", printed, re.IGNORECASE)
    assert all(printed.count(command.secret(room)) == printed.count(f"/{room}#") for room in ("teacher", "projector"))
    assert not any(phone.key in printed for phone in phones)
    assert audit(command.journal(), phones, [PHONES]).lost == 0
    assert (command.folder / "poll.sqlite").stat().st_mode & 0o077 == 0  # it holds all answers and the secrets
    assert not list(command.folder.glob("*-wal"))


async def be_a_nuisance(command):
    """Send what a browser would not, with the teacher's secret in it, and hang up."""
    secret = command.secret("teacher").encode()
    for sent in (b"\x16\x03\x01\xff", b"GET /%s\r\n\r\n" % secret, b"GET /teacher?%s HTTP/1.1\r\nHost: a\r\n\r\n" % secret,
                 b"POST /teacher/enter HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n\r\n" + secret):  # fmt: skip
        _, writer = await asyncio.open_connection(HOST, command.port)
        writer.write(sent)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
