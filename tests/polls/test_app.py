"""The server of a poll, asked over the network: who may what, how often, and what it answers to anything else."""

import asyncio
import json
import re
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx
import limits
import pytest
from sse_starlette.sse import SendTimeoutError

from polls import app, guard, limiting, news, views
from polls.journal import Journal
from tests.polls.conftest import PATIENCE, PROJECTOR, TEACHER
from tests.polls.disk import full
from tests.quizzes.made import choice, grid, number

KEY = "0123456789abcdef"
ROOMS = {"teacher": TEACHER, "projector": PROJECTOR}
JSON = {"Content-Type": "application/json"}
STUDENTS = [("ada@uni.example", "Ada"), ("s2", "Bob")]


@pytest.fixture
def hourly(monkeypatch):
    """Let all limits be those of an hour: a slow machine does not outlive them."""
    for name in ("ANSWERS", "NEWCOMERS", "GUESSES", "ALL_GUESSES", "ENTRIES"):
        monkeypatch.setattr(limiting, name, limits.RateLimitItemPerHour(getattr(limiting, name).amount, 1, name))


def code(response):
    """Return a status, after a look at what every response has to have."""
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "Strict-Transport-Security" not in response.headers
    if response.status_code >= 400 and response.request.method != "HEAD":
        assert set(response.json()) >= {"error"}
        assert response.headers["Cache-Control"] == "no-store"
    return response.status_code


def join(lecture, said, key=KEY):
    return lecture.http.post("/join", json={"key": key, "code": said})


def first_event(stream):
    """Return the first news of a stream."""
    return next(json.loads(line[len("data: ") :]) for line in stream.iter_lines() if line.startswith("data: "))


def test_an_answer_is_kept_changed_and_sent_again(lecture):
    poll = lecture(number)
    round = poll.ask(0)
    assert poll.answer("3", round=round, change=5).json() == {"kept": 5}
    assert poll.answer("3", round=round, change=5).json() == {"kept": 5}
    assert poll.answer("4", round=round, change=3).json() == {"kept": 5}
    assert poll.answer("7", round=round, change=6).json() == {"kept": 6}
    assert poll.kept() == {(round, KEY): {"": "7"}}
    assert poll.news(KEY)["answers"] == [{"round": round, "change": 6, "given": {"": "7"}}]
    assert poll.news()["answers"] == []


def test_an_answer_after_closing_is_told_so_unless_it_was_kept_before(lecture):
    poll = lecture(number)
    round = poll.ask(0)
    poll.answer("3", round=round, change=2)
    poll.act("close")
    late = poll.answer("4", round=round, change=3)
    assert (code(late), late.json()["closed"]) == (409, True)
    assert poll.answer("3", round=round, change=2).json() == {"kept": 2}
    assert poll.kept() == {(round, KEY): {"": "3"}}
    assert code(poll.act("show", 2)) == 200
    assert poll.news()["shown"] == "solution"


def test_a_question_and_its_solution_are_there_when_the_hall_has_them(lecture):
    poll = lecture(number, grid)

    def may_read(client):
        return [code(client.get(f"/{kind}/1.{form}")) == 200 for kind in ("questions", "solutions") for form in (0, 1)]

    assert may_read(poll.http) == [False, False, False, False]
    assert may_read(poll.teacher) == [True, True, True, True]
    poll.ask(0, 1)
    assert may_read(poll.http) == [False, True, False, False]
    poll.act("close")
    poll.act("show", 2)
    assert may_read(poll.http) == [False, True, False, True]
    poll.act("go", 1)
    assert may_read(poll.http) == [False, True, False, True]


def test_questions_that_are_none(lecture):
    poll = lecture(number, grid)
    for name in ("0.0", "3.0", "1.2", "1", "1.0.0", "-1.0", "1.00", "9" * 5000 + ".0", "x"):
        for kind in ("questions", "solutions"):
            assert code(poll.teacher.get(f"/{kind}/{name}")) == 404, name


@pytest.mark.parametrize("room", ROOMS)
def test_a_secret_is_exchanged_for_a_cookie_that_enters(lecture, room):
    poll = lecture(number)
    for wrong in ("", "x", "\ud800", TEACHER + PROJECTOR, 7, None, *(each for name, each in ROOMS.items() if name != room)):
        assert code(poll.http.post(f"/{room}/enter", content=json.dumps({"secret": wrong}), headers=JSON)) == 403
    assert code(poll.http.get(f"/{room}/stream")) == 403
    assert code(poll.http.get(f"/{room}/state")) == 403
    right = poll.http.post(f"/{room}/enter", json={"secret": ROOMS[room]})
    cookie = right.headers["Set-Cookie"]
    assert code(right) == 200
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= set(cookie.split("; "))
    assert ROOMS[room] not in cookie
    assert code(poll.http.get(f"/{room}/state")) == 200
    assert code(poll.http.post(f"/{room}/enter", json={"secret": ""})) == 200
    with poll.http.stream("GET", f"/{room}/stream") as stream:
        assert first_event(stream) == poll.http.get(f"/{room}/state").json()
    poll.stop()
    poll.start()
    assert code(poll.http.get(f"/{room}/state")) == 200


