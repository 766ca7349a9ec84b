"""`convgrade poll` as an instructor types it: what it prints, what it refuses, how it ends and goes on."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager, suppress
from ipaddress import ip_address

import httpx
import pytest

from common.errors import UserError
from polls import address, roster
from polls.address import Address
from polls.journal import FILE, About, Journal
from polls.serving import listening_sockets
from polls.state import Done
from tests.conftest import ROOT
from tests.polls.conftest import PATIENCE, drawn, free_port
from tests.quizzes.made import number

QUIZ = """
title = "A lecture"
[[questions]]
template = "output-size"
[[questions]]
template = "max-and-min-pooling"
"""
ROSTER = "id,name,email\ns1,Ada,ada@uni.example\ns2,Bob,bob@uni.example\n"


class Command:
    """The command, in a folder of its own."""

    def __init__(self, folder):
        self.folder, self.port = folder, free_port()
        (folder / "quiz.toml").write_text(QUIZ)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def begun(self, *words):
        port = () if "--port" in words else ("--port", str(self.port))
        return subprocess.Popen(
            [sys.executable, "-m", "command_line", "poll", *words, *port],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"},
        )

    def refused(self, *words):
        """Return what the command says; it must be one sentence."""
        process = self.begun(*words)
        try:
            said, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        assert process.returncode == 2, said
        assert said.startswith("convgrade: ")
        assert said.count("\n") == 1, said
        return said

    @contextmanager
    def running(self, *words, end=signal.SIGINT, scheme="http"):
        """Run the command until it is ended; yields a client, and afterwards what was printed is `self.printed`."""
        process = self.begun(*words)
        try:
            with httpx.Client(base_url=f"{scheme}://127.0.0.1:{self.port}", timeout=PATIENCE, verify=False) as client:
                self._wait(process, client)
                yield client
                process.send_signal(end)
                self.printed, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.wait()
        if end is not signal.SIGKILL:
            assert process.returncode == 0, self.printed
            assert not re.search("Traceback|internal error|stopped;", self.printed)

    def _wait(self, process, client):
        """Wait until phones can come."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and process.poll() is None:
            try:
                return client.get("/state").raise_for_status()
            except httpx.TransportError:
                time.sleep(0.05)
        pytest.fail(f"no server: {process.communicate()}")

    def secret(self, room):
        return re.search(rf"/{room}#(\S+)", self.printed)[1]


@pytest.fixture
def command(tmp_path):
    return Command(tmp_path)


def made(folder, acts=()):
    """Write the journal of a poll into a folder, with what was done."""
    Journal.create(folder / FILE, About(drawn(number), "teacher's", "projector's"))
    with closing(Journal(folder / FILE)) as journal:
        for act in acts:
            journal.write(act)


@pytest.mark.slow
def test_a_poll_is_stopped_and_goes_on(command):
    words = ("quiz.toml", "--out", "out", "--seed", "a")
    with command.running(*words) as client:
        news = client.get("/state").json()
        assert (news["phase"], news["question"], news["questions"]) == ("waiting", 1, 2)
        assert "is this poll running already" in command.refused("out", "--port", str(free_port()))
        assert "Address already in use" in command.refused("quiz.toml", "--out", "second")
    first, secrets = command.printed, [command.secret(room) for room in ("projector", "teacher")]
    assert f"http://127.0.0.1:{command.port}/teacher#" in first
    assert "Replies saved in out: 0, by 0 people. To continue: `convgrade poll out`." in first
    with command.running(*words, end=signal.SIGKILL) as client:
        client.post("/teacher/enter", json={"secret": secrets[1]}).raise_for_status()
        client.post("/teacher/act", json={"act": "go", "value": 1, "seen": 0}).raise_for_status()
        client.post("/teacher/act", json={"act": "open", "seconds": 60, "seen": 1}).raise_for_status()
        sent = {"key": "0123456789abcdef", "round": 1, "change": 1, "given": {}}
        assert client.post("/answers", json=sent).json() == {"kept": 1}
    with command.running(*words, end=signal.SIGTERM) as client:
        assert client.get("/state").json()["phase"] == "open"
        assert client.post("/answers", json=sent).json() == {"kept": 1}
    assert "Continues with question 2 of 2." in command.printed
    assert "Replies saved in out: 1, by 1 person." in command.printed
    assert [command.secret(room) for room in ("projector", "teacher")] == secrets
    assert "another --seed" in command.refused("quiz.toml", "--out", "out", "--seed", "b")
    (command.folder / "quiz.toml").write_text(QUIZ.replace("output-size", "output-shape"))
    assert "other questions than quiz.toml has now" in command.refused("quiz.toml", "--out", "out")


