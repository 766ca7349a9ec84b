"""The checks of part 4: hyperparameters.

The grader computes every loss itself: the student's process gets only the history of a search.
"""

import math

import numpy as np

from autograder.authoring import Verdict, number

from . import replies, surfaces
from .replies import JudgedPart, MalformedReply

SURFACES = 150  # with so many, luck hardly counts: for random search, the share below has a standard deviation of 0.024
AS_GOOD, BETTER = 0.39, 0.61  # of random searches beaten; random search itself beats a half on average
ROUNDING = 1e-9
NAMES = ("rate", "width", "regularisation")


class Search(JudgedPart):
    """search.py: propose."""

    harness = {"propose_each": "propose"}

    @number("4.1")
    def test_within_bounds(self):
        """propose: a setting within the bounds, whatever the history"""
        surface = surfaces.draw(self.random)
        for trials in (0, 1, 2, 7, surfaces.TRIALS - 1):
            places = self.random.uniform(size=(trials, 3))
            tried = [surfaces.setting(place) for place in places]
            self._propose([(setting, float(loss)) for setting, loss in zip(tried, surface.losses(places))])
            self._propose([(setting, math.inf) for setting in tried])
        for corner in (surfaces.LEAST, surfaces.MOST):
            rate, width, regularisation = map(float, corner)
            self._propose([((rate, int(width), regularisation), 0.5)] * 12)

    @number("4.2")
    def test_as_good_as_random_search(self):
        """propose: searches that do as well as random search"""
        self._require(self._share_beaten("public"), AS_GOOD)

    @number("4.3")
    def test_as_good_as_random_search_elsewhere(self):
        """propose: searches that do as well as random search on other losses"""
        self._require(self._hidden_share(), AS_GOOD)

    @number("4.4")
    def test_better_than_random_search(self):
        """propose: searches that do better than random search"""
        self._require(self._hidden_share(), BETTER)

    def _propose(self, history):
        """Return the setting that the student proposes next; fail if it is not one."""
        call = f"propose({history})"
        return self.judged(call, _read_setting, self.returned("propose", history))

    def _hidden_share(self):
        """Return the share of random searches beaten on secret surfaces. Two checks need it, so it is computed once."""
        if "share beaten" not in self.grading.kept:
            self.grading.kept["share beaten"] = self._share_beaten("hidden")
        return self.grading.kept["share beaten"]

    def _share_beaten(self, purpose):
        """Let the student search on many surfaces side by side; return the mean share of random searches beaten."""
        random = self.drawn_from(purpose)
        tasks, histories = [surfaces.draw(random) for _ in range(SURFACES)], [[] for _ in range(SURFACES)]
        losses = np.empty((surfaces.TRIALS, SURFACES))
        for trial in range(surfaces.TRIALS):
            reply = self.ask("propose_each", histories)
            if not isinstance(reply, list) or len(reply) != SURFACES:
                self.fail_with(Verdict.WRONG, "propose returned no settings that can be read.")
            for at, (task, history, proposed) in enumerate(zip(tasks, histories, reply)):
                setting = self.judged(f"propose({history})", _read_setting, proposed)
                losses[trial, at] = task.losses(surfaces.place(setting))
                history.append((setting, float(losses[trial, at] + task.noise(random))))
        seen = np.array([[loss for _, loss in history] for history in histories])
        ends = losses[seen.argmin(axis=1), np.arange(SURFACES)]
        return float(np.mean([surfaces.beaten(task, end, random) for task, end in zip(tasks, ends)]))

    def _require(self, share, least):
        beaten = math.floor(100 * share)  # rounded down, so that too little does not look like enough
        said = f"{SURFACES} searches of {surfaces.TRIALS} trials beat {beaten}% of random searches on average"
        self.notes.append(f"{said}; random search itself beats half of them.")
        if share < least:
            self.fail_with(Verdict.WRONG, f"{said}, but they should beat {least:.0%}. {_hint(least)}")


def _hint(least):
    if least == AS_GOOD:
        return (
            "Does it try many different rates, and are they spread evenly over the powers of ten? A rate drawn evenly from "
            "0.00001 to 10 is almost never below 0.01."
        )
    return "Do later trials make use of the earlier ones, for example by trying settings near the best one so far?"


def _read_setting(reply):
    """Read a setting within the bounds."""
    values = replies.entries(reply, 3, "The result", "a tuple (rate, width, regularisation)")
    rate, width, regularisation = (
        replies.number(values[0], NAMES[0]), replies.whole(values[1], NAMES[1]), replies.number(values[2], NAMES[2])
    )  # fmt: skip
    for name, value, least, most in zip(NAMES, (rate, width, regularisation), surfaces.LEAST, surfaces.MOST):
        if not least * (1 - ROUNDING) <= value <= most * (1 + ROUNDING):
            raise MalformedReply(f"{name} must be from {least:g} to {most:g}, but is {value:.6g}.")
    return rate, width, regularisation
