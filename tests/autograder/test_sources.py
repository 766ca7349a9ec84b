"""The text of a submission's files, as a worker reads it: whatever the bytes are, and however long it would take."""

import ast
import difflib
import inspect
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from autograder import compare, grading, part
from autograder.assignment import find
from autograder.feedback import Failure
from autograder.report import code
from autograder.sandbox.child.sources import LARGEST, LONGEST_LINE, MOST_LINES
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.process import Process
from autograder.sandbox.replay import KeptReplies
from autograder.sources import Definition, Reader, Source
from autograder.submission import Submission
from autograder.verdicts import Verdict

DEF = "def f():\n    return 1\n"
OURS = [Path(inspect.getfile(module)) for module in (compare, grading, part, ast, difflib)]


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox() as sandbox:
        yield sandbox


def reader(sandbox):
    """Return a reader in a worker of its own."""
    return Reader(sandbox.worker(sandbox.submission / "any file", Limits(part_seconds=600.0)), sandbox.submission)


@pytest.fixture(scope="module")
def read(sandbox):
    """Return a function that reads bytes as a file of a submission; None where it cannot be read."""
    asked, path = reader(sandbox), sandbox.submission / "homework.py"

    def read(content):
        path.write_bytes(content)
        return asked.of(Submission(sandbox.submission, files=[path]), ["homework.py"]).get("homework.py")

    return read


@pytest.mark.parametrize(
    "content, lines",
    [
        (b"", [""]),
        (DEF.encode(), ["def f():", "    return 1"]),
        (b"\xef\xbb\xbfx = 1\r\ny = 2\rz = 3", ["x = 1", "y = 2", "z = 3"]),
        (b"# coding: latin-1\nx = '\xe9'", ["# coding: latin-1", "x = '\xe9'"]),
        (b"# coding: no-such\nx = '\xe9'", ["# coding: no-such", "x = '\ufffd'"]),
        (b"# coding: hex\nx = 1", ["# coding: hex", "x = 1"]),
        (b"x = '\xe9'", ["x = '\ufffd'"]),
        (DEF.encode("utf-16"), ["def f():", "    return 1"]),
        (b"a\x00b\x0cc\x1cd\x85", ["a\x00b\x0cc\x1cd\ufffd"]),
        ("x = '\u202e\u2028'\n".encode(), ["x = '\u202e\u2028'"]),
        (b"# coding: unicode_escape\n\\ud800", ["# coding: unicode_escape", "?"]),
        (b"x" * 10**6, ["x" * LONGEST_LINE + "\u2026"]),
        (b"\n" * 10**6, [""] * MOST_LINES),
    ],
)
def test_any_bytes_have_lines(read, content, lines):
    assert list(read(content).lines) == lines


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_definitions_are_where_python_finds_them(read, path):
    content = path.read_bytes()[:LARGEST]
    source = read(content)
    known = {one.name: one for one in source.definitions}
    for node in ast.parse(content).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.end_lineno <= MOST_LINES:
            one = known[node.name]
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            assert (one.first, one.last) == (first, node.end_lineno)
            assert source.lines[node.lineno - 1].startswith(("def ", "class ", "async "))


@pytest.mark.parametrize("content", [b"def f(:", b"(" * 100_000, b"x = 1\x00", b"-" * 200_000 + b"1"])
def test_what_is_not_python_has_lines_and_no_definitions(read, content):
    source = read(content)
    assert source.lines and not source.definitions
    assert read(DEF.encode()).definitions == (Definition("f", 1, 2),), "the next file has its own"


texts = st.lists(st.sampled_from(["a", "b", "c", "", "\x00", "\u202e<b>"]), max_size=30)


@given(texts, texts)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
def test_the_later_text_follows_from_the_earlier_one(sandbox, before, after):
    if not hasattr(sandbox, "reader"):
        sandbox.reader = reader(sandbox)
    changed = [ranges for hunk in sandbox.reader.hunks(before, after) for ranges in hunk]
    made, place = [], 0
    for ranges in changed:
        made += before[place : ranges.before[0]] + after[slice(*ranges.after)]
        place = ranges.before[1]
    assert made + before[place:] == after


@pytest.mark.costly
def test_what_takes_too_long_to_compare_is_not_compared(sandbox, monkeypatch):
    monkeypatch.setattr("autograder.sources.SECONDS", 0.2)
    asked = reader(sandbox)
    before, after = ([line for number in range(1_000) for line in (number % 50, name + number)] for name in (10**4, 10**5))
    before, after = [*map(str, before)], [*map(str, after)]  # each line that both have is there twenty times
    assert asked.hunks(before, after) is None
    assert len(asked.hunks(["a"], ["b"])) == 1, "the next ones are"


