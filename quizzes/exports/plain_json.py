"""A quiz as JSON, with what a student may see: for any other program. All keys are in teacher/quiz.json."""

import json
from hashlib import sha256
from typing import Any

from quizzes.grading.letters import letter
from quizzes.grading.marking import blanks
from quizzes.question import Answer, Choice, Grid, Number
from quizzes.quiz import GeneratedQuiz, Quiz, Version

CHECKSUM = 12  # digits


def files(generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return json/CODE.json for each version, without keys."""
    return {f"json/{version.code}.json": _written(student(generated.quiz, version)) for version in generated.versions}


def student(quiz: Quiz, version: Version) -> dict[str, Any]:
    """Return what the student of a version sees, as plain data. Neither names nor ids in it depend on a key."""
    return {
        "title": quiz.title,
        "description": quiz.description,
        "code": version.code,
        "owner": {"id": version.owner.id, "name": version.owner.name},
        "questions": [
            {
                "number": number,
                "points": entry.points,
                "stem": variant.stem,
                "picture": vars(variant.picture) if variant.picture else None,
                "blanks": blanks(variant),
                "answer": _asked(variant.answer),
            }
            for number, (entry, variant) in enumerate(zip(quiz.questions, version.variants), start=1)
        ],
    }


def checksum(quiz: Quiz, version: Version) -> str:
    """Return a checksum of every word, number and picture that a student sees: paper and key show the same one."""
    return sha256(_written(student(quiz, version))).hexdigest()[:CHECKSUM]


def _asked(answer: Answer) -> dict[str, Any]:
    match answer:
        case Number(unit=unit):
            return {"kind": "number", "unit": unit}
        case Grid(values=values, rows=rows, columns=columns):
            return {"kind": "grid", "shape": [len(values), len(values[0])], "rows": list(rows), "columns": list(columns)}
        case Choice(options=options, several=several):
            shown = [{"letter": letter(place), "text": option.text} for place, option in enumerate(options)]
            return {"kind": "choice", "several": several, "options": shown}


def _written(document: object) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()
