"""Nobody learns from a poll what they must not know yet.

The proof compares polls that differ in secrets alone. Two polls with the same questions, but other keys and misconceptions,
must look the same to a phone, byte for byte, until the solution is shown; two polls with other people's answers, until the
answers are shown. What is shown when follows here from the teacher's clicks, by a rule that shares no code with the server.
"""

import asyncio
from dataclasses import dataclass, field, replace
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from polls.drawing import draw
from quizzes import making
from quizzes.question import Choice, Grid, Number
from tests.polls.asking import PROJECTOR, TEACHER, World, ask

QUIZ = """
title = "Leaks"
[[questions]]
template = "output-size"
[[questions]]
template = "max-and-min-pooling"
[[questions]]
template = "which-pooling"
[[questions]]
template = "keeps-the-size"
[[questions]]
template = "dense-weights"
ask = "choice"
"""
QUESTIONS = 5
FORMS = (0, 1)
NOTHING, ANSWERS, SOLUTION = range(3)  # what the hall may see, by the value of the act "show"
PROBE = "probeprobeprobe0"  # the key of the phone that looks around
OTHERS = [f"otherperson{number:05}" for number in range(6)]
FORBIDDEN = ("act", "act as projector", "enter as teacher", "enter as projector", "join", "projector's stream",
             "projector's state", "teacher's stream", "teacher's stream as projector", "teacher's state",
             "teacher's state as projector")  # fmt: skip
GIVEN = {Number: ["1", "2.0", "03"], Grid: ["1", "2.0", "x"], Choice: ["A", "B", "A C"]}  # what the others answer


class Lecture(World):
    """A poll in which other people answer, too."""

    def __init__(self, folder, made, others=3, first=0, **roster):
        """others: how many other people answer, beginning with a text of GIVEN."""
        super().__init__(folder, made, **roster)
        self.others, self.first = others, first
        self.looks = 0  # from a new address each: clients that ask too much would see nothing but that

    async def ask(self, method, path, content=None, headers=()):
        response = await ask(self.app, method, path, content, headers, client=f"192.0.2.{self.looks}")
        return replace(response, headers=tuple(one for one in response.headers if one[0] != "retry-after"))

    async def answer(self, key, text, change=1):
        """Answer the present question in all of its blanks."""
        round = self.live.state.round
        question = round.question if round else 0
        answer = self.made.versions[round.form if round else 0].variants[question].answer
        names = [""]
        if isinstance(answer, Grid):
            names = [f"r{down + 1}c{across + 1}" for down, row in enumerate(answer.values) for across in range(len(row))]
        content = {"key": key, "round": round.number if round else 1, "change": change, "given": dict.fromkeys(names, text)}
        return await self.ask("POST", "/answers", content)

    async def others_answer(self):
        """Let the other people answer the round that is open."""
        kind = type(self.made.versions[0].variants[self.live.state.question].answer)
        for number, key in enumerate(OTHERS[: self.others]):
            answered = await self.answer(key, GIVEN[kind][(self.first + number) % len(GIVEN[kind])])
            assert answered.status == 200

    async def seen(self):
        """Return all that a phone can get from the server, and what the projector shows, by a name."""
        self.looks += 1
        key, projector = {"convgrade-key": PROBE}, self.cookies["projector"]
        guess = {"key": f"strangerstrange{self.looks:03}", "code": "ada"}
        asked = {
            "stream": ("GET", "/stream", None, ()),
            "state": ("GET", "/state", None, ()),
            "own state": ("GET", "/state", None, key),
            "projector": ("GET", "/projector/stream", None, projector),
            "projector state": ("GET", "/projector/state", None, projector),
            "page": ("GET", "/", None, key),
            "projector's page": ("GET", "/projector", None, projector),
            "teacher's page": ("GET", "/teacher", None, key),
            "code": ("GET", "/code.svg", None, key),
            "join": ("POST", "/join", guess, ()),
            "late answer": ("POST", "/answers", {"key": PROBE, "round": 99, "change": 9, "given": {"": "1"}}, ()),
            "odd answer": ("POST", "/answers", {"key": PROBE, "round": 1, "change": 9, "given": {"r9c9": "1"}}, ()),
            "act": ("POST", "/teacher/act", {"act": "end", "value": 0, "seconds": 0, "seen": self.live.steps}, ()),
            "act as projector": ("POST", "/teacher/act", {"act": "end", "seen": 0}, projector),
            "teacher's stream": ("GET", "/teacher/stream", None, key),
            "teacher's stream as projector": ("GET", "/teacher/stream", None, projector),
            "teacher's state": ("GET", "/teacher/state", None, key),
            "teacher's state as projector": ("GET", "/teacher/state", None, projector),
            "projector's stream": ("GET", "/projector/stream", None, key),
            "projector's state": ("GET", "/projector/state", None, key),
            "enter as teacher": ("POST", "/teacher/enter", {"secret": ""}, ()),
            "enter as projector": ("POST", "/projector/enter", {"secret": "x"}, ()),
            "nowhere": ("GET", "/solutions/../teacher/stream", None, ()),
        }
        for question, form in [*product(range(QUESTIONS), FORMS), (QUESTIONS, 0), (0, 2)]:
            asked[f"question {question} {form}"] = "GET", f"/questions/{question + 1}.{form}", None, projector | key
            asked[f"solution {question} {form}"] = "GET", f"/solutions/{question + 1}.{form}", None, projector | key
        return {name: await self.ask(*each) for name, each in asked.items()}


