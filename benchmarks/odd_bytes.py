"""What happens to odd bytes: damaged archives, damaged replies, and a class with hostile submissions among the others.

    .venv/bin/python -m benchmarks.odd_bytes [--archives 5000] [--replies 5000] [--submissions 300]

Real archives, of several kinds, and real replies, of all cases of parts 1 to 3, are damaged at random: bytes are changed,
cut out, inserted and repeated. Each archive is read as `convgrade grade` does; each reply is decoded and
compared as in a check. All of that happens in one process, whose memory is measured; any exception but a refusal counts
as a crash. The class is graded by `convgrade batch`, without and with 30 submissions of tests/attacks: each must get a row,
and no other grade may change.
"""

import argparse
import csv
import io
import os
import platform
import random
import re
import shutil
import sys
import tarfile
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from autograder import compare
from autograder.assignment import find
from autograder.cases import Case
from autograder.sandbox.child import wire
from autograder.sandbox.host import Sandbox
from autograder.sandbox.limits import Limits
from autograder.sandbox.replies import Stopped
from autograder.submission import take_in
from autograder.verdicts import Ungradable
from benchmarks.whole_class import HANGS, command, timed
from tests.autograder.attacks import attacks, lay_out
from tests.batch import exported

CRASHED = "crashed"
MOST_SHOWN = 12  # sentences in a table
# Ungradable, odd, hostile; none that waits for a deadline, which is what the hanging ones of benchmarks/whole_class.py do.
HOSTILE = {
    "archives": "bomb_in_a_zip_in_the_zip bomb_of_bzip2 bomb_of_members_that_overlap bomb_that_lies_about_its_size "
    "damaged_packing folder_called_like_the_file half_a_zip links_in_a_folder name_with_a_nul names_for_a_terminal "
    "pipe_in_a_folder same_name_twice thousands_of_files thousands_of_files_in_zips_in_the_zip zip_slip_by_dots "
    "zip_with_a_password",
    "results": "answers_ahead another_byte_order axes_beyond_all_measure half_a_character keys_that_collide kills_itself "
    "leaves_a_daemon sends_a_verdict sends_deep_and_odd_values sends_half_an_answer",
    "resources": "exception_of_10_mb many_small_files recursion_without_end result_of_240_mb",
}


def real_archives() -> list[bytes]:
    """Return archives of the solution as several programs write them."""
    files = {name: (exported.SOLUTION / name).read_bytes() for name in exported.FILES}
    return [
        zipped(files),
        zipped(files, compression=zipfile.ZIP_STORED),
        zipped({f"Übung 3/{name}": content for name, content in files.items()}),
        zipped({"homework.zip": zipped(files)}),
        zipped(files, to=Unseekable),
        tarred(files, packed=False),
        tarred(files, packed=True),
    ]


