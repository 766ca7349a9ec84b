"""Find out which options a typed text ticks: by their letters, or by the text of one."""

import re

from quizzes.grading.numbers import plain
from quizzes.language import Language
from quizzes.question import Choice

# Letters of other scripts that look like those of options: people with Russian or Greek keyboards may type them.
_CYRILLIC = dict(zip("\u0410\u0412\u0421\u0415\u041d", "ABCEH"))
_GREEK = dict(zip("\u0391\u0392\u0395\u0397", "ABEH"))
LOOKS_LIKE = {**_CYRILLIC, **_GREEK}
JOINING = ("and", "option", "options", "answer", "answers")
_PARTING = re.compile(r"[\s,;.:()\[\]&+\"']+")


def letter(place: int) -> str:
    """Return the letter of an option: A, B, ..."""
    return chr(ord("A") + place)


def ticked(choice: Choice, text: str, language: Language) -> tuple[set[str] | None, list[str]]:
    """Return the letters of the options that a text ticks, None if it is not understood, and remarks.

    Understood are B, b), (B), A C, AC, "A and C", "Option B", and all words of one option, with its letter or without.
    A letter of another script counts as the one that it looks like, since it looks the same on paper; a remark says so.
    """
    text = plain(text)
    remarks = [
        language.say("“{letter}” is not a Latin letter; it was read as {read}", letter=each, read=LOOKS_LIKE[each.upper()])
        for each in sorted(set(text))
        if each.upper() in LOOKS_LIKE
    ]
    known = [letter(place) for place in range(len(choice.options))]
    latin = "".join(LOOKS_LIKE.get(each.upper(), each) for each in text)
    joining = {word.upper() for english in JOINING for word in (english, language.say(english))}
    words = [word for word in _PARTING.split(latin) if word and word.upper() not in joining]
    if words and all(_are_letters(word, known) for word in words):
        return set("".join(words).upper()), remarks
    for place, option in enumerate(choice.options):
        if _words(text) in (_words(option.text), known[place].lower() + _words(option.text)):
            return {known[place]}, []
    return None, []


def _are_letters(word: str, known: list[str]) -> bool:
    """Return whether a word consists of options' letters: AC, CA or ac, but not "bad" or "dad"."""
    upper = word.upper()
    in_order = list(upper) == sorted(set(upper))
    return set(upper) <= set(known) and (in_order or (word == upper and len(set(word)) == len(word)))


def _words(text: str) -> str:
    """Return a text in lower case without spaces, punctuation and Markdown."""
    text = text.replace("\\times", "x").replace("\N{MULTIPLICATION SIGN}", "x").replace("\N{MINUS SIGN}", "-")
    return re.sub(r"[^\w.-]|_", "", text.casefold()).strip(".")
