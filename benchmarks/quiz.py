"""What quizzes cost: seconds on this machine, for a quiz of ten questions over the whole bank.

    .venv/bin/python benchmarks/quiz.py paper [--students 100] [--runs 3]

Each figure is the wall time of one call, the best of the runs: other work on the machine can only add to it.
"""

import os
import platform
import time
from collections.abc import Callable
from datetime import date

import click

from quizzes import making
from quizzes.quiz import Entry, Made, Quiz
from quizzes.roster import Owner
from quizzes.template import templates

QUESTIONS = 10


def ten_questions() -> Quiz:
    """Return a quiz of templates that lie far apart in the bank."""
    names = list(templates())
    chosen = [names[place * len(names) // QUESTIONS] for place in range(QUESTIONS)]
    return Quiz("ten", "Ten questions", "", tuple(Entry(name, 1.0, 1, "typed") for name in chosen))


def made(students: int) -> Made:
    """Return the quiz of ten questions for so many students."""
    return making.make(ten_questions(), "benchmark", [Owner(f"s{number:05}", "Ada Müller") for number in range(students)])


def best(runs: int, call: Callable[[], object]) -> float:
    """Return the seconds of the quickest call."""
    seconds = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - started)
    return min(seconds)


@click.group(help=__doc__.splitlines()[0])
def main() -> None:
    """Say on what is measured."""
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, {date.today()}")


@main.command()
@click.option("--students", default=100)
@click.option("--runs", default=3)
def paper(students: int, runs: int) -> None:
    """Print exams and keys of a class as PDFs."""
    from quizzes.exports import paper

    quiz = made(students)
    print(f"{students} students, {len(quiz.quiz.questions)} questions of {len(set(quiz.quiz.entries))} templates\n")
    print("| exams and keys | files | MB | best s |\n|---|---:|---:|---:|")
    for name, together in (("a file for each student", False), ("one file for the room", True)):
        files = paper.files(quiz, together)
        seconds = best(runs, lambda together=together: paper.files(quiz, together))
        print(f"| {name} | {len(files)} | {sum(map(len, files.values())) / 1e6:.1f} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
