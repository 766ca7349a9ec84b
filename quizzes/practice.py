"""Which part of which homework practises the topic of a question, as the assignments themselves say."""

from collections.abc import Iterable
from pathlib import Path

from common.errors import UserError
from common.records import read_toml

OURS = Path(__file__).resolve().parent.parent / "solutions"  # where names of assignments are looked for
FILE = "assignment.toml"


def sentences(homework: Iterable[str], base: Path) -> dict[str, str]:
    """Return for each topic what to say of the parts that practise it.

    homework: assignments of convgrade by their names, or folders, looked for from base. Raises UserError for others.
    """
    parts: dict[str, list[str]] = {}
    for name in homework:
        file = next((folder / FILE for folder in (OURS / name, base / name) if (folder / FILE).is_file()), None)
        if file is None:
            raise UserError(f"homework: {name!r} is neither an assignment of convgrade nor a folder that holds {FILE}")
        try:
            for part in read_toml(file.read_bytes(), str(file))["parts"].values():
                for topic in part.get("topics", []):
                    parts.setdefault(topic, []).append(f"`{part['file']}` of the homework {file.parent.name}")
        except (AttributeError, KeyError, TypeError):
            raise UserError(f"homework: {file} does not say its parts as it must: see `convgrade verify`") from None
    return {topic: f"To practise this: {', or '.join(found)}." for topic, found in parts.items()}
