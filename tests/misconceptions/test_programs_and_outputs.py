"""The misconceptions about code, padding, changed images, rates and other outputs: each has its own name and sentence."""

import pytest

import misconceptions

MODULES = ("outlook", "outputs", "padding", "pytorch", "rates", "transformations")
OPERATIONS = sorted(
    {
        one.operation
        for one in misconceptions.everything()
        if one.answer.__module__.removeprefix("misconceptions.") in MODULES
    }
)


def test_there_are_many_operations():
    assert len(OPERATIONS) >= 25


@pytest.mark.parametrize("operation", OPERATIONS)
def test_names_and_sentences_are_unique(operation):
    bank = misconceptions.about(operation)
    assert len({one.name for one in bank}) == len({one.sentence for one in bank}) == len(bank) >= 5
    assert all(one.sentence.endswith(".") and not one.sentence[0].isupper() for one in bank)
