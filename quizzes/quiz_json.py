"""A generated quiz as a file: all versions with their keys and certificates, for the teacher and for Gradescope."""

from common.records import from_json
from quizzes.quiz import GeneratedQuiz


def written(generated: GeneratedQuiz) -> bytes:
    """Return a quiz as JSON, which `read` reads; Fractions are texts in it: "9/4"."""
    import orjson  # a thousand versions are 70 MB: Python's own JSON takes seconds

    try:
        return orjson.dumps(generated, default=str)
    except orjson.JSONEncodeError as error:
        raise error.__cause__ or error from None  # Ctrl-C while `str` was at work


def read(content: bytes, name: str = "quiz.json") -> GeneratedQuiz:
    """Return the quiz that `written` wrote. name: of the file; raises UserError, with the place, for anything else."""
    return from_json(GeneratedQuiz, content, name)
