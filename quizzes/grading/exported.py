"""Read replies that learning platforms export: Canvas's student analysis and Moodle's responses, as CSV.

A platform itself draws a variant of each question, so a student's questions are not one of our versions: each question is
found by its text. If a platform lets students try again, each attempt has a row, and unfinished attempts may
have one. Moodle's headings are in the language of the person who exports, so they are known by their shape. Sources:
student_analysis.rb of Canvas; the report "responses" of Moodle's quiz, and its language packs of 4.4.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from html import unescape

from common.errors import UserError
from quizzes.grading.letters import letter
from quizzes.grading.responses import Responses, surplus
from quizzes.grading.spreading import cells
from quizzes.question import Choice, Grid
from quizzes.quiz import GeneratedQuiz
from quizzes.roster import ID_HEADINGS, heading_of, name_of
from quizzes.text.markdown import html_with_latex
from quizzes.variant import Variant

_CANVAS = re.compile(r"\d+: (.*)", re.DOTALL)
_NUMBERED = re.compile(r"([^\W\d]\D*?)\s*(\d{1,3})|(\d{1,3})\.?\s*([^\W\d]\D*)")  # "Frage 1", "1. kérdés"
_PART = re.compile(r"(?:^|; )[^\W\d]+ (\d+)\s?: ")  # "part 1: ", in French with a blank before the colon
_TIME = re.compile(r"(\d{1,2})\.?(?: de)? ([^\W\d]+)(?: de)? (\d{4}), (\d{1,2}):(\d\d)(?: ([AP])M)?", re.IGNORECASE)
# Of Moodle's attempts in English, German, French and Spanish: the headings of state and end, and the states.
STATE = ("state", "status", "état", "estado", "estatus")
COMPLETED = ("completed", "completed on", "beendet", "terminé", "finalizado")
FINISHED = ("finished", "submitted", "beendet", "terminée", "finalizado")
UNFINISHED = (
    *("in progress", "overdue", "never submitted", "not started", "in bearbeitung", "überfällig", "nie abgegeben"),
    *("en cours", "en retard", "jamais envoyée", "en curso", "atrasados", "nunca enviado"),
)
MONTHS = (
    "january february march april may june july august september october november december",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
)
CANVASS_TIME = "%Y-%m-%d %H:%M:%S %Z"
PLATFORM_IDS = ("email address", "id number", "sis_id", *ID_HEADINGS)


def is_exported(headings: Sequence[str]) -> bool:
    """Return whether a table is one that Canvas or Moodle exports."""
    return any(_CANVAS.fullmatch(heading) for heading in headings) or _responses(headings) != []


def read(rows: Sequence[Sequence[str]], generated: GeneratedQuiz, source: str) -> list[Responses]:
    """Return the answers of a class; raises UserError if no question of this quiz is in the table."""
    known = _Questions(generated)
    headings = rows[0]
    canvas = {place: match[1] for place, heading in enumerate(headings) if (match := _CANVAS.fullmatch(heading))}
    ids = _ids(rows)
    found: list[Responses] = []
    strange: set[str] = set()  # states that convgrade does not know
    for line, row in enumerate(rows[1:], start=2):
        cell = {place: text for place, text in enumerate(row) if text.strip() and text.strip() != "-"}
        if canvas:
            asked = [(text, cell[place]) for place, text in canvas.items() if place in cell]
        else:
            asked = [(cell[text], cell.get(response, "")) for text, response in _responses(headings) if text in cell]
        named = dict(zip(map(heading_of, headings), map(str.strip, row)))
        student = next((row[place].strip() for place in ids if place in cell), "") or name_of(named)
        if not asked or student.casefold() == "overall average":
            continue
        given = known.given(asked, student, f"{source}, line {line}")
        unfinished, when, state = (*_canvas_attempt(named), "") if canvas else _moodle_attempt(headings, row)
        if state and not unfinished and state not in strange:
            strange.add(state)
            said = f"the state “{state}” is unknown here; attempts in it count, since they have an end"
            found.append(Responses("", "", {}, source, problem=said))  # not about a single student, so said once
        problem = f"{student}'s attempt does not count: {unfinished}" if unfinished else surplus(headings, row)
        # If nothing else says which attempt is newer: Canvas begins with the newest, Moodle ends with it.
        found.append(replace(given, problem=problem, when=(*when, -line if canvas else line)))
    if not any(given.replies for given in found):
        raise UserError(
            f"{source} holds no answers to this quiz: was it made from another seed, or exported without question texts?"
        )
    return found


class _Questions:
    """All variants of a quiz, found by their texts."""

    def __init__(self, generated: GeneratedQuiz) -> None:
        self._places: dict[str, tuple[int, int]] = {}  # of each template: its first question, and how many
        self._variants: list[tuple[str, str, Variant]] = []
        start = 1
        for number, (entry, variants) in enumerate(generated.groups()):
            self._places[str(number)] = (start, entry.count)
            self._variants += [(_words(_text(variant.stem)), str(number), variant) for variant in variants]
            start += entry.count
        self._variants.sort(key=lambda one: -len(one[0]))  # the longest fits first

    def given(self, asked: Sequence[tuple[str, str]], student: str, source: str) -> Responses:
        """Return a student's replies to questions that are identified by their texts."""
        answers: dict[int, Mapping[str, str]] = {}
        picked: dict[int, Variant] = {}
        notes, met = [], dict.fromkeys(self._places, 0)
        for text, response in asked:
            fitting = [(group, variant) for words, group, variant in self._variants if _words(text).startswith(words)]
            if not fitting:
                notes.append(f"no question of this quiz begins “{text.strip()[:50]}”")
                continue
            group, variant = next((one for one in fitting if _offers(one[1], response)), fitting[0])
            first, count = self._places[group]
            if met[group] == count:
                notes.append(f"more answers than questions of {variant.template}")
                continue
            place = first + met[group]
            met[group] += 1
            picked[place] = variant
            try:
                answers[place] = _blanks(variant, response)
            except ValueError as problem:
                notes.append(f"question {place}: {problem}")
        return Responses(student, "", answers, source, tuple(notes), picked)


