"""Numbers that an instructor fixes far beyond what is drawn: a question, a rule or a sentence, and no endless work."""

import pytest

from common.errors import UserError
from quizzes.certify import certify
from quizzes.question import RejectedDraw
from quizzes.questions import TOPICS
from quizzes.rng import LARGEST, Seeded
from quizzes.template import templates

MODULES = (
    "architectures",
    "receptive_field",
    "hyperparameters",
    "features",
    "transfer",
    "data",
    "failures",
    "cost",
    "gpu_threads",
    "gpu_barriers",
    "gpu_memory",
)
NAMES = [name for name, template in templates().items() if template.make.__module__.split(".")[-1] in MODULES]


def test_each_module_is_in_the_bank():
    assert set(MODULES) <= set(TOPICS)


@pytest.mark.parametrize("value", [0, 1, LARGEST])
@pytest.mark.parametrize("name", NAMES)
def test_far_numbers_are_asked_or_refused(name, value):
    template, drawn = templates()[name], Seeded("far", name)
    asked(template, drawn)
    for number, usual in drawn.named.items():
        if isinstance(usual, int | list):
            fixed = {number: filled(usual, value)}
            try:
                asked(template, Seeded("far", name, fixed=fixed), tries=5)
            except ValueError as error:
                assert "layer" in str(error) or "fit" in str(error)  # kernels say which layer does not fit


def asked(template, draw, tries=500):
    for _ in range(tries):
        draw.start_again()
        try:
            certify(template, template.make(draw), draw.drawn)
        except (RejectedDraw, UserError):
            continue
        return


def filled(usual, value):
    return [filled(each, value) for each in usual] if isinstance(usual, list) else value
