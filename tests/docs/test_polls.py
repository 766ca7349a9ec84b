"""docs/polls.md, followed: its polls run on this machine, a student answers, and what remains is read."""

import re

import httpx
import pytest

from tests.docs.test_walks import QUIZ
from tests.polls.conftest import free_port

ROSTER = "email,name,code\nada@example.com,Ada,K7Q2\n"


@pytest.fixture
def hall():
    """Return a client of a poll on a free port."""
    with httpx.Client(base_url=f"http://127.0.0.1:{free_port()}", timeout=60) as client:
        yield client


def answered(hall, printed, key="0123456789abcdef"):
    """Open the first round as the teacher, and answer as a phone."""
    secret = re.search(r"/teacher#(\S+)", printed)[1]
    hall.post("/teacher/enter", json={"secret": secret}).raise_for_status()
    acts = {"act": "go", "value": 0, "seen": 0}, {"act": "open", "seconds": 600, "seen": 1}
    for act in acts:
        hall.post("/teacher/act", json=act).raise_for_status()
    reply = {"key": key, "round": 1, "change": 1, "given": {"": "A"}}
    assert hall.post("/answers", json=reply).json() == {"kept": 1}


@pytest.mark.long
def test_a_poll_and_what_remains_of_it(read, checkout, hall):
    port = hall.base_url.port
    words = {"convgrade poll": f"convgrade poll --host 127.0.0.1 --port {port}", "FOLDER ...": "FOLDER"}
    reader = read("docs/polls.md", checkout, words, PYTHONPATH=str(checkout))
    (checkout / "quiz.toml").write_text(QUIZ)
    (checkout / "roster.csv").write_text(ROSTER)
    reader.do("pip install")
    with reader.running("convgrade poll quizzes/examples/lecture.toml", until="/teacher#") as printed:
        assert f"Projector  http://127.0.0.1:{port}/projector#" in printed
        answered(hall, printed)
    (folder,) = checkout.glob("lecture-*")
    words["FOLDER"] = folder.name
    with reader.running("convgrade poll FOLDER", until="/teacher#"):
        assert hall.get("/state").json()["phase"] == "open"
    (folder / "poll.html").unlink()
    reader.do("convgrade poll FOLDER --report")
    assert (folder / "poll.html").is_file()
    assert "1 graded" in reader.do("convgrade quiz grade FOLDER FOLDER/think.csv")
    assert "neuron-for-a-gate" in reader.do("convgrade quiz history FOLDER ...")
    with reader.running("convgrade poll FOLDER --replay", until="/projector#"):
        assert hall.get("/state").raise_for_status()
    with reader.running("convgrade poll quiz.toml --host", until="/teacher#") as printed:
        assert "Phones     https://poll.example.edu" in printed
    for left in checkout.glob("quiz-*"):
        left.rename(checkout / f"first-{left.name}")
    with reader.running("convgrade poll quiz.toml --roster", until="/teacher#"):
        joined = [hall.post("/join", json={"key": "a" * 16, "code": code}).status_code for code in ("K7Q2", "K7Q3")]
        assert joined == [200, 403]
