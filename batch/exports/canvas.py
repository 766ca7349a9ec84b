"""Canvas's zip of all submissions: files called "<name>_<user>_<attachment>_<file>", all in one folder.

Source: instructure/canvas-lms, lib/content_zipper.rb and app/models/attachment.rb. The name is the one that Canvas sorts
by, in lower case and without spaces, or the group's; "_LATE" follows it if the submission is late; anonymous students are
"anon_<letters>". If a file's name is taken, "-1", "-2", or after seven of them a UUID, is inserted before its extensions.
"""

import re
from collections import Counter

from batch.exports import plain_folder
from batch.exports.raw_submissions import RawSubmission
from batch.exports.tree import File, Parts, Tree
from batch.models import Student

KIND = "Canvas"
NAME = re.compile(
    r"(?:(?P<name>(?!LATE_|anon_).*?)_)??(?:(?P<late>LATE)_)?(?P<user>(?<=_)\d+|anon_[^_]+)_"
    r"(?:(?P<attachment>\d+)_(?P<file>.+)|(?P<entry>text|link)\.html)",
    re.DOTALL,
)
NUMBERED = re.compile(NAME.pattern.replace(".*?", r".*?_\d+", 1), re.DOTALL)  # a group's name, such as "lab_12"
_ENDINGS = r"(?P<endings>(?:\.[A-Za-z][A-Za-z0-9]*)*\.[A-Za-z0-9]+)"
_RENAMED = re.compile(r"(?P<stem>.+)-(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})" + _ENDINGS, re.DOTALL)


def gather(tree: Tree) -> list[RawSubmission] | None:
    """Return the submissions, or None if this is not Canvas's zip. Adds to the tree's remarks."""
    matches = {name: found for name in tree.loose if (found := NAME.fullmatch(name))}
    if not matches or 2 * len(matches) < len(tree.loose) + len(tree.named):
        return None
    files = Counter(found["attachment"] for found in matches.values())
    for name, found in matches.items():
        if found["file"] and files[found["attachment"]] > 1:  # no two files have the same number
            matches[name] = NUMBERED.fullmatch(name) or found
    by_user: dict[str, list[str]] = {}
    for name, found in matches.items():
        by_user.setdefault(found["user"], []).append(name)
    raw = [_raw_submission(user, {name: matches[name] for name in names}, tree) for user, names in by_user.items()]
    return raw + plain_folder.beside(tree, tree.top - matches.keys(), KIND)


def is_anonymous(student: Student) -> bool:
    """Return whether a student in Canvas's export is anonymous."""
    return not student.sid and student.name.startswith("anon_")


def of_user(name: str, user: str) -> re.Match[str] | None:
    """Return the parsed name of a file, if it is from this user; "" is any user, for those who are anonymous."""
    readings = (pattern.fullmatch(name) for pattern in (NAME, NUMBERED))
    return next((found for found in readings if found and found["file"] and (found["user"] == user or not user)), None)


def _raw_submission(user: str, matches: dict[str, re.Match[str]], tree: Tree) -> RawSubmission:
    first = next(iter(matches.values()))
    label = first["name"] or ""
    student = Student(label or user, sid=user if user.isdigit() else "")
    raw = RawSubmission(f"{label}_{user}" if label else user, (student,), {}, named=tuple(sorted(matches)))
    if any(found["late"] for found in matches.values()):
        raw.late = True
        raw.notes.append("Canvas marks it as late")
    for found in matches.values():
        if found["entry"]:
            raw.notes.append(f"a submitted {found['entry']} is ignored")
    oldest_first = sorted((int(found["attachment"]), name) for name, found in matches.items() if found["file"])
    raw.files = _named_as_handed_in([(matches[name]["file"], tree.loose[name]) for _, name in oldest_first], raw.notes)
    return raw


def _named_as_handed_in(attached: list[tuple[str, File]], notes: list[str]) -> dict[Parts, File]:
    """Return files under the names that students gave them; of two with the same name, the newest, which comes last."""
    files: dict[Parts, File] = {}
    for name, file in attached:
        renamed = _RENAMED.fullmatch(name)
        plain = renamed["stem"] + renamed["endings"] if renamed and _is_program(renamed["endings"]) else name
        if (plain,) in files:
            notes.append(f"{plain} was submitted more than once: the newest counts")
        files[(plain,)] = file
    return files


def _is_program(endings: str) -> bool:
    """Return whether the student cannot have chosen a name with a dash: those of Python modules and of their weights."""
    return endings.casefold().endswith((".py", ".pt", ".safetensors"))
