"""Any folder of submissions: each is a folder, an archive or a Python file, called like the student.

What a student may have handed in by mistake, such as a notebook, gets a row too: who grades the class then sees it.
"""

from autograder.submission import ARCHIVES, OTHER_ARCHIVES
from batch.exports.raw_submissions import RawSubmission, by_path, in_short
from batch.exports.tree import Tree
from batch.records import Student

KIND = "folder"
# What is graded; and what is not, with the reason in its row.
ENDINGS = (*ARCHIVES, ".py")
MISTAKES = (*OTHER_ARCHIVES, ".ipynb", ".py.txt", ".pt", ".pth", ".safetensors", ".docx")


def gather(tree: Tree) -> list[RawSubmission]:
    """Return the submissions. Adds to the tree's remarks."""
    raw_submissions = []
    for name in sorted(tree.named):
        below = tree.below(name)
        notes: list[str] = []
        files = by_path(below.files, notes)
        raw_submissions.append(RawSubmission(name, (Student(name),), files, below.folder, notes=notes))
    others = []
    for name, file in sorted(tree.loose.items()):
        ending = next((ending for ending in (*ENDINGS, *MISTAKES) if name.casefold().endswith(ending)), None)
        if ending and (stem := name[: -len(ending)]):
            raw_submissions.append(RawSubmission(stem, (Student(stem),), {(name,): file}))
        else:
            others.append(name)
    if others:
        tree.remarks.append(f"What is no folder, archive or Python file was left out: {in_short(others)}.")
    if links := sorted(parts[0] for parts in tree.links if len(parts) == 1):
        tree.remarks.append(f"Links, pipes and the like were left out: {in_short(links)}.")
    alike: dict[str, list[RawSubmission]] = {}
    for raw in raw_submissions:
        alike.setdefault(raw.name, []).append(raw)
    for same in alike.values():
        if len(same) > 1:
            for raw in same:
                raw.notes.append(f"there are {len(same)} submissions of this name")
    return raw_submissions