def test_the_projector_does_not_open_the_teachers_page(lecture):
    poll = lecture(number)
    poll.http.post("/projector/enter", json={"secret": PROJECTOR})
    [(cookie, content)] = poll.http.cookies.items()
    poll.http.cookies.set(cookie.replace("projector", "teacher"), content)
    for name in ("projector", "teacher"):
        assert (code(poll.http.get(f"/{name}/state")) == 200) == (name == "projector")
    assert code(poll.http.post("/teacher/act", json={"act": "open", "value": 0, "seconds": 60, "seen": 0})) == 403
    assert not poll.live.state.rounds


def test_another_site_cannot_ask(lecture):
    poll = lecture(number)
    secret = {"secret": TEACHER, "act": "open", "value": 0, "seconds": 60, "seen": 0}
    for path in ("/answers", "/join", "/teacher/enter", "/teacher/act"):
        for origin in ("http://evil.example", "null", f"http://evil.example@{poll.url[7:]}"):
            assert code(poll.teacher.post(path, json=secret, headers={"Origin": origin})) == 403
        for kind in ("text/plain", "application/x-www-form-urlencoded", ""):
            assert code(poll.teacher.post(path, content=json.dumps(secret), headers={"Content-Type": kind})) == 415
        assert not any("access-control" in name for name in poll.teacher.options(path).headers)
    assert not poll.live.state.rounds


def test_this_site_can_ask_by_any_of_its_names(lecture):
    poll = lecture(number)
    poll.ask(0)
    for host in (poll.url.removeprefix("http://"), "laptop.local:8000"):
        sent = {"key": KEY, "round": 1, "change": 1, "given": {"": "3"}}
        assert code(poll.http.post("/answers", json=sent, headers={"Origin": f"http://{host}", "Host": host})) == 200


def test_other_methods(lecture):
    poll = lecture(number)
    poll.ask(0)
    pages = ("/", "/teacher", "/projector", "/state", "/code.svg", "/questions/1.0")
    assert {code(poll.http.head(path)) for path in pages} == {200}
    for path in (*pages, "/stream"):
        for method in ("OPTIONS", "POST", "PUT", "DELETE", "PATCH", "TRACE"):
            assert code(poll.http.request(method, path)) == 405


def test_what_is_not_there(lecture):
    poll = lecture(number)
    for path in ("/favicon.ico", "/pages/phone.js", "/pages/..%2fapp.py", "/poll.sqlite", "/%00", "/é"):
        assert code(poll.http.get(path)) == 404


def test_acts(lecture):
    poll = lecture(number, choice)
    for sent, status in (
        ({"act": "open", "value": 0, "seconds": 60, "seen": 1}, 409),
        ({"act": "close", "seen": 0}, 409),
        ({"act": "open", "value": 0, "seconds": 60}, 400),
        ({"act": "open", "value": True, "seconds": 60, "seen": 0}, 400),
        ({"act": "open", "value": 0, "seconds": float("nan"), "seen": 0}, 400),
        ({"act": "open", "value": 0, "seconds": 10**400, "seen": 0}, 400),
        ({"act": "go", "value": 10**30, "seen": 0}, 400),
        ({"act": "go", "value": -1, "seen": 0}, 400),
        ({"act": "dance", "seen": 0}, 400),
        ({"act": ["open"], "seen": 0}, 400),
        ([], 400),
    ):
        assert code(poll.teacher.post("/teacher/act", content=json.dumps(sent), headers=JSON)) == status, sent
    assert poll.live.steps == 0
    sent = {"act": "open", "value": 0, "seconds": 60, "seen": 0}
    assert poll.teacher.post("/teacher/act", json=sent).json() == {"steps": 1}


def test_a_click_that_comes_twice_opens_one_round(lecture):
    poll = lecture(number)
    click = {"act": "open", "value": 0, "seconds": 60, "seen": 0}
    with ThreadPoolExecutor(4) as clicks:
        found = [code(each) for each in clicks.map(lambda _: poll.teacher.post("/teacher/act", json=click), range(4))]
    assert sorted(found) == [200, 409, 409, 409]
    assert len(poll.live.state.rounds) == 1


