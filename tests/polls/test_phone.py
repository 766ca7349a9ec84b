"""The phone's page in a real browser: an answer gets through, is kept until it does, and counts once."""

import json
import re
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest

from polls.afterwards.replay import Replay
from polls.journal import About, Journal
from quizzes.language import Language
from tests.browsing import assert_accessible
from tests.polls.conftest import KEY, PATIENCE, PROJECTOR, drawn, free_port, of_variants
from tests.quizzes import made
from tests.quizzes.exports import every_kind

sync = pytest.importorskip("playwright.sync_api")
expect = sync.expect
RECEIVED = re.compile("Received")
pytestmark = pytest.mark.sampled(5)
SEEN = """(is) => {
  Object.defineProperty(document, "hidden", { value: !is, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SIDES = (320, 1280)
ROSTER = [("s1", "Ada"), ("s2", "Grace")]


@pytest.fixture
def phone(open_page):
    """Return what opens the phone's page."""

    def begin(poll, context=None, behind="", **options):
        return open_page(poll.url + behind, (360, 740), context, **options)

    return begin


def status(page):
    return page.locator("#status")


def choose(page, letter):
    page.locator(f"#answer .option:has([value={letter}])").click()


def type_in(page, text, blank=""):
    page.locator(f'#answer [data-blank="{blank}"]').fill(text)


def stop_the_clock(page):
    """Let a page's timers run only when the test says so."""
    page.clock.install()
    page.clock.pause_at(time.time() + 100)


