"""What each page may know about a poll, as JSON: this is where phones learn nothing before the hall sees it.

All HTML comes from the bank and from `tally`, which escapes what people typed.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from polls.advice import Advice, advice, next_step
from polls.drawing import FIRST, OTHER
from polls.live import Live
from polls.moves import moves, rights
from polls.state import ROUNDS, Round, State
from polls.tally import Bar, Tally, compared
from quizzes.exports.page import scrolling, sliding
from quizzes.grading.letters import letter
from quizzes.grading.marking import brief_key, place
from quizzes.grading.spreading import cells
from quizzes.language import Language
from quizzes.question import Choice, Grid, Number
from quizzes.text.markdown import html, inline_html, plain
from quizzes.variant import Variant


def phone(live: Live) -> dict[str, Any]:
    """Return what every phone may know, and nothing else.

    Where the poll stands, the last round of the present question with the seconds left, and as far as they are shown the
    results of its rounds. `steps` is how much was done, `replay` the pace of a lecture that is shown again.
    """
    return _stands(live) | {"results": _shown(live)}


def projector(live: Live) -> dict[str, Any]:
    """Return what the hall sees: what a phone may know, and how many are there and have answered the last round."""
    return phone(live) | _counts(live)


def _stands(live: Live) -> dict[str, Any]:
    """Return the state of the poll, without any answers."""
    state, round = live.state, live.state.round
    return {
        "poll": live.journal.about.id,
        "replay": live.pace,
        "steps": live.steps,
        "question": state.question + 1,
        "questions": state.questions,
        "phase": _phase(state),
        "round": _round(live, round) if round else None,
        "shown": state.showing,
    }


def _counts(live: Live) -> dict[str, int]:
    return {"answered": live.answered(live.state.round), "present": live.present}


def _shown(live: Live) -> list[dict[str, Any]]:
    """Return the part of the results that the hall sees."""
    showing = live.state.showing
    return _results(live, _tallies(live), showing == "solution") if showing != "nothing" else []


def teacher(live: Live) -> dict[str, Any]:
    """Return all that the hall sees, and what only its teacher may know.

    The results of all rounds of the question at any time, who moved between them, the advice and the next step, the title
    of each question with its number of rounds, the seconds of a round, and what is wrong with the server.
    """
    state, variants = live.state, [live.variant(live.state.question, form) for form in (FIRST, OTHER)]
    tallies = _tallies(live)
    advised: Advice = advice(state.round.name, tallies[state.round]) if state.round and not state.is_open else ""
    alike = variants[FIRST].id == variants[OTHER].id
    return {
        **_stands(live),
        **_counts(live),
        "results": _results(live, tallies, True),
        "moves": _moves(live),
        "advice": advised,
        "next": _next(live, advised, alike),
        "alike": alike,
        "solved": state.question in state.solved,
        "seen": bool(state.round and state.round.seen),
        "seconds": {name: seconds(live, name) for name in ROUNDS},
        "overview": [
            {"title": one.title, "rounds": len(state.of(place))}
            for place, one in enumerate(live.made.versions[FIRST].variants)
        ],
        "warning": live.warning,
    }


def _next(live: Live, advised: Advice, alike: bool) -> str:
    """Return the step of the large button; "" if nothing is left."""
    if live.pace is None:
        return next_step(live.state, advised, alike)
    return "" if live.pace["over"] else "skip"


def seconds(live: Live, name: str) -> int:
    """Return how long a round of the present question takes, think or group."""
    entry, poll = live.made.quiz.questions[live.state.question], live.made.quiz.poll
    return {"think": entry.think or poll.think, "group": entry.group or poll.group}[name]


def question(variant: Variant, language: Language) -> dict[str, Any]:
    """Return what is asked, without anything that gives the key away."""
    picture = variant.picture
    asked: dict[str, Any] = {
        "stem": scrolling(html(variant.stem)),
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
    """Return the key, the way to it, and the numbers of the slider, for those who may see them."""
    return {
        "key": brief_key(variant),
        "steps": [scrolling(html(step)) for step in variant.steps],
        "slide": sliding(variant.slide, language),
    }


def own(live: Live, person: str) -> dict[str, Any]:
    """Return somebody's own answers to the present question; with credit and hint once its solution is shown."""
    answers = []
    for round in live.state.of_question:
        answer = live.latest.get(round.number, {}).get(person)
        if answer is None:
            continue
        known: dict[str, Any] = {"round": round.number, "change": answer.change, "given": answer.given}
        if live.state.has_shown(round.question, round.form):
            marked = live.reader(round.question, round.form).mark(answer.given)
            known |= {"credit": float(marked.credit), "sentence": inline_html(marked.sentence)}
        answers.append(known)
    return {"answers": answers}


def _phase(state: State) -> str:
    if state.ended:
        return "ended"
    if state.round is None:
        return "waiting"
    return "open" if state.is_open else "closed"


def _round(live: Live, round: Round) -> dict[str, Any]:
    """Return a round; is_new: it asks the question in another form than the first round did."""
    left = live.left() if round == live.state.round else None
    first = live.state.of(round.question)[0]
    is_new = live.variant(round.question, round.form).id != live.variant(round.question, first.form).id
    named = {"number": round.number, "name": round.name, "form": round.form, "is_new": is_new}
    return named | {"left": left, "is_open": round.closed is None}


def _tallies(live: Live) -> dict[Round, Tally]:
    return {round: live.tally(round) for round in live.state.of_question}


def _results(live: Live, tallies: Mapping[Round, Tally], whole: bool) -> list[dict[str, Any]]:
    """Return what was answered in each round of a question. whole: with what is right and what it means."""
    bars = compared([(round.form, tally) for round, tally in tallies.items()], whole, live.language)
    results = []
    for (round, tally), shown in zip(tallies.items(), bars):
        known = {"round": round.number, "name": round.name, "form": round.form, "answered": tally.answered}
        results.append(known | ({"right": tally.right} if whole else {}) | {"bars": [_bar(bar, whole) for bar in shown]})
    return results


def _bar(bar: Bar, whole: bool) -> dict[str, Any]:
    return asdict(bar) if whole else {"letter": bar.letter, "answer": bar.answer, "count": bar.count}


def _moves(live: Live) -> dict[str, int] | None:
    """Return how people moved from the first round to the second; None before both are over."""
    rounds = live.state.of_question
    if live.state.is_open or len(rounds) < len(ROUNDS):
        return None
    before, after = (rights(live.reader(round.question, round.form), live.given(round)) for round in rounds)
    return asdict(moves(before, after))