@pytest.mark.slow
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_poll_is_stopped_as_soon_as_its_links_are_printed(command, end):
    with command.begun("quiz.toml", "--out", "out") as process:
        assert process.stdout.readline().startswith("Phones")
        process.send_signal(end)
        printed, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, printed
    assert "To continue: `convgrade poll out`." in printed
    assert (command.folder / "out" / "poll.html").exists()


@pytest.mark.slow
def test_a_poll_that_nobody_reads_ends_with_its_files(command):
    process = command.begun("quiz.toml", "--out", "out")
    with httpx.Client(base_url=command.url, timeout=PATIENCE) as client:
        command._wait(process, client)
    process.stdout.close()
    process.send_signal(signal.SIGINT)
    process.wait(PATIENCE)
    assert (command.folder / "out" / "poll.html").exists()


@pytest.mark.slow
def test_a_roster_asks_who_comes(command):
    (command.folder / "roster.csv").write_text(ROSTER)
    words = ("quiz.toml", "--out", "out", "--roster", "roster.csv", "--id", "id")
    with command.running(*words) as client:
        for key, said, status in (("a" * 16, "ADA@uni.example", 200), ("b" * 16, "s2", 200), ("c" * 16, "Bob", 403)):
            assert client.post("/join", json={"key": key, "code": said}).status_code == status
    assert "s1" not in command.printed
    (command.folder / "roster.csv").write_text(ROSTER + "s3,Cem,cem@uni.example\n")
    assert "another --roster" in command.refused(*words)


@pytest.mark.slow
def test_strangers_hold_no_place(command, tmp_path):
    """A head that never ends, and one that does not come; the second after ten seconds."""
    with command.running("quiz.toml", "--behind-proxy") as client:
        with socket.create_connection(("127.0.0.1", command.port), PATIENCE) as idle:
            idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
            with socket.create_connection(("127.0.0.1", command.port), PATIENCE) as large, suppress(OSError):
                large.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nCookie: " + b"x" * 1_000_000)
                assert large.recv(1) == b""
            with suppress(ConnectionResetError):
                assert idle.recv(1) == b""
        forwarded = {"X-Forwarded-For": "10.1.2.3", "X-Forwarded-Proto": "https"}
        guesses = (client.post("/teacher/enter", json={"secret": "x"}, headers=forwarded) for _ in range(300))
        assert 429 in (guess.status_code for guess in guesses)
        assert client.post("/teacher/enter", json={"secret": "x"}).status_code == 403


@pytest.mark.slow
def test_tls(command, tmp_path):
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate")
    request = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout key.pem"
    )
    subprocess.run(["openssl", *request.split(), "-out", "chain.pem"], cwd=tmp_path, check=True, capture_output=True)
    assert "with its key in the same file or in --key" in command.refused("quiz.toml", "--certificate", "chain.pem")
    words = ("quiz.toml", "--certificate", "chain.pem", "--key", "key.pem")
    with command.running(*words, scheme="https") as client:
        assert client.get("/").headers["Strict-Transport-Security"]
    assert f"https://127.0.0.1:{command.port}/teacher#" in command.printed


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("nothing.toml",), "there is no file nothing.toml"),
        ((".",), "there is no poll in ."),
        (("bad.toml",), "unknown template"),
        (("poll", "--seed", "a"), "omit them to continue this one"),
        (("ended",), "has ended: start a new one"),
        (("damaged",), "is damaged"),
        (("poll", "--host", "192.0.2.1"), "cannot listen on 192.0.2.1"),
        (("poll", "--host", "nowhere.invalid"), "there is no address nowhere.invalid"),
        (("quiz.toml", "--id", "id"), "--id needs --roster"),
        (("quiz.toml", "--roster", "nobody.csv"), "there is no file nobody.csv"),
        (("quiz.toml", "--key", "quiz.toml"), "--key needs --certificate"),
        (("poll", "--certificate", "quiz.toml"), "should be a certificate as PEM"),
        (("quiz.toml", "--out", "quiz.toml"), "cannot write"),
        (("quiz.toml", "--out", "made"), "holds a made quiz"),
    ],
)
@pytest.mark.sampled(3)
def test_what_cannot_be_done_is_one_sentence(command, words, why):
    (command.folder / "bad.toml").write_text('[[questions]]\ntemplate = "nonsense"\n')
    made(command.folder / "poll")
    made(command.folder / "ended", [Done(1.0, "end")])
    (command.folder / "made" / "teacher").mkdir(parents=True)
    (command.folder / "made" / "teacher" / "quiz.json").write_text("what its students are graded with")
    (command.folder / "damaged").mkdir()
    (command.folder / "damaged" / FILE).write_text("x")
    assert why in command.refused(*words)


