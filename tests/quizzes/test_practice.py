"""A quiz's solutions name the homework that practises the same; the report of a wrong answer names the quiz's topics."""

import pytest

from autograder.assignment import SOLUTIONS, find
from autograder.grading import grade
from autograder.report import html, terminal
from common.errors import UserError
from quizzes.making import make, read
from quizzes.roster import Owner
from quizzes.template import templates
from release import new

ASSIGNMENTS = sorted(file.parent.name for file in SOLUTIONS.glob("*/assignment.toml"))
LECTURE_ONLY = {"Pros and cons", "Detection", "Scene parsing", "Further reading"}  # topics that no homework practises
ASKED = """homework = [{homework}]
[[questions]]
template = "average-pooling"
[[questions]]
template = "neuron-sums"
"""


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_part_names_topics_that_quizzes_have(name):
    known = {template.topic for template in templates().values()}
    for part in find(name).parts:
        assert part.topics and set(part.topics) <= known, part.file


def last_steps(tmp_path, homework):
    (tmp_path / "quiz.toml").write_text(ASKED.format(homework=homework))
    made = make(read(tmp_path / "quiz.toml"), "seed", [Owner("1", "One")])
    return [variant.steps[-1] for variant in made.versions[0].variants]


def test_solutions_name_the_part_that_practises_their_topic(tmp_path):
    pooling, neurons = last_steps(tmp_path, '"cnn"')
    assert pooling == "To practise this: `pooling.py` of the homework cnn."
    assert "To practise" not in neurons
    assert not any("To practise" in step for step in last_steps(tmp_path, ""))


def test_a_homework_of_ones_own_is_found_beside_the_quiz(tmp_path):
    new.write(tmp_path / "own")
    said = tmp_path / "own" / "assignment.toml"
    said.write_text(
        said.read_text().replace(
            'title = "Accuracy and confusion"', 'title = "Accuracy and confusion"\ntopics = ["Pooling"]', 1
        )
    )
    assert last_steps(tmp_path, '"own", "cnn"')[0] == (
        "To practise this: `metrics.py` of the homework own, or `pooling.py` of the homework cnn."
    )


def test_a_homework_that_is_nowhere_is_the_callers_mistake(tmp_path):
    with pytest.raises(UserError, match=r"quiz\.toml: homework: 'cnm' is neither"):
        last_steps(tmp_path, '"cnm"')


@pytest.mark.parametrize(
    "said", ["", "parts = 3", "[parts.one]\ntopics = ['Pooling']", "[parts.one]\nfile = 'a.py'\ntopics = 3"]
)
def test_a_homework_that_does_not_say_its_parts_is_named(said, tmp_path):
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "assignment.toml").write_text(said)
    with pytest.raises(UserError, match=r"own/assignment\.toml does not say its parts"):
        last_steps(tmp_path, '"own"')


@pytest.mark.costly
def test_the_report_of_a_wrong_answer_names_the_topics(tmp_path):
    (tmp_path / "pooling.py").write_text(
        "import numpy as np\n\n\ndef pool2d(images, size=2, stride=None, mode='max'):\n    return np.zeros((1, 1, 1, 1))\n"
    )
    report = grade(tmp_path, find("cnn"), seed="1")
    told = {outcome.number: outcome.practice for outcome in report.outcomes}
    assert told["2.1"] == "Quiz topics that practise this: Pooling." and told["1.1"] == ""  # 1.1: the file is missing
    assert told["2.1"] in html.render(report, "a student") and told["2.1"] in terminal.summary(report)
    assert report.document["tests"][8]["output"].endswith(told["2.1"])


def test_every_topic_is_practised_by_a_part_or_belongs_to_the_lecture_alone():
    practised = {topic for name in ASSIGNMENTS for part in find(name).parts for topic in part.topics}
    assert practised | LECTURE_ONLY == {template.topic for template in templates().values()}
    assert not practised & LECTURE_ONLY
