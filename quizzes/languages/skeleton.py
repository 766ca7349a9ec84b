"""Start a catalogue: the texts of a quiz that a language lacks, to be filled in."""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from string import ascii_lowercase

from quizzes.language import ENGLISH, Language
from quizzes.languages import catalogue
from quizzes.languages.translating import Translator, with_texts
from quizzes.making import make
from quizzes.question import LEAD
from quizzes.quiz import GeneratedQuiz, Quiz
from quizzes.roster import Owner

SAMPLES = 60  # versions, which show what varies
_VARIES = re.compile(r"(\$\$.*?\$\$|\$.*?\$|`[^`]*`|(?<!\w)[-\N{MINUS SIGN}]?\d+(?:[.,]\d+)*)", re.DOTALL)


def skeleton(quiz: Quiz, language: Language) -> str:
    """Return a catalogue with an empty translation of each text that a language lacks, found in many versions of a quiz.

    Our own catalogues show which words of a question vary; in other texts only numbers are known to vary.
    """
    ours = [catalogue.read(catalogue.OURS / f"{code}.toml") for code in catalogue.ours()]
    program = catalogue.program()
    known = {english: english for each in ours for english in each.texts}
    translator = Translator(Language(language.code, {**known, **{text: text for text in language.phrases}}))
    unknown: set[str] = set()
    generated = make(replace(quiz, language=ENGLISH, practice={}), "texts", [Owner(str(nth)) for nth in range(SAMPLES)])
    headings = [quiz.title, quiz.description] if quiz.language == ENGLISH else []  # otherwise they are already translated
    for text in [*headings, *_texts(generated)]:
        translator.text(text, unknown)
    questions = [text for text in translator.used if text not in program] + generalised(unknown)
    return "\n".join(
        [
            f"code = {json.dumps(language.code)}",
            *("\n[program]", *_entries(text for text in program if text not in language.phrases)),
            *("\n[questions]", *_entries(text for text in questions if text not in language.phrases)),
            "",
        ]
    )


def lacking(generated: GeneratedQuiz) -> list[str]:
    """Return the texts of a quiz that are still English because its language lacks them, similar ones once."""
    if generated.quiz.language.code == ENGLISH.code:
        return []
    missing = [text for text in catalogue.program() if text not in generated.quiz.language.phrases]
    untranslated = {text for version in generated.versions for variant in version.variants for text in variant.untranslated}
    return missing + generalised(untranslated)


def generalised(texts: Iterable[str]) -> list[str]:
    """Return texts with placeholders for what varies: numbers and mathematics, if similar texts have different ones.

    Texts that begin with LEAD are omitted, since the sentence after it is listed separately.
    """
    alike: dict[tuple[str, ...], list[list[str]]] = {}
    for text in sorted(text for text in texts if not text.startswith(LEAD)):
        parts = _VARIES.split(text)
        alike.setdefault(tuple(parts[::2]), []).append(parts[1::2])
    found = []
    for literals, samples in alike.items():
        places = [values[0] if len(set(values)) == 1 else None for values in zip(*samples)]
        names = iter(ascii_lowercase)
        shown = [f"{{{next(names)}}}" if place is None else place for place in places]
        found.append("".join(part for pair in zip(literals, [*shown, ""]) for part in pair))
    return found


def _texts(generated: GeneratedQuiz) -> list[str]:
    """Return all texts of a quiz's variants that are translated, each once."""
    found: dict[str, None] = {}

    def said(text: str) -> str:
        found[text] = None
        return text

    for version in generated.versions:
        for variant in version.variants:
            with_texts(variant, said)
    return list(found)


def _entries(texts: Iterable[str]) -> list[str]:
    return [f'{json.dumps(text, ensure_ascii=False)} = ""' for text in texts]
