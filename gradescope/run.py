"""Grade the submission that Gradescope provides, and leave results.json, whatever happens.

Gradescope reads results.json as soon as this ends, and overwrites it with a score of 0 if this takes too long.
"""

import contextlib
import os
import sys
import threading
import time
import traceback

import click

from autograder import assignment as assignments
from autograder import expected_answers, results
from autograder.assignment import Assignment
from autograder.grading import grade
from autograder.report import terminal
from autograder.sandbox import template
from common.errors import UserError
from gradescope import OURS, paths, policy

ASSIGNMENT, SECRET, FINGERPRINT = "assignment", "secret", "fingerprint"  # in the archive
MARGIN_SECONDS = 20.0  # between our deadline and Gradescope's, to stop workers and write results


def main() -> None:
    """Grade, and stop when the time is up, with the results so far."""
    where = paths.here()
    started = time.monotonic()
    try:
        assigned = assignment(where)
        document = results.skeleton(assigned, assigned.checks())
        results.write(where.results, document)  # from here on there is a result, whatever happens
        _close_to_others(where)
        seconds = _seconds(assigned.config.seconds)
        _end_after(seconds + MARGIN_SECONDS / 2 - (time.monotonic() - started))
        _grade(where, assigned, seconds)
    except UserError as error:
        print(error)  # results.json says so too, unless assignment.toml cannot be read
        if not where.results.exists():
            _say(where, OURS)
    except Exception:
        traceback.print_exc()  # only instructors read this
        _say(where, OURS)
    _leave()


def assignment(where: paths.Places) -> Assignment:
    """Return the assignment in the archive, in a folder with its name."""
    return assignments.load(next((where.source / ASSIGNMENT).iterdir()))


def _grade(where: paths.Places, assigned: Assignment, seconds: float) -> None:
    rules = policy.read(where.metadata, assigned.config, (where.source / FINGERPRINT).read_text().strip())
    if rules.problem:
        print(rules.problem)  # only instructors read this
    if refused := rules.refused():
        results.write(where.results, refused)
        print(refused["output"])
        return
    report = grade(
        where.submission,
        assigned,
        where.results,
        seed=(where.source / SECRET).read_text().strip(),
        reference=expected_answers.load(assigned.folder),
        seconds=seconds,
        adjust=rules.applied,
    )
    print(click.unstyle(terminal.summary(report)))  # only instructors read this
    print("\n".join(report.faults))


def _seconds(own: float) -> float:
    """Return how long grading may take: our own limit, or Gradescope's if that is shorter."""
    with contextlib.suppress(ValueError):
        theirs = float(os.environ.get("TIMEOUT_SECONDS") or "inf")
        return max(min(own, theirs - MARGIN_SECONDS), 1.0)
    return own


def _close_to_others(where: paths.Places) -> None:
    """Close the grader's files, and folders that everyone can write to, to the users that submissions run as."""
    modes = dict.fromkeys((where.source, where.results.parent), 0o700) | {where.metadata: 0o600}
    if where.root == paths.GRADESCOPE:  # a container, not somebody's machine
        modes |= dict.fromkeys(paths.OPEN_TO_ALL, 0o711)
    for path, mode in modes.items():
        if path.exists():
            path.chmod(mode)


def _end_after(seconds: float) -> None:
    """End this process after a time, even if it hangs: results.json holds the results so far."""
    watchdog = threading.Timer(max(seconds, 0.0), _leave)
    watchdog.daemon = True
    watchdog.start()


def _say(where: paths.Places, sentence: str) -> None:
    try:
        document = results.read(where.results)
    except ValueError:
        document = {"score": 0.0, "tests": []}
    results.write(where.results, {**document, "output": sentence, "output_format": "text"})


def _leave() -> None:
    template.close_all()
    sys.stdout.flush()
    os._exit(0)  # Gradescope judges by results.json alone


if __name__ == "__main__":
    main()
