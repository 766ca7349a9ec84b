"""The language of a quiz: English sentences, said in it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Language:
    """A language, with what it says for each English text. English itself needs no phrases."""

    code: str = "en"  # as HTML and PDF name it
    phrases: Mapping[str, str] = field(default_factory=dict, hash=False)  # "Question {number}" -> "Frage {number}"

    def say(self, message: str, **values: object) -> str:
        """Return a message in this language, with the values in its places; in English where it has no phrase."""
        return self.phrases.get(message, message).format(**values)


ENGLISH = Language()
