"""Can a live poll handle a full lecture hall, on this machine? Run the real command, and phones against it.

    .venv/bin/python -m benchmarks.poll load | kills | start

load: phones that all hold a stream of events, answer, change their answers and ask for the state. kills: the server is
killed with -9 again and again in a round, while phones answer and send again. start: from the command to the first
response. Prints Markdown. Phones run in this process, the server in another one.
"""

import asyncio
import os
import platform
import random
import secrets
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import date
from itertools import cycle
from pathlib import Path
from typing import Any

import click

from benchmarks.markdown import table
from benchmarks.poll.audit import audit
from benchmarks.poll.command import HOST, ROOT, Command, Watch
from benchmarks.poll.phones import Phone, Sent, Teacher

QUIZ = ROOT / "quizzes" / "examples" / "lecture.toml"
ASKED = (4, 3)  # of it: a grid and a number, to which a thousand people find many answers
SECONDS = 300  # that a round is open
REST = 1.0  # seconds at most that phones in `kills` wait before they change their answer
GAP = 1.0  # seconds from a start to the next kill


@click.group(help=__doc__.splitlines()[0])
def main() -> None:
    """Print the machine."""
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}\n")


@main.command()
@click.option("--phones", "count", default=1000)
@click.option("--addresses", default=1, help="Addresses of the phones; 1 is a hall behind one router.")
@click.option(
    "--spread", "spreads", multiple=True, type=float, default=[10.0, 1.0], help="Seconds in which all of them answer."
)
def load(count: int, addresses: int, spreads: tuple[float, ...]) -> None:
    """Let phones hold a stream, answer, change their answers and ask for the state."""
    with tempfile.TemporaryDirectory() as folder:
        command = Command(QUIZ, Path(folder, "poll"))
        command.start()
        try:
            asyncio.run(_load(command, count, addresses, spreads))
        finally:
            command.process.kill()


async def _load(command: Command, count: int, addresses: int, spreads: tuple[float, ...]) -> None:
    began = time.perf_counter()
    watch = Watch(command.process.pid)
    looking = asyncio.create_task(watch.look())
    async with hall(command, count, addresses) as (teacher, phones):
        print(f"{count} phones from {addresses} addresses hold a stream after {time.perf_counter() - began:.1f} s\n")
        rows = [await _round(teacher, phones, watch, place, spread) for place, spread in zip(cycle(ASKED), spreads)]
        stopped = await asyncio.to_thread(command.stop)
    await looking
    found = audit(command.journal(), phones, [counted for counted, _ in rows])
    head = ("all answer within", "answers", "acknowledged", "p50", "p99", "slowest", "all have heard after", "processor")
    print(table(head, [row for _, row in rows]))
    print(
        f"\nLost {found.lost}, counted twice {found.doubled}, refused {refused(phones)}, {streams(phones)} streams opened."
    )
    print(f"Memory of the server at most {watch.memory / 1e6:.0f} MB.")
    print(f"Ctrl-C with {count} streams open: {stopped:.2f} s, exit code {command.process.returncode}.")


async def _round(teacher: Teacher, phones: list[Phone], watch: Watch, place: int, spread: float) -> tuple[int, list[str]]:
    """Ask a question, let all answer within this many seconds, and close it; return the count and a row."""
    await teacher.act("go", place)
    used = watch.processor
    opened = await _all_hear(phones, teacher.act("open", 0, SECONDS))
    answers = [sent for some in await asyncio.gather(*(_answer(phone, place, spread) for phone in phones)) for sent in some]
    used = watch.processor - used
    closed = await _all_hear(phones, teacher.act("close"))
    seconds = sorted(sent.seconds for sent in answers)
    figures = statistics.median(seconds), seconds[int(0.99 * len(seconds))], seconds[-1]
    return teacher.pages["teacher"].news["answered"], [
        f"{spread:g} s",
        f"{len(answers):,}",
        f"{sum(bool(sent.kept) for sent in answers):,}",
        *(f"{1000 * one:.0f} ms" for one in figures),
        f"{max(opened, closed):.2f} s",
        f"{used:.1f} s",
    ]


async def _all_hear(phones: list[Phone], act: Awaitable[int]) -> float:
    """Let a teacher do something; returns the seconds until all phones have heard of it."""
    began = time.perf_counter()
    steps = await act
    return max(await asyncio.gather(*(phone.listener.heard(steps) for phone in phones))) - began


async def _answer(phone: Phone, place: int, spread: float) -> list[Sent]:
    """Answer at any time within this many seconds; half of them change their answer, a tenth ask for the state."""
    moments = sorted(random.uniform(0, spread) for _ in range(random.choice((1, 2))))
    began = time.perf_counter()
    number = phone.listener.news["round"]["number"]
    asked = await phone.ask(f"/questions/{place + 1}.0")
    sent = []
    for moment in moments:
        await asyncio.sleep(max(0.0, began + moment - time.perf_counter()))
        if random.random() < 0.1:
            await phone.ask("/state")
        sent.append(await phone.answer(number, given(asked)))
    return sent


