"""Whatever strangers send, nothing breaks: it is refused with a sentence, or shown as plain text."""

import asyncio
import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.polls.asking import World
from tests.polls.conftest import drawn
from tests.quizzes import made

KEY = "0123456789abcdef"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'"
HOSTILE = "<img src=x onerror=alert(1)>&amp;<script>alert(2)</script>\"'"


def asking(folder, *steps, makes=(made.number,)):
    """Open a round of the first question, do these steps, functions of the world, and return what they return."""

    async def lecture():
        async with World(folder, drawn(*makes)).running() as world:
            assert (await world.act("open")).status == 200
            return [await step(world) for step in steps]

    return asyncio.run(lecture())


def asked(method, path):
    return lambda world: world.ask(method, path, {} if method == "POST" else None)


def post(path, content, headers=()):
    return lambda world: world.ask("POST", path, content, headers)


def answer(text, key=KEY, **changed):
    given = text if isinstance(text, dict) else {"": text}
    return post("/answers", {"key": key, "round": 1, "change": 1, "given": given, **changed})


def as_teacher(path, content):
    return lambda world: world.ask("POST", path, content, world.cookies["teacher"])


def kept(world):
    async def look():
        return [dict(one.given) for answers in world.live.latest.values() for one in answers.values()]

    return look()


ODD_ANSWERS = {
    "nothing": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"key": "\xff\xfe"}',
    "a list": [],
    "a number": 7,
    "deep": b"[" * 4000,
    "deep objects": b'{"given":' * 400,
    "too large": b" " * 5000,
    "endless digits": b'{"key": "0123456789abcdef", "round": 1, "change": ' + b"9" * 4000 + b', "given": {"": "1"}}',
    "no key": {"round": 1, "change": 1, "given": {"": "1"}},
    "a short key": {"key": "abc", "round": 1, "change": 1, "given": {"": "1"}},
    "a long key": {"key": "a" * 65, "round": 1, "change": 1, "given": {"": "1"}},
    "a key in French": {"key": "é" * 16, "round": 1, "change": 1, "given": {"": "1"}},
    "a key with spaces": {"key": " " * 16, "round": 1, "change": 1, "given": {"": "1"}},
    "a key of a list": {"key": [KEY], "round": 1, "change": 1, "given": {"": "1"}},
    "no change": {"key": KEY, "round": 1, "given": {"": "1"}},
    "a change that is true": {"key": KEY, "round": 1, "change": True, "given": {"": "1"}},
    "a change of NaN": {"key": KEY, "round": 1, "change": float("nan"), "given": {"": "1"}},
    "a change without end": {"key": KEY, "round": 1, "change": float("inf"), "given": {"": "1"}},
    "a change below 1": {"key": KEY, "round": 1, "change": 0, "given": {"": "1"}},
    "a change that JavaScript cannot count to": {"key": KEY, "round": 1, "change": 2**53, "given": {"": "1"}},
    "a round of text": {"key": KEY, "round": "1", "change": 1, "given": {"": "1"}},
    "given text": {"key": KEY, "round": 1, "change": 1, "given": "1"},
    "given a number": {"key": KEY, "round": 1, "change": 1, "given": {"": 1}},
    "given nothing": {"key": KEY, "round": 1, "change": 1, "given": {"": None}},
    "a blank that is not there": {"key": KEY, "round": 1, "change": 1, "given": {"r1c1": "1"}},
    "a blank of Python": {"key": KEY, "round": 1, "change": 1, "given": {"__class__": "1"}},
    "201 characters": {"key": KEY, "round": 1, "change": 1, "given": {"": "1" * 201}},
}


def test_what_cannot_be_an_answer_is_refused_and_not_kept(tmp_path):
    *responses, found = asking(tmp_path, *(post("/answers", content) for content in ODD_ANSWERS.values()), kept)
    for name, response in zip(ODD_ANSWERS, responses):
        assert response.status in (400, 413), name
        assert json.loads(response.body)["error"], name
    assert found == []


def test_a_request_is_small(tmp_path):
    (response,) = asking(tmp_path, post("/answers", {"key": KEY, "round": 1, "change": 1, "given": {"": "1" * 5000}}))
    assert response.status == 413


def test_the_form_of_another_site_is_refused(tmp_path):
    content = {"key": KEY, "round": 1, "change": 1, "given": {"": "1"}}
    kinds = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
    *responses, found = asking(tmp_path, *(post("/answers", content, {"content-type": kind}) for kind in kinds), kept)
    assert [response.status for response in responses] == [415] * len(kinds)
    assert found == []


def test_the_script_of_another_site_is_refused_with_the_teachers_cookie_too(tmp_path):
    content = {"act": "close", "value": 0, "seconds": 0, "seen": 1}

    def act(origin):
        return lambda world: world.ask("POST", "/teacher/act", content, world.cookies["teacher"] | {"origin": origin})

    foreign, own = asking(tmp_path, act("https://evil.example"), act("http://poll"))
    assert (foreign.status, own.status) == (403, 200)