def _blanks(variant: Variant, response: str) -> dict[str, str]:
    """Split a cell into the text for each blank; raises ValueError if that is ambiguous."""
    if not response:
        return {}
    match variant.answer:
        case Grid() as grid:
            names = [name for name, _, _ in cells(grid)]
            if numbered := list(_PART.finditer(response)):  # Moodle: "part 1: 3; part 2: 4"
                ends = [part.start() for part in numbered[1:]] + [len(response)]
                if not all(0 < int(part[1]) <= len(names) for part in numbered):
                    raise ValueError(f"the export has a part that the question's {len(names)} cells do not have")
                return {names[int(part[1]) - 1]: response[part.end() : end] for part, end in zip(numbered, ends)}
            parts = _split(response)
            if len(parts) != len(names):
                raise ValueError(f"{len(parts)} of {len(names)} cells are in the export, and it does not say which")
            return dict(zip(names, parts))
        case Choice(options=options, several=several):
            ticked = set(_split(response)) | set(response.split("; ")) | {response} if several else {response}
            chosen = {_words(text) for text in ticked}
            return {"": " ".join(letter(place) for place, one in enumerate(options) if _words(_text(one.text)) in chosen)}
        case _:
            return {"": response}


def _offers(variant: Variant, response: str) -> bool:
    """Return whether a reply fits this variant, and not just another variant with the same text."""
    if not isinstance(variant.answer, Choice) or not response:
        return True
    return bool(_blanks(variant, response)[""])


def _split(response: str) -> list[str]:
    """Split at commas, except those that Canvas marks as part of a reply."""
    return [part.replace(r"\,", ",") for part in re.split(r"(?<!\\),", response)]


