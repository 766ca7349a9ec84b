"""A reader of a page, who writes its files and types its commands as they stand there, in their order."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from markdown_it import MarkdownIt

from command_line.main import convgrade
from tests.conftest import ROOT

PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
FILE = re.compile(r"`([\w./-]+)`:")
COMMAND = re.compile(
    r"(\w+=\S+ )*((\./|\.venv/bin/)?(convgrade|dask|openssl|pip|pre-commit|pytest|ssh|sphinx-build|sudo) \S"
    r"|\./setup\.sh (--|&&)|(\.venv/bin/)?python (-m pip |-m benchmarks\.|\S+\.pyz \S|\S+\.py\b))"
)
ASSIGNMENTS = re.compile(r"(?:export )?(?:\w+=(?:[^\s\"]+|\"[^\"]*\") ?)+")

# What nobody runs in a test as it stands on a page, and why: the tests only parse it.
ONLY_PARSED = {
    "./setup.sh": "gigabytes of packages: .ci/run begins with it",
    "./setup.sh --gpu": "gigabytes of packages, for a GPU",
    "./setup.sh && .venv/bin/pytest": "the tests themselves: .ci/run takes this command from the README",
    ".venv/bin/ruff *": ".ci/run begins with these commands",
    "pre-commit install": "the package is for those who use it, and this changes the repository that it is typed in",
    "python -m benchmarks.*": "minutes or hours",
    "python cifar10.py --epochs 16": "16 minutes",
    "CONVGRADE_GPU=1 *": "needs a GPU",
    "convgrade data fetch": "downloads from machines of others: test_datasets.py downloads from one of its own",
    "convgrade grade --retrain EPOCHS": "an option, without a submission",
    "CONVGRADE_PROCESSORS=1 dask worker ...": "the beginning of a command that stands below it",
    "sudo ufw *": "changes a machine's firewall",
    "ssh *": "needs a university's server",
}


@dataclass(frozen=True)
class Step:
    """What a page asks of its reader: to type a command, or to write a file."""

    text: str
    file: str = ""


def parsed(page):
    return MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))


def code(page):
    """Yield the lines of a page's blocks of code, and its code within sentences."""
    for token in parsed(page):
        if token.type in ("fence", "code_block"):
            yield from lines(token)
        yield from inline(token)


def lines(block):
    """Return the lines of a block; one that ends in a backslash continues."""
    return block.content.replace("\\\n", " ").splitlines()


def inline(token):
    """Return the code within a paragraph."""
    return [" ".join(child.content.split()) for child in token.children or () if child.type == "code_inline"]


def steps(page):
    """Yield what a page asks for: files, the lines of its blocks of shell, and commands within its sentences."""
    file = ""
    for token in parsed(page):
        if token.type == "fence" and file:
            yield Step(token.content, file)
            file = ""
        elif token.type == "fence" and token.info == "sh":
            yield from map(Step, lines(token))
        elif token.type == "code_block":
            yield from (Step(line) for line in lines(token) if COMMAND.match(line))
        elif token.type == "inline":
            yield from (Step(words) for words in inline(token) if COMMAND.match(words) and not is_name(words))
            file = found[1] if (found := FILE.fullmatch(token.content)) else ""


def write(folder, step):
    """Write the file of a step into a folder."""
    path = folder / step.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(step.text)


def is_name(code):
    """Return whether these words only name a command of convgrade."""
    command, words = convgrade, code.split()
    if words[0] != "convgrade":
        return False
    while len(words) > 1 and words[1] in getattr(command, "commands", ()):
        command = command.commands[words.pop(1)]
    return len(words) == 1


def is_only_parsed(step):
    """Return whether no test runs a command."""
    return not step.file and any(fnmatchcase(step.text.partition("  ")[0], each) for each in ONLY_PARSED)


class Reader:
    """Somebody who reads a page and does what it says, in a folder. left: what is still to do."""

    def __init__(self, page, folder, words, environment):
        """words: what stands for some of the page's words, such as FOLDER."""
        self.folder, self.words, self.assigned = folder, words, []
        self.left = [step for step in steps(ROOT / page) if not is_only_parsed(step)]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        pip = {"PIP_DRY_RUN": "1", "PIP_NO_INDEX": "1"}  # what a page installs is here already
        self.environment = {**os.environ, "PATH": path, "BROWSER": "true", "PYTHONUNBUFFERED": "1", **pip, **environment}

    def read(self, but=(), status=0):
        """Do all that is left, except what begins with one of these words; yield each step, and what it printed."""
        for step in [step for step in self.left if step.file or not step.text.startswith(tuple(but))]:
            yield step, self.do(step.text, status)

    def do(self, text, status=0, folder=None):
        """Do the first step that begins so, and return what it printed."""
        step, meant = self._next(text)
        if step.file:
            write(self.folder, Step(meant, step.file))
            return ""
        if ASSIGNMENTS.fullmatch(step.text):
            self.assigned.append(meant)
            return ""
        done = subprocess.run(**self._command(meant, folder), stderr=subprocess.PIPE)
        assert done.returncode == status, f"{meant}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @contextmanager
    def running(self, text, until, status=0):
        """Type a command that runs until Ctrl-C; yields what it has printed, up to a line with these words."""
        _, meant = self._next(text)
        command = self._command(meant) | {"stderr": subprocess.STDOUT, "start_new_session": True}
        with subprocess.Popen(**command) as process:
            try:
                printed = ""
                while until not in printed and (line := process.stdout.readline()):
                    printed += line
                assert until in printed, f"{meant}\n{printed}"
                yield printed
                os.killpg(process.pid, signal.SIGINT)
                printed, _ = process.communicate(timeout=120)
                assert process.returncode == status, f"{meant}\n{process.returncode}\n{printed}"
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)

    def _next(self, text):
        """Return the first step that begins so, and its text with what its words mean here."""
        step = next((step for step in self.left if step.text.startswith(text)), None)
        assert step, f"the page does not say {text!r}, or not again"
        self.left.remove(step)
        meant = step.text
        for word, here in self.words.items():
            meant = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", str(here), meant)
        return step, meant

    def _command(self, text, folder=None):
        return {
            "args": ["bash", "-euc", "\n".join([*self.assigned, text])],
            "cwd": folder or self.folder,
            "env": self.environment,
            "stdout": subprocess.PIPE,
            "text": True,
        }
