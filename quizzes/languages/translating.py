"""Translate texts and whole variants with a catalogue of English texts and patterns.

A text is looked up as it is, then among the patterns with {placeholders}, whose contents are translated in turn. If
neither is found, its parts are translated: paragraphs, cells of tables, sentences. Numbers, mathematics and `code` stay.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from xml.sax.saxutils import escape, quoteattr, unescape

from common.errors import UserError
from quizzes.language import ENGLISH, Language
from quizzes.languages.catalogue import PLACE
from quizzes.question import Answer, Choice, Grid, Number, Picture, Wrong
from quizzes.variant import Variant, Written

Said = Callable[[str], str]
REMEMBERED = 1 << 14  # texts
# Between the parts of a text, the largest parts first: paragraphs, lines, cells of a table, sentences, items.
_SEPARATORS = [
    re.compile(each)
    for each in (r"(\n{2,})", r"(\n(?:- |\d+\. )?|^- )", r"((?:^| )\|(?: |$))", r"((?<=[.?!]) (?=[^\Wa-z_]|\W))", r"(; )")
]
_NO_WORDS = re.compile(r"\$\$.*?\$\$|\$.*?\$|`[^`]*`|\\[A-Za-z]+", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d,]|\.\d)")
_LABEL = re.compile(r"(?<=>)[^<>]+(?=</text>)")


@dataclass(frozen=True)
class Pattern:
    """An English text with placeholders, and its translation."""

    english: str
    said: str
    literals: tuple[str, ...]  # the texts before, between and after the placeholders
    places: tuple[str, ...]

    @staticmethod
    def of(english: str, said: str) -> "Pattern":
        """Return the pattern of an entry."""
        return Pattern(english, said, tuple(PLACE.sub("\0", english).split("\0")), tuple(PLACE.findall(english)))

    @property
    def anchor(self) -> str:
        """Return the longest whole word that all its texts contain; "" if there is none."""
        return max((word for word in PLACE.sub("\0", self.english).split(" ") if "\0" not in word), key=len, default="")

    def held(self, text: str) -> dict[str, str] | None:
        """Return a text's values for the placeholders; None if it does not match."""
        first, *rest, last = self.literals
        end = len(text) - len(last)
        if not (text.startswith(first) and text.endswith(last)):
            return None
        values, start = [], len(first)
        for literal in rest:
            found = text.find(literal, start + 1, end)
            if found < 0:
                return None
            values.append(text[start:found])
            start = found + len(literal)
        values.append(text[start:end])
        held = dict(zip(self.places, values))
        return held if start < end and values == [held[place] for place in self.places] else None

    def filled(self, values: Mapping[str, str]) -> str:
        """Return the translation with values for its placeholders."""
        return PLACE.sub(lambda place: values[place[1]], self.said)


class Translator:
    """Translates texts into a language."""

    def __init__(self, language: Language) -> None:
        self._phrases: dict[str, str] = {}
        self._patterns: dict[str, list[Pattern]] = {}  # by their anchors
        for english, said in language.phrases.items():
            if PLACE.search(english):
                pattern = Pattern.of(english, said)
                self._patterns.setdefault(pattern.anchor, []).append(pattern)
            else:
                self._phrases[english] = said
        self._known = lru_cache(REMEMBERED)(self._translated)
        self.used: dict[str, None] = {}  # English texts of the catalogue, in the order of their first use

    def text(self, english: str, lacking: set[str]) -> str:
        """Return a text in the language. What the catalogue lacks stays English and is added to `lacking`."""
        said = self._known(english)
        if said is not None:
            return said
        found = parts(english)
        if len(found) == 1:
            lacking.add(english)
            return english
        return "".join(part if place % 2 else self.text(part, lacking) for place, part in enumerate(found))

    def _translated(self, text: str) -> str | None:
        """Return a text in the language, or None if the catalogue lacks something of it."""
        if text in self._phrases:
            self.used[text] = None
            return self._phrases[text]
        if not has_words(text):
            return _with_thin_blanks(text) if "," in text else text
        for pattern in self._candidates(text):
            if (held := pattern.held(text)) is not None:
                values = {place: said for place, value in held.items() if (said := self._known(value)) is not None}
                if len(values) == len(held):
                    self.used[pattern.english] = None
                    return pattern.filled(values)
        found = parts(text)
        if len(found) == 1:
            return None
        translated = [part if place % 2 else self._known(part) for place, part in enumerate(found)]
        return None if None in translated else "".join(map(str, translated))

    def _candidates(self, text: str) -> list[Pattern]:
        """Return the patterns that a text may match, the most specific ones first."""
        found = [pattern for word in {"", *text.split(" ")} for pattern in self._patterns.get(word, ())]
        return sorted(found, key=lambda pattern: (-sum(map(len, pattern.literals)), pattern.english))


