"""Errors for files that are refused."""


class Refused(Exception):
    """A file is refused: a sentence or two, and the line; 0 for the file as a whole."""

    def __init__(self, text: str, line: int = 0) -> None:
        self.sentence, self.line = f"Line {line}: {text}" if line else text, line
        super().__init__(self.sentence)


class NotPython(Refused):
    """Python itself could not read it."""


class Forbidden(Refused):
    """It is not in the language of kernels."""