def until(happened):
    """Wait for something to happen at the server."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def counted(poll):
    """Return how often each answer counts."""
    return Counter(json.dumps(given) for given in poll.kept().values())


def test_every_kind_of_question_is_answered(lecture, phone):
    poll = lecture()
    page = phone(poll)
    expect(page.locator("#waiting")).to_contain_text("The first question appears here")
    poll.ask(0)
    type_in(page, "-3,5")
    page.keyboard.press("Enter")
    expect(status(page)).to_have_text("✓ Received: -3,5")
    poll.act("close")
    poll.ask(1)
    type_in(page, "12", "r1c1")
    page.get_by_role("button", name="Send").click()
    expect(status(page)).to_contain_text("Still empty: row as it is, column second; row changed, column first and 1 more.")
    poll.act("close")
    poll.ask(2)
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")
    choose(page, "C")
    expect(status(page)).to_have_text("✓ Received: C")
    poll.act("close")
    poll.ask(3)
    choose(page, "C")
    choose(page, "A")
    page.get_by_role("button", name="Send").click()
    expect(status(page)).to_have_text("✓ Received: A C")
    grid = {"r1c1": "12", "r1c2": "", "r2c1": "", "r2c2": ""}
    assert list(poll.kept().values()) == [{"": "-3,5"}, grid, {"": "C"}, {"": "A C"}]
    assert len({person for _, person in poll.kept()}) == 1


def test_a_reload_brings_everything_back(lecture, phone):
    poll = lecture()
    poll.ask(0)
    page = phone(poll)
    type_in(page, "42")
    expect(status(page)).to_have_text("✓ Received: 42")  # a pause of typing is enough
    page.reload()
    expect(status(page)).to_have_text("✓ Received: 42")
    expect(page.locator("#blank")).to_have_value("42")
    type_in(page, "43")
    expect(status(page)).to_have_text("✓ Received: 43")
    assert list(poll.kept().values()) == [{"": "43"}]


def test_an_answer_waits_in_airplane_mode(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    expect(page.locator("#question")).to_be_visible()
    page.context.set_offline(True)
    choose(page, "A")
    choose(page, "B")
    expect(status(page)).to_have_text("Not sent yet: no connection. Your answer is kept.")
    assert poll.kept() == {}
    page.context.set_offline(False)
    expect(status(page)).to_have_text("✓ Received: B")
    assert list(poll.kept().values()) == [{"": "B"}]


def test_an_answer_outlives_the_page(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    choose(page, "A")
    expect(status(page)).to_have_text("✓ Received: A")
    page.context.route("**/answers", lambda route: route.abort())
    choose(page, "B")
    expect(status(page)).to_contain_text("Not sent yet")
    page.close()
    page = phone(poll, page.context)
    expect(page.locator("#answer [value=B]")).to_be_checked()
    expect(status(page)).to_contain_text("Not sent yet")
    page.context.unroute("**/answers")
    expect(status(page)).to_have_text("✓ Received: B")
    assert counted(poll) == {'{"": "B"}': 1}


def test_an_answer_whose_receipt_is_lost_counts_once(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    lost = []

    def lose(route):
        lost.append(route.fetch().json())
        route.abort()

    page.route("**/answers", lose, times=2)
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")
    assert len(lost) == 2 and lost[0] == lost[1]
    poll.stop()
    with closing(Journal(poll.path)) as journal:
        assert [answer.given for answer in journal.answers()] == [{"": "B"}]


def test_the_last_change_counts_whatever_the_network_does(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    sent, held = [], []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.route("**/answers", lambda route: held.append(route), times=1)
    choose(page, "A")
    expect(status(page)).to_have_text("Sending …")
    choose(page, "B")
    choose(page, "C")
    page.evaluate("fetch('/state').then((response) => response.ok)")  # what was sent before has left
    assert len(sent) == 1  # at a time
    held[0].continue_()
    expect(status(page)).to_have_text("✓ Received: C")
    assert list(poll.kept().values()) == [{"": "C"}]


def test_an_answer_waits_for_the_server(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    choose(page, "A")
    expect(status(page)).to_have_text("✓ Received: A")
    poll.stop()
    choose(page, "B")
    expect(status(page)).to_contain_text("Not sent yet")
    expect(page.locator("#lost")).to_contain_text("No connection to the poll.")
    poll.start()
    expect(status(page)).to_have_text("✓ Received: B")
    expect(page.locator("#lost")).to_be_hidden()
    assert list(poll.kept().values()) == [{"": "B"}]


def test_two_tabs_are_one_person(lecture, phone):
    poll = lecture()
    poll.ask(2)
    one = phone(poll)
    other = phone(poll, one.context)
    choose(one, "A")
    expect(other.locator("#answer [value=A]")).to_be_checked()
    expect(status(other)).to_have_text("✓ Received: A")
    choose(other, "B")
    expect(status(one)).to_have_text("✓ Received: B")
    assert list(poll.kept().values()) == [{"": "B"}]


def test_an_answer_after_the_end_of_a_round_is_told_so(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    page.route("**/answers", lambda route: route.abort())
    choose(page, "B")
    expect(status(page)).to_contain_text("Not sent yet")
    poll.act("close")
    expect(page.locator("#instruction")).to_have_text("This round is closed.")
    page.unroute("**/answers")
    expect(status(page)).to_have_text("This round closed before your answer arrived, so it does not count.")
    assert poll.kept() == {}
    poll.act("more")  # the teacher lets it go on: now it counts
    expect(status(page)).to_have_text("✓ Received: B")


def test_a_change_after_the_end_leaves_the_answer_before(lecture, phone):
    poll = lecture()
    poll.ask(0)
    page = phone(poll)
    type_in(page, "1")
    expect(status(page)).to_have_text("✓ Received: 1")
    stop_the_clock(page)
    page.locator("#blank").press_sequentially("2")
    poll.act("close")  # while somebody types
    expect(page.locator("#instruction")).to_have_text("This round is closed.")
    page.clock.run_for(2_000)
    expect(status(page)).to_have_text("This round closed before your change arrived. What counts: 1")
    poll.act("go", 1)
    expect(status(page)).to_contain_text("What counts: 1")


def test_news_steal_neither_focus_nor_text(lecture, phone):
    poll = lecture()
    poll.ask(1)
    page = phone(poll)
    cell = page.locator('[data-blank="r2c1"]')
    cell.press_sequentially("12")
    poll.act("more")
    poll.answer({"r1c1": "5"}, key="f" * 32)
    cell.press_sequentially("34")
    expect(cell).to_be_focused()
    expect(cell).to_have_value("1234")
    expect(status(page)).to_contain_text("1234")
    assert poll.kept()[1, page.evaluate("JSON.parse(localStorage['convgrade poll']).key")]["r2c1"] == "1234"


def test_what_people_type_is_text(lecture, phone):
    poll = lecture(made.number)
    poll.ask(0)
    page = phone(poll)
    text = "<img src=x onerror=alert(1)>&amp;"
    type_in(page, text)
    expect(status(page)).to_have_text(f"✓ Received: {text}")
    poll.act("close")
    poll.act("show", 1)
    expect(page.locator("#results")).to_contain_text("Not a number")
    poll.act("show", 2)
    expect(page.locator("#verdicts")).to_contain_text("<img src=x")
    assert page.locator("img[src=x]").count() == 0


@pytest.mark.costly
def test_nobody_sends_what_is_too_long(lecture, phone):
    poll = lecture()
    poll.ask(1)
    page = phone(poll)
    type_in(page, "1" * 150, "r1c1")
    type_in(page, "2" * 150, "r1c2")
    expect(status(page)).to_have_text("An answer has at most 200 characters.")
    type_in(page, "2", "r1c2")
    expect(status(page)).to_contain_text("Received")


@pytest.mark.costly
def test_the_solution_and_what_became_of_both_answers(lecture, phone):
    poll = lecture(made.choice)
    right = [option.right for option in poll.made.versions[0].variants[0].answer.options].index(True)
    wrong = (right + 1) % 4
    page = phone(poll)
    poll.ask(0)
    expect(page.locator("#instruction")).to_have_text("Answer on your own.")
    choose(page, "ABCD"[wrong])
    expect(status(page)).to_have_text(RECEIVED)
    poll.act("close")
    poll.act("open", 0)
    expect(page.locator("#instruction")).to_have_text("Discuss the question with your neighbours, then answer again.")
    expect(page.locator("#before")).to_contain_text(f"Your first answer: {'ABCD'[wrong]}")
    expect(page.locator("#answer :checked")).to_have_count(0)
    choose(page, "ABCD"[right])
    expect(page.locator("#before")).to_be_hidden()
    expect(status(page)).to_have_text(RECEIVED)
    poll.act("close")
    poll.act("show", 1)
    expect(page.locator("#results")).to_contain_text("ABCD"[wrong])
    assert page.locator("#verdicts p").count() == 0
    poll.act("show", 2)
    expect(page.locator("#verdicts p")).to_have_count(2)
    expect(page.locator("#verdicts p").nth(0)).to_contain_text("Wrong.")
    expect(page.locator("#verdicts p").nth(1)).to_contain_text("Right, it is even.")
    expect(page.locator("#solution")).to_contain_text("ABCD"[right])
    poll.act("end")
    expect(page.locator("#waiting")).to_have_text("The poll has ended. Thank you for taking part.")
    expect(page.locator("#question")).to_be_hidden()


def test_verdicts_belong_to_their_question(lecture, phone):
    poll = lecture(made.number, made.number)
    page = phone(poll)
    for question in (0, 1):
        poll.act("go", question)
        for text in ("1", f"{2 + question}"):
            poll.act("open", 0)
            type_in(page, text)
            page.keyboard.press("Enter")
            expect(status(page)).to_have_text(f"✓ Received: {text}")
            poll.act("close")
        poll.act("show", 2)
        expect(page.locator("#verdicts p")).to_have_count(2)


@pytest.mark.costly
def test_the_first_answer_is_taken_again(lecture, phone):
    poll = lecture()
    page = phone(poll)
    poll.ask(0)
    type_in(page, "7")
    expect(status(page)).to_have_text(RECEIVED)
    poll.act("close")
    poll.act("open", 0)
    page.get_by_role("button", name="Use it again").click()
    expect(status(page)).to_have_text("✓ Received: 7")
    assert [number for number, _ in poll.kept()] == [1, 2]
    poll.act("close")
    poll.act("go", 1)
    poll.act("open", 0)
    poll.act("close")
    poll.act("open", 1)  # other numbers
    expect(page.locator("#instruction")).to_contain_text("The numbers have changed")
    expect(page.locator("#before")).to_be_hidden()


def test_a_roster_asks_who_it_is(lecture, phone):
    poll = lecture(roster=ROSTER)
    poll.ask(2)
    page = phone(poll)
    page.get_by_label("Your student id").fill("nobody")
    expect(page.locator("#question")).to_be_hidden()
    page.get_by_role("button", name="Take part").click()
    expect(page.locator("#code-error")).to_contain_text("not on the course list")
    page.get_by_label("Your student id").fill(" s1 ")
    page.keyboard.press("Enter")
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")
    page.reload()
    expect(status(page)).to_have_text("✓ Received: B")
    assert poll.kept() == {(1, "s1"): {"": "B"}}


def test_another_device_of_the_same_student_has_the_last_word(lecture, phone):
    poll = lecture(roster=ROSTER)
    poll.ask(2)
    page = phone(poll)
    page.get_by_label("Your student id").fill("s1")
    page.keyboard.press("Enter")
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")
    poll.http.post("/join", json={"key": KEY, "code": "s1"}).raise_for_status()
    poll.answer("C", key=KEY, change=2**42).raise_for_status()
    poll.act("close")
    expect(status(page)).to_have_text("✓ Received: C")


def test_a_replay_only_shows(lecture, phone):
    poll = lecture(made.choice)
    poll.ask(0)
    poll.answer("A")
    poll.act("close")
    poll.stop()
    poll.start(Replay)
    page = phone(poll)
    poll.act("next")
    until(lambda: poll.news()["phase"] == "closed")
    expect(page.locator("#instruction")).to_have_text("This is a replay: it takes no answers.")
    expect(page.locator("#answer input").first).to_be_disabled()
    expect(status(page)).to_be_hidden()


@pytest.mark.costly
def test_another_address_takes_the_key_and_the_answer_along(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    choose(page, "A")
    expect(status(page)).to_have_text("✓ Received: A")
    stop_the_clock(page)
    poll.stop()
    choose(page, "B")
    page.clock.run_for(3_000)
    expect(page.locator("#lost")).to_be_visible()
    expect(page.locator("#move")).to_be_hidden()
    page.clock.run_for(10_000)
    address = page.get_by_label("new address")
    address.fill("nonsense at all")
    page.get_by_role("button", name="Go there").click()
    expect(page.locator("#address-error")).to_contain_text("as the screen shows it")
    poll.port = free_port()
    poll.start()
    address.fill(poll.url.removeprefix("http://"))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{poll.url}/")
    expect(status(page)).to_have_text("✓ Received: B")
    assert list(poll.kept().values()) == [{"": "B"}]


BROUGHT = [
    "a-secret",
    "%E0%A4%A",
    "null",
    '{"poll": "POLL", "key": "short", "unsent": []}',
    '{"poll": "POLL", "key": "KEY", "unsent": {}}',
    '{"poll": "POLL", "key": "KEY", "unsent": [[1, 5, null]]}',
    '{"poll": "another", "key": "KEY", "unsent": [[1, 99, {"": "D"}]]}',
]


@pytest.mark.costly
@pytest.mark.parametrize("brought", BROUGHT)
def test_an_address_with_something_else_behind_it_is_harmless(lecture, phone, brought):
    poll = lecture(made.choice)
    poll.ask(0)
    page = phone(poll, behind="/#" + brought.replace("POLL", poll.journal.about.id).replace("KEY", "f" * 32))
    choose(page, "A")
    expect(status(page)).to_have_text("✓ Received: A")
    assert "#" not in page.url and (1, "f" * 32) not in poll.kept()


@pytest.mark.costly
def test_a_browser_that_keeps_nothing(lecture, phone):
    poll = lecture()
    poll.ask(2)
    forbidden = (
        "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page = phone(poll, init=forbidden)
    expect(page.locator("#forgets")).to_contain_text("This browser keeps nothing")
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")
    page.reload()
    expect(status(page)).to_have_text("✓ Received: B")
    assert list(poll.kept().values()) == [{"": "B"}]


@pytest.mark.parametrize("way", ["refused", "silent"])
def test_without_a_stream_the_page_asks(lecture, phone, browser, way):
    poll = lecture()
    context = browser.new_context()
    context.clock.install()
    context.route("**/stream", {"refused": lambda route: route.abort(), "silent": lambda route: None}[way])
    page = phone(poll, context)
    page.clock.run_for(6_000)
    expect(page.locator("#waiting")).to_contain_text("The first question")
    poll.ask(2)
    page.clock.run_for(6_000)
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")
    expect(page.locator("#lost")).to_be_hidden()
    context.close()


def test_another_poll_at_the_address_gets_no_old_answer(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    page.context.route("**/answers", lambda route: route.abort())
    choose(page, "B")
    expect(status(page)).to_contain_text("Not sent yet")
    key = page.evaluate("JSON.parse(localStorage['convgrade poll']).key")
    poll.stop()
    poll.path.unlink()
    Journal.create(poll.path, About(drawn(made.choice), "another secret", PROJECTOR))
    poll.start()
    poll.teacher.post("/teacher/enter", json={"secret": "another secret"})
    poll.ask(0)
    expect(page.locator("#heading")).to_have_text("Question 1 of 1")
    page.context.unroute("**/answers")
    expect(page.locator("#answer :checked")).to_have_count(0)
    assert page.evaluate("JSON.parse(localStorage['convgrade poll']).key") != key
    assert poll.kept() == {}


def test_a_busy_server_is_left_alone_as_long_as_it_says(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    stop_the_clock(page)
    sent = []

    def refuse(route):
        sent.append(route.request.post_data)
        route.fulfill(status=429, headers={"Retry-After": "30"}, json={"error": "Wait."})

    page.route("**/answers", refuse)
    choose(page, "A")
    expect(status(page)).to_have_text("Not sent yet. Wait.")
    choose(page, "B")
    page.clock.run_for(25_000)
    assert len(sent) == 1
    page.unroute("**/answers")
    page.clock.run_for(10_000)
    expect(status(page)).to_have_text("✓ Received: B")


def test_what_the_server_refuses_is_not_sent_again(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    page.route("**/answers", lambda route: route.fulfill(status=403, json={"error": "This poll is full."}), times=1)
    choose(page, "A")
    expect(status(page)).to_have_text("This poll is full.")
    page.reload()
    expect(status(page)).to_have_text("This poll is full.")
    assert poll.kept() == {}
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")


@pytest.mark.costly
def test_a_tab_that_nobody_sees_holds_no_connection(lecture, phone):
    poll = lecture()
    page = phone(poll)
    until(lambda: poll.live.present == 1)
    page.evaluate(SEEN, False)
    until(lambda: poll.live.present == 0)
    poll.ask(2)
    page.evaluate(SEEN, True)
    choose(page, "A")
    expect(status(page)).to_have_text("✓ Received: A")


def test_the_keyboard_is_enough(lecture, phone):
    poll = lecture()
    poll.ask(2)
    page = phone(poll)
    expect(page.locator("#question")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(status(page)).to_have_text("✓ Received: A")
    page.keyboard.press("ArrowDown")
    expect(status(page)).to_have_text("✓ Received: B")


def test_signs_that_a_phones_keyboard_lacks(lecture, phone):
    poll = lecture()
    poll.ask(0)
    page = phone(poll, has_touch=True, is_mobile=True)
    page.locator("#blank").press_sequentially("3")
    page.get_by_role("button", name="fraction bar").tap()
    page.keyboard.type("4")
    page.get_by_role("button", name="change the sign").tap()
    expect(page.locator("#blank")).to_be_focused()
    expect(status(page)).to_have_text("✓ Received: -3/4")


def test_half_a_minute_is_announced_once(lecture, phone):
    poll = lecture()
    page = phone(poll)
    expect(page.locator("#waiting")).to_contain_text("first question")
    stop_the_clock(page)
    poll.ask(2, seconds=65)
    expect(page.locator("#question")).to_be_visible()
    page.clock.run_for(1_000)
    expect(page.locator("#announced")).to_contain_text("Question 3 of 4")
    expect(page.locator("#time")).to_have_attribute("aria-live", "off")
    minutes, seconds = map(int, page.locator("#time").inner_text().split(":"))
    page.clock.fast_forward(1000 * max(0, 60 * minutes + seconds - 32))
    for _ in range(60):  # where the stream is late, the page has asked again and counts from there
        page.clock.run_for(1_000)
        if page.locator("#announced").inner_text() == "30 seconds left":
            break
    expect(page.locator("#announced")).to_have_text("30 seconds left")
    choose(page, "B")
    expect(status(page)).to_have_text("✓ Received: B")  # or the clock has stopped before there is anything to announce
    page.clock.run_for(1_000)
    expect(page.locator("#announced")).to_have_text("✓ Received: B")


def test_a_question_that_comes_late_leaves_less_time(lecture, phone):
    poll = lecture()
    page = phone(poll)
    expect(page.locator("#waiting")).to_contain_text("first question")
    stop_the_clock(page)
    page.route("**/questions/*", lambda route: route.abort())
    poll.ask(2, seconds=600)
    expect(page.locator("#waiting")).to_contain_text("Loading the question")
    page.clock.run_for(20_000)
    page.unroute("**/questions/*")
    while page.locator("#question").is_hidden():
        page.clock.run_for(1_000)
    assert re.match("9:[0-4]|[0-8]:", page.locator("#time").inner_text())


def test_the_page_speaks_the_quizs_language(lecture, phone):
    german = Language("de", {"Send": "Senden", "✓ Received: {answer}": "✓ Angekommen: {answer}"})
    poll = lecture(made_of=drawn(made.number, language=german))
    poll.ask(0)
    page = phone(poll)
    type_in(page, "5")
    page.get_by_role("button", name="Senden").click()
    expect(status(page)).to_have_text("✓ Angekommen: 5")
    assert page.locator("html").get_attribute("lang") == "de"


@pytest.mark.slow
def test_nobody_is_kept_out_in_any_state(lecture, phone):
    variants = [every_kind.variants(n)[:6] for n in (1000, 1007)]
    poll = lecture(made_of=of_variants(*variants))
    page = phone(poll)
    expect(page.locator("#waiting")).to_be_visible()
    assert_accessible(page, *SIDES)
    for place, variant in enumerate(variants[0]):
        poll.ask(place)
        expect(page.locator("#heading")).to_have_text(f"Question {place + 1} of 6")
        if place in (0, 1, 4, 5):  # one of each kind
            assert_accessible(page, 320)
        options = page.locator("#answer .option")
        options.first.click() if options.count() else page.locator("#answer input").first.fill("<b>7")
        expect(status(page)).to_have_text(RECEIVED)
        poll.act("close")
        poll.act("show", 1)
        expect(page.locator("#results")).not_to_be_empty()
        poll.act("show", 2)
        expect(page.locator("#solution")).not_to_be_empty()
        expect(page.locator("#verdicts")).not_to_be_empty()
        if place in (1, 4):
            assert_accessible(page, *SIDES)
            page.set_viewport_size({"width": 320, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), variant.template


@pytest.mark.costly
def test_an_option_that_is_too_wide_scrolls(lecture, phone):
    variant = made.variant(made.choice)
    wide = tuple(replace(one, text=f"{'a' * 150} ${'+ a ' * 40}$") for one in variant.answer.options)
    variant = replace(variant, answer=replace(variant.answer, options=wide))
    poll = lecture(made_of=of_variants([variant], [variant]))
    pages = phone(poll), phone(poll, behind=poll.projector_link.removeprefix(poll.url))
    pages[1].set_viewport_size({"width": 1280, "height": 720})
    poll.ask(0)
    for page, options in zip(pages, ("#answer .option", ".options li")):
        expect(page.locator(options)).to_have_count(len(wide))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    poll.answer("A")
    poll.act("close")
    poll.act("show", 1)
    for page in pages:
        expect(page.locator(".results li")).to_have_count(len(wide))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert_accessible(pages[0], 320)


def test_a_large_font_and_a_lost_connection_on_a_narrow_screen(lecture, phone):
    poll = lecture(roster=ROSTER)
    page = phone(poll)
    page.clock.install()
    page.set_viewport_size({"width": 320, "height": 740})
    expect(page.locator("#join")).to_be_visible()
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    poll.stop()
    page.clock.run_for(12_000)
    expect(page.locator("#move")).to_be_visible()
    assert_accessible(page, 320)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
