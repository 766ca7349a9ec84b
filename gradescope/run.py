"""Grade the submission that Gradescope has laid out, and leave results.json, whatever happens.

Gradescope reads results.json as soon as this ends. It overwrites it by a score of 0 if this takes longer than it allows.
"""

import contextlib
import os
import sys
import threading
import time
import traceback

import click

from autograder import assignment as assignments
from autograder import recorded, results
from autograder.assignment import Assignment
from autograder.grading import grade
from autograder.report import terminal
from autograder.sandbox import template
from common.errors import UserError
from gradescope import OURS, places, policy

ASSIGNMENT, SECRET, FINGERPRINT = "assignment", "secret", "fingerprint"  # in the archive
MARGIN_SECONDS = 20.0  # between our deadline and Gradescope's: to end workers and to write


def main() -> None:
    """Grade, and end when the time is up, with what there is by then."""
    where = places.here()
    started = time.monotonic()
    try:
        assigned = assignment(where)
        document = results.skeleton(assigned, assigned.checks())
        results.write(where.results, document)  # whatever comes, there is a result from here on
        _close_to_others(where)
        seconds = _seconds(assigned.config.seconds)
        _end_after(seconds + MARGIN_SECONDS / 2 - (time.monotonic() - started))
        _grade(where, assigned, seconds)
    except UserError as error:
        print(error)  # results.json says so too, unless not even the options could be read
        if not where.results.exists():
            _say(where, OURS)
    except Exception:
        traceback.print_exc()  # instructors alone read this
        _say(where, OURS)
    _leave()


def assignment(where: places.Places) -> Assignment:
    """Return the assignment that the archive holds, in a folder of its name."""
    return assignments.load(next((where.source / ASSIGNMENT).iterdir()))


def _grade(where: places.Places, assigned: Assignment, seconds: float) -> None:
    rules = policy.read(where.metadata, assigned.config, (where.source / FINGERPRINT).read_text().strip())
    if rules.problem:
        print(rules.problem)  # instructors alone read this
    if refused := rules.refused():
        results.write(where.results, refused)
        print(refused["output"])
        return
    report = grade(
        where.submission,
        assigned,
        where.results,
        seed=(where.source / SECRET).read_text().strip(),
        reference=recorded.load(assigned.folder),
        seconds=seconds,
        adjust=rules.applied,
    )
    print(click.unstyle(terminal.summary(report)))  # instructors alone read this
    print("\n".join(report.faults))


def _seconds(own: float) -> float:
    """Return how long grading may take: our own limit, or Gradescope's if that is shorter."""
    with contextlib.suppress(ValueError):
        theirs = float(os.environ.get("TIMEOUT_SECONDS") or "inf")
        return max(min(own, theirs - MARGIN_SECONDS), 1.0)
    return own


def _close_to_others(where: places.Places) -> None:
    """Leave nothing of the grader to the users that submissions run as, and no folder into which everyone writes."""
    modes = dict.fromkeys((where.source, where.results.parent), 0o700) | {where.metadata: 0o600}
    if where.root == places.GRADESCOPE:  # a container of our own, not somebody's machine
        modes |= dict.fromkeys(places.OPEN_TO_ALL, 0o711)
    for path, mode in modes.items():
        if path.exists():
            path.chmod(mode)


def _end_after(seconds: float) -> None:
    """End this process then, even if it hangs: results.json holds what was found so far."""
    watchdog = threading.Timer(max(seconds, 0.0), _leave)
    watchdog.daemon = True
    watchdog.start()


def _say(where: places.Places, sentence: str) -> None:
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
