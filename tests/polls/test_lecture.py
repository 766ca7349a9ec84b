"""A whole lecture: the real command, a projector, a teacher and three phones in real browsers, and all that goes wrong."""

import csv
import subprocess
import sys

import pytest

from benchmarks.poll.command import ROOT, Command
from polls.drawing import draw
from quizzes import making
from quizzes.grading.marking import cells, letter
from quizzes.question import Choice, Grid
from quizzes.tables import text_of

sync = pytest.importorskip("playwright.sync_api")
PATIENCE = 60_000  # milliseconds
SEED = "a lecture"
QUIZ = """
title = "A lecture"
[poll]
think = 600
group = 600
[[questions]]
template = "output-size"
[[questions]]
template = "max-and-min-pooling"
[[questions]]
template = "dense-weights"
ask = "choice"
[[questions]]
template = "what-changes-the-weights-of-a-layer"
"""
NUMBER, GRID, ONE_OF_MANY, SEVERAL = range(4)
ADA = 0


class Page:
    """A browser of its own, open at one page of the poll; its scripts must not fail."""

    def __init__(self, browser, link):
        self.context = browser.new_context(viewport={"width": 1000, "height": 800})
        self.context.set_default_timeout(PATIENCE)
        self.page = self.context.new_page()
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(link)

    def sees(self, text, within="body"):
        sync.expect(self.page.locator(within)).to_contain_text(text, timeout=PATIENCE)

    def sees_no(self, text, within="body"):
        sync.expect(self.page.locator(within)).not_to_contain_text(text, timeout=PATIENCE)

    def reloads(self):
        self.page.reload()

    def leaves(self):
        self.context.close()
        assert self.errors == []


class Teacher(Page):
    def presses(self, *labels):
        for label in labels:
            self.page.get_by_role("button", name=label, exact=True).click()

    def starts_round_1(self):
        self.presses("Start round 1: think alone")
        self.sees("round 1 is open, alone")

    def starts_round_2(self, label="Start round 2: in groups"):
        self.presses(label)
        self.sees("round 2 is open, in groups")

    def closes(self):
        self.presses("Close the round")
        self.sees("closed, nothing shown")

    def ends(self):
        self.page.once("dialog", lambda dialog: dialog.accept())
        self.presses("End the poll")


class Phone(Page):
    def loses_its_network(self):
        self.context.set_offline(True)

    def finds_its_network(self):
        self.context.set_offline(False)

    def gives(self, given):
        """Put an answer into the page, and send it where there is a button for that."""
        for blank, text in given.items():
            if blank or self.page.locator("#blank").count():
                self.page.locator(f'#answer [data-blank="{blank}"]').fill(text)
            else:
                for option in text.split():
                    self.page.locator(f"#answer [value={option}]").check()
        send = self.page.get_by_role("button", name="Send")
        if send.count():
            send.click()

    def answers(self, given):
        self.gives(given)
        self.is_told_of(given)

    def takes_the_first_answer_again(self):
        self.page.get_by_role("button", name="Use it again").click()

    def is_told_of(self, given):
        """Wait until the page says that this answer has arrived."""
        self.is_told(f"✓ Received: {' '.join(given.values())}")

    def is_told(self, words):
        sync.expect(self.page.locator("#status")).to_have_text(words, timeout=PATIENCE)

    def is_at(self, question, instruction):
        self.sees(f"Question {question + 1} of 4", "#heading")
        self.sees(instruction, "#instruction")

    @property
    def key(self):
        return self.page.evaluate("JSON.parse(localStorage['convgrade poll']).key")


class Hall:
    """The real command, what it asks in both forms, and who is there."""

    def __init__(self, browser, folder):
        (folder / "quiz.toml").write_text(QUIZ)
        self.first, self.other = (each.variants for each in draw(making.read(folder / "quiz.toml"), SEED).versions)
        self.command = Command(folder / "quiz.toml", folder / "poll", "--seed", SEED)
        self.command.start()
        address = f"http://127.0.0.1:{self.command.port}"
        self.projector = Page(browser, f"{address}/projector#{self.command.secret('projector')}")
        self.teacher = Teacher(browser, f"{address}/teacher#{self.command.secret('teacher')}")
        self.phones = [Phone(browser, address) for _ in range(3)]

    def goes_home(self):
        """Close all pages and press Ctrl-C; returns the phones' keys."""
        keys = [phone.key for phone in self.phones]
        for page in (self.projector, self.teacher, *self.phones):
            page.leaves()
        self.command.stop()
        assert self.command.process.returncode == 0, self.command.printed.read_text()
        return keys


