"""Unique, stable, filesystem-safe keys for submissions."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 80  # characters, before what makes a key unique
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # devices of Windows


def unique(names: Iterable[str]) -> list[str]:
    """Return a key for each name: its letters, digits, dots, dashes and underscores.

    What is lost of a name comes back as a few digits of its digest; of keys that are alike but for case, the second gets
    "-2", and so on.
    """
    taken: set[str] = set()
    keys = []
    for name in names:
        plain = key = _plain(name)
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
    composed = unicodedata.normalize("NFC", name).encode("utf-8", "surrogatepass")
    return f"{plain or 'submission'}-{hashlib.sha256(composed).hexdigest()[:6]}"