def test_a_stream_tells_what_is_new_and_who_is_present(lecture):
    poll = lecture(number)
    with poll.http.stream("GET", "/stream") as stream:
        lines = stream.iter_lines()
        assert next(json.loads(line[6:]) for line in lines if line.startswith("data: "))["phase"] == "waiting"
        assert poll.teacher.get("/teacher/state").json()["present"] == 1
        poll.ask(0)
        phases = (json.loads(line[6:])["phase"] for line in lines if line.startswith("data: "))
        assert "open" in phases
    wait_until_nobody_is_present(poll)


def test_a_phone_that_does_not_read_is_not_present_for_long(lecture, monkeypatch):
    monkeypatch.setattr(news, "PING", 0.1)
    monkeypatch.setattr(news, "UNREAD", 0.2)
    monkeypatch.setattr(views, "phone", lambda live: {"long": "x" * 20_000_000})
    poll = lecture(number)
    with socket.create_connection(("127.0.0.1", poll.port), PATIENCE) as phone:
        phone.sendall(b"GET /stream HTTP/1.1\r\nHost: x\r\n\r\n")
        assert phone.recv(4) == b"HTTP"
        wait_until_nobody_is_present(poll)


def test_a_stream_that_nobody_reads_is_no_error_of_ours(caplog):
    async def unread(scope, receive, send):
        raise SendTimeoutError

    asyncio.run(guard.guarded(unread)({"type": "http"}, None, None))
    assert not caplog.records


def wait_until_nobody_is_present(poll):
    end = time.monotonic() + PATIENCE
    while poll.live.present and time.monotonic() < end:
        time.sleep(0.05)
    assert poll.live.present == 0


def test_who_answers_too_often_waits(lecture, hourly):
    poll = lecture(number)
    poll.ask(0)
    found = [poll.answer("3", change=change) for change in range(1, 25)]
    assert [code(each) for each in found] == [200] * 20 + [429] * 4
    assert 0 < int(found[-1].headers["Retry-After"]) <= 3600
    assert poll.answer("3", change=20).json() == {"kept": 20}  # sent again
    assert code(poll.answer("3", key=KEY + "x")) == 200


def test_an_address_brings_new_people_at_a_bounded_pace(lecture, monkeypatch):
    monkeypatch.setattr(limiting, "NEWCOMERS", limits.RateLimitItemPerHour(3, 1, "newcomers"))
    poll = lecture(number)
    poll.ask(0)
    assert [code(poll.answer("3", key=f"{KEY}{place}")) for place in range(5)] == [200, 200, 200, 429, 429]
    assert code(poll.answer("4", key=f"{KEY}0", change=2)) == 200
    assert len(poll.live.persons) == 3


def test_a_poll_is_full_at_last(lecture, monkeypatch):
    monkeypatch.setattr(app, "PEOPLE", 2)
    poll = lecture(number)
    poll.ask(0)
    assert [code(poll.answer("3", key=f"{KEY}{place}")) for place in range(3)] == [200, 200, 403]
    assert "full" in poll.answer("3", key=f"{KEY}9").json()["error"]
    assert code(poll.answer("4", key=f"{KEY}0", change=2)) == 200


def test_guesses_of_a_secret_are_few(lecture, hourly):
    poll = lecture(number)
    found = [code(poll.http.post("/teacher/enter", json={"secret": f"{place}"})) for place in range(33)]
    assert found == [403] * 30 + [429] * 3
    assert code(poll.http.post("/teacher/enter", json={"secret": TEACHER})) == 200  # whom a neighbour cannot keep out
    assert code(poll.teacher.post("/teacher/enter", json={"secret": ""})) == 200  # who is in stays in


def test_streams_are_bounded(lecture, monkeypatch):
    monkeypatch.setattr(limiting, "STREAMS", 3)
    poll = lecture(number)
    with ExitStack() as streams:
        lines = [streams.enter_context(poll.http.stream("GET", "/stream")).iter_lines() for _ in range(3)]
        for each in lines:
            next(each)
        refused = poll.http.get("/stream")
        assert code(refused) == 429
        assert int(refused.headers["Retry-After"]) > 0
        assert code(poll.http.get("/state")) == 200


def test_only_the_roster_takes_part(lecture):
    poll = lecture(number, roster=STUDENTS)
    poll.ask(0)
    stranger = poll.answer("3")
    assert (code(stranger), stranger.json()["join"]) == (403, True)
    assert poll.news(KEY)["joined"] is False
    unknown = join(poll, "eve")
    assert code(unknown) == 403
    assert "not on the course list" in unknown.json()["error"]
    assert code(join(poll, "  ADA@uni.example ")) == 200
    assert poll.news(KEY)["joined"] is True
    assert code(poll.answer("3")) == 200
    assert poll.kept() == {(1, "ada@uni.example"): {"": "3"}}