@main.command()
@click.option("--phones", "count", default=300)
@click.option("--times", default=10)
def kills(count: int, times: int) -> None:
    """Kill the server with -9 in a round, again and again, while phones answer and send again."""
    with tempfile.TemporaryDirectory() as folder:
        command = Command(QUIZ, Path(folder, "poll"))
        command.start()
        try:
            asyncio.run(_kills(command, count, times))
        finally:
            command.process.kill()


async def _kills(command: Command, count: int, times: int) -> None:
    async with hall(command, count, 1) as (teacher, phones):
        await _all_hear(phones, teacher.act("open", 0, SECONDS))
        over = asyncio.Event()
        thinking = [asyncio.create_task(_think(phone, over)) for phone in phones]
        away = []
        for _ in range(times):
            await asyncio.sleep(random.uniform(0, 2 * GAP))
            command.kill()
            away.append(await asyncio.to_thread(command.start))
        await asyncio.sleep(GAP)
        over.set()
        await asyncio.gather(*thinking)
        await _all_hear(phones, teacher.act("close"))
        command.stop()
        counted = teacher.pages["teacher"].news["answered"]
    found = audit(command.journal(), phones, [counted])
    sent = [one for phone in phones for one in phone.sent]
    again = sum(one.times > 1 for one in sent)
    head = ("kills", "answers", "sent again", "acknowledged", "lost", "doubled", "refused", "away, median", "down at most")
    seconds = [f"{one:.2f} s" for one in (statistics.median(away), max(away))]
    counts = [f"{one:,}" for one in (times, len(sent), again, found.acknowledged, found.lost, found.doubled)]
    print(f"{count} phones\n\n{table(head, [(*counts, refused(phones), *seconds)])}")


async def _think(phone: Phone, over: asyncio.Event) -> None:
    """Change an answer again and again."""
    number, asked = phone.listener.news["round"]["number"], await phone.ask("/questions/1.0")
    while not over.is_set():
        await phone.answer(number, given(asked))
        await asyncio.sleep(random.uniform(0, REST))


@main.command()
@click.option("--times", default=5)
def start(times: int) -> None:
    """Measure the seconds from the command to the first response: of a new poll, and of one that continues."""
    new: list[float] = []
    again: list[float] = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            command = Command(QUIZ, Path(folder, "poll"))
            for seconds in (new, again):
                seconds.append(command.start())
                command.stop()
    rows = [
        (name, *(f"{one:.2f} s" for one in (statistics.median(seconds), min(seconds), max(seconds))))
        for name, seconds in (("a new poll", new), ("a poll that continues", again))
    ]
    print(table(("from the command to the first response", f"median of {times}", "least", "most"), rows))


@asynccontextmanager
async def hall(command: Command, count: int, addresses: int) -> AsyncIterator[tuple[Teacher, list[Phone]]]:
    """Let a teacher and phones in; all phones hold a stream."""
    server = HOST, command.port
    teacher = Teacher(server)
    await teacher.enter({room: command.secret(room) for room in ("teacher", "projector")})
    sources = [f"127.0.{nth // 250}.{1 + nth % 250}" for nth in range(addresses)]
    phones = [Phone(server, secrets.token_hex(16), sources[nth % addresses]) for nth in range(count)]
    pages = [*teacher.pages.values(), *(phone.listener for phone in phones)]
    listening = [asyncio.create_task(page.listen()) for page in pages]
    try:
        await asyncio.gather(*(page.heard(0) for page in pages))
        yield teacher, phones
    finally:
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
        teacher.hang_up()
        for phone in phones:
            phone.hang_up()
        await asyncio.sleep(0)  # until all connections are closed


def given(asked: dict[str, Any]) -> dict[str, str]:
    """Return any answer to a question."""
    match asked["kind"]:
        case "choice":
            return {"": random.choice(asked["options"])["letter"]}
        case "number":
            return {"": str(random.randrange(20))}
        case "grid":
            return {blank["name"]: str(random.randrange(10)) for blank in asked["blanks"]}
        case kind:
            raise ValueError(f"unknown kind of question: {kind}")


def streams(phones: list[Phone]) -> int:
    """Return how many streams were opened: as many as there are phones, unless some broke."""
    return sum(phone.listener.opened for phone in phones)


def refused(phones: list[Phone]) -> dict[int, int]:
    """Return how often each status except 200 was received."""
    return dict(Counter(status for phone in phones for status in (*phone.refused, *phone.listener.refused)))


if __name__ == "__main__":
    main()
