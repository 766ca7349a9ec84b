"""Misconceptions about height and width together, which only the quizzes ask for."""

import kernels
import misconceptions

# Size, kernel, stride and padding, each (vertical, horizontal).
CASES = [((21, 34), (4, 3), (3, 2), (0, 2)), ((9, 16), (2, 5), (2, 3), (4, 1)), ((30, 19), (7, 2), (1, 4), (1, 3))]


def test_each_misconception_is_wrong_somewhere_and_alone_with_its_answer():
    bank = misconceptions.about("output_shape")
    alone = set()
    for case in CASES:
        truth = (tuple(map(kernels.output_size, *case)),)
        answers = [one.answer(*case) for one in bank]
        alone |= {one.name for one, answer in zip(bank, answers) if answer != truth and answers.count(answer) == 1}
    assert alone == {one.name for one in bank}


def test_what_is_believed_of_one_axis_is_believed_of_both():
    both = {one.name: one for one in misconceptions.about("output_shape")}
    for one in misconceptions.about("output_size"):
        assert both[one.name].answer(*CASES[0]) == ((one.answer(21, 4, 3, 0), one.answer(34, 3, 2, 2)),)
        assert both[one.name].sentence == one.sentence


def test_names_and_sentences_are_unique():
    bank = misconceptions.about("output_shape")
    assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank)
    assert all(one.sentence.endswith(".") and one.sentence[0].islower() for one in bank)
