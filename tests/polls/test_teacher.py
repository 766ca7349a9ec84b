"""The teacher's page in a real browser: a question from its first round to its solution, by mouse and by clicker."""

import re
import time

import pytest

from polls.afterwards.replay import Replay
from polls.journal import Unwritten
from tests.browsing import assert_accessible
from tests.polls.conftest import KEY, PATIENCE, TEACHER, of_variants
from tests.quizzes import made

sync = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.sampled(3)
CLICKED_AGAIN = """() => {
  const button = document.querySelector("#primary button");
  new MutationObserver(() => button.click()).observe(button, { childList: true });
}"""  # as soon as the large button has another label


@pytest.fixture
def teacher(open_page):
    """Return what opens a poll's page as its teacher does."""

    def begin(poll, link=None, width=1280):
        return open_page(poll.teacher_link if link is None else link, (width, 740))

    return begin


def sees(page, *texts):
    """Wait until a page shows these texts."""
    for text in texts:
        page.get_by_text(text).first.wait_for()


def primary(page):
    return page.locator("#primary button")


def press_next(page, label):
    """Click on the large button, once it says so."""
    page.locator("#primary button[aria-disabled=false]", has_text=label).click()


def ready(page):
    """Wait until a new state has been seen for long enough: then buttons and keys act."""
    page.locator("#primary button[aria-disabled=false]").wait_for()


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def is_disabled(page, name):
    sync.expect(button(page, name)).to_have_attribute("aria-disabled", "true")


def is_at(poll, page, phase, shown="nothing"):
    """Wait until a poll has come so far."""
    until(page, lambda: (poll.news()["phase"], poll.news()["shown"]) == (phase, shown))
    return poll.news()


