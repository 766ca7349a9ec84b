"""What quizzes cost on this machine, and how many variants the bank has. The quiz is quizzes/examples/cnn.toml.

    .venv/bin/python benchmarks/quiz.py variants | paper | certificates | bank | ranks

Times are medians of whole processes, from start to end, with the shortest and the longest.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from pathlib import Path
from statistics import median

import click

from quizzes.certify import certify, check
from quizzes.question import Number
from quizzes.search import draw_up_to, repeat, report
from quizzes.template import templates

ROOT = Path(__file__).resolve().parent.parent
EXAMPLE = ROOT / "quizzes" / "examples" / "cnn.toml"


@click.group(help=__doc__.splitlines()[0])
def main() -> None:
    """Print the machine."""
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}")


@main.command()
@click.option("--versions", default=1000)
@click.option("--runs", default=5)
def variants(versions: int, runs: int) -> None:
    """Make the example quiz in many versions: certified, with the files for Canvas and Moodle."""
    made(runs, "--variants", str(versions), "--format", "canvas", "--format", "moodle")


@main.command()
@click.option("--students", default=100)
@click.option("--runs", default=5)
def paper(students: int, runs: int) -> None:
    """Print exams and keys of a class as PDFs: a file for each student, and one for the room."""
    with tempfile.TemporaryDirectory() as folder:
        roster = Path(folder, "roster.csv")
        roster.write_text("id,name\n" + "".join(f"s{number:05},Ada Müller\n" for number in range(students)))
        made(runs, "--students", str(roster), "--format", "paper")
    made(runs, "--variants", str(students), "--format", "paper")


def made(runs: int, *options: str) -> None:
    """Make the example quiz a few times, and print how long it takes and what comes out."""
    seconds, sizes = [], {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "command_line", "quiz", "make", str(EXAMPLE), "--seed", "benchmark"]
            started = time.perf_counter()
            subprocess.run([*command, *options, "--out", folder], cwd=ROOT, check=True, capture_output=True)
            seconds.append(time.perf_counter() - started)
            sizes = {path.name: path.stat().st_size / 1e6 for path in Path(folder).rglob("*") if path.is_file()}
    large = ", ".join(f"{name} {size:.1f} MB" for name, size in sorted(sizes.items()) if size > 3)
    print(f"quiz make {' '.join(options)}")
    print(f"    {median(seconds):.1f} s ({min(seconds):.1f} to {max(seconds):.1f}); {len(sizes)} files; {large}")


@main.command()
@click.option("--total", default=102_000)
def certificates(total: int) -> None:
    """Draw variants of all templates, and check each certificate again: both keys, every wrong answer."""
    bank = templates()
    most = -(-total // len(bank))
    with ProcessPoolExecutor() as processes:
        found = list(processes.map(looked_at, [(name, most) for name in bank]))
    print(f"{sum(count for count, _, _ in found):,} variants of {len(bank)} templates")
    print(f"keys that the second way contradicts, and certificates with a fault: {sum(faults for _, faults, _ in found)}")
    print(f"wrong answers that differ from the key and from each other: {sum(wrong for _, _, wrong in found):,}")


def looked_at(job: tuple[str, int]) -> tuple[int, int, int]:
    """Return how many variants a template gave, how many had a fault, and how many wrong answers they distinguish."""
    name, most = job
    template, faults, wrong = templates()[name], 0, 0
    drawn = draw_up_to(template, "certificates", most)
    for variant in drawn:
        again = certify(template, repeat(template, variant.certificate.drawn), variant.certificate.drawn)[1]
        faults += bool(check(variant, dict(template.band))) or again != variant.certificate
        wrong += len(variant.wrong)
    return len(drawn), faults, wrong


@main.command()
@click.option("--most", default=10_000, help="Stop counting here.")
def bank(most: int) -> None:
    """Count the variants of each template."""
    with ProcessPoolExecutor() as processes:
        counts = list(processes.map(available, [(name, most) for name in templates()]))
    print("| template | variants | ms each |\n|---|---:|---:|")
    for name, (count, milliseconds) in zip(templates(), counts):
        print(f"| {name} | {count:,}{'+' if count == most else ''} | {milliseconds:.2f} |")
    print(f"\n{len(counts)} templates, {sum(count for count, _ in counts):,} variants at least")


def available(job: tuple[str, int]) -> tuple[int, float]:
    """Return how many variants a template has, up to a limit, and the processor milliseconds for each."""
    name, most = job
    started = time.process_time()
    count = len(draw_up_to(templates()[name], "bank", most))
    return count, 1000 * (time.process_time() - started) / count


@main.command()
@click.argument("names", nargs=-1)
@click.option("--most", default=200, help="Variants of a template.")
def ranks(names: tuple[str, ...], most: int) -> None:
    """Offer numbers as choices, and print how often the key is the smallest, the second smallest, ... of the options."""
    print("| template | variants | share of each rank |\n|---|---:|---|")
    for name, template in templates().items():
        if name in (names or templates()) and isinstance(draw_up_to(template, "ranks", 1)[0].answer, Number):
            found = report(draw_up_to(template, "ranks", most, as_choice=True))
            print(f"| {name} | {found.variants} | {', '.join(f'{rank / found.variants:.0%}' for rank in found.ranks)} |")


if __name__ == "__main__":
    main()