SOURCE = Source(
    tuple(f"line {number}" for number in range(1, 101)),
    (Definition("f", 10, 12, ("g", "f")), Definition("g", 30, 31, ("f",)), Definition("other", 50, 60, ("f",))),
)


def lines_of(failure, source=SOURCE):
    return [
        (one.first, one.first + len(one.lines) - 1, sorted(one.marked))
        for one in code.beside(failure, "homework.py", {"homework.py": source})
    ]


@pytest.mark.parametrize(
    "call, frames, wanted",
    [
        ("from homework import f\nf([1], 2)", [], [(10, 12, []), (30, 31, [])]),
        ("g[launch_g(1)](2)", ["homework.py line 11: x"], [(10, 12, [11]), (30, 31, [])]),
        ("f(1)", ["homework.py line 55: x"], [(10, 12, []), (30, 31, []), (50, 60, [55])]),
        ("", ["homework.py line 1: x"], [(1, 5, [1])]),
        ("f(1)", ["helper.py line 55: x", "homework.py line 0: x", "homework.py line 101: x", "homework.py line x"],
         [(10, 12, []), (30, 31, [])]),
        ("unknown(1)", [], [(1, 100, [])]),
        ("", [], [(1, 100, [])]),
    ],
)  # fmt: skip
def test_what_is_read_beside_a_failure(call, frames, wanted):
    assert lines_of(Failure(Verdict.WRONG, "", call, frames=frames)) == wanted


@pytest.mark.parametrize("verdict", [Verdict.MISSING, Verdict.NOT_IMPLEMENTED, Verdict.SKIPPED, Verdict.GRADER_ERROR])
def test_nothing_is_read_where_nothing_was_written(verdict):
    assert lines_of(Failure(verdict, "", "f(1)")) == []


def test_what_was_read_is_kept_with_the_answers(monkeypatch):
    cnn, replies = find("cnn"), KeptReplies()
    told = grading.grade(cnn.folder / "convolution.py", cnn, seed="s", only=["1.1"], with_sources=True, replies=replies)
    monkeypatch.setattr(Sandbox, "worker", None)  # whoever starts one fails
    kept = KeptReplies.unpack(replies.pack())
    again = grading.grade(
        cnn.folder / "convolution.py", cnn, seed="s", only=["1.1"], with_sources=True, replies=kept, replay=True
    )
    assert again.sources == told.sources and told.sources


def test_reading_is_what_a_grader_asks_for():
    cnn = find("cnn")
    silent = grading.grade(cnn.folder / "convolution.py", cnn, only=["1.1"])
    told = grading.grade(cnn.folder / "convolution.py", cnn, only=["1.1"], with_sources=True)
    assert silent.sources == {} and set(told.sources) == {"convolution.py"}
    text = (cnn.folder / "convolution.py").read_text()
    assert "\n".join(told.sources["convolution.py"].lines) == text.removesuffix("\n")
    assert {name: document for name, document in told.document.items() if name != "execution_time"} == {
        name: document for name, document in silent.document.items() if name != "execution_time"
    }, "results.json is without the code"


def test_reading_runs_nothing_of_the_file(sandbox):
    file = sandbox.submission / "runs.py"
    file.write_text("import os\nos._exit(3)\n")
    worker = sandbox.worker(file, Limits())
    read = Reader(worker, file.parent).of(Submission(sandbox.submission, files=[file]), ["runs.py"])
    assert read["runs.py"].lines == ("import os", "os._exit(3)")
    assert "exit status 3" in worker.call("f").sentence


def test_reading_that_takes_too_long_costs_no_part_its_time(monkeypatch):
    send = Process.send
    monkeypatch.setattr("autograder.sources.SECONDS", 1e-9)  # and what is asked to read never hears of it:
    monkeypatch.setattr(Process, "send", lambda self, sent: None if b"sources" in sent[0] else send(self, sent))
    monkeypatch.setattr("autograder.sandbox.host.HURRY", 1e9)  # after a missed deadline, a worker has no time left
    cnn = find("cnn")
    told = grading.grade(cnn.folder, cnn, only=["1.1", "2.1", "3.1"], with_sources=True)
    assert not told.sources and [outcome.verdict.value for outcome in told.outcomes] == ["passed"] * 3