def translated(variant: Variant, language: Language) -> Variant:
    """Translate a variant and its certificate; raises UserError if two options would read alike."""
    if language == ENGLISH:
        return variant
    lacking: set[str] = set()
    translator = _translator(language)
    found = with_texts(variant, lambda text: translator.text(text, lacking))
    if isinstance(found.answer, Choice) and len({option.text for option in found.answer.options}) < len(
        found.answer.options
    ):
        raise UserError(
            f"{variant.template}: two options read alike in its language {language.code!r}: change the catalogue"
        )
    return replace(found, untranslated=tuple(sorted(lacking)) if language.code != ENGLISH.code else ())


def in_language(text: str, language: Language) -> str:
    """Return a text in a language, or unchanged if its catalogue lacks it."""
    return _translator(language).text(text, set())


def with_texts(variant: Variant, said: Said) -> Variant:
    """Return a variant with each of its texts replaced; names of misconceptions and topics stay English."""
    certificate = variant.certificate
    return replace(
        variant,
        title=said(variant.title),
        stem=said(variant.stem),
        answer=_answer(variant.answer, said),
        wrong=tuple(_wrong(one, said) for one in variant.wrong),
        steps=tuple(map(said, variant.steps)),
        picture=variant.picture and _picture(variant.picture, said),
        certificate=replace(certificate, key=_written(certificate.key, said), oracle=_written(certificate.oracle, said)),
    )


def has_words(text: str) -> bool:
    """Return whether there is anything to translate: single letters are variables, not words."""
    return bool(_WORD.search(text)) and bool(_WORD.search(_NO_WORDS.sub("", text)))


def _with_thin_blanks(text: str) -> str:
    """Return a text with thin spaces between groups of digits: in other languages a comma is the decimal point."""
    text = _THOUSANDS.sub(lambda found: found[0].replace(",", "\N{NARROW NO-BREAK SPACE}"), text)
    return text.replace("{,}", r"{\,}")


def parts(text: str) -> list[str]:
    """Return the parts of a text, with the separators at odd positions; the text alone if it has none."""
    for separator in _SEPARATORS:
        found = separator.split(text)
        if len(found) > 1:
            return found
    return [text]


def _answer(answer: Answer, said: Said) -> Answer:
    match answer:
        case Number():
            return replace(answer, unit=said(answer.unit))
        case Grid():
            return replace(answer, rows=tuple(map(said, answer.rows)), columns=tuple(map(said, answer.columns)))
        case Choice():
            options = (
                replace(each, text=said(each.text), sentence=said(each.sentence), step=said(each.step))
                for each in answer.options
            )
            return replace(answer, options=tuple(options))


def _wrong(one: Wrong, said: Said) -> Wrong:
    sentence = said(one.sentence)
    return replace(one, sentence=sentence, told=said(one.hint) if sentence != one.sentence else "")


def _picture(picture: Picture, said: Said) -> Picture:
    alt = said(picture.alt)
    svg = _LABEL.sub(lambda label: escape(said(unescape(label[0]))), picture.svg)
    svg = svg.replace(f"aria-label={quoteattr(picture.alt)}", f"aria-label={quoteattr(alt)}", 1)
    return replace(picture, svg=svg, alt=alt)


def _written(answer: Written, said: Said) -> Written:
    """Return what a certificate holds, a text or lists of texts, with other texts."""
    return said(answer) if isinstance(answer, str) else [_written(each, said) for each in answer]


@cache
def _translator(language: Language) -> Translator:
    return Translator(language)
