"""A whole lecture: the real command, a projector, a teacher and three phones in real browsers, and all that goes wrong."""

import csv
import re
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
ADA, BOB, CEM = range(3)
RECEIVED = re.compile("^✓ Received: ")


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
        self.is_told(RECEIVED)

    def is_told(self, words):
        sync.expect(self.page.locator("#status")).to_have_text(words, timeout=PATIENCE)

    def is_at(self, question, instruction):
        self.sees(f"Question {question + 1} of 4", "#heading")
        self.sees(instruction, "#instruction")

    @property
    def key(self):
        return self.page.evaluate("JSON.parse(localStorage['convgrade poll']).key")


@pytest.fixture
def command(tmp_path):
    """The command, which runs until it is killed or stopped."""
    (tmp_path / "quiz.toml").write_text(QUIZ)
    command = Command(tmp_path / "quiz.toml", tmp_path / "poll", "--seed", SEED)
    command.start()
    yield command
    command.process.kill()
    command.process.wait()


@pytest.fixture
def questions(command):
    """Return what is asked, in both forms: the seed says it."""
    return [version.variants for version in draw(making.read(command.folder.with_name("quiz.toml")), SEED).versions]


def right(variant):
    """Return the right answer as a phone gives it."""
    match variant.answer:
        case Choice(options=options):
            return {"": " ".join(letter(place) for place, option in enumerate(options) if option.right)}
        case Grid(values=values) as grid:
            return {name: str(values[row][column]) for name, row, column in cells(grid)}
        case number:
            return {"": str(number.value)}


