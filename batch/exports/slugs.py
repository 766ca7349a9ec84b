"""Unique, stable, filesystem-safe keys for submissions."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80  # characters, without what makes a key unique
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # Windows' devices


def unique(names: Iterable[str]) -> list[str]:
    """Return a key for each name: its letters, digits, dots, dashes and underscores.

    If characters are lost, a few digits of the name's digest are added; likewise if several names have the same key, apart
    from case. Otherwise a student could get someone else's key in the next export, with all that was said about them. Of
    equal names, the second gets "-2", and so on.
    """
    names = list(names)
    alike: dict[str, set[str]] = {}
    for name in names:
        alike.setdefault(_plain(name).casefold(), set()).add(name)
    taken: set[str] = set()
    keys = []
    for name in names:
        plain = _plain(name)
        plain = key = plain if len(alike[plain.casefold()]) == 1 else f"{plain}-{_digits(name)}"
        count = 1
        while key.casefold() in taken:
            count += 1
            key = f"{plain}-{count}"
        taken.add(key.casefold())
        keys.append(key)
    return keys


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name)
    spelled = "".join(letter for letter in letters if not unicodedata.combining(letter)).replace(" ", "_")
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", spelled).strip("._-")[:LONGEST].rstrip("._-")
    if RESERVED.fullmatch(plain):
        plain = ""
    if plain and plain == spelled:
        return plain
    return f"{plain or 'submission'}-{_digits(name)}"


def _digits(name: str) -> str:
    composed = unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")
    return hashlib.sha256(composed).hexdigest()[:6]
