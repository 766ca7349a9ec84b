"""The files that students fill in and hand in: one for each version."""

from quizzes.grading.answers import form
from quizzes.quiz import Made


def files(made: Made) -> dict[str, bytes]:
    """Return answers/answers-CODE.txt for each version."""
    language = made.quiz.language
    return {f"answers/answers-{version.code}.txt": form(version, language).encode() for version in made.versions}
