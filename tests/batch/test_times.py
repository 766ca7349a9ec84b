"""Times as people and programs write them."""

import time
from datetime import datetime, timedelta, timezone
from datetime import time as time_of_day

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batch.instructor.times import parse_time


@pytest.fixture(autouse=True)
def berlin(monkeypatch):
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("text", "in_utc"),
    [
        ("2026-11-22 18:00", "2026-11-22T17:00"),
        (" 2026-11-22T18:00:00 ", "2026-11-22T17:00"),
        ("2026-07-22 18:00", "2026-07-22T16:00"),
        ("2026-11-22T18:00Z", "2026-11-22T18:00"),
        ("2026-11-22T18:00-08:00", "2026-11-23T02:00"),
        ("2026-11-22", "2026-11-21T23:00"),
        ("Sunday, 22 November 2026, 6:00 PM", "2026-11-22T17:00"),
        ("Sunday, November 22, 2026, 6:00 PM", "2026-11-22T17:00"),
    ],
)
def test_what_is_understood(text, in_utc):
    assert parse_time(text) == datetime.fromisoformat(in_utc).replace(tzinfo=timezone.utc)


def test_a_date_alone_may_mean_its_end():
    end = parse_time("2026-11-22", time_of_day.max)
    assert end < parse_time("2026-11-23") <= end + timedelta(microseconds=1)


@pytest.mark.parametrize("text", ["", "11/22/2026", "22.11.2026 18:00", "tomorrow", "0001-01-01", "9999-12-31"])
def test_what_is_not(text):
    with pytest.raises(ValueError, match="is not a time such as 2026-11-22 18:00"):
        parse_time(text)


@given(st.datetimes(datetime(2000, 1, 2), datetime(2099, 12, 30), timezones=st.timezones() | st.just(timezone.utc)))
def test_what_is_written_in_iso_comes_back(at):
    assert parse_time(at.isoformat()) == at
