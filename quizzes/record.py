"""A made quiz in a file: all versions, with their keys and certificates. It is the teacher's, and Gradescope's."""

from common.records import from_json
from quizzes.quiz import Made


def written(made: Made) -> bytes:
    """Return a quiz as JSON, which `read` reads; Fractions stand there as text: "9/4"."""
    import orjson  # a thousand versions are 70 MB: Python's own JSON takes seconds

    try:
        return orjson.dumps(made, default=str)
    except orjson.JSONEncodeError as error:
        raise error.__cause__ or error from None  # Ctrl-C while `str` was at work


def read(content: bytes, name: str = "quiz.json") -> Made:
    """Return the quiz that `written` wrote. name: of the file; raises UserError, with the place, for anything else."""
    return from_json(Made, content, name)
