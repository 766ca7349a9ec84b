"""Grade a student's replies to a quiz against the key of the student's own version.

No student code runs here, and only Python's standard library is needed.
"""

import json
import traceback
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from common.errors import UserError
from common.files import write_whole
from gradescope import OURS, metadata, paths
from quizzes import quiz_json
from quizzes.grading import grade, uploads
from quizzes.grading.attempts import newest
from quizzes.grading.grade import Graded
from quizzes.grading.responses import Responses
from quizzes.language import Language
from quizzes.quiz import GeneratedQuiz
from quizzes.roster import identity

MOST_TEXT = 2_000  # characters of one output
MOST_FILES = 50  # of a submission that are read


def main() -> None:
    """Grade, and leave results.json, whatever happens."""
    where = paths.here()
    _write(where.results, _refusal(OURS))
    try:
        made = quiz_json.read(where.quiz.read_bytes())
        _write(where.results, _results(made, where))
    except Exception:
        traceback.print_exc()  # only instructors read this


def _results(made: GeneratedQuiz, where: paths.Places) -> dict[str, Any]:
    emails, said = _emails(where.metadata, made.quiz.language)
    try:
        given, files = _given(where.submission, made)
        graded = grade.grade(made, _as_submitted_by(emails, made, given), made.quiz.language)
    except UserError as problem:
        return _refusal("\n".join([made.quiz.language.say("Nothing could be graded: {problem}.", problem=problem), *said]))
    return _document(made, graded, [*files, *said])


def _given(folder: Path, made: GeneratedQuiz) -> tuple[Responses, list[str]]:
    """Return the replies in a submission, and a note on which file counts if there are several."""
    say = made.quiz.language.say
    # Gradescope does not keep the times of files, and all files are the student's own.
    read = islice(uploads.read_folder(folder, made, made.quiz.language), MOST_FILES)
    found = [replace(given, source=Path(given.source).name, sender="", when=given.when[1:]) for given in read]
    holding = [given for given in found if given.replies and not given.problem]
    holding = [given for given in holding if given.version] or holding
    if not holding:
        problems = [f"{given.source}: {given.problem}" for given in found if given.problem]
        missing = say("hand in the file answers-CODE.txt with your answers after the equals signs")
        raise UserError((problems or [missing])[0])
    counting, _ = newest(holding, "")
    if not counting:
        names = ", ".join(given.source for given in holding)
        raise UserError(say("these files hold different answers, so hand in only one of them: {files}", files=names))
    graded = say("Several files hold answers; {file} was graded.", file=counting.source)
    return counting, [graded] * (len(holding) > 1)


def _emails(path: Path, language: Language) -> tuple[list[str], list[str]]:
    """Return the e-mail addresses of those who submit, none outside of Gradescope; and what to say if they are unknown."""
    try:
        read = metadata.read(path)
    except ValueError as problem:
        print(problem)  # only instructors read this
        return [], [
            language.say(
                "Gradescope's data about this submission could not be read, so nobody has checked whose version this is."
            )
        ]
    return list(read.emails) if read else [], []


def _as_submitted_by(emails: list[str], made: GeneratedQuiz, given: Responses) -> Responses:
    """Return the replies as those of the student who submits, whatever the file says.

    Raises UserError if the version belongs to somebody else. Only ids that are e-mail addresses can be compared.
    """
    say = made.quiz.language.say
    if given.version and not made.find(given.version):
        raise UserError(say("this quiz has no version {code}: check your file, or ask your instructor", code=given.version))
    owned = {identity(version.owner.id): version for version in made.versions if "@" in version.owner.id}
    if not owned or not emails:
        return given
    own = [owned[identity(email)] for email in emails if identity(email) in owned]
    if not own:
        raise UserError(say("{email} has no version of this quiz: ask your instructor", email=emails[0]))
    version = made.version(given.version) if given.version else own[0]
    if version not in own:
        raise UserError(
            say("version {code} belongs to another student; yours is {own}", code=version.code, own=own[0].code)
        )
    return Responses(version.owner.id, version.code, given.replies, given.source, given.notes)


def _document(made: GeneratedQuiz, graded: Graded, remarks: list[str]) -> dict[str, Any]:
    visibility = "visible" if made.quiz.feedback == "at once" else "after_published"
    say, tests = made.quiz.language.say, []
    for number, (mark, points, entry) in enumerate(zip(graded.marks, graded.points, made.quiz.questions), start=1):
        tests.append(
            {
                "number": str(number),
                "name": say("Question {number}", number=number) + ("" if entry.points else f" ({say('practice')})"),
                "score": points,
                "max_score": entry.points,
                "status": "passed" if mark.credit == 1 else "failed",
                "output": mark.sentence[:MOST_TEXT],
                "visibility": visibility,
            }
        )
    answered = say(
        "Version {code}: {answered} of {questions} questions answered.",
        code=graded.version.code,
        answered=sum(mark.answered for mark in graded.marks),
        questions=len(tests),
    )
    said = [answered, *remarks, *(say("Your file: {note}.", note=note) for note in graded.notes[:10])]
    return {
        "score": graded.score,
        "output": "\n".join(said)[:MOST_TEXT],
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {"schema": 1, "quiz": made.quiz.name, "version": graded.version.code},
        "tests": tests,
    }


def _refusal(sentence: str) -> dict[str, Any]:
    return {
        "score": 0.0,
        "output": sentence[:MOST_TEXT],
        "output_format": "text",
        "stdout_visibility": "hidden",
        "tests": [],
    }


def _write(path: Path, document: dict[str, Any]) -> None:
    text = json.dumps(document, allow_nan=False).replace("\\u0000", "\N{REPLACEMENT CHARACTER}")
    write_whole(path, [text.encode("utf-8", "replace")])
