"""Read a typed text as a number: correctly or not at all, never as another number.

quizzes/exports/page_files/numbers.js does the same for the self-check page; a test compares both on a list of texts.
"""

import re
import unicodedata
from fractions import Fraction
from itertools import takewhile

LONGEST = 40  # characters of a typed number
_ALIKE = {
    **dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{SMALL HYPHEN-MINUS}", "-"),
    **dict.fromkeys("\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}", "'"),
    **dict.fromkeys("\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}\N{DOUBLE LOW-9 QUOTATION MARK}", '"'),
    "\N{FRACTION SLASH}": "/",
    "\N{ARABIC DECIMAL SEPARATOR}": ".",
    "\N{ARABIC THOUSANDS SEPARATOR}": "'",
}
_SIGN = re.compile(r"(?:= *)?([+-]?) ?(.*)")
# Thousands in groups of three, separated by the same sign; decimals after another sign.
_GROUPED = re.compile(r"([1-9][0-9]{0,2}(?=([ ',.]))(?:\2[0-9]{3})+)(?:(?!\2)[.,]([0-9]*))?")
_DECIMAL = re.compile(r"(?=[.,]?[0-9])([0-9]*)(?:[.,]([0-9]*))?")
_FRACTION = re.compile(r"([0-9]+) ?/ ?([0-9]+)")
# More digits above the line would make 1 124/300 two things: 1 and 124/300, or 1124/300.
_MIXED = re.compile(r"([0-9]+) +([0-9]{1,2}) ?/ ?([0-9]{1,2})")
_AMOUNT = re.compile(r"(.*[0-9][.,]?) *([^0-9]*)")
_ABBREVIATIONS = {"pixel": "px", "megabyte": "mb"}  # of the units that have one, in all languages that begin so


def readings(text: str) -> list[Fraction]:
    """Return the numbers that a typed text can mean: none, one, or for 1,024 and 1.024 two.

    It understands decimals after a point or a comma; thousands in groups, separated by commas, points, apostrophes or
    spaces; fractions and mixed numbers; any script's digits and any kind of minus. Two readings differ by a factor of 1000;
    marking refuses a text of which one is the key and the other a wrong answer.
    """
    text = _unquoted(plain(text))
    if len(text) > LONGEST:
        return []
    found = _SIGN.fullmatch(text)
    assert found, "a sign may be missing"
    sign, size = found.groups()
    sizes = [_grouped(size), _decimal(size), _fraction(size)]
    return [-value if sign == "-" else value for value in sizes if value is not None]


def amounts(text: str, unit: str) -> list[Fraction]:
    """Return the numbers that a text can mean, which may end with this unit: singular, plural or abbreviated."""
    found = _AMOUNT.fullmatch(_unquoted(plain(text)))
    if found and unit and _is_unit(found[2].strip(" ."), unit):
        return readings(found[1])
    return readings(text)


def plain(text: str) -> str:
    """Return a text with the ASCII letters that its own letters look like, without invisible characters.

    A raised 2 stays as it is, so that what holds one is not a number: it may stand for a power or for a footnote.
    """
    return "".join(map(_plain_letter, text)).strip()


def _plain_letter(letter: str) -> str:
    if letter.isspace():
        return " "
    if letter.isascii():
        return letter
    if (category := unicodedata.category(letter)) in ("Nd", "Cf"):
        return str(unicodedata.decimal(letter)) if category == "Nd" else ""
    if letter in _ALIKE:
        return _ALIKE[letter]
    usual = unicodedata.normalize("NFKC", letter)
    if "\N{FRACTION SLASH}" in usual:  # one letter for a half: 1½ is a mixed number
        return " " + usual.replace("\N{FRACTION SLASH}", "/")
    return usual if "\N{FULLWIDTH EXCLAMATION MARK}" <= letter <= "\N{FULLWIDTH TILDE}" else letter


def _unquoted(text: str) -> str:
    return text[1:-1].strip() if len(text) > 1 and text[0] in "\"'" and text[-1] in "\"'" else text


def _grouped(text: str) -> Fraction | None:
    found = _GROUPED.fullmatch(text)
    return _value(found[1].replace(found[2], ""), found[3]) if found else None


def _decimal(text: str) -> Fraction | None:
    found = _DECIMAL.fullmatch(text)
    return _value(found[1], found[2]) if found else None


def _value(whole: str, decimals: str | None) -> Fraction:
    return Fraction(int(whole + (decimals or "") or "0"), 10 ** len(decimals or ""))


def _fraction(text: str) -> Fraction | None:
    found = _FRACTION.fullmatch(text)
    mixed = _MIXED.fullmatch(text)
    whole, above, below = mixed.groups() if mixed else ("0", *found.groups()) if found else ("0", "0", "0")
    return int(whole) + Fraction(int(above), int(below)) if int(below) else None


def _is_unit(word: str, unit: str) -> bool:
    """Return whether a word is this unit, except for its last two letters: pixel, pixels and pixeles."""
    word, unit = _bare(word), _bare(unit)
    stem = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(word, unit)))
    alike = stem > 2 and max(len(word), len(unit)) - stem < 3
    return word == unit or alike or any(word == brief and unit.startswith(name) for name, brief in _ABBREVIATIONS.items())


def _bare(word: str) -> str:
    """Return a word without capitals and accents."""
    letters = unicodedata.normalize("NFD", word.lower())
    return "".join(letter for letter in letters if unicodedata.category(letter) != "Mn")