def until(page, holds):
    """Wait until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        page.wait_for_timeout(50)


def lasts(poll):
    """Return how long a round takes, in seconds."""
    return round(poll.live.state.round.closes - poll.live.state.round.opened)


def answers(poll, form, right, wrong):
    """Answer the first question: so many know it, so many do not double."""
    variant = poll.made.versions[form].variants[0]
    for nth in range(right + wrong):
        answer = variant.answer.value if nth < right else variant.wrong[0].answer
        assert poll.answer(str(answer), key=f"{KEY}{nth}").status_code == 200


def test_a_whole_question_by_mouse(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    sees(page, "Question 1 of 4: not asked yet")
    press_next(page, "Start round 1: think alone")
    is_at(poll, page, "open")
    answers(poll, 0, right=2, wrong=2)
    sees(page, "Answered: 4 of 4", "Round 1: 50% right (2 of 4)")
    press_next(page, "Close the round")
    sees(page, "Between 30% and 70% are right")
    press_next(page, "Start round 2: in groups")
    assert is_at(poll, page, "open")["round"]["form"] == 0
    answers(poll, 0, right=3, wrong=1)
    press_next(page, "Close the round")
    sees(
        page, "4 answered both rounds: 1 moved from wrong to right, 0 from right to wrong, 2 stayed right, 1 stayed wrong."
    )
    sees(page, "More than 70% are right after the discussion")
    sees(page, "Only you see this.")
    press_next(page, "Show the answers")
    is_at(poll, page, "closed", "answers")
    sees(page, "Only you see which are right.")
    press_next(page, "Show the solution")
    is_at(poll, page, "closed", "solution")
    sync.expect(page.locator("#only-you")).to_be_hidden()
    press_next(page, "Next question")
    sees(page, "Question 2 of 4: not asked yet")
    sync.expect(page.locator("#told")).to_be_hidden()


def test_a_whole_question_by_a_clicker(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    steps = [
        ("PageDown", "open", "nothing"), ("PageDown", "closed", "nothing"), ("Space", "open", "nothing"),
        ("Enter", "closed", "nothing"), ("PageDown", "closed", "answers"), ("PageDown", "closed", "solution"),
        ("PageDown", "waiting", "nothing"),
    ]  # fmt: skip
    for key, phase, shown in steps:
        ready(page)
        page.keyboard.down(key)
        news = is_at(poll, page, phase, shown)
        ready(page)
        page.keyboard.down(key)  # it is held, and acts once
        page.keyboard.up(key)
    assert (news["question"], poll.news()["steps"]) == (2, len(steps))


def test_few_are_right(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    press_next(page, "Start round 1: think alone")
    is_at(poll, page, "open")
    answers(poll, 0, right=1, wrong=4)
    press_next(page, "Close the round")
    sees(page, "Fewer than 30% are right")
    press_next(page, "Show the answers")
    press_next(page, "Show the solution")
    sees(page, "The hall has seen the solution: choose other numbers.")
    is_disabled(page, "Start round 2: in groups")
    press_next(page, "Start round 2 with other numbers")
    assert is_at(poll, page, "open")["round"]["form"] == 1
    sync.expect(page.get_by_label("Other numbers")).to_be_checked()


@pytest.mark.costly
def test_what_only_the_teacher_sees(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    poll.ask(0)
    answers(poll, 0, right=0, wrong=1)
    assert poll.answer("<img src=x onerror=document.title='open'>").status_code == 200
    sees(page, "Only you see this.", "You get this answer if the number is not doubled.", "Not a number")
    assert not page.locator("#results img").count() and page.title() != "open"
    assert "not doubled" not in str(poll.news())


def test_the_seconds_of_a_round_can_be_chosen(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    seconds = page.get_by_label("Seconds")
    sync.expect(seconds).to_have_value("60")
    for text in ("4000", ""):
        seconds.fill(text)
        press_next(page, "Start round 1: think alone")
        sync.expect(seconds).to_be_focused()  # and the browser says why
    seconds.fill("300")
    ready(page)
    seconds.press("PageDown")  # no key acts in a field
    seconds.press("Enter")
    assert poll.news()["phase"] == "waiting"
    sync.expect(primary(page)).to_be_focused()
    page.keyboard.press("Enter")
    is_at(poll, page, "open")
    assert lasts(poll) == 300
    press_next(page, "Close the round")
    sync.expect(seconds).to_have_value("180")
    sees(page, "Nobody has answered.")


def test_what_was_clicked_twice_is_done_once(lecture, teacher):
    poll = lecture()
    page = teacher(poll)

    def after_another(route):
        assert poll.act("go", 2).status_code == 200
        route.continue_()

    page.route("**/teacher/act", after_another)
    press_next(page, "Start round 1: think alone")
    sees(page, "The poll has moved on", "Question 3 of 4: not asked yet")
    assert poll.news()["phase"] == "waiting"
    page.unroute("**/teacher/act")
    page.evaluate(CLICKED_AGAIN)
    press_next(page, "Start round 1: think alone")
    assert is_at(poll, page, "open")["question"] == 3
    sync.expect(page.locator("#refused")).to_be_hidden()
    ready(page)
    assert (poll.news()["phase"], poll.news()["steps"]) == ("open", 2)


@pytest.mark.costly
def test_a_lost_connection(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    page.route("**/teacher/act", lambda route: route.abort())
    press_next(page, "Start round 1: think alone")
    sees(page, "No connection: check whether it worked, and try again if not.")
    page.unroute("**/teacher/act")
    press_next(page, "Start round 1: think alone")
    sees(page, "Question 1 of 4: round 1 is open")
    poll.stop()
    sees(page, "No connection to the poll")
    is_disabled(page, "+30 s")
    page.keyboard.press("PageDown")
    poll.start()
    sync.expect(page.locator("#lost")).to_be_hidden()
    page.reload()
    sees(page, "Question 1 of 4: round 1 is open")
    press_next(page, "Close the round")
    is_at(poll, page, "closed")


def test_more_time(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    poll.ask(0, seconds=1800)
    button(page, "+30 s").click()
    until(page, lambda: lasts(poll) == 1830)
    button(page, "+1 min").click()
    until(page, lambda: lasts(poll) == 1890)
    ready(page)
    page.keyboard.press("+")
    until(page, lambda: lasts(poll) == 1920)
    sync.expect(page.locator("#clock")).to_have_text(re.compile("^(31:|32:00)"))


@pytest.mark.slow
def test_a_way_to_the_server_that_lets_no_stream_through(lecture, teacher):
    poll = lecture()
    page = teacher(poll)
    sees(page, "not asked yet")
    page.route("**/teacher/stream", lambda route: route.abort())
    page.reload()
    press_next(page, "Start round 1: think alone")
    sees(page, "Question 1 of 4: round 1 is open")


@pytest.mark.costly
@pytest.mark.parametrize("secret", ["", "#the-secret-of-the-projector"])
def test_a_wrong_link(lecture, teacher, secret):
    poll = lecture(made.number)
    page = teacher(poll, f"{poll.url}/teacher{secret}")
    sees(page, "This link is wrong: open the one that convgrade printed.")
    sync.expect(page.locator("#poll")).to_be_hidden()


def test_the_secret_stands_nowhere(lecture, teacher):
    poll = lecture(made.number)
    page = teacher(poll)
    sees(page, "not asked yet")
    kept = "[location.href, document.documentElement.outerHTML, document.cookie, JSON.stringify(localStorage)]"
    assert TEACHER not in "".join(page.evaluate(kept))


@pytest.mark.costly
def test_the_end(lecture, teacher):
    poll = lecture(made.number)
    page = teacher(poll)
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    button(page, "End the poll").click()
    assert asked == ["End the poll? Nobody will be able to answer after that."]
    assert poll.news()["phase"] == "waiting"
    page.once("dialog", lambda dialog: dialog.accept())
    button(page, "End the poll").click()
    sees(page, "the poll has ended", "The report is in the poll's folder")
    sync.expect(primary(page)).to_be_hidden()
    page.keyboard.press("PageDown")


def test_any_question_at_any_time_but_in_a_round(lecture, teacher):
    poll = lecture(made.number, made.grid, made.choice)
    page = teacher(poll)
    page.locator("#overview button").nth(2).click()
    sees(page, "Question 3 of 3: not asked yet")
    sync.expect(page.locator("#overview [aria-current]")).to_have_count(1)
    button(page, "Previous question").click()
    sees(page, "Question 2 of 3")
    press_next(page, "Start round 1: think alone")
    is_at(poll, page, "open")
    sees(page, "Made up, one round")
    sync.expect(page.locator("#overview button").nth(0)).to_have_attribute("aria-disabled", "true")
    page.locator("#overview button").nth(0).click(force=True)
    page.wait_for_timeout(200)
    assert poll.news()["question"] == 2


@pytest.mark.costly
def test_the_question_and_its_key_are_there_before_the_hall_gets_them(lecture, teacher):
    poll = lecture(made.number)
    page = teacher(poll)
    first, other = (version.variants[0] for version in poll.made.versions)
    sees(page, first.stem)
    assert not page.get_by_text(str(first.answer.value), exact=True).is_visible()
    page.get_by_text("Key and worked solution").click()
    sync.expect(page.locator("#solution")).to_contain_text(str(first.answer.value))
    page.get_by_label("Other numbers").check()
    sees(page, other.stem)
    sync.expect(page.locator("#solution")).to_contain_text(str(other.answer.value))
    ready(page)
    page.keyboard.press("PageDown")  # the radio button has the focus, the clicker still acts
    is_at(poll, page, "open")


def test_forms_that_are_alike(lecture, teacher):
    variant = made.variant(made.number)
    poll = lecture(made_of=of_variants([variant], [variant]))
    page = teacher(poll)
    poll.ask(0)
    answers(poll, 0, right=0, wrong=1)
    press_next(page, "Close the round")
    sees(page, "this question has only one form", "There are no other numbers.")
    is_disabled(page, "Start round 2 with other numbers")
    sync.expect(button(page, "Start round 2: in groups")).to_have_attribute("aria-disabled", "false")


@pytest.mark.costly
def test_keyboard_shortcuts(lecture, teacher):
    poll = lecture(made.number)
    page = teacher(poll)
    sees(page, "not asked yet")
    page.keyboard.press("?")
    sees(page, "A presenter's clicker does the same.")
    page.keyboard.press("PageDown")
    page.get_by_label("Use keyboard shortcuts").uncheck()
    page.keyboard.press("Escape")
    sync.expect(page.locator("#keys")).to_be_hidden()
    page.locator("h1").click()
    page.keyboard.press("PageDown")
    page.wait_for_timeout(200)
    assert poll.news()["phase"] == "waiting"


def test_a_warning_of_the_server(lecture, teacher):
    poll = lecture(made.number)
    page = teacher(poll)

    def full(done):
        raise Unwritten("the disk is full")

    write, poll.journal.write = poll.journal.write, full
    press_next(page, "Start round 1: think alone")
    sees(page, "This computer can't save anything (the disk is full)")
    poll.journal.write = write
    press_next(page, "Start round 1: think alone")
    is_at(poll, page, "open")
    sync.expect(page.locator("#warning")).to_be_hidden()


def test_a_lecture_that_is_shown_again(lecture, teacher):
    poll = lecture(made.number, made.choice)
    poll.act("open")
    answers(poll, 0, right=1, wrong=1)
    poll.act("close")
    poll.stop()
    poll.start(Replay)
    page = teacher(poll)
    sees(page, "This is a replay at 1× speed.", "not asked yet")
    button(page, "Pause").click()
    button(page, "Faster").click()
    sees(page, "This is a replay at 2× speed.")
    sync.expect(page.locator("#overview button").nth(1)).to_have_attribute("aria-disabled", "true")
    press_next(page, "Next step")
    sees(page, "Question 1 of 2: round 1 is open")
    press_next(page, "Next step")
    sees(page, "Question 1 of 2: closed, nothing shown", "Round 1: 50% right (1 of 2)")
    assert not button(page, "Close the round").is_visible() and not page.get_by_label("Seconds").is_visible()
    sees(page, "The replay is over.")
    assert not page.locator("[data-step]:visible").count() and not page.locator("#advice").is_visible()


def test_accessible_in_every_state(lecture, teacher):
    poll = lecture()
    page = teacher(poll)

    def check(stands, *widths):
        sees(page, stands)
        sync.expect(page.locator("#question > *").first).to_be_attached()
        sync.expect(page.locator("[data-step][aria-disabled=true]:visible")).to_have_count(0)
        assert_accessible(page, *widths, 320)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

    check("not asked yet")
    poll.ask(0)
    answers(poll, 0, right=1, wrong=2)
    check("round 1 is open")
    poll.act("close")
    check("closed, nothing shown")
    poll.act("open", 1)
    answers(poll, 1, right=2, wrong=1)
    poll.act("close")
    poll.act("show", 2)
    page.get_by_text("Key and worked solution").click()
    check("closed, solution shown", 1280)
    page.keyboard.press("?")
    sees(page, "A presenter's clicker does the same.")
    assert_accessible(page, 320)
    page.keyboard.press("Escape")
    poll.act("go", 3)
    poll.act("end")
    check("the poll has ended")
