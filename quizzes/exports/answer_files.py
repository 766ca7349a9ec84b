"""The files that students fill in and hand in: one for each version."""

from quizzes.grading.responses import answer_file
from quizzes.quiz import GeneratedQuiz


def files(generated: GeneratedQuiz) -> dict[str, bytes]:
    """Return answers/answers-CODE.txt for each version."""
    language = generated.quiz.language
    return {
        f"answers/answers-{version.code}.txt": answer_file(version, language).encode() for version in generated.versions
    }
