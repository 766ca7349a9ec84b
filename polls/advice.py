"""Advise the teacher after a round, as peer instruction does.

Source of the shares: C. Crouch, E. Mazur, Peer Instruction: Ten years of experience and results, Am. J. Phys. 69 (2001).
"""

from typing import Literal

from polls.state import GROUP, THINK, State
from polls.tally import Tally

Advice = Literal["", "explain", "discuss", "go on"]
Step = Literal["", "think", "close", "group", "other group", "answers", "solution", "question", "end"]

EXPLAIN, GO_ON = 0.3, 0.7  # shares of right answers below which to explain, and above which to go on


def advice(round: str, tally: Tally) -> Advice:
    """Return what to do after a round, think or group; "" if nobody has answered."""
    if not tally.answered:
        return ""
    if tally.share > GO_ON:
        return "go on"
    return "discuss" if round == THINK and tally.share >= EXPLAIN else "explain"


def next_step(state: State, advised: Advice, alike: bool) -> Step:
    """Return the usual next step; "" after the end. alike: the question has the same numbers in both forms.

    Questions to discuss are shown after it. One that the hall did not understand is shown at once and asked again
    with other numbers.
    """
    if state.ended:
        return ""
    if state.is_open:
        return "close"
    if state.round is None:
        return "think"
    solved, asked_once = state.question in state.solved, state.round.name != GROUP
    if asked_once and not solved and advised in ("", "discuss"):
        return "group"
    if not solved:
        return "answers" if state.showing == "nothing" else "solution"
    if asked_once and advised == "explain" and not alike:
        return "other group"
    return "question" if state.question + 1 < state.questions else "end"
