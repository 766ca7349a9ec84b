"""Moodle's zip of all submissions: a folder, or a prefix of file names, "<name>_<number>_assignsubmission_file".

Source: moodle/moodle, mod/assign/classes/downloader.php. Underscores in a name become spaces; a student has the number in
this assignment only; in blind marking everyone is called "Participant", in the language of the course; the members of a
group are not named. Older versions add an underscore after "file".
"""

import re

from batch.exports import plain_folder
from batch.exports.raw_submissions import RawSubmission, by_path
from batch.exports.tree import File, Parts, Tree
from batch.models import Student

KIND = "Moodle"
_NAME = re.compile(
    r"(?P<name>[^_]*)(?:_(?P<number>\d+))?_assignsubmission_(?P<plugin>[a-z0-9]+)(?:_(?P<file>.*))?", re.DOTALL
)
_LOST = re.compile(r"[&<>\"'`|:\\/\x00-\x1f\x7f]")


def folder_names(group: str) -> set[str]:
    """Return the possible names of a group's folder: some characters are removed, and "&" may first become "&amp;"."""
    return {_LOST.sub("", name.replace("_", " ")) for name in (group, group.replace("&", "&amp;"))}


def gather(tree: Tree) -> list[RawSubmission] | None:
    """Return the submissions, or None if this is not Moodle's zip. Adds to the tree's remarks."""
    raw_submissions: dict[tuple[str, str], RawSubmission] = {}
    others = set(tree.linked)
    for name in sorted({*tree.named, *tree.loose}):
        found = _NAME.fullmatch(name)
        if not found or (name in tree.loose and not found["file"]):
            others.add(name)
            continue
        who = (found["name"], found["number"] or "")
        student = Student(found["name"] or name, sid=who[1])
        folder = f"{'_'.join(who)}_assignsubmission_file"
        raw = raw_submissions.setdefault(who, RawSubmission("_".join(filter(None, who)), (student,), {}, named=(folder,)))
        if found["plugin"] != "file":
            raw.notes.append(f"what was submitted as {found['plugin']} is ignored")
            continue
        files: dict[Parts, File] = {}
        if name in tree.named:
            below = tree.below(name)
            raw.folder = below.folder
            files = by_path(below.files, raw.notes)
        else:
            files = {(found["file"],): tree.loose[name]}
        raw.files = {**raw.files, **files}
    if not raw_submissions:
        return None
    return [*raw_submissions.values(), *plain_folder.beside(tree, others, KIND)]