def _responses(headings: Sequence[str]) -> list[tuple[int, int]]:
    """Return Moodle's columns of each question and the response to it, in whatever language.

    Each number follows the same two or three words: question, response, and maybe right answer.
    """
    words: dict[str, list[str]] = {}
    places: dict[str, list[int]] = {}
    for place, heading in enumerate(headings):
        if found := _NUMBERED.fullmatch(heading_of(heading)):
            number = found[2] or found[3]
            words.setdefault(number, []).append(found[1] or found[4])
            places.setdefault(number, []).append(place)
    kinds = {tuple(each) for each in words.values()}
    alike = len(kinds) == 1 and len(set(min(kinds))) == len(min(kinds)) and len(min(kinds)) in (2, 3)
    return [(question, response) for question, response, *_ in places.values()] if alike else []


def _moodle_attempt(headings: Sequence[str], row: Sequence[str]) -> tuple[str, tuple[float, ...], str]:
    """Return why an attempt is unfinished, if it is; its order among the student's attempts; and its state, if unknown.

    A state in an unknown language means a finished attempt if the attempt has an end.
    """
    names, cells = [heading_of(heading) for heading in headings], [cell.strip() for cell in row]
    # Before the first question stand: state, start, end, duration, and the grade if it may be seen ("Grade/4.00").
    first = _responses(headings)[0][0]
    last = first - 1 if re.search(r"/\s?\d", names[first - 1]) else first
    timed = last > 4 and re.search(r"\d:\d\d", cells[last - 3])
    state = next(
        (cells[names.index(name)] for name in STATE if name in names[:first]), cells[last - 4] if timed else FINISHED[0]
    )
    end = next((cells[names.index(name)] for name in COMPLETED if name in names[:first]), cells[last - 2] if timed else "")
    unknown = "" if state.casefold() in (*FINISHED, *UNFINISHED) else state
    finished = state.casefold() in FINISHED or (unknown and any(letter.isdigit() for letter in end))
    return "" if finished else f"its state is “{state}”", (_moodle_time(end),), unknown


def _canvas_attempt(cells: Mapping[str, str]) -> tuple[str, tuple[float, ...]]:
    """Return why an attempt is unfinished, if it is, and its order among the student's attempts."""
    unfinished = "" if cells.get("submitted", "-") else "it was not submitted"
    number = cells.get("attempt", "")
    return unfinished, (float(number) if number.isdecimal() else 0.0, _canvas_time(cells.get("submitted", "")))


def _moodle_time(text: str) -> float:
    """Return a time as a number, 0 if its language is unknown: then the order of the lines decides."""
    months = {name: number for names in MONTHS for number, name in enumerate(names.split(), start=1)}
    found = _TIME.search(text)
    if not found or found[2].casefold() not in months:
        return 0.0
    hour = int(found[4]) % 12 + 12 * (found[6].upper() == "P") if found[6] else int(found[4])
    try:
        when = datetime(int(found[3]), months[found[2].casefold()], int(found[1]), hour, int(found[5]))
    except ValueError:
        return 0.0
    return (when - datetime.min).total_seconds()


def _canvas_time(text: str) -> float:
    """Return a time as a number, 0 for any other format: then the order of the lines decides."""
    try:
        return (datetime.strptime(text, CANVASS_TIME) - datetime.min).total_seconds()
    except ValueError:
        return 0.0


def _ids(rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the columns that may identify a student: by their usual headings, then those with e-mail addresses."""
    names = [heading_of(heading) for heading in rows[0]]
    places = [names.index(name) for name in PLATFORM_IDS if name in names]
    for place in range(len(names)):
        cells = [row[place].strip() for row in rows[1:] if place < len(row) and row[place].strip()]
        if cells and all(re.fullmatch(r"\S+@\S+", cell) for cell in cells):
            places.append(place)
    return places


def _text(markdown: str) -> str:
    """Return a text as a platform stores it: LaTeX as it is, without tags."""
    return unescape(re.sub(r"<[^<>]*>", " ", html_with_latex(markdown)))


def _words(text: str) -> str:
    """Return what every export keeps of a text: letters, digits, signs and points."""
    return re.sub(r"[^\w.\N{MINUS SIGN}-]|_", "", unescape(text).casefold()).replace("\N{MINUS SIGN}", "-")