@pytest.fixture
def hall(browser, tmp_path):
    hall = Hall(browser, tmp_path)
    yield hall
    hall.command.process.kill()
    hall.command.process.wait()


def right(variant):
    """Return the right answer as a phone gives it."""
    match variant.answer:
        case Choice(options=options):
            return {"": " ".join(letter(place) for place, option in enumerate(options) if option.right)}
        case Grid(values=values):
            return in_cells(variant, values)
        case number:
            return {"": str(number.value)}


def wrong(variant):
    """Return a wrong answer: what a misconception gives, or a wrong option."""
    match variant.answer:
        case Choice(options=options):
            return {"": next(letter(place) for place, option in enumerate(options) if not option.right)}
        case Grid():
            return in_cells(variant, variant.wrong[0].answer)
        case _:
            return {"": str(variant.wrong[0].answer)}


def in_cells(variant, values):
    return {name: str(values[row][column]) for name, row, column in cells(variant.answer)}


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def answers_in(path):
    """Return of each student in think.csv or group.csv the cells that hold an answer."""
    cells = ((row["student"], {name: text_of(text) for name, text in row.items() if text}) for row in table(path))
    return {student: {name: row[name] for name in row if name[0].isdigit()} for student, row in cells}


def line(variants, answers):
    """Return the cells of somebody who gave such an answer to each of these questions."""
    given = {question: known(variants[question]) for question, known in answers.items()}
    return {f"{question + 1} {blank}".strip(): text for question in given for blank, text in given[question].items()}


