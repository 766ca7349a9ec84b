"""Made-up classes, and their exports as Gradescope, Canvas and Moodle write them, for tests and benchmarks.

    python -m tests.batch.exported class.zip --students 300 --platform Gradescope

No two submissions are the same: each file ends with a comment of its own.
"""

import argparse
import ast
import io
import random
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from batch.models import Student

ROOT = Path(__file__).parent.parent.parent
SOLUTION = ROOT / "solutions" / "cnn"
FILES = ("convolution.py", "pooling.py", "parameters.py")
MIX = {"correct": 50, "wrong": 35, "crashing": 12, "hanging": 3}  # of 100
FIRST = ("Ada", "Alan", "Grace", "Mary", "Željko", "Zoë", "Nguyễn", "李", "Ольга", "Anne-Marie", "D'Arcy", "Ñusta")
LAST = ("Lovelace", "Turing", "Hopper", "Ağaoğlu", "van der Berg", "Anh", "雷", "Иванова", "O'Neill", "Müller", "St. John")
HANDED_IN = datetime(2026, 10, 1, 12, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Work:
    """What a student, or a group, handed in. kind: one of MIX; number: in the class, from 0."""

    number: int
    students: tuple[Student, ...]
    kind: str
    files: dict[str, bytes]

    @property
    def submitted(self) -> datetime:
        """When it was handed in."""
        return HANDED_IN + timedelta(minutes=self.number, microseconds=123_456)


def made_up(count: int, seed: int = 0, network: bool = False, mix: dict[str, int] = MIX) -> list[Work]:
    """Return a class of so many submissions: the solution, and its wrong programs. Every tenth is a pair's.

    network: whether part 4 is handed in, too, the solution's.
    """
    draw = random.Random(seed)
    rounds = -(-count // sum(mix.values()))  # of hundreds: 1,000 hold ten times as many as `mix` says, exactly
    kinds = draw.sample(list(mix), count, counts=[rounds * share for share in mix.values()])
    work = []
    for number, kind in enumerate(kinds):
        files = {name: (SOLUTION / name).read_bytes() for name in FILES}
        if kind != "correct":
            name, text = draw.choice(_wrong()[kind])
            files = {**files, f"right_{name}": files[name], name: text}
        if network:
            files["cifar10.py"] = (SOLUTION / "cifar10.py").read_bytes()
        files = {name: content + f"\n# {number}\n".encode() for name, content in files.items()}
        if network:
            files["cifar10.pt"] = (SOLUTION / "cifar10.pt").read_bytes()
        students = tuple(_student(number, member) for member in range(2 if number % 10 == 9 else 1))
        work.append(Work(number, students, kind, files))
    return work


def _student(number: int, member: int) -> Student:
    name = f"{FIRST[(number + member) % len(FIRST)]} {LAST[(number // len(FIRST) + 5 * member) % len(LAST)]}"
    return Student(name, f"student{number}.{member}@example.com", f"0{100_000 + 2 * number + member}")


@cache
def _wrong() -> dict[str, list[tuple[str, bytes]]]:
    """Return the wrong programs, by kinds: the name of the file that it replaces, and its text."""
    found: dict[str, list[tuple[str, bytes]]] = {kind: [] for kind in MIX}
    for path in sorted((SOLUTION / "wrong").glob("*.py")):
        text = path.read_text()
        docstring = text.split('"""')[1] if "syntax_error" in path.name else ast.get_docstring(ast.parse(text)) or ""
        name, expected, *_ = docstring.split("\n")
        verdict = expected.split(": ")[1]
        kind = {"passed": "correct", "wrong": "wrong", "timed out": "hanging"}.get(verdict, "crashing")
        found[kind].append((name.split()[0], text.encode()))
    return found


def gradescope(path: Path, work: Iterable[Work], old_results: str = "All of it\n\n") -> Path:
    """Write Gradescope's export. old_results: an output of its results, which may hold anything."""
    members = {}
    metadata = ["---\n"]
    for each in work:
        name = f"submission_{200_000_001 + each.number}"
        members |= {f"{name}/{file}": content for file, content in each.files.items()}
        metadata += [f"{name}:\n  :submitters:\n"]
        for student in each.students:
            metadata += [f"  - :name: {_quoted(student.name)}\n    :sid: {_quoted(student.sid)}\n"]
            metadata += [f"    :email: {_quoted(student.email)}\n"]
        metadata += [f"  :created_at: {each.submitted:%Y-%m-%d %H:%M:%S.%f}000 Z\n  :score: {each.number}.5\n"]
        metadata += ["  :status: processed\n  :results:\n    tests:\n    - name: '1.1'\n      score: 99.0\n"]
        metadata += [f"      output: {_quoted(old_results)}\n  :history:\n  - :submitters: []\n"]
        metadata += ["    :created_at: 2027-01-01 00:00:00.000000000 Z\n    :score: 77.0\n    :id: 300000000\n"]
    members = {"submission_metadata.yml": "".join(metadata).encode(), **members}
    return zipped(path, {f"assignment_1234567_export/{name}": content for name, content in members.items()})


def _quoted(text: str) -> str:
    """Return text as Ruby quotes it where lines may be broken: an empty line for each, the last quote at the very start."""
    return "'" + text.replace("'", "''").replace("\n", "\n\n") + "'"


def canvas(path: Path, work: Iterable[Work], late: Sequence[int] = ()) -> Path:
    """Write Canvas's zip, in which a pair is one of its students. late: the numbers of those who were."""
    members = {}
    for each in work:
        first, _, last = each.students[0].name.partition(" ")
        label = "".join(letter for letter in f"{last}{first}".lower() if letter.isalnum() or letter == "_")
        mark = "_LATE" if each.number in late else ""
        for place, (name, content) in enumerate(each.files.items()):
            members[f"{label}{mark}_{5000 + each.number}_{900_000 + 20 * each.number + place}_{name}"] = content
    return zipped(path, members, Unflagged)


def moodle(path: Path, work: Iterable[Work], flat: bool = False) -> Path:
    """Write Moodle's zip of all submissions, with a folder for each of them, or with long names."""
    members = {}
    for each in work:
        name = "".join(letter for letter in each.students[0].name.replace("_", " ") if letter not in "&<>\"`|':\\/")
        for file, content in each.files.items():
            prefix = f"{name}_{7000 + each.number}_assignsubmission_file"
            members[f"{prefix}_{file}" if flat else f"{prefix}/{file}"] = content
    return zipped(path, members)


def folder(path: Path, work: Iterable[Work]) -> Path:
    """Write a zip with a zip for each submission, called like the students."""
    members = {}
    for each in work:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in each.files.items():
                archive.writestr(name, content)
        members[f"{each.number:04} {each.students[0].name}.zip"] = packed.getvalue()
    return zipped(path, members)


PLATFORMS: dict[str, Callable[[Path, Iterable[Work]], Path]] = {
    "Gradescope": gradescope,
    "Canvas": canvas,
    "Moodle": moodle,
    "folder": folder,
}


class Unflagged(zipfile.ZipInfo):
    """A member whose name is UTF-8 and does not say so, as rubyzip writes it for Canvas."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode(), self.flag_bits


def zipped(path: Path, members: dict[str, bytes], info: type[zipfile.ZipInfo] = zipfile.ZipInfo) -> Path:
    """Write a zip and return its path."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = info(name, (2026, 10, 1, 12, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, content)
    return path


def main() -> None:
    """Write an export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--students", type=int, default=300)
    parser.add_argument("--platform", choices=PLATFORMS, default="Gradescope")
    parser.add_argument("--network", action="store_true", help="with part 4")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    work = made_up(options.students, options.seed, options.network)
    PLATFORMS[options.platform](options.path, work)
    counts = {kind: sum(each.kind == kind for each in work) for kind in MIX}
    print(f"{options.path}: {', '.join(f'{count} {kind}' for kind, count in counts.items())}")


if __name__ == "__main__":
    main()