def with_other_keys(made):
    """Return a poll that asks the same, but in which other answers are right and others mean something."""
    versions = [replace(one, variants=tuple(map(with_other_key, one.variants))) for one in made.versions]
    return replace(made, versions=tuple(versions))


def with_other_key(variant):
    match variant.answer:
        case Number(value=value):
            answer = replace(variant.answer, value=value + 1)
        case Grid(values=rows):
            answer = replace(variant.answer, values=tuple(tuple(value + 1 for value in row) for row in rows))
        case Choice(options=options):
            moved = [replace(one, right=other.right, name=other.name, sentence=f"{other.sentence} Or so.")
                     for one, other in zip(options, (*options[1:], options[0]))]  # fmt: skip
            answer = replace(variant.answer, options=tuple(moved))
    return replace(variant, answer=answer, wrong=(), steps=("Another way.",), slide=None)


@dataclass
class Clicks:
    """What a teacher has clicked, and what people may see then."""

    question: int = 0
    opened: set = field(default_factory=set)  # questions and forms that were asked
    shown: dict = field(default_factory=dict)  # of each question

    def note(self, act, value):
        if act == "go":
            self.question = value
        if act == "open":
            self.opened.add((self.question, value))
            self.shown[self.question] = NOTHING
        if act == "show":
            self.shown[self.question] = value

    @property
    def level(self):
        return self.shown.get(self.question, NOTHING)

    def is_solved(self, question, form):
        return (question, form) in self.opened and self.shown[question] == SOLUTION


def without(response, *names):
    """Return news without what may differ. names: results, counts, marks (of one's own answers)."""
    told = response.news()
    if "results" in names:
        del told["results"]
    if "counts" in names:
        del told["answered"], told["present"]
    if "marks" in names:
        told["answers"] = [{**one, "credit": None, "sentence": None} for one in told.get("answers", [])]
    return told


def compare(clicks, base, keys, people):
    """Assert that what a phone and the hall see depends on keys and on other people as far as they may see it."""
    for name in base:
        kind, *place = name.split()
        here, other_keys, other_people = base[name], keys[name], people[name]
        if kind == "question" and place[0].isdigit():
            assert here.status == (200 if tuple(map(int, place)) in clicks.opened else 404), name
            assert here == other_keys == other_people, name
        elif kind == "solution" and place[0].isdigit():
            solved = clicks.is_solved(*map(int, place))
            assert here.status == (200 if solved else 404), name
            assert here == other_people, name
            assert (here == other_keys) != solved, name  # what is shown differs: else this would prove nothing
        elif name in ("projector", "projector state"):
            shown = ["results"] if clicks.level >= ANSWERS else []
            assert without(here, "counts", *shown) == without(other_people, "counts", *shown)
            shown = ["results"] if clicks.level == SOLUTION else []
            assert without(here, *shown) == without(other_keys, *shown)
        elif name in ("stream", "state", "own state") and clicks.level != NOTHING:
            assert without(here, "results") == without(other_people, "results"), name
            if clicks.level == SOLUTION:
                assert without(here, "results", "marks") == without(other_keys, "results", "marks"), name
            else:
                assert here == other_keys, name
        else:
            assert here == other_keys == other_people, name
            assert (here.status == 403) == (name in FORBIDDEN), name
    for seen in (base, keys, people):
        for name, response in seen.items():
            for secret in (TEACHER, PROJECTOR, *OTHERS):
                assert secret not in response.body + str(response.headers), name