def write_roster(folder, text):
    path = folder / "roster.csv"
    path.write_text(text)
    return path


def test_students_say_their_id_or_their_address(tmp_path):
    found, _ = roster.read(write_roster(tmp_path, ROSTER))
    assert found.students == (("s1", "Ada"), ("s2", "Bob"))
    assert found.logins == {"s1": "s1", "ada@uni.example": "s1", "s2": "s2", "bob@uni.example": "s2"}


def test_where_there_are_codes_nothing_else_counts(tmp_path):
    found, _ = roster.read(write_roster(tmp_path, "email;name;Code\nada@x.org;Ada;K7PQ\nbob@x.org;Bob;m2rt\n"), "email")
    assert found.logins == {"k7pq": "ada@x.org", "m2rt": "bob@x.org"}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("id,name,code\ns1,Ada,x7\ns2,Bob,\n", "Bob has no code"),
        ("id,code\ns1,x7\ns2,X7\n", "'X7' belongs to two students"),
        ("id,email\ns1,a@x.org\ns2,S1\n", "'S1' belongs to two students"),
    ],
)
def test_a_roster_that_lets_in_the_wrong_one(tmp_path, text, why):
    with pytest.raises(UserError, match=why):
        roster.read(write_roster(tmp_path, text))


def test_an_address_follows_the_network(monkeypatch):
    changed = []
    monkeypatch.setattr(address, "machine", lambda: "10.0.0.7")
    found = Address(8000, changed=changed.append)
    assert (found.url, found.local) == ("http://10.0.0.7:8000", "http://127.0.0.1:8000")
    assert found.is_of_a_network
    assert not found.look()
    code = found.code()
    monkeypatch.setattr(address, "machine", lambda: "2001:db8::9")
    assert found.look()
    assert found.shown() == {"address": "http://[2001:db8::9]:8000"}
    assert found.code() != code
    monkeypatch.setattr(address, "machine", lambda: "")
    assert not found.look()
    assert changed == [found.url]
    assert Address(8000).url == "http://127.0.0.1:8000"
    assert not Address(8000).is_of_a_network


def test_an_address_that_is_given_stays(monkeypatch):
    found = Address(8000, "https://poll.uni.example/")
    monkeypatch.setattr(address, "machine", lambda: "10.0.0.7")
    assert not found.look()
    assert found.url == found.local == "https://poll.uni.example"
    assert Address(8000, host="10.1.1.1").local == "http://10.1.1.1:8000"


@pytest.mark.parametrize(
    "url",
    ["poll.uni.example", "ftp://poll.uni.example", "https://", "https://uni.example/poll", "http://a b", "http://a:b"],
)
def test_an_address_that_no_phone_can_open(url):
    with pytest.raises(UserError, match="--url takes"):
        Address(8000, url)


@pytest.mark.parametrize("url", ["http://10.1.1.1:8000", "https://[2001:db8::9]:8000/", "HTTPS://Poll.Uni.example"])
def test_an_address_that_phones_can_open(url):
    found = Address(8000, url)
    assert found.url == url.rstrip("/")
    assert found.given_host == found.url.lower().split("://")[1]


def test_this_machine_has_an_address():
    found = address.machine()
    assert not found or ip_address(found)


def test_no_answer_waits_for_a_receipt_of_the_one_before():
    """Whatever the event loop does: Nagle's algorithm holds a response's body back until its head is acknowledged."""
    [listening] = listening_sockets("127.0.0.1", 0)
    with listening, socket.create_connection(listening.getsockname()), listening.accept()[0] as accepted:
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
