"""Any folder of submissions: each is a folder or a file, called like the student.

What a student may have handed in by mistake, such as a notebook, a PDF or a link, gets a row too, where
graders see it. Only what instructors keep beside submissions is left out.
"""

from collections.abc import Collection
from pathlib import PurePosixPath

from autograder.submission import ARCHIVES, OTHER_ARCHIVES
from batch import ledger
from batch.exports.raw_submissions import RawSubmission, by_path, in_short
from batch.exports.tree import Tree
from batch.records import Student

KIND = "folder"
LONG_ENDINGS = (*ARCHIVES, *OTHER_ARCHIVES, ".py.txt", ".pt.zip")  # those that hold a dot come first, and leave no rest
TEACHERS = {".csv", ".tsv", ".xlsx", ".xls", ".ods", ".yml", ".yaml", ".toml", ".json", ".md", ".log", ".sqlite"}
NOTES = {"readme", "notes"}  # files of any ending


def gather(tree: Tree) -> list[RawSubmission]:
    """Return the submissions. Adds to the tree's remarks."""
    raw_submissions, others = [], []
    for name in sorted(tree.named):
        below = tree.below(name)
        if any(file.parts == (ledger.FILE,) for file in below.files):
            others.append(name)  # a class that was graded
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
        tree.remarks.append(f"What is not a submission was left out: {in_short(others)}.")
    alike: dict[str, list[RawSubmission]] = {}
    for raw in raw_submissions:
        alike.setdefault(raw.name, []).append(raw)
    for same in alike.values():
        if len(same) > 1:
            for raw in same:
                raw.notes.append(f"there are {len(same)} submissions of this name")
    return raw_submissions


def _student(name: str) -> str:
    """Return what a file is called without its ending, which may have two dots."""
    ending = next((ending for ending in LONG_ENDINGS if name.casefold().endswith(ending)), PurePosixPath(name).suffix)
    return name[: len(name) - len(ending)]


def beside(tree: Tree, names: Collection[str], platform: str) -> list[RawSubmission]:
    """Return what may be submissions among names at the top that are not the platform's. Adds to the tree's remarks."""
    found = gather(tree.only(names)) if names else []
    for raw in found:
        raw.notes.append(f"it is not called as {platform} calls submissions: its name stands for the student")
    return found
