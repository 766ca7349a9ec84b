"""Any folder of submissions: each is a folder, a zip or a Python file, called like the student."""

from pathlib import PurePosixPath

from batch.exports.piles import Pile
from batch.exports.tree import Tree
from batch.records import Student

KIND = "folder"
ENDINGS = (".zip", ".py")


def gather(tree: Tree) -> list[Pile]:
    """Return the submissions. Adds to the tree's remarks."""
    piles = []
    for name in sorted(tree.named):
        below = tree.below(name)
        piles.append(Pile(name, (Student(_shown(name)),), {file.parts: file for file in below.files}, below.folder))
    others = []
    for name, file in sorted(tree.loose.items()):
        path = PurePosixPath(name)
        if path.suffix.casefold() in ENDINGS:
            piles.append(Pile(path.stem, (Student(_shown(path.stem)),), {(name,): file}))
        else:
            others.append(name)
    if others:
        tree.remarks.append(f"What is no folder, zip or Python file was left out: {', '.join(others)}.")
    if links := sorted(parts[0] for parts in tree.links if len(parts) == 1):
        tree.remarks.append(f"Links are not followed: {', '.join(links)}.")
    alike: dict[str, list[Pile]] = {}
    for pile in piles:
        alike.setdefault(pile.name, []).append(pile)
    for same in alike.values():
        if len(same) > 1:
            for pile in same:
                pile.notes.append(f"there are {len(same)} submissions of this name")
    return piles


def _shown(name: str) -> str:
    """Return a name as text that can be written: bytes that are no UTF-8 as a replacement character."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
