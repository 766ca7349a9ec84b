"""Any folder of submissions: each is a folder or a file with the student's name.

What a student may have submitted by mistake, such as a notebook, a PDF or a link, gets a row too, where graders see it.
Only files that instructors keep beside submissions are skipped.
"""

from collections.abc import Collection
from pathlib import PurePosixPath

from autograder.submission import ARCHIVES, OTHER_ARCHIVES
from batch import ledger
from batch.exports.raw_submissions import RawSubmission, by_path, in_short
from batch.exports.tree import Tree
from batch.models import Student

KIND = "folder"
LONG_ENDINGS = (*ARCHIVES, *OTHER_ARCHIVES, ".py.txt", ".pt.zip")  # those with two dots come first
TEACHERS = {".csv", ".tsv", ".xlsx", ".xls", ".ods", ".yml", ".yaml", ".toml", ".json", ".md", ".log", ".sqlite"}
NOTES = {"readme", "notes"}  # files with any extension


def gather(tree: Tree) -> list[RawSubmission]:
    """Return the submissions. Adds to the tree's remarks."""
    raw_submissions, others = [], []
    for name in sorted(tree.named):
        below = tree.below(name)
        if any(file.parts == (ledger.FILE,) for file in below.files):
            others.append(name)  # a graded class
            continue
        notes: list[str] = []
        files = by_path(below.files, notes)
        raw_submissions.append(RawSubmission(name, (Student(name),), files, below.folder, notes=notes))
    for name, file in sorted(tree.loose.items()):
        stem = _student(name)
        if stem.startswith(".") or stem.casefold() in NOTES or PurePosixPath(name).suffix.casefold() in TEACHERS:
            others.append(name)
        else:
            raw_submissions.append(RawSubmission(stem, (Student(stem),), {(name,): file}))
    for name in sorted(tree.linked):
        note = "it is a link or not an ordinary file: ask for the file itself"
        raw_submissions.append(RawSubmission(_student(name), (Student(_student(name)),), {}, notes=[note]))
    if others:
        tree.remarks.append(f"Skipped, because they are not submissions: {in_short(others)}.")
    alike: dict[str, list[RawSubmission]] = {}
    for raw in raw_submissions:
        alike.setdefault(raw.name, []).append(raw)
    for same in alike.values():
        if len(same) > 1:
            for raw in same:
                raw.notes.append(f"there are {len(same)} submissions with this name")
    return raw_submissions


def _student(name: str) -> str:
    """Return a file's name without its extension, which may have two dots."""
    ending = next((ending for ending in LONG_ENDINGS if name.casefold().endswith(ending)), PurePosixPath(name).suffix)
    return name[: len(name) - len(ending)]


def beside(tree: Tree, names: Collection[str], platform: str) -> list[RawSubmission]:
    """Return possible submissions among top-level names that are not the platform's. Adds to the tree's remarks."""
    found = gather(tree.only(names)) if names else []
    for raw in found:
        raw.notes.append(f"its name is not one that {platform} gives submissions, so it is used as the student's name")
    return found
