"""What the caller can set right."""


class QuizError(Exception):
    """A mistake of the caller's, said in one sentence that names it and what to do."""
