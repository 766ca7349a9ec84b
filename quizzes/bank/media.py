"""Check that all media can show a text: pages, learning platforms, paper."""

from collections.abc import Iterable, Iterator
from xml.etree import ElementTree

from common.errors import UserError
from quizzes.question import Choice, Question
from quizzes.text import markdown


def require_shown(question: Question) -> None:
    """Raise UserError, naming the text and the reason, for a text that some medium cannot show."""
    for place, text in _texts(question):
        try:
            ElementTree.fromstring(f"<p>{markdown.html(text).replace('&nbsp;', ' ')}</p>")
            for show in (markdown.typst, markdown.plain, markdown.html_with_latex, markdown.terminal):
                show(text)
        except Exception as error:  # from three parsers with different exceptions
            raise UserError(f"{place} cannot be shown, {error or type(error).__name__}: {text!r:.200}") from None


def _texts(question: Question) -> Iterator[tuple[str, str]]:
    yield "the stem", question.stem
    yield from _numbered("step", question.steps)
    yield from (("what a wrong answer says", one.sentence) for one in question.wrong)
    if isinstance(question.key, Choice):
        yield from _numbered("option", (option.text for option in question.key.options))
        yield from _numbered("what is said of option", (option.sentence for option in question.key.options))


def _numbered(place: str, texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    return ((f"{place} {number}", text) for number, text in enumerate(texts, start=1))
