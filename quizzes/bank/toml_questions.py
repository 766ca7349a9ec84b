"""Plain questions: a TOML file with a text, drawn numbers, two formulas for the key, and named wrong formulas."""

from collections.abc import Callable, Mapping
from functools import partial
from keyword import iskeyword
from pathlib import Path
from re import fullmatch

from common.errors import UserError, within
from common.records import build, read_toml
from quizzes.bank import formulas, pictures, texts
from quizzes.bank.answers import LARGEST, Ticked, Typed, literal
from quizzes.bank.formulas import FUNCTIONS
from quizzes.bank.schema import QuestionFile
from quizzes.bank.texts import Text
from quizzes.question import Picture, Question, Value, load, require
from quizzes.rng import Draw
from quizzes.template import Template

MOST_CHOICES = 1000  # for a number
NUMBER = "a number, { low = 3, high = 9 } to draw a whole one, or { choices = [0.5, 1, 2] }"


def read(path: Path) -> Template:
    """Return the template of a question's file; raises UserError, which names the file and the place, for a mistake."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from None
    document = read_toml(content, str(path))
    if "questions" in document:
        raise UserError(f"{path} is a quiz, not a question: questions need a folder of their own")
    said = build(QuestionFile, document, str(path))
    with within(str(path)):
        question = _Plain(said, path.parent)
    return Template(
        name=path.stem.replace("_", "-"),
        title=said.title,
        topic=said.topic,
        difficulty=said.difficulty,
        minutes=said.minutes,
        tells=said.tells,
        band={},
        make=question.make,
        version=said.version,
        lecture=said.lecture,
        file=str(path),
    )


class _Plain:
    """A question whose formulas and texts have been read."""

    def __init__(self, said: QuestionFile, folder: Path) -> None:
        self.draws = {name: _draws(name, value) for name, value in said.numbers.items()}
        self.rules = [self._rule(rule) for rule in said.require]
        self.stem = self._text("stem", said.stem)
        self.steps = [self._text(f"steps number {place}", step) for place, step in enumerate(said.steps, start=1)]
        self.picture = self._picture(folder / said.picture.file, said.picture.alt) if said.picture else None
        if bool(said.options) == (said.answer is not None):
            raise UserError("it needs an answer to type, or else [[options]] to tick")
        if not 1 <= said.difficulty <= 5 or not 0 < said.minutes <= 60:
            raise UserError("difficulty must be from 1 to 5, and minutes above 0 and at most 60")
        self.answer = Ticked(said, self.draws) if said.options else Typed(said, self.draws)
        self.offered = said.offered or len(said.options)

    def make(self, draw: Draw) -> Question:
        numbers = {name: drawn(draw) for name, drawn in self.draws.items()}
        for rule in self.rules:
            require(rule.holds(numbers), rule.text)
        key, check, wrong = self.answer.ask(numbers)
        return Question(
            stem=self.stem.filled(numbers),
            key=key,
            check=check,
            wrong=wrong,
            steps=[step.filled(numbers) for step in self.steps],
            load=load(max(self.answer.operations, 1), numbers.values()),
            picture=partial(self.picture, numbers) if self.picture else None,
            needs_picture=self.picture is not None,
            offered=self.offered,
        )

    def _rule(self, text: str) -> formulas.Formula:
        with within("require"):
            return formulas.read(text, self.draws)

    def _text(self, key: str, text: str) -> Text:
        with within(key):
            if not text.strip():
                raise UserError("it is empty")
            return texts.read(text, self.draws)

    def _picture(self, path: Path, alt: str) -> Callable[[Mapping[str, Value]], Picture]:
        words, drawing = self._text("picture.alt", alt), pictures.read(path)
        return lambda numbers: drawing.picture(words.filled(numbers))


def _draws(name: str, said: object) -> Callable[[Draw], Value]:
    """Return a function that draws a number, or returns the fixed one."""
    if not fullmatch("[a-z][a-z0-9_]*", name) or name in FUNCTIONS or iskeyword(name):
        raise UserError(f"numbers: {name!r} cannot be a name: use lower-case letters, digits and _, but no function's name")
    match said:
        case {"low": int() as low, "high": int() as high, **others} if not others and -LARGEST <= low <= high <= LARGEST:
            return lambda draw: draw.between(low, high, name)
        case {"choices": [_, *_] as listed, **others} if not others and len(listed) <= MOST_CHOICES:
            choices = [literal(f"numbers.{name}", each) for each in listed]
            return lambda draw: draw.choice(choices, name)
        case int() | float():
            value = literal(f"numbers.{name}", said)
            return lambda draw: draw.between(value, value, name) if isinstance(value, int) else draw.choice([value], name)
    raise UserError(f"numbers.{name} must be {NUMBER}, not {said!r:.60}")
