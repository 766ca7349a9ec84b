"""Run one submission of tests/attacks/ and say what it achieved that it must not."""

import ast
import contextlib
import json
import os
import secrets
import shutil
import socket
import stat
import tempfile
import threading
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from runpy import run_path

import jsonschema
import psutil

from autograder.grading import Report, grade
from autograder.report import html, terminal
from autograder.sandbox import template
from autograder.sandbox.meter import PATIENCE
from common.errors import UserError
from tests.autograder import impatient

ROOT = Path(__file__).parent.parent.parent
SOLUTIONS, HONEST = ROOT / "solutions", ROOT / "tests" / "honest"  # the latter's network is a small and quick one
FOLDER = ROOT / "tests" / "attacks"
KERNELS = "kernels"  # the class of attacks on the assignment cuda; all others are on cnn
SCHEMA = json.loads((Path(__file__).parent / "gradescope_schema.json").read_text())
ASSIGNED = {name: impatient.assignment(name) for name in ("cnn", "cuda")}
REFERENCES = {name: assigned.reference() for name, assigned in ASSIGNED.items()}  # which draw cases once for all attacks
SEED = "no attack can know this"
# Of all checks together, beside what the parts' own deadlines allow: starting workers, comparing, reporting.
OVERHEAD_SECONDS = 30.0
MOST_GROWTH = 150e6  # bytes of the grader's own memory
LARGEST_REPORT = 1_000_000


@dataclass(eq=False)
class Attack:
    """A submission that must not succeed, and what is expected of it."""

    path: Path
    file: str
    what: str
    verdicts: dict[str, str] = field(default_factory=dict)
    refused: str = ""
    says: list[str] = field(default_factory=list)
    never: list[str] = field(default_factory=list)
    only_as: str = ""

    @property
    def name(self) -> str:
        """Its class and its file."""
        return f"{self.path.parent.name}/{self.path.stem}"

    @property
    def is_deep(self) -> bool:
        """Whether it needs PyTorch."""
        return self.file == "cifar10.py" or self.path.parent.name == "deep_learning"

    @property
    def on(self) -> str:
        """The assignment that it attacks."""
        return "cuda" if self.path.parent.name == KERNELS else "cnn"

    @property
    def files(self) -> set[str]:
        """The files that are handed in: of cnn all but what takes long, of cuda the attacked one and two others."""
        if self.on == "cuda":
            return {"mapping.py", "indexing.py"} | ({self.file} - {"submission"})
        return {part.file for part in ASSIGNED["cnn"].parts if self.is_deep or part.file != "cifar10.py"}


def attacks() -> list[Attack]:
    """Return every attack and control, in the order of their names."""
    return [_read(path) for path in sorted(FOLDER.glob("*/*.py"))]


def achievements(attack: Attack, folder: Path, without: Collection[str] = ()) -> list[str]:
    """Run the attack in an empty folder and return what it achieved; nothing is what is wanted.

    without: layers of the sandbox that are switched off.
    """
    with _surroundings(folder) as surroundings:
        source = lay_out(attack, folder, surroundings.words)
        started, memory = time.monotonic(), _peak_memory(from_now_on=True)
        report, refusal = None, ""
        try:
            assigned, reference = ASSIGNED[attack.on], REFERENCES[attack.on]
            report = grade(source, assigned, surroundings.results, seed=SEED, reference=reference, without=without)
        except UserError as error:
            refusal = str(error)
        seconds = time.monotonic() - started
        found = _verdicts(attack, report, refusal)
        deep = ASSIGNED["cnn"].config.parts["cifar10"].part_seconds if attack.is_deep else 0
        if seconds > PATIENCE * (3 * impatient.PART_SECONDS + deep + OVERHEAD_SECONDS):
            found.append(f"it took {seconds:.0f} seconds")
        if (growth := _peak_memory() - memory) > MOST_GROWTH:
            found.append(f"the grader grew by {growth / 1e6:.0f} MB")
        return found + surroundings.changes(report, attack.never)


def _peak_memory(from_now_on: bool = False) -> int:
    """Return the most memory that this process has held so far, in bytes; 0 where the system does not say."""
    if from_now_on:
        with contextlib.suppress(OSError):
            Path("/proc/self/clear_refs").write_text("5")
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return 0