async def proved(folder, made, clicked):
    """Do what a teacher clicks and the phone answers in three worlds at once; compare all after each step."""
    base, keys = Lecture(folder / "base", made), Lecture(folder / "keys", with_other_keys(made))
    people = Lecture(folder / "people", made, others=5, first=1)
    worlds = [base, keys, people]
    async with base.running(), keys.running(), people.running():
        people.live.present += 3
        clicks = Clicks()
        compare(clicks, *[await world.seen() for world in worlds])
        for change, (act, value) in enumerate(clicked, 1):
            if act == "answer":
                done = [await world.answer(PROBE, value, change) for world in worlds]
            else:
                done = [await world.act(act, value) for world in worlds]
            assert done[0] == done[1] == done[2]
            if done[0].status != 200:
                continue
            clicks.note(act, value)
            if act == "open":
                for world in worlds:
                    await world.others_answer()
            compare(clicks, *[await world.seen() for world in worlds])


QUESTION = [("open", 0), ("answer", "2"), ("close", 0), ("show", ANSWERS), ("open", 0), ("answer", "B"), ("close", 0),
            ("show", ANSWERS), ("show", SOLUTION), ("show", NOTHING)]  # fmt: skip
OTHER_FORM = [("open", 0), ("close", 0), ("show", SOLUTION), ("open", 1), ("answer", "A"), ("close", 0), ("show", ANSWERS),
              ("show", SOLUTION)]  # fmt: skip
LECTURE = [click for number in range(QUESTIONS) for click in [("go", number), *(QUESTION if number % 2 else OTHER_FORM)]]
CLICK = st.one_of(
    st.tuples(st.just("go"), st.integers(0, QUESTIONS - 1)),
    st.tuples(st.just("open"), st.sampled_from(FORMS)),
    st.tuples(st.sampled_from(["close", "close", "more", "end"]), st.just(0)),
    st.tuples(st.just("show"), st.sampled_from([NOTHING, ANSWERS, SOLUTION])),
    st.tuples(st.just("answer"), st.sampled_from(["A", "B", "1", "2.0", "3"])),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("quiz") / "quiz.toml"
    path.write_text(QUIZ)
    return draw(making.read(path), "leaks")


@pytest.mark.costly
@settings(max_examples=5)
@given(clicked=st.lists(CLICK, max_size=20))
@example(clicked=LECTURE)
def test_a_phone_learns_nothing_before_it_is_shown(made, tmp_path_factory, clicked):
    asyncio.run(proved(tmp_path_factory.mktemp("worlds"), made, clicked))


async def seen_beside(folder, made, other, name, code):
    """Return what a student sees in a lecture for credit beside another one, who has this id, name and code."""
    students = ("me", "Me Myself"), (other, name)
    lecture = Lecture(folder, made, others=1, roster=students, logins={"me": "me", code: other})
    seen = []
    async with lecture.running():
        for key, said in ((PROBE, "me"), (OTHERS[0], code)):
            assert (await lecture.ask("POST", "/join", {"key": key, "code": said})).status == 200
        for act, value in (("open", 0), ("close", 0), ("show", ANSWERS), ("show", SOLUTION)):
            await lecture.act(act, value)
            if act == "open":
                await lecture.others_answer()
                await lecture.answer(PROBE, "3")
            seen.append(await lecture.seen())
    return seen


def test_nobody_learns_who_else_takes_part(made, tmp_path):
    others = ("ada@example.edu", "Ada Lovelace", "swift-otter"), ("7001234", "Bob Moore", "quick-lynx")
    first, second = (asyncio.run(seen_beside(tmp_path / other[0], made, *other)) for other in others)
    assert first == second
    assert "credit" in first[-1]["own state"].body
    bodies = str([response for seen in first for response in seen.values()])
    assert not [text for text in (*others[0], "Me Myself") if text in bodies]
