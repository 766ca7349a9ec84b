"""What quizzes cost: seconds on this machine, for a quiz of ten questions over the whole bank.

    .venv/bin/python benchmarks/quiz.py paper [--students 100] [--runs 3]

Each figure is that of one call in a new process, the best of the runs: other work on the machine can only add to it.
"""

import os
import platform
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context

import click

from quizzes import making
from quizzes.pool import largest
from quizzes.quiz import Entry, Made, Quiz
from quizzes.roster import Owner
from quizzes.template import templates

QUESTIONS = 10


def ten_questions(students: int) -> Quiz:
    """Return a quiz of templates that lie far apart in the bank, each with enough variants."""
    names = [name for name, each in templates().items() if len(largest(each, "benchmark", students)) == students]
    chosen = [names[place * len(names) // QUESTIONS] for place in range(QUESTIONS)]
    return Quiz("ten", "Ten questions", "", tuple(Entry(name, 1.0, 1, "typed") for name in chosen))


def made(students: int) -> Made:
    """Return the quiz of ten questions for so many students."""
    return making.make(
        ten_questions(students), "benchmark", [Owner(f"s{number:05}", "Ada Müller") for number in range(students)]
    )


def best(runs: int, measure: Callable[..., tuple], *arguments: object) -> tuple:
    """Return the least of what `measure` finds, each time in a new process: nothing is remembered from the run before."""
    found = []
    for _ in range(runs):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            found.append(process.submit(measure, *arguments).result())
    return min(found)


def printed(students: int, together: bool) -> tuple[float, float, int, float]:
    """Return the seconds of printing, the CPU seconds, the files and their MB."""
    from quizzes.exports import paper

    quiz = made(students)
    started, worked = time.perf_counter(), time.process_time()
    files = paper.files(quiz, together)
    return (
        time.perf_counter() - started,
        time.process_time() - worked,
        len(files),
        sum(map(len, files.values())) / 1e6,
    )


@click.group(help=__doc__.splitlines()[0])
def main() -> None:
    """Say on what is measured."""
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}")


@main.command()
@click.option("--students", default=100)
@click.option("--runs", default=3)
def paper(students: int, runs: int) -> None:
    """Print exams and keys of a class as PDFs."""
    print(f"{students} students, {QUESTIONS} questions of as many templates\n")
    print("| exams and keys | s | CPU s | files | MB |\n|---|---:|---:|---:|---:|")
    for name, together in (("a file for each student", False), ("one file for the room", True)):
        seconds, worked, files, size = best(runs, printed, students, together)
        print(f"| {name} | {seconds:.1f} | {worked:.1f} | {files} | {size:.1f} |")


if __name__ == "__main__":
    main()