def quiz(*words):
    done = subprocess.run([sys.executable, "-m", "command_line", "quiz", *map(str, words)], cwd=ROOT, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.slow
def test_a_lecture(hall, browser):
    hall.projector.sees("Joined: 3")
    pages_are_loaded_again_and_a_phone_is_offline(hall)
    they_discuss_the_same_numbers(hall)
    hall.teacher.presses("Next question")
    the_server_is_killed_in_a_round(hall)
    they_discuss_other_numbers(hall)
    hall.teacher.presses("Next question")
    an_answer_is_late_and_more_time_is_given(hall)
    a_change_is_late(hall)
    hall.teacher.presses("Next question")
    the_last_question_has_one_round(hall)
    keys = hall.goes_home()
    the_tables_agree(hall, keys)
    the_page_agrees(hall, browser)
    quiz_takes_it(hall, keys)


def pages_are_loaded_again_and_a_phone_is_offline(hall):
    asked, (ada, bob, cem) = hall.first[NUMBER], hall.phones
    hall.teacher.starts_round_1()
    for phone in hall.phones:
        phone.is_at(NUMBER, "Answer on your own.")
    ada.answers(right(asked))
    bob.answers(wrong(asked))
    hall.projector.sees("Answered: 2 of 3")
    for page in (hall.projector, hall.teacher, *hall.phones):
        page.reloads()
    ada.is_told_of(right(asked))
    hall.projector.sees("Answered: 2 of 3")
    cem.loses_its_network()
    cem.gives(wrong(asked))
    cem.is_told("Not sent yet: no connection. Your answer is kept.")
    cem.finds_its_network()
    cem.is_told_of(wrong(asked))
    hall.projector.sees("Answered: 3 of 3")
    hall.teacher.closes()
    hall.teacher.sees("Round 1: 33% right (1 of 3)")


def they_discuss_the_same_numbers(hall):
    asked, (_, bob, cem) = hall.first[NUMBER], hall.phones
    hall.teacher.starts_round_2()
    for phone in hall.phones:
        phone.is_at(NUMBER, "Discuss the question with your neighbours, then answer again.")
        phone.sees("Your first answer")
    bob.takes_the_first_answer_again()
    bob.is_told_of(wrong(asked))
    for phone in hall.phones:
        phone.answers(right(asked))
    hall.teacher.sees("Round 2: 100% right (3 of 3)")
    hall.projector.sees_no("right")
    hall.teacher.closes()
    hall.teacher.presses("Show the answers")
    hall.projector.sees("In groups", "#results")
    hall.projector.sees_no("Right answer")
    hall.teacher.presses("Show the solution")
    for page in (hall.projector, *hall.phones):
        page.sees("Right answer", "#solution")
    cem.sees("Alone: Wrong.", "#verdicts")
    cem.sees("In groups: Right.", "#verdicts")


def the_server_is_killed_in_a_round(hall):
    asked, (ada, bob, cem) = hall.first[GRID], hall.phones
    hall.teacher.starts_round_1()
    for phone in hall.phones:
        phone.is_at(GRID, "Answer on your own.")
    ada.answers(right(asked))
    hall.command.kill()
    bob.gives(wrong(asked))
    bob.is_told("Not sent yet: no connection. Your answer is kept.")
    hall.command.start()
    bob.is_told_of(wrong(asked))
    ada.is_told_of(right(asked))
    cem.answers(wrong(asked))
    hall.projector.sees("Answered: 3 of 3")
    hall.teacher.closes()


def they_discuss_other_numbers(hall):
    hall.teacher.starts_round_2("Start round 2 with other numbers")
    for phone in hall.phones:
        phone.is_at(GRID, "The numbers have changed")
        phone.answers(right(hall.other[GRID]))
    hall.teacher.closes()
    hall.teacher.presses("Show the solution")
    for page in (hall.projector, *hall.phones):
        page.sees("Right answer", "#solution")


def an_answer_is_late_and_more_time_is_given(hall):
    asked, (ada, bob, cem) = hall.first[ONE_OF_MANY], hall.phones
    hall.teacher.starts_round_1()
    for phone in (ada, cem):
        phone.is_at(ONE_OF_MANY, "Answer on your own.")
    ada.answers(right(asked))
    cem.loses_its_network()
    cem.gives(wrong(asked))
    hall.teacher.closes()
    cem.finds_its_network()
    cem.is_told("This round closed before your answer arrived, so it does not count.")
    bob.is_told("You did not answer in this round.")
    hall.teacher.presses("+30 s")
    cem.is_told_of(wrong(asked))
    hall.teacher.closes()


def a_change_is_late(hall):
    asked, ada = hall.first[ONE_OF_MANY], hall.phones[ADA]
    hall.teacher.starts_round_2()
    ada.is_at(ONE_OF_MANY, "Discuss")
    ada.answers(right(asked))
    ada.loses_its_network()
    ada.gives(wrong(asked))
    hall.teacher.closes()
    ada.finds_its_network()
    ada.is_told(f"This round closed before your change arrived. What counts: {right(asked)['']}")


def the_last_question_has_one_round(hall):
    asked = hall.first[SEVERAL]
    hall.teacher.starts_round_1()
    for phone, knows in zip(hall.phones, (right, wrong, right)):
        phone.is_at(SEVERAL, "Answer on your own.")
        phone.answers(knows(asked))
    hall.teacher.closes()
    hall.teacher.ends()
    for page in (hall.projector, *hall.phones):
        page.sees("The poll has ended. Thank you for taking part.")


def the_tables_agree(hall, keys):
    folder = hall.command.folder
    thought = [
        line(hall.first, {NUMBER: right, GRID: right, ONE_OF_MANY: right, SEVERAL: right}),
        line(hall.first, {NUMBER: wrong, GRID: wrong, SEVERAL: wrong}),
        line(hall.first, {NUMBER: wrong, GRID: wrong, ONE_OF_MANY: wrong, SEVERAL: right}),
    ]
    discussed = [line(hall.first, {NUMBER: right}) | line(hall.other, {GRID: right}) for _ in keys]
    discussed[ADA] |= line(hall.first, {ONE_OF_MANY: right})
    assert answers_in(folder / "think.csv") == dict(zip(keys, thought))
    assert answers_in(folder / "group.csv") == dict(zip(keys, discussed))
    rounds = [
        ("1", "think", "3", "1"), ("1", "group", "3", "3"),
        ("2", "think", "3", "1"), ("2", "group", "3", "3"),
        ("3", "think", "2", "1"), ("3", "group", "1", "1"),
        ("4", "think", "3", "2"),
    ]  # fmt: skip
    kept = table(folder / "rounds.csv")
    assert [(row["question"], row["round"], row["answered"], row["right"]) for row in kept] == rounds
    points = {row["student"]: row["points"] for row in table(folder / "participation.csv")}
    assert points == dict(zip(keys, ("4.0", "3.0", "4.0")))


def the_page_agrees(hall, browser):
    page = Page(browser, (hall.command.folder / "poll.html").as_uri())
    page.sees("3 students answered.")
    for summed_up in ("axis 33% of 3 100% of 3 1.00", "network 50% of 2 100% of 1 undefined", "layer 67% of 3 not asked"):
        page.sees(summed_up)
    page.leaves()


def quiz_takes_it(hall, keys):
    folder = hall.command.folder
    quiz("grade", folder, folder / "think.csv", "--out", folder / "graded")
    scores = {row["student"]: (row["name"], row["score"]) for row in table(folder / "graded" / "grades.csv")}
    assert scores == dict(zip(keys, (("", "4.0"), ("", "0.0"), ("", "1.0"))))
    quiz("history", folder, "--out", folder / "history")
    asked = {row["template"]: row["asked"] for row in table(folder / "history" / "history.csv")}
    assert (asked["output-size"], asked["dense-weights"]) == ("3", "2")