class Unseekable(io.BytesIO):
    """A stream into which sizes cannot be written later: a zip then has data descriptors."""

    def seekable(self) -> bool:
        """Say that it is not seekable."""
        return False

    def tell(self) -> int:
        """Refuse."""
        raise OSError

    def seek(self, *_: int) -> int:
        """Refuse."""
        raise OSError


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED, to: type[io.BytesIO] = io.BytesIO) -> bytes:
    """Return a zip."""
    stream = to()
    with zipfile.ZipFile(stream, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(files: dict[str, bytes], packed: bool) -> bytes:
    """Return a tar."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz" if packed else "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return stream.getvalue()


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Return bytes with one to six random faults, a good half of them in the first or the last hundred bytes."""
    changed = bytearray(content)
    for _ in range(draw.choice((1, 1, 1, 2, 3, 6))):
        size = len(changed)
        place = draw.choice(
            (draw.randrange(size + 1), draw.randrange(min(size, 100) + 1), size - draw.randrange(min(size, 100) + 1))
        )
        length = min(draw.choice((1, 2, 4, 8, 100, 10_000)), size - place)
        piece = changed[place : place + length]
        match draw.choice(("flip", "flip", "cut", "insert", "repeat", "end")):
            case "flip" if piece:
                changed[place] ^= 1 << draw.randrange(8)
            case "cut":
                del changed[place : place + length]
            case "insert":
                changed[place:place] = draw.randbytes(length)
            case "repeat":
                changed[place:place] = piece * draw.randint(1, 20)
            case "end":
                del changed[max(place, 1) :]
    return bytes(changed)


def of_archive(content: bytes, folder: Path) -> str:
    """Return what happened to an archive."""
    path = folder / "homework.zip"
    path.write_bytes(content)
    with Sandbox() as sandbox:
        try:
            submission = take_in(path, sandbox)
        except Ungradable as refused:
            return f"refused: {refused}"
        taken = "taken" if all(map(submission.has, exported.FILES)) else "taken, but not all of it"
        return f"{taken}, with remarks" if submission.remarks else taken


def real_replies() -> list[tuple[Case, bytes]]:
    """Return the cases of parts 1 to 3, and the right reply to each; a few of them are replaced by exceptions."""
    assigned = find("cnn")
    reference = assigned.reference()
    replies = []
    for check in assigned.checks():
        if check.part.file in exported.FILES:
            for case in check.cases(reference, "odd bytes"):
                reply = {"result": case.expected, "arguments": list(case.arguments), "options": case.options}
                replies.append((case, wire.pack(reply)))
    raised = {"raised": ["ValueError", "Exception"], "message": "No.", "frames": ["convolution.py line 1: x"], "module": ""}
    return [*replies, *((case, wire.pack(raised | {"importing": False})) for case, _ in replies[::10])]


def of_reply(case: Case, content: bytes) -> str:
    """Return what happened to the reply to a case."""
    stream = io.BytesIO(content)

    def read(count: int) -> bytes:
        if len(found := stream.read(count)) < count:
            raise EOFError
        return found

    try:
        reply = case.request.outcome(wire.receive(read), case.function, "convolution.py", Limits(packages=()))
    except EOFError:
        return "refused: the channel ended"
    except wire.BadMessage as refused:
        return f"refused: {refused}"
    if isinstance(reply, Stopped):
        return f"stopped: {reply.sentence}"
    failure = compare.failure(case, reply.result, reply.arguments, reply.options)
    return f"wrong: {str(failure).splitlines()[0]}" if failure else "right"


def outcomes(label: str, count: int, one: Callable[[random.Random], str]) -> str:
    """Try this many, each with its own seed, and return a table."""
    found: Counter = Counter()
    started = time.perf_counter()
    for seed in range(count):
        try:
            found[kind(one(random.Random(seed)))] += 1
        except Exception as error:
            print(f"{label} with seed {seed}: {error!r}", file=sys.stderr)
            found[CRASHED] += 1
    seconds = time.perf_counter() - started
    lines = [f"{label}: {count:,} in {seconds:.0f} s, {found[CRASHED]} crashed; the process held {peak():.0f} MB at most\n"]
    lines += ["| what became of it | how many |\n|---|---:|"]
    lines += [f"| {what} | {many:,} |" for what, many in found.most_common(MOST_SHOWN)]
    if rest := sum(found.values()) - sum(many for _, many in found.most_common(MOST_SHOWN)):
        lines += [f"| {len(found) - MOST_SHOWN} others | {rest:,} |"]
    return "\n".join([*lines, ""])


def kind(outcome: str) -> str:
    """Return an outcome without the details that differ between damages."""
    return re.sub(r"'[^']*'|\(.*\)|\b-?\d[\d,.]*|expected .*|raised .*|but returned .*", "...", outcome)[:100]


def peak() -> float:
    """Return the most MB that this process has held so far."""
    return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024


def hostile(folder: Path) -> Iterator[tuple[str, Path]]:
    """Make the hostile submissions, and yield the name and the place of each."""
    chosen = {f"{group}/{name}" for group, names in HOSTILE.items() for name in names.split()}
    for attack in attacks():
        if attack.name in chosen:
            place = folder / attack.path.stem
            place.mkdir()
            harmless = dict.fromkeys(("@RESULTS@", "@SECRET@", "@OUTSIDE@"), str(place / "nowhere"))
            yield attack.path.stem, lay_out(attack, place, harmless | {"@PORT@": "9", "@GRADER@": "999999999"})


def classes(count: int, folder: Path) -> str:
    """Grade a class without and with hostile submissions, and return a table."""
    honest = exported.made_up(count, mix={each: share for each, share in exported.MIX.items() if each != HANGS})
    for name in ("without", "with"):
        with zipfile.ZipFile(exported.folder(folder / f"{name}.zip", honest)) as archive:
            archive.extractall(folder / name)
    made = list(hostile(folder))
    for name, source in made:
        shutil.move(source, folder / "with" / f"hostile {name}{''.join(source.suffixes)}")
    lines, scores = [], []
    for name, many in (("without", count), ("with", count + len(made))):
        seconds, most = timed(command(folder / name, folder / f"{name} graded"))
        lines.append(
            f"| {name} {len(made)} hostile ones | {seconds:.0f} | {60 * many / seconds:,.0f} | {most / 1e6:,.0f} |"
        )
        with (folder / f"{name} graded" / "gradebook.csv").open(encoding="utf-8-sig", newline="") as table:
            scores.append({row["name"]: row["score"] for row in csv.DictReader(table)})
    without, with_them = scores
    same = all(with_them.get(name) == score for name, score in without.items())
    rows = sum(name.startswith("hostile ") for name in with_them)
    return (
        f"A class of {count}: {rows} of {len(made)} hostile ones have a row; "
        f"{'no other score has changed' if same else 'SCORES DIFFER'}\n\n"
        "| class | s | submissions a minute | most memory of all processes, MB |\n|---|---:|---:|---:|\n" + "\n".join(lines)
    )


def main() -> None:
    """Measure and print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archives", type=int, default=5000)
    parser.add_argument("--replies", type=int, default=5000)
    parser.add_argument("--submissions", type=int, default=300)
    asked = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}\n")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        folder.chmod(0o755)
        archives, replies = real_archives(), real_replies()

        def archive(draw: random.Random) -> str:
            return of_archive(damaged(draw.choice(archives), draw), folder)

        def reply(draw: random.Random) -> str:
            case, message = draw.choice(replies)
            content = damaged(message[wire.LENGTH.size :], draw)
            announced = draw.choice((len(content), len(content), len(content), draw.getrandbits(64)))
            return of_reply(case, wire.LENGTH.pack(announced) + content)

        print(outcomes("Damaged replies", asked.replies, reply), flush=True)
        print(outcomes("Damaged archives", asked.archives, archive), flush=True)
        if asked.submissions:
            print(classes(asked.submissions, folder))


if __name__ == "__main__":
    main()