def test_a_round_of_odd_length_is_refused(tmp_path):
    odd = [10**400, float("nan"), float("inf"), -1, 0, "9", None, True, []]
    acts = [as_teacher("/teacher/act", {"act": "more", "value": 0, "seconds": seconds, "seen": 1}) for seconds in odd]
    assert {response.status for response in asking(tmp_path, *acts)} <= {400, 409}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just(KEY),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
NAMES = ("key", "round", "change", "given", "code", "secret", "act", "value", "seconds", "seen")
SENT = st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(["open", "more", "show", 10**400, "\ud800", 1]))


@pytest.mark.costly
@settings(max_examples=150)
@given(sent=SENT)
def test_no_json_makes_an_error_of_ours(strangers, sent):
    for path in ("/answers", "/join", "/teacher/enter", "/projector/enter", "/teacher/act"):
        assert strangers(as_teacher(path, sent)).status < 500, path
        assert strangers(post(path, sent)).status < 500, path


@pytest.fixture(scope="module")
def strangers(tmp_path_factory):
    """Return what sends a request to a poll that goes on from one to the next."""
    loop = asyncio.new_event_loop()
    running = World(tmp_path_factory.mktemp("strangers"), drawn(made.number)).running()
    world = loop.run_until_complete(running.__aenter__())
    loop.run_until_complete(world.act("open"))
    yield lambda step: loop.run_until_complete(step(world))
    loop.run_until_complete(running.__aexit__(None, None, None))
    for task in asyncio.all_tasks(loop):  # sse-starlette waits for the end of a server
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()


PATHS = [
    *"/ /projector /teacher /stream /state /code.svg /questions/1.0 /questions/2.0 /solutions/1.0 /answers".split(),
    *"/projector/stream /teacher/stream /teacher/act /pages/nothing.js /pages/..%2fapp.py /nowhere".split(),
    *"/questions/-1.0 /questions/1.x /%00 // /\xff".split(),
    *("/questions/" + "9" * 5000 + ".0", "/solutions/1." + "9" * 5000),
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_every_response_keeps_pages_from_being_misused(strangers, method):
    for path in PATHS:
        response = strangers(asked(method, path))
        assert response.status < 500, path
        assert response.header("content-security-policy").startswith(POLICY), path
        assert "unsafe" not in response.header("content-security-policy")
        assert "frame-ancestors 'none'" in response.header("content-security-policy")
        assert response.header("x-content-type-options") == "nosniff", path
        assert response.header("referrer-policy") == "no-referrer", path
        assert response.header("cache-control"), path
        assert response.header("access-control-allow-origin") is None, path
        assert response.header("server") is None, path


def test_pages_have_no_script_and_no_style_of_their_own(strangers):
    for path in ("/", "/projector", "/teacher"):
        page = strangers(asked("GET", path)).body
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"?application/json)", page), path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", page), path
        assert not re.search(r"https?://", page), path


def test_html_is_never_shown(tmp_path):
    *answered, projector, teacher, phone = asking(
        tmp_path,
        answer(HOSTILE),
        answer({"": HOSTILE[:20]}, KEY + "b"),
        lambda world: world.act("close"),
        lambda world: world.act("show", 1),
        lambda world: world.ask("GET", "/projector/stream", None, world.cookies["projector"]),
        lambda world: world.ask("GET", "/teacher/stream", None, world.cookies["teacher"]),
        lambda world: world.ask("GET", "/state"),
    )
    assert [one.status for one in answered] == [200] * 4
    for response in (projector, teacher, phone):
        bars = json.dumps(response.news()["results"])
        assert "Not a number" in bars
        assert "<img" not in bars and "<script" not in bars


def test_what_turns_or_hides_text_is_not_kept(tmp_path):
    turned = "12\u202e34\u2066\u200b\x00\x1b[31m\n\ud800"
    response, found = asking(tmp_path, answer(turned), kept)
    assert response.status == 200
    assert found[0][""].split() == ["12", "34", "[31m"]
    assert found[0][""].isprintable()


def test_two_hundred_characters_are_kept(tmp_path):
    response, found = asking(tmp_path, answer("ü" * 200), kept)
    assert (response.status, found) == (200, [{"": "ü" * 200}])


def test_a_wrong_secret_is_not_said_to_be_nearly_right(tmp_path):
    wrong = ["", "x", "secret", None, 7, [], {}, "\ud800", "é", "a" * 3000]
    responses = asking(tmp_path, *(post("/teacher/enter", {"secret": secret}) for secret in wrong))
    assert {(one.status, one.body) for one in responses} == {(403, responses[0].body)}
    assert all(one.header("set-cookie") is None for one in responses)
