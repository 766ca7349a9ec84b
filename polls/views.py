"""What each page may know of a poll, as JSON: here it is decided that a phone learns nothing before the hall is shown it.

All HTML comes from the bank and from `tally`, which escapes what people typed.
"""

from dataclasses import asdict
from typing import Any

from polls.drawing import FIRST, OTHER
from polls.live import Live
from polls.state import GROUP, THINK, Round
from polls.tally import Tally
from quizzes.grading.marking import blanks, brief_key, cells, letter, mark, place
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number
from quizzes.text.markdown import html, inline_html, plain
from quizzes.variant import Variant

__all__ = ["blanks"]

EXPLAIN, GO_ON = 0.3, 0.7  # shares of right answers below which to explain, and above which to go on


def phone(live: Live) -> dict[str, Any]:
    """Return what every phone may know, and no more."""
    state, round = live.state, live.state.round
    return {
        "steps": live.steps,
        "question": state.question + 1,
        "questions": state.questions,
        "phase": "ended" if state.ended else "waiting" if round is None else "open" if state.is_open else "closed",
        "round": _round(live, round) if round else None,
        "shown": state.showing,
        "results": _results(live, state.showing == "solution") if state.showing != "nothing" else [],
    }


def projector(live: Live) -> dict[str, Any]:
    """Return what the hall sees: what a phone may know, and how many have answered."""
    return phone(live) | {"answered": live.answered(live.state.round), "present": live.present}


def teacher(live: Live) -> dict[str, Any]:
    """Return all of it, with the results at any time and what can be done next."""
    results = _results(live, True)
    return projector(live) | {
        "results": results,
        "title": live.variant(live.state.question, FIRST).title,
        "advice": advice(live),
        "rounds": [_round(live, round) for round in live.state.of_question],
        "same": live.variant(live.state.question, FIRST).id == live.variant(live.state.question, OTHER).id,
        "seconds": {name: seconds(live, name) for name in (THINK, GROUP)},
    }


def seconds(live: Live, name: str) -> int:
    """Return how long a round of the present question takes."""
    return getattr(live.made.quiz.questions[live.state.question], name) or getattr(live.made.quiz.poll, name)


def advice(live: Live) -> str:
    """Return what the classical rule of peer instruction says after a round: "" before one, explain, discuss, go on.

    Source: C. Crouch, E. Mazur, Peer Instruction: Ten years of experience and results, Am. J. Phys. 69 (2001).
    """
    round = live.state.round
    if round is None or live.state.is_open or not live.answered(round):
        return ""
    share = live.tally(round).share
    if share < EXPLAIN:
        return "explain"
    return "discuss" if share <= GO_ON and round.name == THINK else "go on" if share > GO_ON else "explain"


def question(variant: Variant, language: Language) -> dict[str, Any]:
    """Return what is asked, without anything that tells the key."""
    picture = variant.picture
    asked: dict[str, Any] = {
        "id": variant.id,
        "stem": html(variant.stem),
        "picture": picture.svg if picture else "",
        "width": picture.width if picture else 0,
    }
    match variant.answer:
        case Number(unit=unit):
            return asked | {"kind": "number", "unit": unit}
        case Choice(options=options, several=several):
            listed = [{"letter": letter(nth), "text": inline_html(one.text)} for nth, one in enumerate(options)]
            return asked | {"kind": "choice", "several": several, "options": listed}
        case Grid() as grid:
            asked_for = [
                {"name": name, "row": row, "column": column, "place": plain(place(grid, row, column, language), language)}
                for name, row, column in cells(grid)
            ]
            headings = {"rows": list(map(inline_html, grid.rows)), "columns": list(map(inline_html, grid.columns))}
            return asked | {"kind": "grid", "blanks": asked_for} | headings


def solution(variant: Variant, language: Language) -> dict[str, Any]:
    """Return the key and the way to it, for those who may see it."""
    from quizzes.exports.page import _slide

    return {
        "key": brief_key(variant),
        "steps": [html(step) for step in variant.steps],
        "slide": _slide(variant.slide, language),
    }


def own(live: Live, person: str) -> dict[str, Any]:
    """Return somebody's own answers to the present question, and what to say of them once the solution is shown."""
    found = []
    for round in live.state.of_question:
        answer = live.latest.get(round.number, {}).get(person)
        if answer is None:
            continue
        told: dict[str, Any] = {"round": round.number, "change": answer.change, "given": answer.given}
        if live.state.has_shown(round.question, round.form):
            marked = mark(live.variant(round.question, round.form), answer.given, live.language)
            told |= {"credit": float(marked.credit), "sentence": inline_html(marked.sentence)}
        found.append(told)
    return {"answers": found}


def _round(live: Live, round: Round) -> dict[str, Any]:
    left = live.left() if round == live.state.round else None
    return {"number": round.number, "name": round.name, "form": round.form, "left": left, "is_open": round.closed is None}


def _results(live: Live, whole: bool) -> list[dict[str, Any]]:
    """Return the tally of each closed round of the present question. whole: with what is right and what it means."""
    return [
        {"round": round.number, "name": round.name, "form": round.form, **_told(live.tally(round), whole)}
        for round in live.state.of_question
        if round.closed is not None or whole
    ]


def _told(tally: Tally, whole: bool) -> dict[str, Any]:
    shown = asdict(tally if whole else tally.bare)
    return shown if whole else {"answered": shown["answered"], "bars": [_bare(bar) for bar in shown["bars"]]}


def _bare(bar: dict[str, Any]) -> dict[str, Any]:
    return {"answer": bar["answer"], "count": bar["count"]}
