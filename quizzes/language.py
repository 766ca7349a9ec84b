"""The language of a quiz, which translates English sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Language:
    """A language with its translation of each English text. English itself needs none."""

    code: str = "en"  # as HTML and PDF write it
    phrases: Mapping[str, str] = field(default_factory=dict, hash=False)  # "Question {number}" -> "Frage {number}"

    def say(self, message: str, **values: object) -> str:
        """Return a message in this language with the values filled in; in English if there is no translation."""
        return self.phrases.get(message, message).format(**values)


ENGLISH = Language()