def _read(path: Path) -> Attack:
    docstring = ast.get_docstring(ast.parse(path.read_text())) or ""
    file, what, *lines = [line.strip() for line in docstring.splitlines() if line.strip()]
    attack = Attack(path, file, what.removeprefix("attack: "))
    for line in lines:
        key, _, value = line.partition(": ")
        if key in ("says", "never"):
            getattr(attack, key).append(value)
        elif key == "refused":
            attack.refused = value
        elif key == "as":
            attack.only_as = value
        else:
            numbers = _numbers(attack) if key == "all" else key.split()
            attack.verdicts.update(dict.fromkeys(numbers, value))
    return attack


def _numbers(attack: Attack) -> list[str]:
    """Return the numbers of the checks of the attacked file."""
    checks = ASSIGNED[attack.on].checks()
    return [check.number for check in checks if check.part.file == attack.file and check.number]


def lay_out(attack: Attack, folder: Path, words: dict[str, str]) -> Path:
    """Lay out the submission: the solutions, and the attack in the place of one of them."""
    solution = folder / "submission"
    solution.mkdir()
    for file in attack.files - {"cifar10.py"}:
        shutil.copy(SOLUTIONS / attack.on / file, solution)
    if attack.is_deep:
        shutil.copy(HONEST / "cifar10.py", solution)
        shutil.copy(HONEST / "cifar10.pt", solution)
    if attack.file == "submission":
        return run_path(str(attack.path))["make"](folder, solution)
    text = attack.path.read_text()
    for word, meaning in words.items():
        text = text.replace(word, meaning)
    shutil.move(solution / attack.file, solution / f"right_{attack.file}")
    (solution / attack.file).write_text(text)
    return solution


def _verdicts(attack: Attack, report: Report | None, refusal: str) -> list[str]:
    """Say which verdicts are other ones than the attack must get."""
    if report is None or attack.refused:
        if attack.refused and attack.refused in refusal:
            return []
        return [f"it was refused: {refusal}" if refusal else "it was not refused"]
    found = [f"a fault of the grader's: {fault}" for fault in report.faults]
    for outcome in report.outcomes:
        if outcome.part.file not in attack.files:
            continue
        expected = attack.verdicts.get(outcome.number, "passed")
        if outcome.verdict.value != expected:
            found.append(
                f"{outcome.number} is {outcome.verdict}, not {expected}: {outcome.failure and outcome.failure.sentence}"
            )
        if expected == "passed" and outcome.score != outcome.points:
            found.append(f"{outcome.number} has {outcome.score} of {outcome.points} points")
    explanations = "\n".join(str(outcome.failure) for outcome in report.outcomes if outcome.failure)
    return found + [f"nothing says {text!r}" for text in attack.says if text not in explanations]


@dataclass
class _Surroundings:
    """What an attack may not touch."""

    folder: Path
    results: Path
    words: dict[str, str]
    token: str
    connections: list
    before: dict

    def changes(self, report: Report | None, never: list[str]) -> list[str]:
        """Say what has changed around the grader."""
        found = self._of_results(report, never)
        after = _state(self.folder)
        patience = time.monotonic() + 60  # on a busy machine a process that was ended is still seen for a moment
        while after["processes"] - self.before["processes"] and time.monotonic() < patience:
            time.sleep(0.1)
            after = _state(self.folder)
        for what in after:
            if appeared := after[what] - self.before[what]:
                found.append(f"{what} that were not there before: {sorted(map(str, appeared))[:5]}")
            if what != "processes" and (gone := self.before[what] - after[what]):
                found.append(f"{what} that were there before: {sorted(map(str, gone))[:5]}")
        return found + [f"a connection from {peer}" for peer in self.connections]

    def _of_results(self, report: Report | None, never: list[str]) -> list[str]:
        try:
            document = json.loads(self.results.read_text())
            jsonschema.validate(document, SCHEMA)
        except (ValueError, OSError, jsonschema.ValidationError) as error:
            return [f"results.json: {error}"]
        if report is None:
            return [f"a score of {document['score']}"] if document["score"] else []
        page, text = html.render(report, "a student"), terminal.summary(report)
        sizes = {"report.html": len(page), "the terminal's text": len(text)}
        found = [f"{what} of {size:,} characters" for what, size in sizes.items() if size > LARGEST_REPORT]
        found += [] if document["score"] == report.score else [f"results.json has a score of {document['score']}"]
        found += [f"{self.token} got out" for place in (json.dumps(document), page, text) if self.token in place]
        found += [f"report.html holds {each!r}" for each in never if each in page]
        found += [f"control characters in {test['number']}" for test in document["tests"] if "\x00" in test["output"]]
        if any(character in text for character in "\x07\x08\x0d\x9b") or "\x1b]" in text or "\x1b[2J" in text:
            found.append("the terminal gets control characters")
        return found