def test_two_devices_of_a_student_are_one_person(lecture):
    poll = lecture(number, roster=STUDENTS)
    poll.ask(0)
    other = "f" * 16
    for key in (KEY, other):
        assert code(join(poll, "s2", key)) == 200
    assert poll.answer("3", change=1).json() == {"kept": 1}
    assert poll.answer("4", key=other, change=2).json() == {"kept": 2}
    assert poll.news(KEY)["answers"][0]["given"] == {"": "4"}
    poll.stop()
    poll.start()
    assert poll.answer("5", change=3).json() == {"kept": 3}
    assert poll.kept() == {(1, "s2"): {"": "5"}}


def test_a_student_has_some_devices(lecture):
    poll = lecture(number, roster=STUDENTS)
    keys = [f"{place:016}" for place in range(11)]
    assert [code(join(poll, "s2", key)) for key in keys] == [200] * 10 + [403]
    assert code(join(poll, "s2", keys[0])) == 200


def test_guesses_of_a_code_are_few(lecture, hourly):
    poll = lecture(number, roster=STUDENTS)
    assert [code(join(poll, f"guess {place}")) for place in range(8)] == [403] * 5 + [429] * 3
    assert code(join(poll, "s2")) == 429
    found = [code(join(poll, "guess", f"{place:016}")) for place in range(98)]
    assert found == [403] * 95 + [429] * 3


def test_names_stay_on_the_server(lecture):
    poll = lecture(number, roster=[("s1", "Ada Lovelace"), ("s2", "Bob")])
    join(poll, "s1")
    poll.ask(0)
    poll.answer("3")
    seen = [poll.http.get(path).text for path in ("/", "/state", "/projector", "/teacher", "/questions/1.0")]
    seen.append(poll.http.get("/state", headers={"Convgrade-Key": KEY}).text)
    assert not [text for text in seen if "Lovelace" in text or "s2" in text]


def test_a_full_disk_is_said_and_the_answer_can_be_sent_again(lecture):
    poll = lecture(number)
    poll.ask(0)
    with full(poll.path):
        refused = poll.answer("x" * 200)
        assert code(refused) == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert "Free some disk space" in poll.teacher.get("/teacher/state").json()["warning"]
        assert code(poll.act("close")) == 503
    assert code(poll.answer("3")) == 200
    assert poll.kept() == {(1, KEY): {"": "3"}}


def test_an_error_of_ours_is_one_line_in_the_terminal(lecture, monkeypatch, caplog):
    poll = lecture(number)
    monkeypatch.setattr(views, "phone", lambda live: {}["no such thing"])
    response = poll.http.get("/state")
    assert code(response) == 500
    assert response.json() == {"error": "Something went wrong. Try again."}
    poll.stop()  # it may have said so only after its response
    assert [record.getMessage() for record in caplog.records] == [
        "internal error; please report it (KeyError: 'no such thing')"
    ]


@pytest.mark.costly
def test_a_poll_that_cannot_go_on_stops_the_server(lecture, monkeypatch):
    """Nobody should answer into a void."""
    stopped = threading.Event()
    poll = lecture(number)
    poll.stop()
    monkeypatch.setattr("tests.polls.conftest.Server", lambda *given: app.Server(*given, stop=stopped.set))
    poll.start()
    poll.ask(0)
    monkeypatch.setattr(Journal, "keep", lambda journal, answers: 1 / 0)
    with pytest.raises(httpx.ReadTimeout):
        poll.http.post("/answers", json={"key": KEY, "round": 1, "change": 1, "given": {"": "3"}}, timeout=1)
    assert stopped.wait(PATIENCE)


@pytest.mark.parametrize("takes", ["gzip, br", "identity"])
def test_what_every_phone_loads_is_compressed_where_it_can_be(lecture, takes):
    poll = lecture(number)
    poll.ask(0)
    page = poll.http.get("/").text
    paths = ["/questions/1.0", *re.findall(r'"(/pages/[^"]+)"', page)]
    assert len(paths) > 5
    for path in paths:
        plain = poll.http.get(path, headers={"Accept-Encoding": "identity"})
        got = poll.http.get(path, headers={"Accept-Encoding": takes})
        assert (got.headers.get("Content-Encoding") == "gzip") == takes.startswith("gzip")
        assert got.content == plain.content and got.headers["Vary"] == "Accept-Encoding"
