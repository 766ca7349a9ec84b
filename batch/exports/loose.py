"""Any folder of submissions: each is a folder, a zip or a Python file, called like the student."""

from pathlib import PurePosixPath

from batch.exports.piles import Pile, by_path, in_short
from batch.exports.tree import Tree
from batch.records import Student

KIND = "folder"
ENDINGS = (".zip", ".py")


def gather(tree: Tree) -> list[Pile]:
    """Return the submissions. Adds to the tree's remarks."""
    piles = []
    for name in sorted(tree.named):
        below = tree.below(name)
        notes: list[str] = []
        files = by_path(below.files, notes)
        piles.append(Pile(name, (Student(name),), files, below.folder, notes=notes))
    others = []
    for name, file in sorted(tree.loose.items()):
        path = PurePosixPath(name)
        if path.suffix.casefold() in ENDINGS:
            piles.append(Pile(path.stem, (Student(path.stem),), {(name,): file}))
        else:
            others.append(name)
    if others:
        tree.remarks.append(f"What is no folder, zip or Python file was left out: {in_short(others)}.")
    if links := sorted(parts[0] for parts in tree.links if len(parts) == 1):
        tree.remarks.append(f"Links are not followed: {in_short(links)}.")
    alike: dict[str, list[Pile]] = {}
    for pile in piles:
        alike.setdefault(pile.name, []).append(pile)
    for same in alike.values():
        if len(same) > 1:
            for pile in same:
                pile.notes.append(f"there are {len(same)} submissions of this name")
    return piles