@contextlib.contextmanager
def _surroundings(folder: Path) -> Iterator[_Surroundings]:
    folder.chmod(0o755)
    secret, outside, results = folder / "secret", folder / "outside", folder / "results" / "results.json"
    token = secrets.token_hex(12)
    secret.write_text(token)
    secret.chmod(0o644)
    results.parent.mkdir()
    outside.mkdir()
    outside.chmod(0o777)
    (outside / "canary").write_text("alive")
    (outside / "canary").chmod(0o666)
    connections: list = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        threading.Thread(target=_accept, args=(server, connections), daemon=True).start()
        words = {"@RESULTS@": str(results), "@SECRET@": str(secret), "@OUTSIDE@": str(outside), "@PORT@": str(port),
                 "@GRADER@": str(os.getpid())}  # fmt: skip
        yield _Surroundings(folder, results, words, token, connections, _state(folder))


def _accept(server: socket.socket, connections: list) -> None:
    with contextlib.suppress(OSError):
        while True:
            connections.append(server.accept()[1])


def _state(folder: Path) -> dict[str, set]:
    """Return what must be the same afterwards: files where everyone can write, their content, processes, shared memory."""
    outside, places = folder / "outside", ("/tmp", "/var/tmp", "/dev/shm", tempfile.gettempdir())
    return {
        "files": {_described(path) for path in (outside, *outside.rglob("*"), folder / "secret", folder / "results")},
        "temporary files": {path for place in places for path in _listed(place)},
        "shared memory": set(_segments()),
        "processes": set(processes()),
    }


def _described(path: Path) -> tuple:
    """Return everything about a file or folder that can be changed."""
    if not path.exists():
        return (path,)
    status = path.lstat()
    attributes = {name: os.getxattr(path, name) for name in os.listxattr(path)} if hasattr(os, "listxattr") else {}
    is_ours = path.name == "results"  # in which the grader itself writes
    content = path.read_bytes() if path.is_file() else b""
    return (path, status.st_mode, status.st_uid, is_ours or status.st_mtime_ns, content, tuple(attributes.items()))


def _segments() -> Iterator[str]:
    """List the shared memory that submissions may have left; databases and browsers have some of their own."""
    table = Path("/proc/sysvipc/shm")
    for line in table.read_text().splitlines()[1:] if table.exists() else ():
        if _is_suspect(int(line.split()[7])):  # its owner
            yield line


def _listed(place: str) -> Iterator[str]:
    """List what submissions may have left: what belongs to a worker's user, or to this user if there is no other."""
    for path in Path(place).glob("*"):
        with contextlib.suppress(OSError):
            status = path.lstat()
            is_template = path.name.startswith("convgrade-") and stat.S_ISDIR(status.st_mode)
            if _is_suspect(status.st_uid) and not is_template:
                yield str(path)


def processes() -> Iterator[tuple[int, str]]:
    """Return the workers of this grader, and what they have started; those of other graders are none of our business."""
    ours = {each._process.pid for each in template._open.values()}
    all_of_them = {each.pid: each.info for each in psutil.process_iter(["cmdline", "ppid", "status", "uids"])}
    commands = {pid: " ".join(known["cmdline"] or ()) for pid, known in all_of_them.items()}
    for pid, known in all_of_them.items():
        if pid in ours or pid == os.getpid() or known["status"] == psutil.STATUS_ZOMBIE:
            continue
        parents = list(_parents(pid, all_of_them))
        of_another = any("/convgrade-" in commands[parent] for parent in parents)
        is_suspect = known["uids"] and 50_000 <= known["uids"].real < 60_000
        if any(parent in ours for parent in parents) or (is_suspect and not of_another):
            yield pid, commands[pid][:80]


def _parents(pid: int, all_of_them: dict[int, dict]) -> Iterator[int]:
    while (pid := all_of_them[pid]["ppid"]) in all_of_them:
        yield pid


def _is_suspect(user: int) -> bool:
    return 50_000 <= user < 60_000 if os.geteuid() == 0 else user == os.geteuid()
