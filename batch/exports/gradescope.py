"""Gradescope's export of an assignment: submission_metadata.yml, and a folder submission_<number> for each submission.

Gradescope documents neither; this is what its files contain. The metadata is written by Ruby: keys begin with a colon,
times have nine decimals, and all results and the history are included, 100 MB for a large class. The history may be newer
than the exported submission. Also seen in real files: a closing quote at the start of a line; a line "..." that splits the
file into several documents; submitters that are empty or null; missing ids and addresses; an extra folder around it all.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from autograder.sandbox.child import rules
from batch.exports import plain_folder
from batch.exports.raw_submissions import RawSubmission, by_path, in_short
from batch.exports.tree import DAMAGED, Tree
from batch.models import Student
from common.errors import UserError

if TYPE_CHECKING:
    from batch.exports.metadata import Value

    Entry = dict[str, Value]

KIND = "Gradescope"
METADATA = "submission_metadata.yml"
WANTED = {"submitters", "created_at", "score"}
_FOLDER = re.compile(r"submission_\d+")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?\s*(Z|[+-]\d\d:?\d\d)?")


def gather(tree: Tree) -> list[RawSubmission] | None:
    """Return the submissions, or None if this is not Gradescope's export. Adds to the tree's remarks.

    Raises UserError for another kind of assignment, and if none of the submissions in the metadata is there.
    """
    folders = [name for name in tree.named if _FOLDER.fullmatch(name)]
    if METADATA not in tree.loose and not folders:
        return None
    known: dict[str, Entry] = {}
    if METADATA in tree.loose:
        known = _read(tree)
    else:
        tree.remarks.append(f"{METADATA} is missing: folder names are used as students' names.")
    if any(name.endswith(".pdf") for name in known) and not folders:
        raise UserError("this is Gradescope's export of a paper assignment, which has no code")
    missing = [f"{name} ({_who(known[name])})" for name in known if name not in tree.named]
    if missing and not folders:
        raise UserError(f"none of the {len(missing)} submissions of {METADATA} is here: unpack the export again")
    if missing:
        tree.remarks.append(f"{METADATA} lists submissions whose folders are missing: {in_short(missing)}.")
    if unnamed := [name for name in folders if known and name not in known]:
        tree.remarks.append(f"{METADATA} does not list {in_short(unnamed)}: folder names are used as students' names.")
    raw = [_raw_submission(tree, name, known.get(name, {})) for name in sorted({*known, *folders})]
    return raw + plain_folder.beside(tree, tree.top - {METADATA, *known, *folders}, KIND)


def _raw_submission(tree: Tree, name: str, entry: "Entry") -> RawSubmission:
    files, folder, notes = {}, None, ["its folder is missing from the export"]
    if name in tree.named:
        below, notes = tree.below(name), []
        files, folder = by_path(below.files, notes), below.folder
    score = re.fullmatch(r"-?\d+(\.\d+)?", str(entry.get("score")))
    return RawSubmission(
        name,
        tuple(_students(entry)) or (Student(name),),
        files,
        folder,
        _time(entry.get("created_at")),
        float(score[0]) if score else None,
        notes,
    )


def _students(entry: "Entry") -> Iterator[Student]:
    submitters = entry.get("submitters")
    for submitter in submitters if isinstance(submitters, list) else []:
        if isinstance(submitter, dict):
            name, email, sid = (str(submitter.get(key, "")) for key in ("name", "email", "sid"))
            if name or email or sid:
                yield Student(name or email or sid, email, sid)


def _who(entry: "Entry") -> str:
    return ", ".join(student.name for student in _students(entry)) or "no name"


def _time(text: object) -> str:
    """Return a time in ISO 8601; a time without an offset is in UTC, as in YAML."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if not found:
        return ""
    day, time, fraction, offset = found.groups()
    offset = "+00:00" if offset in (None, "Z") else f"{offset[:3]}:{offset[-2:]}"
    try:
        return datetime.fromisoformat(f"{day}T{time}.{(fraction or '').ljust(6, '0')}{offset}").isoformat()
    except ValueError:  # the 30th of February
        return ""


def _read(tree: Tree) -> dict[str, "Entry"]:
    """Return the parts of the metadata that are needed, as far as they can be read."""
    import yaml

    from batch.exports import metadata

    found: dict[str, Entry] = {}
    try:
        with tree.open(tree.loose[METADATA]) as stream:
            for name, entry in metadata.entries(stream, WANTED):
                if "submitters" in entry:
                    found.setdefault(name, entry)
    except (yaml.YAMLError, rules.LeftOut, rules.Refused, *DAMAGED) as error:
        problem = " ".join(str(error).split())[:200]
        tree.remarks.append(f"{METADATA} is damaged after {len(found)} submissions, and the rest was not read: {problem}.")
    return found
