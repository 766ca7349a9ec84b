"""The page on thresholds says what was measured, and what it says of the options is so."""

import json
from pathlib import Path

import pytest

from autograder.assignment import find

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "thresholds.md").read_text()


def test_the_table_is_what_was_measured():
    pytest.importorskip("torch")
    from benchmarks import thresholds

    results = json.loads(thresholds.RESULTS.read_text())
    for data, task in thresholds.TASKS.items():
        assert task.table(results[data]) in PAGE
        assert f"{results[data]['machine']}, {results[data]['date']}" in PAGE
        for name in task.networks:
            assert {"1", "5"} <= set(results[data]["networks"][name])


def test_the_tables_of_transfer_and_failures_are_what_was_measured():
    pytest.importorskip("torch")
    from benchmarks import transfer_and_failures

    results = json.loads(transfer_and_failures.RESULTS.read_text())
    assert transfer_and_failures.tables(results) in PAGE
    assert f"{results['machine']}, {results['date']}" in PAGE
    assert {name.split("/")[0] for name in results["figures"]} == {"attacks", "transfer", "robustness"}


def test_the_thresholds_are_those_of_the_options():
    settings = find("cnn").config.parts["cifar10"].settings
    assert f"no_points_below = {settings.no_points_below:.2f}" in PAGE
    assert f"all_points_from = {settings.all_points_from:.2f}" in PAGE


def test_the_errors_are_those_of_the_options():
    settings = find("vision").config.parts["lenet"].settings
    assert f"no_points_from = {settings.no_points_from}" in PAGE
    assert f"all_points_to = {settings.all_points_to}" in PAGE
    bonus = ", ".join(f"{{ errors = {each.errors}, points = {each.points:g} }}" for each in settings.bonus)
    assert f"bonus = [{bonus}]" in PAGE
