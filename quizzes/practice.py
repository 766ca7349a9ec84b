"""Where to practise the topic of a question in the homework: the assignments say so themselves."""

from collections.abc import Iterable
from pathlib import Path

from common.errors import UserError
from common.records import read_toml
from quizzes.language import Language

OURS = Path(__file__).resolve().parent.parent / "solutions"  # where assignments are found by name
FILE = "assignment.toml"


def sentences(homework: Iterable[str], base: Path, language: Language) -> dict[str, str]:
    """Return, for each topic, the sentence about the parts that practise it.

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
                    said = language.say("`{file}` of the homework {name}", file=part["file"], name=file.parent.name)
                    parts.setdefault(topic, []).append(said)
        except (AttributeError, KeyError, TypeError):
            raise UserError(f"homework: {file} does not say its parts as it must: see `convgrade verify`") from None
    between = language.say(", or ")
    return {topic: language.say("To practise this: {parts}.", parts=between.join(found)) for topic, found in parts.items()}
