"""Take the pictures of these pages from real runs: `.venv/bin/python docs/screenshots.py`. It needs Chromium."""

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
PICTURES = ROOT / "docs" / "pictures"
CONVGRADE = str(Path(sys.executable).with_name("convgrade"))
RIGHT, WRONG = "(window * kernel).sum()", "(window * kernel[::-1, ::-1]).sum()"  # the mistake that README shows
STUDENTS = 48
HALL, PHONE = ViewportSize(width=1024, height=768), ViewportSize(width=390, height=768)
BESIDE = '<body style="margin: 0; display: flex; gap: 20px; background: #888">'


def convgrade(*words: object) -> None:
    """Run convgrade."""
    subprocess.run([CONVGRADE, *map(str, words)], cwd=ROOT, check=True, capture_output=True)


def report(folder: Path) -> Path:
    """Grade a submission whose kernels are flipped, and return its report."""
    submission = folder / "ada"
    submission.mkdir()
    for name in ("convolution.py", "pooling.py", "parameters.py"):
        text = (ROOT / "solutions" / "cnn" / name).read_text()
        (submission / name).write_text(text.replace(RIGHT, WRONG))
    convgrade("grade", submission, "--out", folder / "results", "--seed", "report")
    return folder / "results" / "report.html"


def whole_class(folder: Path) -> Path:
    """Grade a made-up class of sixty, and return its page."""
    export = folder / "export.zip"
    made_up = [sys.executable, "-m", "tests.batch.exported", str(export), "--students", "60", "--platform", "Gradescope"]
    subprocess.run(made_up, cwd=ROOT, check=True)
    convgrade("batch", export, "--out", folder / "class", "--seed", "class")
    return folder / "class" / "class.html"


def quiz(folder: Path) -> Path:
    """Make a quiz for one student, and return its page for practice."""
    convgrade(
        "quiz", "make", "quizzes/examples/cnn.toml", "--seed", "page", "--format", "self-check", "--out", folder / "quiz"
    )
    return next((folder / "quiz").rglob("self-check/*.html"))


@contextmanager
def running_poll(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Run the poll of the lecture on this machine; yields its address, and the links of its other pages by their names."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    words = ["poll", "quizzes/examples/lecture.toml", "--seed", "page", "--out", str(folder / "poll")]
    command = [CONVGRADE, *words, "--host", "127.0.0.1", "--port", str(port)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        links: dict[str, str] = {}
        for line in process.stdout:
            links |= re.findall(r"/(projector|teacher)#(\S+)", line)
            if "teacher" in links:
                break
        try:
            yield f"http://127.0.0.1:{port}", links
        finally:
            process.send_signal(signal.SIGINT)


def poll(folder: Path, browser: Browser) -> bytes:
    """Ask made-up students the lecture's first poll, alone and in groups; return a picture of the hall and of a phone."""
    with running_poll(folder) as (url, secrets), httpx.Client(base_url=url) as client:
        client.post("/teacher/enter", json={"secret": secrets["teacher"]}).raise_for_status()

        def act(act: str, value: int = 0) -> None:
            seen = client.get("/state").json()["steps"]
            sent = {"act": act, "value": value, "seconds": 180, "seen": seen}
            client.post("/teacher/act", json=sent).raise_for_status()

        def answer(round: int, knowing: float) -> None:
            options = client.get("/questions/2.0").json()["options"]
            right = next(each["letter"] for each in options if each["text"] == "210 weights")
            for student in range(STUDENTS - 1):
                letter = right if draw.random() < knowing else draw.choice(options)["letter"]
                sent = {"key": f"student{student:09}", "round": round, "change": 1, "given": {"": letter}}
                client.post("/answers", json=sent).raise_for_status()

        draw = random.Random("page")
        phone = browser.new_page(viewport=PHONE)
        phone.goto(url)
        hall = browser.new_page(viewport=HALL)
        hall.goto(f"{url}/projector#{secrets['projector']}")
        act("go", 1)
        for round, knowing in ((1, 0.3), (2, 0.75)):
            act("open")
            phone.locator("#answer .option").nth(1).click()
            answer(round, knowing)
            phone.locator("#status", has_text="Received").wait_for()
            taken = phone.screenshot()
            act("close")
        act("show", 1)
        hall.wait_for_selector("#results li")
        hall.wait_for_timeout(1000)  # while bars grow
        both = "".join(f'<img src="data:image/png;base64,{b64encode(one).decode()}">' for one in (hall.screenshot(), taken))
    page = browser.new_page(viewport={"width": HALL["width"] + 20 + PHONE["width"], "height": HALL["height"]})
    page.set_content(BESIDE + both)
    return page.screenshot()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start a browser."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def picture(browser: Browser, path: Path) -> bytes:
    """Return a picture of a page."""
    page: Page = browser.new_page(viewport={"width": 1000, "height": 820})
    page.goto(path.as_uri())
    return page.screenshot()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        for make in (report, whole_class, quiz):
            (PICTURES / f"{make.__name__.replace('_', '-')}.png").write_bytes(picture(browser, make(Path(name))))
        (PICTURES / "poll.png").write_bytes(poll(Path(name), browser))