def wrong(variant):
    """Return a wrong answer: what a misconception gives, or a wrong option."""
    match variant.answer:
        case Choice(options=options):
            return {"": next(letter(place) for place, option in enumerate(options) if not option.right)}
        case Grid() as grid:
            values = variant.wrong[0].answer
            return {name: str(values[row][column]) for name, row, column in cells(grid)}
        case _:
            return {"": str(variant.wrong[0].answer)}


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
def test_a_lecture(browser, command, questions, tmp_path):
    first, other = questions
    address = f"http://127.0.0.1:{command.port}"
    projector = Page(browser, f"{address}/projector#{command.secret('projector')}")
    teacher = Teacher(browser, f"{address}/teacher#{command.secret('teacher')}")
    ada, bob, cem = phones = [Phone(browser, address) for _ in range(3)]
    everybody = [projector, teacher, *phones]

    projector.sees("Joined: 3")
    teacher.starts_round_1()
    for phone in phones:
        phone.is_at(NUMBER, "Answer on your own.")
    ada.answers(right(first[NUMBER]))
    bob.answers(wrong(first[NUMBER]))
    projector.sees("Answered: 2 of 3")

    # Every page is loaded again in the middle of the round.
    for page in everybody:
        page.reloads()
    ada.is_told(RECEIVED)
    projector.sees("Answered: 2 of 3")

    # A phone answers in airplane mode, and a round closes meanwhile.
    cem.loses_its_network()
    cem.gives(wrong(first[NUMBER]))
    cem.is_told("Not sent yet: no connection. Your answer is kept.")
    cem.finds_its_network()
    cem.is_told(RECEIVED)
    projector.sees("Answered: 3 of 3")
    teacher.closes()
    teacher.sees("Round 1: 33% right (1 of 3)")

    teacher.starts_round_2()
    for phone in phones:
        phone.is_at(NUMBER, "Discuss the question with your neighbours, then answer again.")
        phone.sees("Your first answer")
    bob.page.get_by_role("button", name="Use it again").click()
    bob.is_told(RECEIVED)
    bob.answers(right(first[NUMBER]))
    cem.answers(right(first[NUMBER]))
    ada.answers(right(first[NUMBER]))
    teacher.sees("Round 2: 100% right (3 of 3)")
    projector.sees_no("right")
    teacher.closes()
    for phone in phones:
        phone.is_told(RECEIVED)
    teacher.presses("Show the answers")
    projector.sees("In groups", "#results")
    projector.sees_no("Right answer")
    teacher.presses("Show the solution")
    for page in (projector, *phones):
        page.sees("Right answer", "#solution")
    cem.sees("Wrong.", "#verdicts p:nth-child(1)")
    cem.sees("Right.", "#verdicts p:nth-child(2)")

    # The server is killed in the middle of a round.
    teacher.presses("Next question")
    teacher.starts_round_1()
    for phone in phones:
        phone.is_at(GRID, "Answer on your own.")
    ada.answers(right(first[GRID]))
    command.kill()
    bob.gives(wrong(first[GRID]))
    bob.is_told("Not sent yet: no connection. Your answer is kept.")
    command.start()
    bob.is_told(RECEIVED)
    ada.is_told(RECEIVED)
    cem.answers(wrong(first[GRID]))
    projector.sees("Answered: 3 of 3")
    teacher.closes()
    teacher.starts_round_2("Start round 2 with other numbers")
    for phone in phones:
        phone.is_at(GRID, "The numbers have changed")
        phone.answers(right(other[GRID]))
    teacher.closes()
    teacher.presses("Show the solution")
    for page in (projector, *phones):
        page.sees("Right answer", "#solution")

    # An answer comes too late, more time is given, and then it counts; the next one stays out.
    teacher.presses("Next question")
    teacher.starts_round_1()
    ada.is_at(ONE_OF_MANY, "Answer on your own.")
    ada.answers(right(first[ONE_OF_MANY]))
    cem.is_at(ONE_OF_MANY, "Answer on your own.")
    cem.loses_its_network()
    cem.gives(wrong(first[ONE_OF_MANY]))
    teacher.closes()
    cem.finds_its_network()
    cem.is_told("This round closed before your answer arrived, so it does not count.")
    bob.is_told("You did not answer in this round.")
    teacher.presses("+30 s")
    cem.is_told(RECEIVED)
    teacher.closes()
    teacher.starts_round_2()
    ada.is_at(ONE_OF_MANY, "Discuss")
    ada.answers(right(first[ONE_OF_MANY]))
    ada.loses_its_network()
    ada.gives(wrong(first[ONE_OF_MANY]))
    teacher.closes()
    ada.finds_its_network()
    ada.is_told(f"This round closed before your change arrived. What counts: {right(first[ONE_OF_MANY])['']}")

    teacher.presses("Next question")
    teacher.starts_round_1()
    for phone, given in zip(phones, (right(first[SEVERAL]), wrong(first[SEVERAL]), right(first[SEVERAL]))):
        phone.is_at(SEVERAL, "Answer on your own.")
        phone.answers(given)
    teacher.closes()
    teacher.ends()
    for page in (projector, *phones):
        page.sees("The poll has ended. Thank you for taking part.")
    keys = [phone.key for phone in phones]
    for page in everybody:
        page.leaves()
    command.stop()
    assert command.process.returncode == 0, command.printed.read_text()

    check_what_remains(browser, command.folder, questions, keys)


def check_what_remains(browser, folder, questions, keys):
    """Hold the page and the tables against what the three have done."""
    first, other = questions
    thought = [
        line(first, {NUMBER: right, GRID: right, ONE_OF_MANY: right, SEVERAL: right}),
        line(first, {NUMBER: wrong, GRID: wrong, SEVERAL: wrong}),
        line(first, {NUMBER: wrong, GRID: wrong, ONE_OF_MANY: wrong, SEVERAL: right}),
    ]
    discussed = [line(first, {NUMBER: right}) | line(other, {GRID: right}) for _ in keys]
    discussed[ADA] |= line(first, {ONE_OF_MANY: right})
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

    page = Page(browser, (folder / "poll.html").as_uri())
    page.sees("3 students answered.")
    for summed_up in ("layer 67% of 3 not asked", "network 50% of 2 100% of 1 undefined", "axis 33% of 3 100% of 3 1.00"):
        page.sees(summed_up)
    page.leaves()

    quiz("grade", folder, folder / "think.csv", "--out", folder / "graded")
    scores = {row["student"]: row["score"] for row in table(folder / "graded" / "grades.csv")}
    assert scores == dict(zip(keys, ("4.0", "0.0", "1.0")))
    quiz("history", folder, "--out", folder / "history")
    asked = {row["template"]: row["asked"] for row in table(folder / "history" / "history.csv")}
    assert (asked["output-size"], asked["dense-weights"]) == ("3", "2")
